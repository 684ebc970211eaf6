import type { StopReason } from '@aftercall/ingest/outcome'
import { describeStopReason } from '@aftercall/operator/describe-stop-reason'
import type { Config } from '@aftercall/runtime/config/config'
import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import type { Database } from '@aftercall/warehouse/connection/database'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { type CliContext, createCliLogger, requireConfig, StoppedError, UsageError } from '../cli-context.ts'
import { printJson } from '../terminal/print-json.ts'
import { version } from '../version.ts'
import { type BackfillCommandOptions, checkTogether } from './command.ts'
import { runDryRun } from './dry-run.ts'
import { type BackfillOptions, type OpenBackfill, openBackfill } from './open-backfill.ts'
import { parseOptions } from './parse-options.ts'
import { type Ended, performBackfill } from './perform-backfill.ts'
import { formatDryRun } from './print-dry-run.ts'

export type StartOptions = {
  options: BackfillCommandOptions
  config: Pick<Config, 'database' | 'sources' | 'worker' | 'raw' | 'months' | 's3'>
  db: Database
  limit: number | undefined
  maxRate: number | undefined
  listersMax: number
}

/** Reads what is meant, opens what it takes, and runs it: new, resumed, or only as a dry run. */
export async function startBackfill(context: CliContext, start: StartOptions): Promise<Ended> {
  const { options, config, db, maxRate } = start
  checkTogether(options)
  const meant = await parseOptions(start)
  const stop = new AbortController()
  const signals = onStopSignals({
    signals: context.signals,
    onFirst: () => stop.abort(new StoppedError()),
    onSecond: (code) => context.exitNow(code),
  })
  const logger = createCliLogger(context, 'error')
  const metrics = createMetrics({ version })
  const mustStop = (reason: StopReason): void => stop.abort(new StoppedError(describeStopReason(reason)))
  const opening = { ...meant, config, db, logger, metrics, maxRate, signal: stop.signal, mustStop }
  const queue = meant.via === 'queue' ? await findQueue(context, options) : undefined
  const backfill = await openBackfill(context, opening)
  try {
    if (options.dryRun === true) return await tryBackfill(context, start, opening, backfill)
    await recordSources(db, config.sources)
    const { limit, listersMax } = start
    const json = options.json === true
    return await performBackfill({
      context,
      opening,
      backfill,
      queue,
      run: meant.run,
      json,
      limit,
      listersMax,
    })
  } finally {
    await backfill.close()
    signals.remove()
  }
}

async function findQueue(
  context: CliContext,
  options: BackfillCommandOptions,
): Promise<{ url: string; env: CliContext['env'] }> {
  const { queues } = await requireConfig(context, options, ['database', 'queue', 'sources'])
  if (queues.backfill !== undefined) return { url: queues.backfill.url, env: context.env }
  throw new UsageError(
    '--via queue needs queues.backfill in the configuration: a queue of its own that the workers read, too',
  )
}

async function tryBackfill(
  context: CliContext,
  { options, listersMax }: StartOptions,
  opening: BackfillOptions,
  backfill: OpenBackfill,
): Promise<Ended> {
  const startedAt = performance.now()
  let shownAt = startedAt
  const dryRun = await runDryRun(opening, backfill, listersMax, ({ listed }) => {
    if (performance.now() - shownAt < 2_000) return
    shownAt = performance.now()
    const perSecond = Math.round(((listed ?? 0) * 1000) / (shownAt - startedAt))
    context.stderr.write(`${listed} listed, ${perSecond} in a second\n`)
  })
  const { source, prefix } = opening
  const text = options.json === true ? printJson(dryRun) : formatDryRun(dryRun, source.bucket, prefix)
  return { text, exit: 'done' }
}
