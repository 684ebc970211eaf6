import type { KnownObject } from '@aftercall/warehouse/ledger/ledger-lookup'
import { attemptsMax } from '../bulk/load-listed.ts'
import type { LoadPair } from './reconcile-types.ts'

export type LoadBackoffOptions = {
  /** The interval between two polls of the bucket. */
  everyMs: number
  nowMs?: () => number
}

/** The longest wait before a failed object is tried again. */
const waitMsMax = 6 * 3_600_000
/** Objects whose failures are not in the ledger. */
const rememberedMax = 10_000

/**
 * Waits longer after each failure of an object, so that a poll does not fetch it every few minutes without end. The ledger
 * has most failures, also those of other processes. This process remembers the rest: failures of objects that had ended
 * before they were rewritten, and failures to load.
 */
export function createLoadWithBackoff(
  load: LoadPair,
  { everyMs, nowMs = Date.now }: LoadBackoffOptions,
): LoadPair {
  const remembered = new Map<string, { rounds: number; notBeforeMs: number }>()
  const waitMs = (rounds: number): number => Math.min(waitMsMax, everyMs * 2 ** Math.min(rounds, 30))

  function isTooSoon(key: string, known: KnownObject | undefined): boolean {
    if (nowMs() < (remembered.get(key)?.notBeforeMs ?? 0)) return true
    if (known?.outcome !== 'failed') return false
    // The ledger counts each attempt, and a round has several.
    const rounds = Math.ceil(known.settleCount / attemptsMax)
    return nowMs() < known.settledAt.getTime() + waitMs(rounds)
  }

  function remember(key: string): void {
    const rounds = (remembered.get(key)?.rounds ?? 0) + 1
    remembered.delete(key)
    remembered.set(key, { rounds, notBeforeMs: nowMs() + waitMs(rounds) })
    const [oldest] = remembered.keys()
    if (remembered.size > rememberedMax && oldest !== undefined) remembered.delete(oldest)
  }

  return async (pair, signal) => {
    if (isTooSoon(pair.key, pair.known)) return { kind: 'postponed' }
    const outcome = await load(pair, signal)
    if (outcome.kind === 'failed') remember(pair.key)
    else remembered.delete(pair.key)
    return outcome
  }
}
