/** Permits for messages: a receiver takes them before it asks for messages, and each goes back when its message is done. */
export type ReceivePermits = {
  /** Takes up to `wanted` permits as soon as any are free. Takes 0 once the signal has fired. */
  take(wanted: number, signal: AbortSignal): Promise<number>
  give(permits: number): void
}

type Waiting = { wanted: number; resolve(permits: number): void }

/**
 * A fixed number of permits. Unlike the permits of `runtime/limits`, several are taken together: messages end one by one, and a
 * receiver that took the first free permit would ask SQS ten times for a single message. Fewer than wanted are taken only
 * after `lingerMs`.
 */
export function createReceivePermits(options: { permitsMax: number; lingerMs: number }): ReceivePermits {
  let free = options.permitsMax
  const waiting: Waiting[] = []
  let linger: NodeJS.Timeout | undefined

  function take(wanted: number, signal: AbortSignal): Promise<number> {
    if (signal.aborted) return Promise.resolve(0)
    if (waiting.length === 0 && free >= wanted) {
      free -= wanted
      return Promise.resolve(wanted)
    }
    return new Promise((resolve) => {
      const one: Waiting = {
        wanted: Math.min(wanted, options.permitsMax),
        resolve: (permits) => {
          signal.removeEventListener('abort', giveUp)
          resolve(permits)
        },
      }
      const giveUp = (): void => {
        const position = waiting.indexOf(one)
        if (position !== -1) waiting.splice(position, 1)
        if (waiting.length === 0) stopLinger()
        one.resolve(0)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      waiting.push(one)
      serve()
    })
  }

  function give(permits: number): void {
    free += permits
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

  function serveFirst(first: Waiting): void {
    stopLinger()
    waiting.shift()
    const permits = Math.min(first.wanted, free)
    free -= permits
    first.resolve(permits)
  }

  function stopLinger(): void {
    clearTimeout(linger)
    linger = undefined
  }

  return { take, give }
}
