/** Permits that a receiver takes before it asks for messages, and that are released when the messages are handled. */
export type ReceivePermits = {
  /** Takes up to `wanted` permits as soon as there are any. Takes 0 once the signal fired. */
  take(wanted: number, signal: AbortSignal): Promise<number>
  release(count: number): void
}

type Waiter = { wanted: number; resolve(count: number): void }

/**
 * A fixed number of permits. Messages end one by one, and a receiver that takes each free permit at once would receive
 * single messages ten times. So fewer permits than wanted are only taken after `lingerMs`.
 */
export function createReceivePermits(options: { permitsMax: number; lingerMs: number }): ReceivePermits {
  let free = options.permitsMax
  const waiting: Waiter[] = []
  let linger: NodeJS.Timeout | undefined

  function take(wanted: number, signal: AbortSignal): Promise<number> {
    if (signal.aborted) return Promise.resolve(0)
    if (waiting.length === 0 && free >= wanted) {
      free -= wanted
      return Promise.resolve(wanted)
    }
    return new Promise((resolve) => {
      const waiter: Waiter = {
        wanted: Math.min(wanted, options.permitsMax),
        resolve: (count) => {
          signal.removeEventListener('abort', giveUp)
          resolve(count)
        },
      }
      const giveUp = (): void => {
        const position = waiting.indexOf(waiter)
        if (position !== -1) waiting.splice(position, 1)
        if (waiting.length === 0) stopLinger()
        waiter.resolve(0)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      waiting.push(waiter)
      serve()
    })
  }

  function release(count: number): void {
    free += count
    serve()
  }

  function serve(): void {
    let first = waiting[0]
    while (first !== undefined && free >= first.wanted) {
      serveFirst(first)
      first = waiting[0]
    }
    if (first !== undefined && free > 0) linger ??= setTimeout(serveLess, options.lingerMs)
  }

  function serveLess(): void {
    linger = undefined
    const first = waiting[0]
    if (first !== undefined && free > 0) serveFirst(first)
    serve()
  }

  function serveFirst(first: Waiter): void {
    stopLinger()
    waiting.shift()
    const count = Math.min(first.wanted, free)
    free -= count
    first.resolve(count)
  }

  function stopLinger(): void {
    clearTimeout(linger)
    linger = undefined
  }

  return { take, release }
}
