import type { Outcome } from '../outcome.ts'
import type { ReconcileClass } from './judge-pair.ts'
import type { Pair } from './merge-pages.ts'

/** A key on which bucket and ledger differ, or whose object cannot be used. */
export type Difference = {
  class: DifferenceClass
  key: string
  lastModified: Date | null
  etag: string | null
  sizeBytes: number | null
  /**
   * The result of loading it. `fixed`: it has ended; `vanished`: it is no longer in the bucket; `stillFailed`: it could not
   * be loaded this time either; `nowRejected`: its content cannot be used; `postponed`: it was not tried, because it failed
   * recently, or because many others did. Undefined where loading was not requested, or does not help.
   */
  fix?: FixResult
  /** Once it was loaded: how it ended, or why it did not. */
  outcome?: Outcome['kind']
  code?: string
}

export type DifferenceClass = Exclude<ReconcileClass, 'current' | 'other'>

export type FixResult = 'fixed' | 'vanished' | 'stillFailed' | 'nowRejected' | 'postponed'

export function differenceOf({ key, listed, known }: Pair, found: DifferenceClass): Difference {
  return {
    class: found,
    key,
    lastModified: listed?.lastModified ?? known?.lastModified ?? null,
    etag: listed?.etag ?? known?.etag ?? null,
    sizeBytes: listed?.sizeBytes ?? known?.sizeBytes ?? null,
    ...(listed === undefined || known?.code == null ? {} : { code: known.code }),
  }
}

export function withOutcome(difference: Difference, outcome: Outcome): Difference {
  const { code: _, ...found } = difference
  const code = 'code' in outcome ? { code: outcome.code } : {}
  return { ...found, fix: fixOf(outcome), outcome: outcome.kind, ...code }
}

function fixOf(outcome: Outcome): FixResult {
  switch (outcome.kind) {
    case 'stored':
    case 'superseded':
    case 'duplicate':
    case 'ignored':
      return 'fixed'
    case 'missing':
      return 'vanished'
    case 'rejected':
      return 'nowRejected'
    case 'failed':
      return 'stillFailed'
  }
}
