import { abortableWait, pause } from '@aftercall/runtime/limits/abortable-wait'
import type { Database } from '../connection/database.ts'
import { type LeaseHolder, leased } from '../leases/leases.ts'
import { holderState, type Lease, type LeaseRequest, withLease } from '../leases/with-lease.ts'

export class RunBusyError extends Error {
  override readonly name = 'RunBusyError'
  readonly code = 'run_busy'
  readonly retryable = true
  constructor(runId: string, host: string) {
    super(`run ${runId} is being worked on by ${host}; stop that process first, or start a new run`)
  }
}

/** Someone has paused the run, in the console or by the worker. */
export class RunPausedError extends Error {
  override readonly name = 'RunPausedError'
  readonly code = 'run_paused'
  readonly retryable = false
  constructor(runId: string, by: string) {
    super(`run ${runId} was paused by ${by}; to continue it: aftercall backfill --resume ${runId}`)
  }
}

export type RunLockRequest = Pick<LeaseRequest, 'host' | 'terms'> & {
  runId: string
  /** Another machine holds the run. If it does not renew its lease within `msMax` milliseconds, we take over. */
  onWait(held: { host: string; msMax: number }): void
  /** Ends the waiting. */
  signal: AbortSignal
  /** Work on a paused run, too, which ends the pause. */
  endsPause?: boolean
}

const lookAgainMs = 500
/** How soon a process notices that its run was paused. */
const lookForPauseMs = 2_000

/**
 * Works on a run, one process at a time. A killed process does not keep the run: on the same machine we see at once that
 * it is gone, and on another one when its lease is not renewed.
 * @throws RunPausedError if it is paused, or while we work; RunBusyError if another process works on it; LeaseLostError if another one has taken it over meanwhile.
 */
export async function withRunLock<Answer>(
  db: Database,
  { runId, host, terms, onWait, signal, endsPause = false }: RunLockRequest,
  work: (lease: Lease) => Promise<Answer>,
): Promise<Answer> {
  let first: LeaseHolder | undefined
  for (;;) {
    const end = await withLease(db, { name: leased.backfillRun + runId, host, terms }, async (lease) => {
      await takeRun(db, runId, { host, endsPause })
      return untilPaused(db, runId, lease, work)
    })
    if (end.kind === 'done') return end.answer
    const { by } = end
    if (isAtWork(by, first)) throw new RunBusyError(runId, by.host)
    if (first === undefined) onWait({ host: by.host, msMax: by.msLeft })
    first ??= by
    await abortableWait(lookAgainMs, signal)
  }
}

async function takeRun(
  db: Database,
  runId: string,
  { host, endsPause }: { host: string; endsPause: boolean },
): Promise<void> {
  const pausedBy = endsPause ? null : await readPause(db, runId)
  if (pausedBy !== null) throw new RunPausedError(runId, pausedBy)
  const changes = endsPause ? { host, paused_by: null } : { host }
  await db.updateTable('ingest.backfill_run').set(changes).where('run_id', '=', runId).execute()
}

/** Does the work under a lease that also ends when the run is paused. */
async function untilPaused<Answer>(
  db: Database,
  runId: string,
  lease: Lease,
  work: (lease: Lease) => Promise<Answer>,
): Promise<Answer> {
  const paused = new AbortController()
  const over = new AbortController()
  const looking = lookForPause(db, runId, AbortSignal.any([over.signal, lease.signal]), (by) =>
    paused.abort(new RunPausedError(runId, by)),
  )
  const signal = AbortSignal.any([lease.signal, paused.signal])
  try {
    const answer = await work({ ...lease, signal })
    signal.throwIfAborted()
    return answer
  } finally {
    over.abort()
    await looking
  }
}

async function lookForPause(
  db: Database,
  runId: string,
  isOver: AbortSignal,
  onPause: (by: string) => void,
): Promise<void> {
  while (!isOver.aborted) {
    await pause(lookForPauseMs, isOver)
    if (isOver.aborted) return
    // While the database is away, nothing is loaded either.
    const by = await readPause(db, runId).catch(() => null)
    if (by !== null) return onPause(by)
  }
}

async function readPause(db: Database, runId: string): Promise<string | null> {
  const run = await db
    .selectFrom('ingest.backfill_run')
    .select('paused_by')
    .where('run_id', '=', runId)
    .executeTakeFirst()
  return run?.paused_by ?? null
}

/** Pauses a run, or ends its pause. A process that works on it stops within seconds. */
export async function setPause(db: Database, runId: string, pausedBy: string | null): Promise<void> {
  await db
    .updateTable('ingest.backfill_run')
    .set({ paused_by: pausedBy })
    .where('run_id', '=', runId)
    .where('state', '=', 'open')
    .execute()
}

function isAtWork(by: LeaseHolder, before: LeaseHolder | undefined): boolean {
  if (holderState(by) === 'running') return true
  if (before === undefined) return false
  return by.holder !== before.holder || by.renewedAt.getTime() !== before.renewedAt.getTime()
}
