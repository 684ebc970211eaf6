import { setImmediate as nextTurn } from 'node:timers/promises'

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
  let turn: Promise<void> | undefined

  function next(): Promise<void> {
    turn ??= nextTurn().then(() => {
      spentMs = 0
      turn = undefined
    })
    return turn
  }

  return {
    hasTime: () => spentMs <= turnMs,
    next,
    spend(work) {
      const startedAt = performance.now()
      try {
        return work()
      } finally {
        spentMs += performance.now() - startedAt
        void next()
      }
    },
  }
}
