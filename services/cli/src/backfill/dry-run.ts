import { objectsPerMessage } from '@aftercall/ingest/bulk/announce-objects'
import { countObjects, type ObjectCounts } from '@aftercall/ingest/bulk/count-objects'
import { type Measured, measureSample } from '@aftercall/ingest/bulk/measure-sample'
import { planShards } from '@aftercall/ingest/bulk/plan-shards'
import type { BackfillShard, Counts } from '@aftercall/warehouse/ledger/backfill-runs'
import { type BillLine, billOf } from './aws-bill.ts'
import type { BackfillOptions, OpenBackfill } from './open-backfill.ts'

export type DryRun = {
  /** What the filters left, one after the other; `current` has ended with this very content and is not fetched. */
  counts: Counts
  toLoad: number
  bytes: number
  /** Absent when there is nothing to load. */
  measured: Measured | undefined
  /** Of one process, between the two; absent when nothing could be measured. */
  secondsLow: number | undefined
  secondsHigh: number | undefined
  bill: BillLine[]
  dollars: number
}

const sampleMax = 200

/** What a bulk load would do, take and cost, before anything is loaded. */
export async function runDryRun(
  options: BackfillOptions,
  backfill: OpenBackfill,
  listersMax: number,
  counted: (counts: Counts) => void,
): Promise<DryRun> {
  const { config, db, source, prefix, request, signal } = options
  const { client, inventory, ingest, limit, choice } = backfill
  const bounds = await planShards({
    ...{ client, bucket: source.bucket, prefix, inventory, signal },
    order: request.order,
  })
  const shards = bounds.map((one, shard): BackfillShard => {
    return { ...one, shard, doneKey: null, doneRows: 0, state: 'open' }
  })
  const survey = await countObjects(
    {
      ...{ db, bucket: source.bucket, choice, shards, listersMax, sampleMax, counted },
      openPages: backfill.openPages,
      random: Math.random,
    },
    signal,
  )
  const { raw, worker } = config
  const measuring = { ingest, limit, db, raw, bucket: source.bucket, batchSize: worker.batchSize }
  return describe(survey, await measureSample(measuring, survey.sample, signal), options)
}

function describe(
  { counts, pages, toLoad, bytes }: ObjectCounts,
  measured: Measured | undefined,
  { request, via }: BackfillOptions,
): DryRun {
  const bill = billOf({
    objects: toLoad,
    listCalls: request.inventory === null ? pages : 0,
    kmsShare: measured?.kmsShare ?? 0,
    queue: via === 'queue' ? { objectsPerMessage, messagesPerCall: 10 } : undefined,
  })
  return {
    ...{ counts, toLoad, measured, bill },
    // An inventory need not tell sizes; the sample does.
    bytes: bytes > 0 ? bytes : Math.round((measured?.bytesMean ?? 0) * toLoad),
    secondsLow: measured === undefined ? undefined : toLoad / measured.perSecondHigh,
    secondsHigh: measured === undefined ? undefined : toLoad / measured.perSecondLow,
    dollars: bill.reduce((sum, line) => sum + line.dollars, 0),
  }
}
