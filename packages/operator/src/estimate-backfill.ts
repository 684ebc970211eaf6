import { objectsPerMessage } from '@aftercall/ingest/bulk/announce-objects'
import { type CountObjectsOptions, countObjects } from '@aftercall/ingest/bulk/count-objects'
import { type Measured, type MeasureOptions, measureSample } from '@aftercall/ingest/bulk/measure-sample'
import { type PlanOptions, planShards } from '@aftercall/ingest/bulk/plan-shards'
import type { BackfillShard, Counts } from '@aftercall/warehouse/ledger/backfill-runs'
import { billOf } from './cost/aws-bill.ts'
import type { BillLine } from './cost/bill-line.ts'

/** What a backfill would load, and what that takes. */
export type BackfillEstimate = {
  /** Objects by filter. `current` were already loaded with the same content and are not fetched. */
  counts: Counts
  toLoad: number
  bytes: number
  /** Undefined when there is nothing to load. */
  measured: Measured | undefined
  /** The estimate for one process; undefined when nothing could be measured. */
  secondsLow: number | undefined
  secondsHigh: number | undefined
  bill: BillLine[]
  /** At list prices of us-east-1. */
  dollars: number
}

export type EstimateOptions = Omit<PlanOptions, 'signal'> &
  Pick<CountObjectsOptions, 'db' | 'source' | 'choice' | 'openPages' | 'listersMax' | 'counted'> &
  Pick<MeasureOptions, 'ingest' | 'limit' | 'raw' | 'batchSize'> & { via: 'direct' | 'queue' }

const sampleMax = 200

/** Counts what a backfill would load, measures a sample, and estimates time and cost. Loads nothing. */
export async function estimateBackfill(
  options: EstimateOptions,
  signal: AbortSignal,
): Promise<BackfillEstimate> {
  const { via, inventory } = options
  const bounds = await planShards({ ...options, signal })
  const shards = bounds.map((range, shard): BackfillShard => {
    return { ...range, shard, doneKey: null, doneRows: 0, state: 'open' }
  })
  const found = await countObjects({ ...options, shards, sampleMax, random: Math.random }, signal)
  const { counts, pages, toLoad, bytes } = found
  const measured = await measureSample(options, found.sample, signal)
  const bill = billOf({
    objects: toLoad,
    listCalls: inventory === undefined ? pages : 0,
    kmsShare: measured?.kmsShare ?? 0,
    queue: via === 'queue' ? { objectsPerMessage, messagesPerCall: 10 } : undefined,
  })
  return {
    ...{ counts, toLoad, measured, bill },
    // An inventory may lack sizes; then the sample estimates them.
    bytes: bytes > 0 ? bytes : Math.round((measured?.bytesMean ?? 0) * toLoad),
    secondsLow: measured === undefined ? undefined : toLoad / measured.perSecondHigh,
    secondsHigh: measured === undefined ? undefined : toLoad / measured.perSecondLow,
    dollars: bill.reduce((sum, line) => sum + line.dollars, 0),
  }
}
