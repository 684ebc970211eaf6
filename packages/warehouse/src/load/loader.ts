import { backoffMs } from '@aftercall/runtime/limits/backoff'
import { type Batcher, createBatcher } from '@aftercall/runtime/limits/batcher'
import type { Notice } from '../collisions/notice-losers.ts'
import { isLimit, sqlErrorClassOf, sqlStateOf } from '../connection/error-class.ts'
import { createDimensions } from '../dimensions/dimensions.ts'
import type { CommittedOutcome } from '../ledger/outcome.ts'
import { DocumentKeyError } from '../sealing/document-key-error.ts'
import {
  type CommitEvents,
  commitWithRetries,
  failuresMax,
  type RetryOptions,
  retryBackoff,
} from './commit-with-retries.ts'
import { withoutRefused } from './refused.ts'
import { type Settlement, settlementBytes } from './settlement.ts'

export type { Notice, Settlement }

export class LoadError extends Error {
  override readonly name = 'LoadError'
  readonly code: string
  readonly retryable: boolean
  constructor(cause: unknown) {
    const state = sqlStateOf(cause)
    const isKey = cause instanceof DocumentKeyError
    super(isKey ? cause.message : `the database did not accept the batch (${state ?? 'no connection'})`, {
      cause,
    })
    if (isKey) this.code = cause.code
    else this.code = state === null ? 'database_unreachable' : `database_${state}`
    this.retryable = sqlErrorClassOf(cause) !== 'stop'
  }
}

export type LoaderEvents = CommitEvents & {
  batchSplit(batch: { objects: number; error: unknown }): void
}

export type LoaderOptions = Omit<RetryOptions, 'dimensions'> & {
  batchSize: number
  /** The most bytes of documents and their rows in one transaction; a single object may have more. */
  batchBytesMax: number
  lingerMs: number
  /** The same, while another batch is under way. */
  lingerBesideMs?: number
  /** How many batches may be committed at a time; each holds one connection. */
  batchesMax: number
  events: LoaderEvents
}

type BatchOptions = LoaderOptions & RetryOptions

export type Loader = {
  /** Resolves once the object's rows, rejections and ledger row are committed (I1); rejects with `LoadError`. */
  commit(settlement: Settlement): Promise<CommittedOutcome>
  drain(): Promise<void>
}

export function createLoader(options: LoaderOptions): Loader {
  const withDimensions: BatchOptions = { ...options, dimensions: createDimensions() }
  const batcher: Batcher<Settlement, CommittedOutcome | LoadError> = createBatcher({
    sizeMax: options.batchSize,
    weightMax: options.batchBytesMax,
    weightOf: settlementBytes,
    lingerMs: options.lingerMs,
    ...(options.lingerBesideMs === undefined ? {} : { lingerBesideMs: options.lingerBesideMs }),
    flushesMax: options.batchesMax,
    flush: (batch) => loadBatch(batch, withDimensions),
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
  options: BatchOptions,
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
  options: BatchOptions,
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
  options: BatchOptions,
): Promise<CommittedOutcome | LoadError> {
  if (settlement.kind !== 'documents') return new LoadError(error)
  try {
    const rest = await withoutRefused(settlement, error, (part) => commitAlone(part, options))
    return await commitAlone(rest, options)
  } catch (failure) {
    return new LoadError(failure)
  }
}

async function commitAlone(settlement: Settlement, options: BatchOptions): Promise<CommittedOutcome> {
  const [outcome] = (await commitWithRetries([settlement], options)).outcomes
  if (outcome === undefined) throw new TypeError('a settlement was committed without an outcome')
  return outcome
}
