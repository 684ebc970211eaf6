/**
 * Refreshes the page while it is visible, shows times in the viewer's time zone, and copies commands. The page is complete
 * without it.
 */
const refreshMs = 5_000
const answerMs = 10_000
const followedMs = 15_000

let freshAt = new Date()
let isAsking = false
/** Something has changed while an answer was under way, which may not have it yet. */
let isMissed = false
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
document.addEventListener('aftercall:changed', refresh)
setInterval(refreshOld, refreshMs)

/** A page that follows the server's events is refreshed by them, but no proxy may hold them back for long. */
function refreshOld() {
  const isFollowing = document.documentElement.hasAttribute('data-following')
  if (!isFollowing || Date.now() - freshAt.getTime() > followedMs) refresh()
}

async function refresh() {
  isMissed = isAsking
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
    if (isMissed) refresh()
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
  Idiomorph.morph(now, next, { callbacks: { beforeAttributeUpdated: (name) => !viewers.has(name) } })
}

/** Set by the viewer, not by the server: open details, and what is typed or chosen in a form. */
const viewers = new Set(['open', 'value', 'checked', 'selected'])

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
