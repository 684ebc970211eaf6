/** Resolves after `waitMs`. Rejects with the signal's reason as soon as the signal aborts. */
export function abortableWait(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason)
      return
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, waitMs)
    signal.addEventListener('abort', stop, { once: true })

    function stop(): void {
      clearTimeout(timer)
      reject(signal.reason)
    }
  })
}
