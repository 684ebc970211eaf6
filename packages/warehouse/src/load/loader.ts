import { backoffMs } from '@aftercall/runtime/limits/backoff'
import { type Batcher, createBatcher } from '@aftercall/runtime/limits/batcher'
import { sql } from 'kysely'
import type { Notice } from '../collisions/notice-losers.ts'
import type { Database } from '../connection/database.ts'
import { isLimit, isLockedOut, isOutage, sqlErrorClassOf, sqlStateOf } from '../connection/error-class.ts'
import type { CommittedOutcome } from '../ledger/outcome.ts'
import { type CommitOptions, commitBatch, type Written } from './commit-batch.ts'
import { withoutRefused } from './refused.ts'
import { type Settlement, settlementBytes } from './settlement.ts'

export type { Notice, Settlement }

export class LoadError extends Error {
  override readonly name = 'LoadError'
  readonly code: string
  readonly retryable: boolean
  constructor(cause: unknown) {
    const state = sqlStateOf(cause)
    super(`the database did not take the batch (${state ?? 'no connection'})`, { cause })
    this.code = state === null ? 'database_unreachable' : `database_${state}`
    this.retryable = sqlErrorClassOf(cause) !== 'stop'
  }
}

export type LoaderEvents = {
  batchCommitted(batch: {
    documents: number
    durationMs: number
    rowsByTable: ReadonlyMap<string, number>
  }): void
  batchRetried(batch: { objects: number; attempt: number; waitMs: number; error: unknown }): void
  batchSplit(batch: { objects: number; error: unknown }): void
  /** Once it is committed. */
  noticed(notice: Notice): void
}

export type LoaderOptions = CommitOptions & {
  batchSize: number
  /** Bytes of documents and their rows in one transaction at the most; a single object may have more. */
  batchBytesMax: number
  lingerMs: number
  /** The same beside another batch. */
  lingerBesideMs?: number
  /** Batches under way at the same time; each holds one connection. */
  batchesMax: number
  /** Ends the waiting for a database that is away; what is held is then handed back. */
  signal: AbortSignal
  wait(delayMs: number, signal: AbortSignal): Promise<void>
  events: LoaderEvents
}

export type Loader = {
  /** Resolves once the object's rows, rejections and ledger row are committed (I1); rejects with `LoadError`. */
  commit(settlement: Settlement): Promise<CommittedOutcome>
  drain(): Promise<void>
}

/** Deadlocks and the like, for one batch. An outage is waited out instead, however long it takes. */
const failuresMax = 5
const retryBackoff = { baseMs: 50, capMs: 5_000 }

export function createLoader(options: LoaderOptions): Loader {
  const batcher: Batcher<Settlement, CommittedOutcome | LoadError> = createBatcher({
    sizeMax: options.batchSize,
    weightMax: options.batchBytesMax,
    weightOf: settlementBytes,
    lingerMs: options.lingerMs,
    ...(options.lingerBesideMs === undefined ? {} : { lingerBesideMs: options.lingerBesideMs }),
    flushesMax: options.batchesMax,
    flush: (batch) => loadBatch(batch, options),
  })
  return {
    async commit(settlement) {
      const end = await batcher.add(settlement)
      if (end instanceof LoadError) throw end
      return end
    },
    drain: batcher.drain,
  }
}

/** Commits a batch. One that the database refuses for its data is halved until the object at fault is alone (I5). */
async function loadBatch(
  batch: readonly Settlement[],
  options: LoaderOptions,
): Promise<(CommittedOutcome | LoadError)[]> {
  const [alone] = batch
  if (batch.length === 1 && alone !== undefined) return [await loadAlone(alone, options)]
  try {
    return [...(await commitWithRetries(batch, options)).outcomes]
  } catch (error) {
    if (sqlErrorClassOf(error) !== 'refused') {
      const failure = new LoadError(error)
      return batch.map(() => failure)
    }
    options.events.batchSplit({ objects: batch.length, error })
    const middle = Math.ceil(batch.length / 2)
    const first = await loadBatch(batch.slice(0, middle), options)
    return [...first, ...(await loadBatch(batch.slice(middle), options))]
  }
}

/**
 * One refusal does not prove that the data is at fault: its cause may be over, so it takes two in a row. If a limit also keeps
 * the rejection from being written, the limit is not about this document: all begins again, as often as after a deadlock.
 */
async function loadAlone(
  settlement: Settlement,
  options: LoaderOptions,
): Promise<CommittedOutcome | LoadError> {
  let refusals = 0
  let rounds = 0
  for (let attempt = 1; ; attempt += 1) {
    let failure: LoadError
    try {
      return await commitAlone(settlement, options)
    } catch (error) {
      failure = new LoadError(error)
      if (sqlErrorClassOf(error) !== 'refused') return failure
      refusals += 1
      if (refusals === 2) {
        const end = await rejectRefused(settlement, error, options)
        rounds += 1
        if (!(end instanceof LoadError) || !isLimit(end.cause) || rounds === failuresMax) return end
        refusals = 0
      }
      if (options.signal.aborted) return failure
      const waitMs = backoffMs(attempt, retryBackoff)
      options.events.batchRetried({ objects: 1, attempt, waitMs, error })
      await options.wait(waitMs, options.signal).catch(() => {
        // Stopped: returned below.
      })
    }
    if (options.signal.aborted) return failure
  }
}

/** Where even the ledger row is refused, there is nothing left to leave out: the object stays in the queue. */
async function rejectRefused(
  settlement: Settlement,
  error: unknown,
  options: LoaderOptions,
): Promise<CommittedOutcome | LoadError> {
  if (settlement.kind !== 'documents') return new LoadError(error)
  try {
    const rest = await withoutRefused(settlement, error, (part) => commitAlone(part, options))
    return await commitAlone(rest, options)
  } catch (failure) {
    return new LoadError(failure)
  }
}

async function commitAlone(settlement: Settlement, options: LoaderOptions): Promise<CommittedOutcome> {
  const [outcome] = (await commitWithRetries([settlement], options)).outcomes
  if (outcome === undefined) throw new TypeError('a settlement was committed without an outcome')
  return outcome
}

/**
 * An outage, or a lock that another session holds for long, is waited out: messages stay in flight, no more are received,
 * and nothing is dead-lettered for it. Throws the last error otherwise.
 */
async function commitWithRetries(batch: readonly Settlement[], options: LoaderOptions): Promise<Written> {
  let unanswered: Written | undefined
  let failures = 0
  for (let attempt = 1; ; attempt += 1) {
    const startedAt = performance.now()
    const result = await commitBatch(batch, options)
    if (result.kind === 'committed') {
      const written = firstWritten(unanswered, result.written)
      const { documents, rowsByTable, notices } = written
      options.events.batchCommitted({ documents, rowsByTable, durationMs: performance.now() - startedAt })
      for (const notice of notices) options.events.noticed(notice)
      return written
    }
    const { error } = result
    if (result.kind === 'unanswered') unanswered = firstWritten(unanswered, result.written)
    const isWaitedOut =
      isOutage(error) || isLockedOut(error) || (isLimit(error) && !(await takesTransactions(options.db)))
    failures += isWaitedOut ? 0 : 1
    const again = isWaitedOut || (sqlErrorClassOf(error) === 'retry' && failures < failuresMax)
    if (!again || options.signal.aborted) throw error
    const waitMs = backoffMs(attempt, retryBackoff)
    options.events.batchRetried({ objects: batch.length, attempt, waitMs, error })
    await options.wait(waitMs, options.signal)
  }
}

/**
 * What the batch wrote when its commit got no answer, if that commit was made after all: everything that it stored is found
 * stored already. Its documents are `stored`, not duplicates of themselves.
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
