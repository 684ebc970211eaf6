/** Time that mapping may take of one turn of the event loop, before its other work has its own turn. */
export type Turns = {
  hasTime(): boolean
  /** Resolves in the next turn, for all who wait: to be asked again. */
  next(): Promise<void>
  /** Runs at once, and counts how long it takes. */
  spend<Answer>(work: () => Answer): Answer
}

const turnMs = 20

/** So that a line of objects does not keep the event loop from its other work: the next health check, the next answer. */
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

  /** Once a turn, whatever the number of objects: the path of a small one must not feel it. */
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
