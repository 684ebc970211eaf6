import { objectsPerMessage } from '@aftercall/ingest/bulk/announce-objects'
import { countObjects, type ObjectCounts } from '@aftercall/ingest/bulk/count-objects'
import { type Measured, measureSample } from '@aftercall/ingest/bulk/measure-sample'
import { planShards } from '@aftercall/ingest/bulk/plan-shards'
import type { BackfillShard, Counts } from '@aftercall/warehouse/ledger/backfill-runs'
import type { CliContext } from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import { billOf } from './aws-bill.ts'
import type { BackfillOptions } from './backfill-options.ts'
import type { OpenBackfill } from './open-backfill.ts'
import { type DryRun, formatDryRun } from './print-dry-run.ts'

const sampleMax = 200

/** Counts what a backfill would load, measures a sample, and estimates time and cost. Loads nothing. */
export async function performDryRun(
  { stderr }: CliContext,
  options: BackfillOptions,
  backfill: OpenBackfill,
  { json, listersMax }: { json: boolean; listersMax: number },
): Promise<{ text: string; exit: 'done' }> {
  const startedAt = performance.now()
  let shownAt = startedAt
  const dryRun = await estimate(options, backfill, listersMax, ({ listed }) => {
    if (performance.now() - shownAt < 2_000) return
    shownAt = performance.now()
    const perSecond = Math.round(((listed ?? 0) * 1000) / (shownAt - startedAt))
    stderr.write(`${listed} listed, ${perSecond}/s\n`)
  })
  const text = json ? formatJson(dryRun) : formatDryRun(dryRun, options.source.bucket, options.prefix)
  return { text, exit: 'done' }
}

async function estimate(
  options: BackfillOptions,
  backfill: OpenBackfill,
  listersMax: number,
  counted: (counts: Counts) => void,
): Promise<DryRun> {
  const { config, db, source, prefix, request, signal } = options
  const { client, inventory, ingest, limit, choice, openPages } = backfill
  const { bucket } = source
  const bounds = await planShards({ client, bucket, prefix, inventory, signal, order: request.order })
  const shards = bounds.map((range, shard): BackfillShard => {
    return { ...range, shard, doneKey: null, doneRows: 0, state: 'open' }
  })
  const found = await countObjects(
    { db, bucket, choice, shards, listersMax, sampleMax, counted, openPages, random: Math.random },
    signal,
  )
  const { raw, worker } = config
  const measuring = { ingest, limit, db, raw, bucket, batchSize: worker.batchSize }
  return summarize(found, await measureSample(measuring, found.sample, signal), options)
}

function summarize(
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
    counts,
    toLoad,
    measured,
    bill,
    // An inventory may lack sizes; then the sample estimates them.
    bytes: bytes > 0 ? bytes : Math.round((measured?.bytesMean ?? 0) * toLoad),
    secondsLow: measured === undefined ? undefined : toLoad / measured.perSecondHigh,
    secondsHigh: measured === undefined ? undefined : toLoad / measured.perSecondLow,
    dollars: bill.reduce((sum, line) => sum + line.dollars, 0),
  }
}
