import { createReplayCounts } from '@aftercall/ingest/replay/replay-counts'
import type { Config } from '@aftercall/runtime/config/config'
import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { type CliContext, requireConfig, StoppedError, UsageError } from '../cli-context.ts'
import { printJson } from '../terminal/print-json.ts'
import { withLoadingDatabase } from '../with-database.ts'
import type { ReplayCommandOptions } from './command.ts'
import { type OpenReplay, openReplay, type Stopping } from './open-replay.ts'
import { endReplay, type ReplayEnded } from './print-replay.ts'
import { exitOfSessions, formatSessions } from './print-sessions.ts'
import { replayDeadLetters } from './replay-dead-letters.ts'
import { replayRaw } from './replay-raw.ts'
import type { ReplayRequest } from './replay-request.ts'
import { replaySelected } from './replay-selected.ts'
import { showReplayProgress } from './show-replay-progress.ts'

type ReplayConfig = Pick<Config, 'database' | 'sources' | 'worker' | 'raw' | 'months' | 's3'>

/** Reads the configuration, opens what it takes, replays what was asked for, and tells how it ended. */
export async function startReplay(
  context: CliContext,
  options: ReplayCommandOptions,
  request: ReplayRequest,
): Promise<ReplayEnded> {
  const config = await requireConfig(context, options, ['database', 'sources'])
  checkSource(config, options.source)
  // Beside the loader's connections: one that reads pages, and one for rejections.
  const pool = { ...config.database, poolMax: config.database.poolMax + 2 }
  return withLoadingDatabase(pool, async (database) => {
    if (request.kind === 'sessions') {
      const report = await replayRaw(context, { config, database, ...request })
      const text = options.json === true ? printJson(report) : formatSessions(report)
      return { text, exit: exitOfSessions(report) }
    }
    return withStopSignals(context, config, (stopping) => {
      const replay = openReplay(context, {
        config,
        db: database.db,
        replayCounts: createReplayCounts(),
        stopping,
      })
      return runReplay(context, options, replay, request)
    })
  })
}

async function runReplay(
  context: CliContext,
  options: ReplayCommandOptions,
  replay: OpenReplay,
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

function checkSource({ sources }: ReplayConfig, name: string | undefined): void {
  if (name === undefined || sources.some((source) => source.name === name)) return
  const names = sources.map((source) => source.name).join(', ')
  throw new UsageError(`there is no source ${name} in the configuration; there are: ${names}`)
}

/** The first signal lets what is under way come to its end, for as long as a worker would; the second ends at once. */
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
