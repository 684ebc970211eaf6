import { LoadError, type Loader, type Settlement } from '@aftercall/warehouse/load/loader'
import type { Outcome } from './outcome.ts'
import { stopReasonOfLoad } from './stop-reason.ts'

/** Commits what there is to commit about one delivery, and says how that made it end (I1). */
export async function commitSettlement(ingest: { loader: Loader }, settlement: Settlement): Promise<Outcome> {
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
    const stop = stopReasonOfLoad(error)
    const failure = { kind: 'failed', code: error.code, delaySeconds: 30, cause: error } as const
    // Whoever stops does not come back for it; others, and the worker that is started again, may have it soon.
    return stop === undefined ? failure : { ...failure, delaySeconds: 0, stop }
  }
}
