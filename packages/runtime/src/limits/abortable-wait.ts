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

/** Resolves after `waitMs`, or as soon as the signal aborts. */
export async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  await abortableWait(waitMs, signal).catch(() => {
    // Only the signal rejects it.
  })
}
