/** Limits how long mapping runs in one turn of the event loop, before other work has its turn. */
export type Turns = {
  hasTime(): boolean
  /** Resolves in one of the next turns, in order. Callers then ask again. */
  next(): Promise<void>
  /** Runs the work and counts its time. */
  spend<Answer>(work: () => Answer): Answer
}

const turnMs = 20

/** Callers that a turn wakes, so that not all of hundreds wake for a turn that has time for a few. A small object takes 0.1 ms. */
const wokenMax = 32

/** A line of objects must not keep the event loop from its other work, such as health checks. */
export function createTurns(): Turns {
  let spentMs = 0
  let isTurning = false
  const waiting: (() => void)[] = []

  function turn(): void {
    spentMs = 0
    isTurning = false
    for (const wake of waiting.splice(0, wokenMax)) wake()
    if (waiting.length > 0) startTurn()
  }

  /** Once a turn for any number of objects, so that it costs a small one nothing. */
  function startTurn(): void {
    if (isTurning) return
    isTurning = true
    setImmediate(turn)
  }

  return {
    hasTime: () => spentMs <= turnMs,
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        startTurn()
      }),
    spend(work) {
      const startedAt = performance.now()
      try {
        return work()
      } finally {
        spentMs += performance.now() - startedAt
        startTurn()
      }
    },
  }
}
