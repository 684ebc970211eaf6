import type { BackfillEvents } from '@aftercall/ingest/bulk/backfill-events'
import { planShards } from '@aftercall/ingest/bulk/plan-shards'
import { type BackfillEnd, runBackfill } from '@aftercall/ingest/bulk/run-backfill'
import { formatCount } from '@aftercall/operator/format/plural'
import { thisProcess } from '@aftercall/runtime/process/this-process'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import {
  type BackfillRun,
  createBackfillRun,
  findOpenRun,
  readBackfillRun,
  withRunLock,
} from '@aftercall/warehouse/ledger/backfill-runs'
import type { CliContext, exitCodes } from '../cli-context.ts'
import { printJson } from '../terminal/print-json.ts'
import { type BackfillOptions, createTake, type OpenBackfill } from './open-backfill.ts'
import { exitOf, printBackfillEnd } from './print-backfill.ts'
import { type BackfillProgress, showBackfillProgress } from './show-progress.ts'

export type Ended = { text: string; exit: keyof typeof exitCodes }

export type Performance = {
  context: CliContext
  json: boolean
  limit: number | undefined
  listersMax: number
  opening: BackfillOptions
  backfill: OpenBackfill
  queue: { url: string; env: CliContext['env'] } | undefined
  run: BackfillRun | undefined
}

/** Plans a new run or goes on with an earlier one, with its progress, and tells how it ended. */
export async function performBackfill(performing: Performance): Promise<Ended> {
  const { context, opening, backfill, queue, json, limit, listersMax } = performing
  const { db, source, signal, metrics, logger } = opening
  const run = performing.run ?? (await beginRun(context, opening, backfill))
  const progress = showBackfillProgress(context, {
    metrics,
    json,
    shards: run.shards.filter(({ state }) => state === 'open').length,
    listersMax,
    inFlightMax: () => backfill.pace.state().inFlightMax,
  })
  const { take, close } = createTake(backfill, source, queue)
  const failures: unknown[] = []
  const startedAt = performance.now()
  try {
    const onWait = (held: Held): void => printWait(context, run.runId, held)
    const request = { runId: run.runId, host: thisProcess(), onWait, signal }
    const end = await withRunLock(db, request, async (lease) => {
      const { choice, openPages } = backfill
      const { confirm } = lease
      const events = createEvents(progress, logger, failures)
      const work = { db, runId: run.runId, bucket: source.bucket, choice, openPages, take, confirm, events }
      // Its positions may have moved until this process had it.
      const current = (await readBackfillRun(db, run.runId)) ?? run
      return runBackfill({ ...work, listersMax, limit }, current, AbortSignal.any([signal, lease.signal]))
    })
    await progress.stop()
    return await endOf(end, {
      run,
      failures: signal.aborted ? [...failures, signal.reason] : failures,
      isStopped: signal.aborted,
      startedAt,
      json,
    })
  } finally {
    await progress.stop()
    close()
  }
}

type Held = { host: string; msMax: number }

function printWait({ stderr }: CliContext, runId: string, { host, msMax }: Held): void {
  const seconds = Math.max(1, Math.ceil(msMax / 1000))
  stderr.write(
    `Run ${runId} is held by ${visibleText(host)}. If that process has ended, this one goes on within ${seconds} s.\n`,
  )
}

async function beginRun(
  context: CliContext,
  opening: BackfillOptions,
  backfill: OpenBackfill,
): Promise<BackfillRun> {
  const { db, source, prefix, via, request, signal } = opening
  const { client, inventory } = backfill
  const open = await findOpenRun(db, source.name)
  if (open !== undefined) {
    context.stderr.write(
      `Run ${open} of this source was not brought to its end; to go on with it: aftercall backfill --resume ${open}\n`,
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
  context.stderr.write(
    `Run ${run.runId}: ${visibleText(`s3://${bucket}/${prefix}`)} in ${formatCount(shards.length, 'part')}\n`,
  )
  return run
}

function createEvents(progress: BackfillProgress, logger: Logger, failures: unknown[]): BackfillEvents {
  return {
    pageRead: progress.pageRead,
    pageDone: ({ counts }) => progress.announced(counts),
    shardDone: progress.shardDone,
    shardFailed({ shard, error }) {
      failures.push(error)
      logger.error({ shard, error }, 'a part could not be brought to its end; it stays open')
    },
  }
}

type EndOptions = {
  run: BackfillRun
  failures: unknown[]
  isStopped: boolean
  startedAt: number
  json: boolean
}

async function endOf(
  end: BackfillEnd,
  { run, failures, isStopped, startedAt, json }: EndOptions,
): Promise<Ended> {
  const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1))
  const { kind, counts, shardsOpen } = end
  const exit = exitOf(end, isStopped)
  if (json) return { text: printJson({ run: run.runId, end: kind, counts, shardsOpen, seconds }), exit }
  return { text: printBackfillEnd(end, { runId: run.runId, via: run.via, seconds, failures }), exit }
}
