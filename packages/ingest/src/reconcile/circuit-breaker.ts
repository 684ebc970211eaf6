import type { LoadPair } from './reconcile-source.ts'

/** So many objects in a row that fail are no longer the objects' fault. */
const failuresInRowMax = 100

/**
 * Loads until nothing but failures comes of it, and postpones the rest of the pass. Each failure takes a minute of tries:
 * where nothing can be fetched at all, millions of them would keep a pass from ever ending.
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
