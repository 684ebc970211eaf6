import { LoadError, type Loader, type Settlement } from '@aftercall/warehouse/loader'
import type { Outcome } from './outcome.ts'

/** Commits what there is to commit about one delivery, and says how that made it end (I1). */
export async function settle(ingest: { loader: Loader }, settlement: Settlement): Promise<Outcome> {
  try {
    const { outcome, code } = await ingest.loader.settle(settlement)
    switch (outcome) {
      case 'stored':
      case 'superseded':
      case 'duplicate':
      case 'missing':
        return { kind: outcome }
      case 'ignored':
      case 'rejected':
        return { kind: outcome, code: code ?? 'unknown' }
      case 'failed':
        return { kind: 'failed', code: code ?? 'unknown', delaySeconds: 0, cause: null }
    }
  } catch (error) {
    if (!(error instanceof LoadError)) throw error
    return { kind: 'failed', code: error.code, delaySeconds: error.retryable ? 30 : 300, cause: error }
  }
}
