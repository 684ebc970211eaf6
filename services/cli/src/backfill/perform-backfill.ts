import { planShards } from '@aftercall/ingest/bulk/plan-shards'
import { type BackfillEnd, runBackfill } from '@aftercall/ingest/bulk/run-backfill'
import { mappingSettingsOf } from '@aftercall/ingest/mapping/mapping-settings-of'
import type { IngestConfig } from '@aftercall/ingest/open-ingest'
import { formatCount } from '@aftercall/operator/format/plural'
import type { Config } from '@aftercall/runtime/config/config'
import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { thisProcess } from '@aftercall/runtime/process/process-identity'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import type { Database } from '@aftercall/warehouse/connection/database'
import {
  type BackfillRun,
  createBackfillRun,
  findOpenRun,
  readBackfillRun,
} from '@aftercall/warehouse/ledger/backfill-runs'
import { withRunLock } from '@aftercall/warehouse/ledger/run-lock'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import {
  type CliContext,
  createCliLogger,
  type exitCodes,
  requireConfig,
  StoppedError,
  UsageError,
} from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import { version } from '../version.ts'
import type { BackfillOptions } from './backfill-options.ts'
import { performDryRun } from './dry-run.ts'
import { createLoadPage, type OpenBackfill, openBackfill } from './open-backfill.ts'
import { type BackfillCommandOptions, parseOptions } from './parse-options.ts'
import { exitOf, formatBackfillEnd } from './print-backfill.ts'
import { showBackfillProgress } from './show-progress.ts'

export type BackfillStart = {
  options: BackfillCommandOptions
  config: IngestConfig & Pick<Config, 's3'>
  db: Database
  limit: number | undefined
  maxRate: number | undefined
  listersMax: number
  workers: number
}

export type Ended = { text: string; exit: keyof typeof exitCodes }

/** A new run, a resumed run, or a dry run. */
export async function performBackfill(context: CliContext, start: BackfillStart): Promise<Ended> {
  const { options, config, db, maxRate, limit, listersMax, workers } = start
  const json = options.json === true
  const { run, ...parsed } = await parseOptions(options, config, db)
  const stop = new AbortController()
  const signals = onStopSignals({
    signals: context.signals,
    onFirst: () => stop.abort(new StoppedError()),
    onSecond: (code) => context.exitNow(code),
  })
  const logger = createCliLogger(context, 'error')
  const metrics = createMetrics({ version })
  const mustStop = (message: string): void => stop.abort(new StoppedError(message))
  const { signal } = stop
  const opening = { ...parsed, config, db, logger, metrics, maxRate, workers, signal, mustStop }
  const queue = parsed.via === 'queue' ? await findQueue(context, options) : undefined
  const backfill = await openBackfill(context, opening)
  try {
    if (options.dryRun === true) return await performDryRun(context, opening, backfill, { json, listersMax })
    await recordSources(db, config.sources)
    return await performRun({ context, opening, backfill, queue, run, json, limit, listersMax })
  } finally {
    await backfill.close()
    signals.remove()
  }
}

type Queue = { url: string; env: CliContext['env'] }

async function findQueue(context: CliContext, options: BackfillCommandOptions): Promise<Queue> {
  const { queues } = await requireConfig(context, options, ['database', 'queue', 'sources'])
  if (queues.backfill !== undefined) return { url: queues.backfill.url, env: context.env }
  throw new UsageError(
    '--via queue needs queues.backfill in the configuration: a separate queue that the workers consume, too',
  )
}

type RunOptions = {
  context: CliContext
  opening: BackfillOptions
  backfill: OpenBackfill
  queue: Queue | undefined
  /** The run to resume; undefined starts a new one. */
  run: BackfillRun | undefined
  json: boolean
  limit: number | undefined
  listersMax: number
}

async function performRun(options: RunOptions): Promise<Ended> {
  const { context, opening, backfill, queue, json, limit, listersMax } = options
  const { db, source, signal, logger } = opening
  const run = options.run ?? (await startRun(context, opening, backfill))
  const { runId } = run
  const progress = showBackfillProgress(context, {
    totals: backfill.totals,
    json,
    shards: run.shards.filter(({ state }) => state === 'open').length,
    listersMax,
    inFlightMax: backfill.inFlightMax,
  })
  const { loadPage, close } = createLoadPage(backfill, source, queue)
  const failures: unknown[] = []
  const startedAt = performance.now()
  try {
    const onWait = (holder: LeaseHolder): void => printWait(context, runId, holder)
    const request = { runId, host: thisProcess(), onWait, signal, endsPause: true }
    const end = await withRunLock(db, request, async (lease) => {
      const { choice, openPages } = backfill
      const events = {
        ...progress.events,
        shardFailed({ shard, error }: { shard: number; error: unknown }) {
          failures.push(error)
          logger.error({ shard, error }, 'a shard failed; it stays open')
        },
      }
      const { confirm } = lease
      const ofObjects = { ...source, settings: mappingSettingsOf(opening.config) }
      const work = { db, runId, source: ofObjects, choice, openPages, loadPage, confirm, events }
      // Another process may have moved its positions before this one got the lease.
      const current = (await readBackfillRun(db, runId)) ?? run
      return runBackfill({ ...work, listersMax, limit }, current, AbortSignal.any([signal, lease.signal]))
    })
    await progress.stop()
    const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1))
    if (signal.aborted) failures.push(signal.reason)
    return { text: formatEnd(end, { run, failures, seconds, json }), exit: exitOf(end, signal.aborted) }
  } finally {
    await progress.stop()
    close()
  }
}

type LeaseHolder = { host: string; msMax: number }

function printWait({ stderr }: CliContext, runId: string, { host, msMax }: LeaseHolder): void {
  const seconds = Math.max(1, Math.ceil(msMax / 1000))
  stderr.write(
    `Run ${runId} is being worked on by ${visibleText(host)}. If that process has ended, this one continues within ${seconds} s.\n`,
  )
}

async function startRun(
  { stderr }: CliContext,
  opening: BackfillOptions,
  { client, inventory }: OpenBackfill,
): Promise<BackfillRun> {
  const { db, source, prefix, via, request, signal } = opening
  const open = await findOpenRun(db, source.name)
  if (open !== undefined) {
    stderr.write(
      `Run ${open} of this source is not finished. To continue it instead: aftercall backfill --resume ${open}\n`,
    )
  }
  const { bucket } = source
  const shards = await planShards({ client, bucket, prefix, inventory, order: request.order, signal })
  const run = await createBackfillRun(db, {
    source: source.name,
    bucket,
    prefix,
    via,
    request,
    host: thisProcess(),
    shards,
  })
  stderr.write(
    `Run ${run.runId}: ${visibleText(`s3://${bucket}/${prefix}`)} in ${formatCount(shards.length, 'shard')}\n`,
  )
  return run
}

type EndOptions = { run: BackfillRun; failures: readonly unknown[]; seconds: number; json: boolean }

function formatEnd(end: BackfillEnd, { run, failures, seconds, json }: EndOptions): string {
  const { runId, via } = run
  const { kind, counts, shardsOpen } = end
  if (json) return formatJson({ run: runId, end: kind, counts, shardsOpen, seconds })
  return formatBackfillEnd(end, { runId, via, seconds, failures })
}
