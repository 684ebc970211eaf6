/** Limits how long mapping runs in one turn of the event loop, before other work has its turn. */
export type Turns = {
  hasTime(): boolean
  /** Resolves in the next turn for all callers, which then ask again. */
  next(): Promise<void>
  /** Runs the work and counts its time. */
  spend<Answer>(work: () => Answer): Answer
}

const turnMs = 20

/** A line of objects must not keep the event loop from its other work, such as health checks. */
export function createTurns(): Turns {
  let spentMs = 0
  let isTurning = false
  let waiting: (() => void)[] = []

  function turn(): void {
    spentMs = 0
    isTurning = false
    const woken = waiting
    waiting = []
    for (const wake of woken) wake()
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
