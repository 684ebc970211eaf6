import type { AdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { retryWithBackoff } from '@aftercall/runtime/limits/backoff'
import { ObjectFetchError } from '@aftercall/storage/objects/object-errors'
import type { Database } from '@aftercall/warehouse/connection/database'
import { measureBatch } from '@aftercall/warehouse/load/measure-batch'
import type { RawKept } from '@aftercall/warehouse/load/raw-kept'
import type { Settlement } from '@aftercall/warehouse/load/settlement'
import type { Ingest } from '../ingest-types.ts'
import { unheld } from '../mapping/create-mapper.ts'
import { announcedObject } from '../settlements.ts'
import { findSource } from '../sources/find-source.ts'
import type { ListedObject } from './compare-page.ts'
import { attemptsMax, retryBackoff } from './load-listed.ts'

export type Measured = {
  objects: number
  /** Objects per second of one process, which depends on how much fetching, mapping, and storing overlap. */
  perSecondLow: number
  perSecondHigh: number
  bytesMean: number
  /** The share of objects that needed a KMS request of their own; see `FoundObject.encryption`. */
  kmsShare: number
  /** The share of objects that hold no session. */
  uselessShare: number
}

export type MeasureOptions = {
  ingest: Ingest
  /** Of the source that the sample is from. */
  limit: AdaptiveLimit
  db: Database
  raw: RawKept
  bucket: string
  batchSize: number
}

/** Measures how long a sample takes to fetch, map, and store. What it stores is rolled back. */
export async function measureSample(
  options: MeasureOptions,
  sample: readonly ListedObject[],
  signal: AbortSignal,
): Promise<Measured | undefined> {
  if (sample.length === 0) return undefined
  const startedAt = performance.now()
  const read = await Promise.all(sample.map(({ key }) => readWithRetries(options, key, signal)))
  const readMs = performance.now() - startedAt
  const settlements = read.flatMap(({ settlement }) => settlement ?? [])
  const storeMs = await storeMsOf(options, settlements)
  const objects = sample.length
  return {
    objects,
    perSecondLow: (objects * 1000) / Math.max(1, readMs + storeMs),
    perSecondHigh: (objects * 1000) / Math.max(1, readMs, storeMs),
    bytesMean: sum(read.map(({ bytes }) => bytes)) / objects,
    kmsShare: read.filter(({ ownKmsRequest }) => ownKmsRequest).length / objects,
    uselessShare: read.filter(({ settlement }) => settlement?.kind !== 'documents').length / objects,
  }
}

type Read = { settlement: Settlement | undefined; bytes: number; ownKmsRequest: boolean }

function readWithRetries(options: MeasureOptions, key: string, signal: AbortSignal): Promise<Read> {
  const { limit } = options
  return retryWithBackoff(() => limit.run(() => readOne(options, key, signal), signal), {
    ...{ attemptsMax, ...retryBackoff, signal },
    retryable: (error) => error instanceof ObjectFetchError && error.retryable,
    onRetry: ({ error }) => {
      if (error instanceof ObjectFetchError && error.slowsDown) limit.slowDown()
    },
  })
}

async function readOne({ ingest, bucket }: MeasureOptions, key: string, signal: AbortSignal): Promise<Read> {
  const ref = { bucket, key }
  const source = findSource(ingest.sources, ref)
  const nothing = { settlement: undefined, bytes: 0, ownKmsRequest: false }
  if (source === undefined) return nothing
  const fetched = await ingest.fetchObject(source, ref, signal)
  if (fetched.kind !== 'found') return nothing
  const event = { kind: 'created' as const, ref, eventName: 'Survey' }
  const object = announcedObject({ event, messageId: null, receiveCount: 1 }, source)
  const settlement = await ingest.mapper.mapFetched({ source, object, fetched, held: unheld })
  if (settlement === 'stopped') return nothing
  return {
    settlement,
    bytes: fetched.sizeBytes,
    ownKmsRequest: fetched.encryption === 'kms-per-object',
  }
}

async function storeMsOf({ db, raw, batchSize }: MeasureOptions, settlements: Settlement[]): Promise<number> {
  let storeMs = 0
  for (let start = 0; start < settlements.length; start += batchSize) {
    const { durationMs } = await measureBatch(db, settlements.slice(start, start + batchSize), raw)
    storeMs += durationMs
  }
  return storeMs
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
