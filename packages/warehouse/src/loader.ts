import type { MappedSession } from '@aftercall/metadata/map-session'
import { type Batcher, createBatcher } from '@aftercall/runtime/batcher'
import type { Database } from './database.ts'
import { type AnnouncedObject, type LedgerEntry, type LedgerOutcome, writeLedger } from './ledger.ts'
import type { Months } from './months.ts'
import { type Rejection, writeRejections } from './rejections.ts'
import { sqlStateOf, verdictOf } from './sql-verdict.ts'
import { type Decision, storeSessions } from './store-sessions.ts'

/** All there is to commit about one delivered object. */
export type Settlement = {
  /** Null for a message that names no object. */
  object: AnnouncedObject | null
  about: LedgerEntry['about']
  /** What is to be stored; empty for an object that holds nothing to store. */
  sessions: MappedSession[]
  rejections: Rejection[]
  /** The object's bytes, kept with a rejection if the database refuses what was read from them. */
  content: Uint8Array | null
  /** The end of an object with neither sessions nor rejections. */
  otherwise: { outcome: 'missing' | 'ignored'; code: string | null }
}

export type Settled = { outcome: LedgerOutcome; code: string | null; detail: string | null }

export class LoadError extends Error {
  override readonly name = 'LoadError'
  readonly code: string
  readonly retryable: boolean
  constructor(cause: unknown) {
    const state = sqlStateOf(cause)
    super(`the database did not take the batch (${state ?? 'no connection'})`, { cause })
    this.code = state === null ? 'database_unreachable' : `database_${state}`
    this.retryable = verdictOf(cause) !== 'stop'
  }
}

export type LoaderEvents = {
  batchCommitted(batch: {
    objects: number
    durationMs: number
    rowsByTable: ReadonlyMap<string, number>
  }): void
  batchRetried(batch: { objects: number; attempt: number; error: unknown }): void
  batchSplit(batch: { objects: number; error: unknown }): void
}

export type LoaderOptions = {
  db: Database
  months: Months
  batchSize: number
  lingerMs: number
  /** Batches under way at the same time; each holds one connection. */
  batchesMax: number
  /** Waits before the next attempt; gives up after the last. */
  retryDelaysMs: readonly number[]
  wait(delayMs: number): Promise<void>
  events: LoaderEvents
}

export type Loader = {
  /** Resolves once the object's rows, rejections and ledger row are committed (I1); rejects with `LoadError`. */
  settle(settlement: Settlement): Promise<Settled>
  drain(): Promise<void>
}

export function createLoader(options: LoaderOptions): Loader {
  const batcher: Batcher<Settlement, Settled | LoadError> = createBatcher({
    sizeMax: options.batchSize,
    lingerMs: options.lingerMs,
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
  try {
    return await commitWithRetries(batch, options)
  } catch (error) {
    if (verdictOf(error) !== 'refused') {
      const failure = new LoadError(error)
      return batch.map(() => failure)
    }
    const [alone] = batch
    if (batch.length === 1 && alone !== undefined) return [await settleRefused(alone, error, options)]
    options.events.batchSplit({ objects: batch.length, error })
    const middle = Math.ceil(batch.length / 2)
    const first = await settleBatch(batch.slice(0, middle), options)
    return [...first, ...(await settleBatch(batch.slice(middle), options))]
  }
}

/** Nothing to take away is left when not even the ledger row is accepted: that object stays in the queue. */
async function settleRefused(
  alone: Settlement,
  error: unknown,
  options: LoaderOptions,
): Promise<Settled | LoadError> {
  if (alone.sessions.length === 0) return new LoadError(error)
  const rest = alone.sessions.length > 1 ? await storeApart(alone, options) : refuseAll(alone, error)
  if (rest instanceof LoadError) return rest
  const [answer] = await settleBatch([rest], options)
  return answer ?? new LoadError(error)
}

/** An object of several documents: each is tried in a transaction of its own, so that only the bad one is rejected. */
async function storeApart(settlement: Settlement, options: LoaderOptions): Promise<Settlement | LoadError> {
  const good: MappedSession[] = []
  const rejections = [...settlement.rejections]
  for (const session of settlement.sessions) {
    const part: Settlement = { ...settlement, sessions: [session], rejections: [] }
    try {
      await commitWithRetries([part], options)
      good.push(session)
    } catch (error) {
      if (verdictOf(error) !== 'refused') return new LoadError(error)
      rejections.push(refusal(part, session, error))
    }
  }
  return { ...settlement, sessions: good, rejections }
}

function refuseAll(settlement: Settlement, error: unknown): Settlement {
  const refusals = settlement.sessions.map((session) => refusal(settlement, session, error))
  return { ...settlement, sessions: [], rejections: [...settlement.rejections, ...refusals] }
}

function refusal({ object, content }: Settlement, session: MappedSession, error: unknown): Rejection {
  const { channel, sessionId } = session.key
  return {
    source: session.key.source,
    bucket: object?.bucket ?? null,
    objectKey: object?.key ?? null,
    versionId: object?.versionId ?? null,
    messageId: null,
    code: 'database_refused',
    detail: `Postgres refused ${channel} ${sessionId} with SQLSTATE ${sqlStateOf(error) ?? 'unknown'}`,
    content,
  }
}

async function commitWithRetries(batch: Settlement[], options: LoaderOptions): Promise<Settled[]> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await commit(batch, options)
    } catch (error) {
      const delayMs = options.retryDelaysMs[attempt]
      if (delayMs === undefined || verdictOf(error) !== 'retry') throw error
      options.events.batchRetried({ objects: batch.length, attempt: attempt + 1, error })
      await options.wait(delayMs)
    }
  }
}

/** One transaction: sessions, then the ledger, then rejections; every batch takes its locks in this order. */
async function commit(batch: Settlement[], options: LoaderOptions): Promise<Settled[]> {
  const startedAt = performance.now()
  const sessions = batch.flatMap(({ object, sessions }) =>
    object === null
      ? []
      : sessions.map((session) => ({ session, bucket: object.bucket, objectKey: object.key })),
  )
  await options.months.ensure(sessions.map((one) => one.session.createdAt))
  const { answers, rowsByTable } = await options.db.transaction().execute(async (transaction) => {
    const stored = await storeSessions(transaction, sessions)
    const decisions = [...stored.decisions]
    const ends = batch.map((settlement) => endOf(settlement, decisions.splice(0, settlement.sessions.length)))
    await writeLedger(
      transaction,
      batch.flatMap((settlement, position) => ledgerEntry(settlement, ends[position])),
    )
    await writeRejections(
      transaction,
      batch.flatMap((settlement) => settlement.rejections),
    )
    return { answers: ends, rowsByTable: stored.rowsByTable }
  })
  options.events.batchCommitted({
    objects: batch.length,
    durationMs: performance.now() - startedAt,
    rowsByTable,
  })
  return answers
}

/** An object's outcome is the worst thing that happened to it, and `stored` if any of its documents was. */
function endOf(settlement: Settlement, decisions: Decision[]): Settled {
  const rejection = settlement.rejections[0]
  if (rejection !== undefined) return { outcome: 'rejected', code: rejection.code, detail: rejection.detail }
  for (const outcome of ['stored', 'superseded', 'duplicate'] as const) {
    if (decisions.includes(outcome)) return { outcome, code: null, detail: null }
  }
  return { ...settlement.otherwise, detail: null }
}

function ledgerEntry({ object, about, sessions }: Settlement, end: Settled | undefined): LedgerEntry[] {
  if (object === null || end === undefined) return []
  const only = sessions.length === 1 ? sessions[0]?.key : undefined
  const session = only === undefined ? null : { channel: only.channel, sessionId: only.sessionId }
  return [{ about, object, outcome: end.outcome, code: end.code, session, documentCount: sessions.length }]
}
