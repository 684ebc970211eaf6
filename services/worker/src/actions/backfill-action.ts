import { type BackfillRequest, readRequest } from '@aftercall/ingest/bulk/backfill-request'
import { loadDirectly } from '@aftercall/ingest/bulk/load-directly'
import { openBulkIngest } from '@aftercall/ingest/bulk/open-bulk-ingest'
import { openPages } from '@aftercall/ingest/bulk/open-pages'
import { planShards } from '@aftercall/ingest/bulk/plan-shards'
import { runBackfill } from '@aftercall/ingest/bulk/run-backfill'
import { type BackfillEstimate, estimateBackfill } from '@aftercall/operator/estimate-backfill'
import { createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import { openInventory } from '@aftercall/storage/listing/inventory/open-inventory'
import type { Action } from '@aftercall/warehouse/actions/action'
import {
  type BackfillRun,
  createBackfillRun,
  readBackfillRun,
} from '@aftercall/warehouse/ledger/backfill-runs'
import { setPause, withRunLock } from '@aftercall/warehouse/ledger/run-lock'
import { actionInFlightMax, bulkOptionsOf, type Carrying } from './carrying.ts'
import { readArguments } from './read-arguments.ts'
import { requireSource } from './require-source.ts'

const listersMax = 8

type Asked = { prefix: string; request: BackfillRequest; maxRate: number | undefined }
type Ended = { counts: Action['counts']; error: string | null }

/** A dry run, or a new run. A worker that takes the action over continues the run that the first one started. */
export async function backfillAction(carrying: Carrying): Promise<Ended> {
  const { action } = carrying
  const { dryRun, prefix, since, until, maxRate } = readArguments('backfill', action.arguments)
  const source = requireSource(carrying)
  const request: BackfillRequest = {
    since: since?.toISOString() ?? null,
    until: until?.toISOString() ?? null,
    datesFrom: 'auto',
    order: 'newest',
    inventory: null,
  }
  const asked = { prefix: prefix ?? source.prefix, request, maxRate }
  if (!dryRun) return loadRun(carrying, asked, action.runId)
  const parts = await openParts(carrying, asked)
  try {
    return { counts: countEstimate(await estimate(carrying, asked, parts)), error: null }
  } finally {
    await parts.close()
  }
}

/** Continues a run that was paused or broken off. */
export async function resumeAction(carrying: Carrying): Promise<Ended> {
  const { action, db } = carrying
  const { run: runId } = readArguments('resume', action.arguments)
  const run = await readBackfillRun(db, runId)
  const request = readRequest(run?.request)
  const source = requireSource(carrying)
  if (run === undefined || request === undefined)
    throw new Error(`run ${runId} was started by another release of aftercall; start a new one`)
  if (run.bucket !== source.bucket || !run.prefix.startsWith(source.prefix))
    throw new Error(
      `run ${runId} loads s3://${run.bucket}/${run.prefix}, which ${source.name} no longer includes`,
    )
  // Not when it is taken over: someone may have paused the run again since.
  if (action.takeCount === 0) await setPause(db, runId, null)
  return loadRun(carrying, { prefix: run.prefix, request, maxRate: undefined }, runId)
}

async function loadRun(carrying: Carrying, asked: Asked, known: string | null): Promise<Ended> {
  const { action, db, host, signal, logger, noteCounts } = carrying
  const source = requireSource(carrying)
  const parts = await openParts(carrying, asked)
  const counts: Action['counts'] = {}
  noteCounts(counts)
  try {
    const run = await findRun(carrying, asked, parts, known)
    const { runId } = run
    const lock = { runId, host, signal, onWait: () => {} }
    const end = await withRunLock(db, lock, async (lease) => {
      const load = { ingest: parts.bulk.ingest, limit: parts.limit, origin: 'Backfill' as const }
      const current = (await readBackfillRun(db, runId)) ?? run
      const stopped = AbortSignal.any([signal, lease.signal])
      return runBackfill(
        {
          ...{
            db,
            runId,
            source,
            choice: parts.choice,
            openPages: parts.openPages,
            listersMax,
          },
          loadPage: (...page) => loadDirectly(load, source.bucket, ...page),
          confirm: lease.confirm,
          events: {
            pageRead() {},
            pageDone({ counts: more }) {
              for (const [name, number] of Object.entries(more)) counts[name] = (counts[name] ?? 0) + number
            },
            shardDone() {},
            shardFailed: ({ shard, error }) =>
              logger.error({ action: action.id, runId, shard, error }, 'a shard failed; it stays open'),
          },
        },
        current,
        stopped,
      )
    })
    signal.throwIfAborted()
    const error =
      end.kind === 'done' ? null : `${end.shardsOpen} shards of run ${runId} are not done: resume it`
    return { counts: end.counts, error }
  } finally {
    await parts.close()
  }
}

type Parts = Awaited<ReturnType<typeof openParts>>

async function openParts(carrying: Carrying, { prefix, request, maxRate }: Asked) {
  const { config, clients, signal } = carrying
  const source = requireSource(carrying)
  const inFlightMax = Math.min(actionInFlightMax, config.worker.inFlight)
  const bulk = openBulkIngest({
    ...bulkOptionsOf(carrying),
    signal,
    createLimit: () => createAdaptiveLimit({ inFlightMax, perSecondMax: maxRate }),
  })
  const client = clients.of(source)
  const { bucket } = source
  const inventory =
    request.inventory === null ? undefined : await openInventory(client, request.inventory, { signal })
  const onRetry = bulk.onListRetry(source)
  const choice = {
    since: timeOf(request.since),
    until: timeOf(request.until),
    datesFrom: request.datesFrom,
    prefix,
  }
  return {
    ...{ bulk, client, inventory, choice, limit: bulk.limitOf(source), close: bulk.close },
    openPages: (shard: Parameters<typeof openPages>[1], pagesSignal: AbortSignal) =>
      openPages({ client, bucket, prefix, inventory, onRetry }, shard, pagesSignal),
  }
}

async function findRun(
  { db, signal, host, action, config }: Carrying,
  { prefix, request }: Asked,
  { client, inventory }: Parts,
  known: string | null,
): Promise<BackfillRun> {
  const earlier = known === null ? undefined : await readBackfillRun(db, known)
  if (earlier !== undefined) return earlier
  const { name, bucket } = requireSource({ action, config })
  const shards = await planShards({ client, bucket, prefix, inventory, order: request.order, signal })
  return createBackfillRun(db, {
    source: name,
    bucket,
    prefix,
    via: 'direct',
    request,
    host,
    shards,
    actionId: action.id,
  })
}

function estimate(
  carrying: Carrying,
  { prefix, request }: Asked,
  { bulk, client, inventory, choice, limit, openPages: pages }: Parts,
): Promise<BackfillEstimate> {
  const { config, db, signal } = carrying
  const source = requireSource(carrying)
  const { worker } = config
  // The sample is rolled back, but its bytes reach the server's disk.
  const raw = config.encryption.keys.length > 0 ? 'none' : config.raw
  return estimateBackfill(
    {
      ...{ client, source, bucket: source.bucket, prefix, inventory, order: request.order },
      ...{ db, choice, limit, raw, listersMax, via: 'direct' },
      ...{ ingest: bulk.ingest, openPages: pages, batchSize: worker.batchSize, counted: () => {} },
    },
    signal,
  )
}

/** Whole numbers, as all counts: `microdollars` at list prices of us-east-1. */
function countEstimate({
  counts,
  toLoad,
  bytes,
  dollars,
  secondsLow,
  secondsHigh,
}: BackfillEstimate): Action['counts'] {
  return {
    ...counts,
    ...{ toLoad, bytes, microdollars: Math.ceil(dollars * 1_000_000) },
    ...(secondsLow === undefined ? {} : { secondsLow: Math.ceil(secondsLow) }),
    ...(secondsHigh === undefined ? {} : { secondsHigh: Math.ceil(secondsHigh) }),
  }
}

function timeOf(text: string | null): Date | undefined {
  return text === null ? undefined : new Date(text)
}
