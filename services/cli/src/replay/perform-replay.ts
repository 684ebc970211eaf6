import type { IngestConfig } from '@aftercall/ingest/open-ingest'
import { type OpenReplay, openReplay, type Stopping } from '@aftercall/ingest/replay/open-replay'
import { createReplayCounts } from '@aftercall/ingest/replay/replay-counts'
import { replaySelected } from '@aftercall/ingest/replay/replay-selected'
import { findSource } from '@aftercall/ingest/sources/find-source'
import type { Config } from '@aftercall/runtime/config/config'
import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { findSourceByName } from '../arguments/find-source-by-name.ts'
import { type CliContext, createCliLogger, requireConfig, StoppedError, UsageError } from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import { version } from '../version.ts'
import { withLoadingDatabase } from '../with-database.ts'
import type { ReplayCommandOptions, ReplayRequest } from './parse-options.ts'
import { endReplay, type ReplayEnded } from './print-replay.ts'
import { exitOfSessions, formatSessions } from './print-sessions.ts'
import { replayDeadLetters } from './replay-dead-letters.ts'
import { replayRaw } from './replay-raw.ts'
import { showReplayProgress } from './show-progress.ts'

type ReplayConfig = IngestConfig & Pick<Config, 's3'>

/** Reads the configuration, opens the database and the clients, replays, and returns the summary. */
export async function performReplay(
  context: CliContext,
  options: ReplayCommandOptions,
  request: ReplayRequest,
): Promise<ReplayEnded> {
  const config = await requireConfig(context, options, ['database', 'sources'])
  if (options.source !== undefined) findSourceByName(config.sources, options.source)
  if (request.kind === 'object') requireOwned(config, request.place)
  // In addition to the loader's connections: one that reads pages, and one for rejections.
  const pool = { ...config.database, poolMax: config.database.poolMax + 2 }
  return withLoadingDatabase(pool, async (database) => {
    if (request.kind === 'sessions') {
      const report = await replayRaw(context, { config, database, ...request })
      const text = options.json === true ? formatJson(report) : formatSessions(report)
      return { text, exit: exitOfSessions(report) }
    }
    return withStopSignals(context, config, (stopping) => {
      const logger = createCliLogger(context, 'error')
      const replay = openReplay({
        ...{ config, stopping, logger, db: database.db },
        clients: { env: context.env },
        metrics: createMetrics({ version }),
        replayCounts: createReplayCounts(),
      })
      return runReplay(context, options, { ...replay, logger }, request)
    })
  })
}

async function runReplay(
  context: CliContext,
  options: ReplayCommandOptions,
  replay: OpenReplay & { logger: Logger },
  request: Exclude<ReplayRequest, { kind: 'sessions' }>,
): Promise<ReplayEnded> {
  const { replayCounts, stopping } = replay
  const json = options.json === true
  const progress = showReplayProgress(context, replayCounts, json)
  try {
    if (request.kind === 'dead-letters') return await replayDeadLetters(context, options, replay, request)
    await replaySelected(replay, request).catch((error: unknown) => {
      if (!stopping.stop.aborted) throw error
    })
    return endReplay(replayCounts, { isStopped: stopping.stop.aborted, json })
  } finally {
    await progress.stop()
    await replay.close()
  }
}

/** Objects outside the sources are never read, not even on request (I7). */
function requireOwned({ sources }: ReplayConfig, { bucket, key }: { bucket: string; key: string }): void {
  if (findSource(sources, { bucket, key }) === undefined)
    throw new UsageError(`s3://${bucket}/${key} is in no configured source`)
}

/** The first signal finishes what is in flight, within the worker's grace period. The second stops immediately. */
async function withStopSignals<Answer>(
  context: CliContext,
  { worker }: ReplayConfig,
  work: (stopping: Stopping) => Promise<Answer>,
): Promise<Answer> {
  const stop = new AbortController()
  const breakOff = new AbortController()
  let grace: NodeJS.Timeout | undefined
  const signals = onStopSignals({
    signals: context.signals,
    onFirst() {
      stop.abort(new StoppedError())
      grace = setTimeout(() => breakOff.abort(new StoppedError()), worker.graceSeconds * 1_000)
    },
    onSecond: (code) => context.exitNow(code),
  })
  try {
    return await work({ stop: stop.signal, breakOff: breakOff.signal })
  } finally {
    clearTimeout(grace)
    signals.remove()
  }
}
