import { backoffMs } from '@aftercall/runtime/limits/backoff'
import { type Batcher, createBatcher } from '@aftercall/runtime/limits/batcher'
import { sql } from 'kysely'
import type { Notice } from '../collisions/notice-losers.ts'
import type { Database } from '../connection/database.ts'
import { isLimit, isLockedOut, isOutage, sqlErrorClassOf, sqlStateOf } from '../connection/error-class.ts'
import { type CommitOptions, type Committed, commitBatch } from './commit-batch.ts'
import { withoutRefused } from './refused.ts'
import type { Settled, Settlement } from './settlement.ts'
import { settlementBytes } from './settlement-bytes.ts'

export type { Notice, Settled, Settlement }

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
  settle(settlement: Settlement): Promise<Settled>
  drain(): Promise<void>
}

/** Deadlocks and the like, for one batch. An outage is waited out instead, however long it takes. */
const failuresMax = 5
const retryBackoff = { baseMs: 50, capMs: 5_000 }

export function createLoader(options: LoaderOptions): Loader {
  const batcher: Batcher<Settlement, Settled | LoadError> = createBatcher({
    sizeMax: options.batchSize,
    weightMax: options.batchBytesMax,
    weightOf: settlementBytes,
    lingerMs: options.lingerMs,
    ...(options.lingerBesideMs === undefined ? {} : { lingerBesideMs: options.lingerBesideMs }),
    flushesMax: options.batchesMax,
    flush: (batch) => settleBatch(batch, options),
  })
  async function settle(settlement: Settlement): Promise<Settled> {
    const answer = await batcher.add(settlement)
    if (answer instanceof LoadError) throw answer
    return answer
  }
  return { settle, drain: batcher.drain }
}

/** Writes a batch; what the database refuses for its data is halved until the one at fault is alone (I5). */
async function settleBatch(batch: Settlement[], options: LoaderOptions): Promise<(Settled | LoadError)[]> {
  const [alone] = batch
  if (batch.length === 1 && alone !== undefined) return [await settleAlone(alone, options)]
  try {
    return (await commitWithRetries(batch, options)).ends
  } catch (error) {
    if (sqlErrorClassOf(error) !== 'refused') {
      const failure = new LoadError(error)
      return batch.map(() => failure)
    }
    options.events.batchSplit({ objects: batch.length, error })
    const middle = Math.ceil(batch.length / 2)
    const first = await settleBatch(batch.slice(0, middle), options)
    return [...first, ...(await settleBatch(batch.slice(middle), options))]
  }
}

/**
 * One refusal is no verdict on the data: what refused it may be over, so it takes two in a row. A limit that also keeps the
 * object from being rejected is not that of a document: all begins again, as often as after a deadlock.
 */
async function settleAlone(alone: Settlement, options: LoaderOptions): Promise<Settled | LoadError> {
  let refusals = 0
  let rounds = 0
  for (let attempt = 1; ; attempt += 1) {
    let failure: LoadError
    try {
      const [end] = (await commitWithRetries([alone], options)).ends
      return end ?? new LoadError(new TypeError('a settlement was committed without an end'))
    } catch (error) {
      failure = new LoadError(error)
      if (sqlErrorClassOf(error) !== 'refused') return failure
      refusals += 1
      if (refusals === 2) {
        const end = await settleRefused(alone, error, options)
        rounds += 1
        if (!(end instanceof LoadError) || !isLimit(end.cause) || rounds === failuresMax) return end
        refusals = 0
      }
      if (options.signal.aborted) return failure
      const waitMs = backoffMs(attempt, retryBackoff)
      options.events.batchRetried({ objects: 1, attempt, waitMs, error })
      await options.wait(waitMs, options.signal).catch(() => {
        // Stopped: told below.
      })
    }
    if (options.signal.aborted) return failure
  }
}

/** Nothing to take away is left when not even the ledger row is accepted: that object stays in the queue. */
async function settleRefused(
  alone: Settlement,
  error: unknown,
  options: LoaderOptions,
): Promise<Settled | LoadError> {
  if (alone.sessions.length === 0) return new LoadError(error)
  try {
    const rest = await withoutRefused(alone, error, (part) => commitWithRetries([part], options))
    const [end] = (await commitWithRetries([rest], options)).ends
    return end ?? new LoadError(error)
  } catch (failure) {
    return new LoadError(failure)
  }
}

/**
 * An outage, or somebody's lock, is waited out: messages stay held, no more are received, and nothing is dead-lettered
 * for it.
 */
async function commitWithRetries(batch: Settlement[], options: LoaderOptions): Promise<Committed> {
  let unanswered: Committed | undefined
  let failures = 0
  for (let attempt = 1; ; attempt += 1) {
    const startedAt = performance.now()
    let written: Committed | undefined
    try {
      const committed = await commitBatch(batch, options, (now) => {
        written = unanswered !== undefined && isIn(unanswered, now) ? unanswered : now
        return written
      })
      const { documents, rowsByTable } = committed
      options.events.batchCommitted({ documents, rowsByTable, durationMs: performance.now() - startedAt })
      for (const notice of committed.notices) options.events.noticed(notice)
      return committed
    } catch (error) {
      // The commit may have been made, and only the answer be lost.
      if (isOutage(error)) unanswered = written ?? unanswered
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
}

/** Without a transaction id nothing can be written, whatever it is. Asking for one writes nothing. */
async function takesTransactions(db: Database): Promise<boolean> {
  try {
    await sql`select pg_catalog.pg_current_xact_id()`.execute(db)
    return true
  } catch {
    return false
  }
}

/** Whether all that was written then is found now, so that it was committed: `stored`, not the `duplicate` of itself. */
function isIn(then: Committed, now: Committed): boolean {
  return then.ends.every(
    ({ outcome }, position) => outcome !== 'stored' || now.ends[position]?.outcome !== 'stored',
  )
}
