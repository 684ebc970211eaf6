import { backoffMs } from '@aftercall/runtime/limits/backoff'
import { sql } from 'kysely'
import type { Notice } from '../collisions/notice-losers.ts'
import type { Database } from '../connection/database.ts'
import { isLimit, isLockedOut, isOutage, sqlErrorClassOf } from '../connection/error-class.ts'
import { type CommitOptions, commitBatch, type Written } from './commit-batch.ts'
import type { Settlement } from './settlement.ts'

export type RetryOptions = CommitOptions & {
  /** Ends the waiting for a database that is away; messages in flight are then returned. */
  signal: AbortSignal
  wait(delayMs: number, signal: AbortSignal): Promise<void>
  events: CommitEvents
}

export type CommitEvents = {
  batchCommitted(batch: {
    documents: number
    durationMs: number
    rowsByTable: ReadonlyMap<string, number>
  }): void
  batchRetried(batch: { objects: number; attempt: number; waitMs: number; error: unknown }): void
  /** After the commit. */
  noticed(notice: Notice): void
}

/** Deadlocks and the like, for one batch. An outage is waited out instead, however long it takes. */
export const failuresMax = 5
export const retryBackoff = { baseMs: 50, capMs: 5_000 }

/**
 * An outage, or a lock that another session holds for long, is waited out: messages stay in flight, no more are received,
 * and none is dead-lettered for it. Throws any other error once it is clear that trying again will not help.
 */
export async function commitWithRetries(
  batch: readonly Settlement[],
  options: RetryOptions,
): Promise<Written> {
  const { db, events, signal } = options
  let unanswered: Written | undefined
  let failures = 0
  for (let attempt = 1; ; attempt += 1) {
    const startedAt = performance.now()
    const result = await commitBatch(batch, options)
    if (result.kind === 'committed') {
      const written = firstWritten(unanswered, result.written)
      const { documents, rowsByTable, notices } = written
      events.batchCommitted({ documents, rowsByTable, durationMs: performance.now() - startedAt })
      for (const notice of notices) events.noticed(notice)
      return written
    }
    const { error } = result
    if (result.kind === 'unanswered') unanswered = firstWritten(unanswered, result.written)
    const isWaitedOut =
      isOutage(error) || isLockedOut(error) || (isLimit(error) && !(await takesTransactions(db)))
    failures += isWaitedOut ? 0 : 1
    const again = isWaitedOut || (sqlErrorClassOf(error) === 'retry' && failures < failuresMax)
    if (!again || signal.aborted) throw error
    const waitMs = backoffMs(attempt, retryBackoff)
    events.batchRetried({ objects: batch.length, attempt, waitMs, error })
    await options.wait(waitMs, signal)
  }
}

/**
 * What the batch wrote when its commit got no answer, if that commit was made after all: then everything that it stored is
 * found stored now. Its documents are `stored`, not duplicates of themselves.
 */
function firstWritten(unanswered: Written | undefined, now: Written): Written {
  if (unanswered === undefined) return now
  const wasCommitted = unanswered.outcomes.every(
    ({ kind }, position) => kind !== 'stored' || now.outcomes[position]?.kind !== 'stored',
  )
  return wasCommitted ? unanswered : now
}

/** Without a transaction id the server can write nothing at all. Asking for one writes nothing. */
async function takesTransactions(db: Database): Promise<boolean> {
  try {
    await sql`select pg_catalog.pg_current_xact_id()`.execute(db)
    return true
  } catch {
    return false
  }
}
