import type { AdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import type { Database } from '@aftercall/warehouse/connection/database'
import type { RawKept } from '@aftercall/warehouse/load/keep-revisions'
import { measureBatch } from '@aftercall/warehouse/load/measure-batch'
import type { Settlement } from '@aftercall/warehouse/load/settlement'
import { findSource } from '../find-source.ts'
import type { Ingest } from '../ingest-object.ts'
import { unheld } from '../mapping/create-mapper.ts'
import { announcedObject } from '../settlements.ts'
import type { ListedObject } from './compare-page.ts'

export type Measured = {
  objects: number
  /** Fetched, mapped and stored by one process, each second: between the two, as stages overlap less or more. */
  perSecondLow: number
  perSecondHigh: number
  bytesMean: number
  /** Objects of the sample that an object of its own KMS key request was needed for; see `FoundObject.encryption`. */
  kmsShare: number
  /** Objects of the sample that hold no session. */
  uselessShare: number
}

export type MeasureOptions = {
  ingest: Ingest
  pace: AdaptiveLimit
  db: Database
  raw: RawKept
  bucket: string
  batchSize: number
}

/** Takes a sample through fetch, map and load for its time alone: what it stores is rolled back. */
export async function measureSample(
  options: MeasureOptions,
  sample: readonly ListedObject[],
  signal: AbortSignal,
): Promise<Measured | undefined> {
  if (sample.length === 0) return undefined
  const startedAt = performance.now()
  const read = await Promise.all(
    sample.map(({ key }) => options.pace.run(() => readOne(options, key, signal), signal)),
  )
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
