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

const zoneKey = 'aftercall-zone'
let isUtc = readZone()

showTimes(document)
nameSwitch()
document.querySelector('[data-switch-zone]')?.addEventListener('click', switchZone)
offerCopying(document)
document.addEventListener('click', copyCommand)
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
    showStale(document.getElementById('away').dataset.noAnswer)
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
  const since = document.getElementById('away').dataset.since.replace('{time}', clockOf(freshAt))
  showAway(`${since} ${reason}`)
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
  const [year, month, day, ...time] = partsOf(at)
  const clock = time.join(':')
  switch (show) {
    case 'clock':
    case 'second':
      return clock
    case 'minute':
      return clock.slice(0, 5)
    case 'day':
      return `${month}-${day} ${clock.slice(0, 5)}`
    default:
      return `${year}-${month}-${day} ${clock}`
  }
}

/** Year, month, day, hours, minutes, seconds, in the zone that the viewer has chosen. */
function partsOf(at) {
  if (isUtc) return at.toISOString().slice(0, 19).split(/[-T:]/)
  return [
    String(at.getFullYear()),
    ...[at.getMonth() + 1, at.getDate(), at.getHours(), at.getMinutes(), at.getSeconds()].map(two),
  ]
}

function nameZone() {
  if (isUtc) return 'UTC'
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
  return partsOf(at).slice(3).join(':')
}

/** The choice is kept in this browser. */
function switchZone() {
  isUtc = !isUtc
  try {
    localStorage.setItem(zoneKey, isUtc ? 'utc' : 'mine')
  } catch {
    // Without storage the choice holds for this page.
  }
  showTimes(document)
  nameSwitch()
}

function readZone() {
  try {
    return localStorage.getItem(zoneKey) === 'utc'
  } catch {
    return false
  }
}

function nameSwitch() {
  const button = document.querySelector('[data-switch-zone]')
  if (button === null) return
  button.hidden = false
  button.textContent = isUtc ? button.dataset.mine : button.dataset.utc
}

function two(number) {
  return String(number).padStart(2, '0')
}

/** The clipboard is available only on a secure origin, which includes this machine. */
function offerCopying(root) {
  if (navigator.clipboard === undefined) return
  for (const button of root.querySelectorAll('button[data-copy]')) button.hidden = false
}

async function copyCommand({ target }) {
  const button = target instanceof Element ? target.closest('button[data-copy]') : null
  if (button === null) return
  const { copied, notAllowed, label } = button.dataset
  const text = button.parentElement.querySelector('code').textContent
  const isCopied = await navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  )
  button.textContent = isCopied ? copied : notAllowed
  setTimeout(() => {
    button.textContent = label
  }, 2_000)
}
