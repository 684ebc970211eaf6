import type { KnownObject } from '@aftercall/warehouse/ledger/ledger-lookup'
import { attemptsMax } from '../bulk/load-listed.ts'
import type { LoadPair } from './reconcile-source.ts'

export type LoadBackoffOptions = {
  /** How often the bucket is looked at. */
  everyMs: number
  nowMs?: () => number
}

/** The longest that a failed object is left alone. */
const waitMsMax = 6 * 3_600_000
/** Of objects whose failures the ledger does not tell. */
const rememberedMax = 10_000

/**
 * Leaves an object that failed alone for longer and longer, so that a poll does not fetch it every few minutes for ever.
 * The ledger tells of most failures, whoever ran into them; this process remembers the rest: of objects that had ended
 * before they were rewritten, and of failures to load.
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
    // Every round is some attempts, and each is noted.
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
