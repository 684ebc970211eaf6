import { LoadError, type Loader, type Settlement } from '@aftercall/warehouse/load/loader'
import type { Outcome } from './outcome.ts'
import { stopReasonOfLoad } from './stop-reason.ts'

/** Commits what there is to commit about one delivery, and says how that made it end (I1). */
export async function commitSettlement(ingest: { loader: Loader }, settlement: Settlement): Promise<Outcome> {
  try {
    const outcome = await ingest.loader.commit(settlement)
    return outcome.kind === 'failed' ? { ...outcome, delaySeconds: 0, cause: null } : outcome
  } catch (error) {
    if (!(error instanceof LoadError)) throw error
    const stop = stopReasonOfLoad(error)
    const failure = { kind: 'failed', code: error.code, delaySeconds: 30, cause: error } as const
    // Whoever stops does not come back for it; others, and the worker that is started again, may have it soon.
    return stop === undefined ? failure : { ...failure, delaySeconds: 0, stop }
  }
}
