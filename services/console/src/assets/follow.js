/**
 * Follows the server's events while the page is visible, and asks for a refresh at each. Without them, as behind a proxy that holds
 * them back, the page is refreshed at an interval.
 */
/** After an answer that is no stream: there are as many as there may be, or the session at the proxy has expired. */
const againMs = 60_000
/** So that not all pages ask in the same moment. */
const spreadMs = 300

let source

follow()
document.addEventListener('visibilitychange', follow)

/** A hidden page needs no stream, and a browser opens only six connections to one host. */
function follow() {
  const of = document.querySelector('main')?.dataset.follow
  if (of === undefined || document.hidden) return leave()
  if (source !== undefined) return
  source = new EventSource(`/changes?of=${of}`)
  source.addEventListener('changed', () => {
    mark(true)
    setTimeout(() => document.dispatchEvent(new Event('aftercall:changed')), Math.random() * spreadMs)
  })
  source.addEventListener('error', () => {
    mark(false)
    // Otherwise the browser opens the next one by itself, after the time that the server has named.
    if (source?.readyState !== EventSource.CLOSED) return
    leave()
    setTimeout(follow, againMs * (1 + Math.random()))
  })
}

function leave() {
  source?.close()
  source = undefined
  mark(false)
}

function mark(isFollowing) {
  document.documentElement.toggleAttribute('data-following', isFollowing)
}
