/**
 * Refreshes the page while it is visible, shows times in the viewer's time zone, and copies commands. The page is complete
 * without it.
 */
const refreshMs = 5_000
const answerMs = 10_000

let freshAt = new Date()
let isAsking = false
/** Of the page that is shown. */
let shownTag = ''

showTimes(document)
offerCopying(document)
document.addEventListener('click', copyCommand)
document.addEventListener('keydown', focusSearch)
document.addEventListener('visibilitychange', refresh)
setInterval(refresh, refreshMs)

async function refresh() {
  // A page that a person fills in stays as it is.
  if (document.hidden || isAsking || document.querySelector('main [data-still]')) return
  isAsking = true
  try {
    const answer = await fetch(location.href, {
      headers: { accept: 'text/html', 'if-none-match': shownTag },
      signal: AbortSignal.timeout(answerMs),
    })
    if (answer.status === 304) return showFresh()
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const [now, next] = [document.querySelector('main'), page.querySelector('main')]
    if (now === null || next === null) throw new Error('the answer is not a page of the console')
    // What was known is better than nothing, so an error does not replace it.
    const reason = next.querySelector('[data-error]')
    if (reason !== null && now.querySelector('[data-error]') === null) return showStale(reason.textContent)
    showTimes(next)
    offerCopying(next)
    morph(now, next)
    shownTag = answer.headers.get('etag') ?? ''
    document.title = page.title
    replaceIcon(page)
    showFresh()
  } catch {
    showStale('The console does not answer, or your session has expired. Reload the page.')
  } finally {
    isAsking = false
  }
}

function showFresh() {
  freshAt = new Date()
  document.querySelector('main').removeAttribute('data-stale')
  showAway('')
}

/** Keeps the page under a banner. */
function showStale(reason) {
  document.querySelector('main').setAttribute('data-stale', '')
  showAway(`Not refreshed since ${clockOf(freshAt)}. ${reason}`)
}

/** Changes only what differs, so that scroll position, focus, selection, and open details stay as they are. */
function morph(now, next) {
  for (const { name } of [...now.attributes])
    if (!next.hasAttribute(name) && !isViewers(now, name)) now.removeAttribute(name)
  for (const { name, value } of [...next.attributes])
    if (now.getAttribute(name) !== value && !isViewers(now, name)) now.setAttribute(name, value)
  const nextKeys = new Set([...next.children].map(keyOf))
  for (const old of [...now.children]) if (!nextKeys.has(keyOf(old))) old.remove()
  let old = now.firstChild
  for (const node of [...next.childNodes]) {
    const match = findMatch(now, old, node)
    if (match === null) {
      now.insertBefore(node, old)
      continue
    }
    if (match === old) old = old.nextSibling
    else now.insertBefore(match, old)
    if (match.nodeType === Node.ELEMENT_NODE) morph(match, node)
    else if (match.data !== node.data) match.data = node.data
  }
  while (old !== null) {
    const { nextSibling } = old
    old.remove()
    old = nextSibling
  }
}

/** Sections come and go, so elements with a key are matched by it, and all others by position. */
function findMatch(parent, old, node) {
  const key = keyOf(node)
  if (key !== '') return [...parent.children].find((one) => keyOf(one) === key) ?? null
  return old !== null && old.nodeName === node.nodeName && keyOf(old) === '' ? old : null
}

function keyOf(node) {
  return node.id || node.getAttribute?.('aria-labelledby') || ''
}

/** Set by the viewer, not by the server. */
function isViewers(element, name) {
  return (
    (element.localName === 'details' && name === 'open') ||
    (element.localName === 'input' && name === 'value')
  )
}

function replaceIcon(page) {
  const [now, next] = [document.querySelector('link[rel=icon]'), page.querySelector('link[rel=icon]')]
  if (now && next && now.getAttribute('href') !== next.getAttribute('href'))
    now.setAttribute('href', next.getAttribute('href'))
}

/** Written only if it differs, because a screen reader announces every change. */
function showAway(text) {
  const away = document.getElementById('away')
  if (away && away.textContent !== text) away.textContent = text
}

/** The title keeps the time in UTC. */
function showTimes(root) {
  for (const time of root.querySelectorAll('[data-show]')) {
    const at = new Date(time.getAttribute('datetime') ?? time.dataset.at)
    time.textContent = wordTime(at, time.dataset.show)
  }
  for (const zone of root.querySelectorAll('[data-zone]')) zone.textContent = nameZone()
}

function wordTime(at, show) {
  const day = `${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const clock = clockOf(at)
  switch (show) {
    case 'clock':
    case 'second':
      return clock
    case 'minute':
      return clock.slice(0, 5)
    case 'day':
      return `${day} ${clock.slice(0, 5)}`
    default:
      return `${at.getFullYear()}-${day} ${clock}`
  }
}

function nameZone() {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  return timeZone === 'UTC' ? timeZone : `${timeZone} (${offsetOf(new Date())})`
}

/** UTC+8, UTC-3:30, UTC */
function offsetOf(at) {
  const minutes = -at.getTimezoneOffset()
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  if (minutes === 0) return 'UTC'
  return `UTC${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${two(rest)}`}`
}

function clockOf(at) {
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

function two(number) {
  return String(number).padStart(2, '0')
}

/** The clipboard is available only on a secure origin, which includes this machine. */
function offerCopying(root) {
  if (navigator.clipboard === undefined) return
  for (const button of root.querySelectorAll('button[data-copy]')) button.hidden = false
}

/** `/` leads to the search from everywhere but a field in which it can be typed. */
function focusSearch(event) {
  const isTyping = event.target instanceof Element && event.target.closest('input, select, textarea') !== null
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  document.getElementById('find')?.select()
}

async function copyCommand({ target }) {
  const button = target instanceof Element ? target.closest('button[data-copy]') : null
  if (button === null) return
  const text = button.parentElement.querySelector('code').textContent
  const copied = await navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  )
  button.textContent = copied ? 'Copied' : 'Not allowed'
  setTimeout(() => {
    button.textContent = 'Copy'
  }, 2_000)
}
