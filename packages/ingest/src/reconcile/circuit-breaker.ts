import type { LoadPair } from './reconcile-types.ts'

/** After this many failures in a row, the objects are not the cause. */
const failuresInRowMax = 100

/**
 * Loads until nothing but failures comes back, and then postpones the rest of the pass. Each failure takes a minute of tries:
 * where nothing can be fetched at all, a pass over millions of objects would never end.
 */
export function withCircuitBreaker(load: LoadPair): LoadPair {
  let failuresInRow = 0
  return async (pair, signal) => {
    if (failuresInRow >= failuresInRowMax) return { kind: 'postponed' }
    const outcome = await load(pair, signal)
    if (outcome.kind === 'failed') failuresInRow += 1
    else if (outcome.kind !== 'postponed') failuresInRow = 0
    return outcome
  }
}
