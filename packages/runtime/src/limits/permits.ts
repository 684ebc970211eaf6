/** A bounded number of things that may run at the same time (a semaphore). Callers wait in order. */
export type Permits = {
  /**
   * Runs the work once a permit is free, and releases the permit however the work ends. Rejects with the signal's reason
   * if that fires first.
   */
  run<Answer>(work: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer>
  /** Takes a permit, if one is free, for a caller that releases it itself. */
  tryTake(signal?: AbortSignal): boolean
  /** Takes a permit for a caller that releases it itself. */
  acquire(signal?: AbortSignal): Promise<void>
  release(): void
  taken(): number
  waiting(): number
}

/** Several lines of callers that share permits. */
export type PermitPool = {
  /** Lines are served in the order in which they were added, so an earlier line has priority. */
  addLine(options?: { max?: () => number }): Permits
}

type Waiting = { signal: AbortSignal | undefined; start(): void; leave(reason: unknown): void }
type Line = { taken: number; waiting: Waiting[]; max: () => number }

export function createPermits(max: number): Permits {
  return createPermitPool(() => max).addLine()
}

/**
 * `max` may change at any time. It takes no permit back, and it needs no timer when it grows: while anything waits,
 * something runs, and its end serves the lines again.
 */
export function createPermitPool(max: () => number, onServed: () => void = () => {}): PermitPool {
  const lines: Line[] = []
  let taken = 0

  function isFree(line: Line): boolean {
    return taken < max() && line.taken < line.max()
  }

  function take(line: Line): void {
    taken += 1
    line.taken += 1
  }

  function serve(): void {
    for (const line of lines) {
      while (line.waiting.length > 0 && isFree(line)) {
        take(line)
        line.waiting.shift()?.start()
      }
    }
    onServed()
  }

  function addLine({ max: lineMax = () => Number.POSITIVE_INFINITY } = {}): Permits {
    const line: Line = { taken: 0, waiting: [], max: lineMax }
    const leaveOnAbort = createAbortListener(line)
    lines.push(line)

    /** True if a permit was free. */
    function tryTake(signal?: AbortSignal): boolean {
      if (signal?.aborted || line.waiting.length > 0 || !isFree(line)) return false
      take(line)
      return true
    }

    function wait(signal: AbortSignal | undefined): Promise<void> {
      if (signal?.aborted) return Promise.reject(signal.reason)
      if (signal !== undefined) leaveOnAbort(signal)
      return new Promise((resolve, reject) => {
        line.waiting.push({ signal, start: resolve, leave: reject })
        serve()
      })
    }

    function release(): void {
      taken -= 1
      line.taken -= 1
      serve()
    }

    return {
      async run(work, signal) {
        if (!tryTake(signal)) await wait(signal)
        try {
          return await work()
        } finally {
          release()
        }
      },
      tryTake,
      acquire: async (signal) => {
        if (!tryTake(signal)) await wait(signal)
      },
      release,
      taken: () => line.taken,
      waiting: () => line.waiting.length,
    }
  }

  return { addLine }
}

/** One listener for all callers with the same signal: adding and removing one takes time for each that there is. */
function createAbortListener(line: Line): (signal: AbortSignal) => void {
  const heard = new WeakSet<AbortSignal>()
  return (signal) => {
    if (heard.has(signal)) return
    heard.add(signal)
    signal.addEventListener('abort', () => {
      for (const one of line.waiting.splice(0)) {
        if (one.signal === signal) one.leave(signal.reason)
        else line.waiting.push(one)
      }
    })
  }
}
