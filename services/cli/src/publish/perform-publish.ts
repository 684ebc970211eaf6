import { pause } from '@aftercall/runtime/limits/abortable-wait'
import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { thisProcess } from '@aftercall/runtime/process/process-identity'
import { leased } from '@aftercall/warehouse/leases/leases'
import { type Lease, LeaseLostError, withLease } from '@aftercall/warehouse/leases/with-lease'
import { type CliContext, StoppedError } from '../cli-context.ts'
import { publishChanges } from './publish-changes.ts'
import { PublishBusyError } from './publish-errors.ts'
import { noteFailed, notePublished, noteWaiting } from './publish-events.ts'
import type { PublishParts, PublishReport, PublishRequest } from './publish-types.ts'

/** How often a publisher that waits for another one looks again. A killed one keeps its lease for 30 s at most. */
const lookEveryMs = 10_000
/** After a failure, unless the turns are closer. */
const retryMs = 60_000

/**
 * Publishes in turns until it is stopped, or once. One process does it for a place, under a lease; others wait, and one of them
 * goes on when it ends. A failure is noted and tried again. Returns what was done by `--once`.
 */
export async function performPublish(
  context: CliContext,
  parts: PublishParts,
  request: PublishRequest,
): Promise<PublishReport | undefined> {
  const stopping = new AbortController()
  const signals = onStopSignals({
    signals: context.signals,
    onFirst: () => stopping.abort(new StoppedError()),
    onSecond: (code) => context.exitNow(code),
  })
  const lease = {
    table: 'lake.lease',
    name: `${leased.publishTo}${request.to}`,
    host: thisProcess(),
  } as const
  try {
    let wasHeld = false
    while (!stopping.signal.aborted) {
      const end = await withLease(parts.db, lease, (own) =>
        publishInTurns(parts, request, own, stopping.signal),
      )
      if (end.kind === 'done' && end.answer !== 'lease lost') return end.answer
      if (end.kind === 'held') {
        if (request.once) throw new PublishBusyError(request.to, end.by)
        if (!wasHeld) noteWaiting(parts, request.to, end.by)
        wasHeld = true
      }
      await pause(lookEveryMs, stopping.signal)
    }
    return undefined
  } finally {
    signals.remove()
  }
}

async function publishInTurns(
  parts: PublishParts,
  request: PublishRequest,
  lease: Lease,
  stopping: AbortSignal,
): Promise<PublishReport | undefined | 'lease lost'> {
  const signal = AbortSignal.any([stopping, lease.signal])
  let { all } = request
  for (;;) {
    let isDone = false
    try {
      const report = await publishChanges(parts, { ...request, all }, { lease, signal })
      isDone = true
      all = false
      notePublished(parts, report)
      if (request.once) return report
    } catch (error) {
      if (stopping.aborted && !request.once) return undefined
      if (error instanceof LeaseLostError && !request.once) return 'lease lost'
      await noteFailed(parts, request.to, error)
      if (request.once || !isRetryable(error)) throw error
    }
    await pause(
      isDone ? request.everySeconds * 1_000 : Math.min(retryMs, request.everySeconds * 1_000),
      signal,
    )
    if (stopping.aborted) return undefined
    if (lease.signal.aborted) return 'lease lost'
  }
}

/** Only what says of itself that another try cannot help ends the job. */
function isRetryable(error: unknown): boolean {
  return !(error instanceof Error && 'retryable' in error && error.retryable === false)
}
