import { leaveOutEnded } from '@aftercall/ingest/bulk/leave-out-ended'
import { createSharedLoad } from '@aftercall/ingest/bulk/share-load'
import { sumCounts } from '@aftercall/ingest/bulk/sum-counts'
import { whenReachable } from '@aftercall/ingest/bulk/when-reachable'
import type { ShardWork } from '@aftercall/ingest/bulk/work-shard'
import { mappingSettingsOf } from '@aftercall/ingest/mapping/mapping-settings-of'
import { abortableWait } from '@aftercall/runtime/limits/abortable-wait'
import { backoffMs } from '@aftercall/runtime/limits/backoff'
import { describeError } from '@aftercall/runtime/text/describe-error'
import type { CliContext } from '../../cli-context.ts'
import type { BackfillOptions } from '../backfill-options.ts'
import { type BackfillWorker, BackfillWorkerError, startWorker } from './start-worker.ts'
import type { WorkerOpening, WorkerTotals } from './worker-messages.ts'

/** The processes of a backfill that load objects. */
export type BackfillWorkers = {
  loadPage: ShardWork['loadPage']
  /** Of all of them together, also of those that have died. */
  totals(): WorkerTotals
  slowDown(): void
  close(): Promise<void>
}

/** A backfill goes on as long as its workers die less often than this, each. */
const deathsMaxOfEach = 2
const replaceBackoff = { baseMs: 500, capMs: 20_000 }

/**
 * Starts the workers of a backfill. One that dies is replaced, and others take over its objects; when too many have died,
 * loading rejects, so that the run stays open.
 * @throws BackfillWorkerError when one of them cannot begin
 */
export async function openWorkers(
  context: CliContext,
  { config, source, maxRate, db, logger, mustStop, workers: count }: BackfillOptions,
): Promise<BackfillWorkers> {
  const maxRateOfEach = maxRate === undefined ? undefined : maxRate / count
  const opening: WorkerOpening = { config, source, maxRate: maxRateOfEach }
  const alive = new Set<BackfillWorker>()
  const replacing = new Set<Promise<void>>()
  const ending = new AbortController()
  let ofDead: WorkerTotals = { outcomes: {}, bytes: 0, inFlightMax: 0 }
  let deaths = 0
  const settings = mappingSettingsOf(config)
  const shared = createSharedLoad({
    inFlight: config.worker.inFlight,
    leaveOutEnded: (objects, signal) =>
      whenReachable(() => leaveOutEnded({ db, source: { ...source, settings } }, objects), signal),
    givenUp(objects) {
      const [first, last] = [objects[0]?.key, objects.at(-1)?.key]
      logger.error({ objects: objects.length, first, last }, 'two backfill workers died with these objects')
    },
  })

  async function start(): Promise<void> {
    const worker = await startWorker({ context, opening, mustStop, onEnd })
    alive.add(worker)
    shared.add(worker)
  }

  function onEnd(worker: BackfillWorker, how: string): void {
    alive.delete(worker)
    shared.remove(worker)
    ofDead = sumTotals(ofDead, { ...worker.totals(), inFlightMax: 0 })
    if (ending.signal.aborted) return
    logger.error({ worker: worker.pid, how }, 'a backfill worker died; its objects are loaded by another one')
    const replaced = replace(how).catch((error: Error) => shared.fail(error))
    replacing.add(replaced)
    void replaced.then(() => replacing.delete(replaced))
  }

  /** One that cannot begin is a death, too: the database may be away for a moment. */
  async function replace(how: string): Promise<void> {
    deaths += 1
    if (deaths > count * deathsMaxOfEach) {
      throw new BackfillWorkerError(`backfill workers died ${deaths} times; the last: ${how}`)
    }
    await abortableWait(backoffMs(deaths, { ...replaceBackoff, random: Math.random }), ending.signal)
    try {
      await start()
    } catch (error) {
      if (!ending.signal.aborted) await replace(describeError(error))
    }
  }

  async function close(): Promise<void> {
    ending.abort()
    await Promise.all(replacing)
    await settleAll([...alive].map((worker) => worker.close()))
  }

  try {
    await settleAll(Array.from({ length: count }, start))
  } catch (error) {
    await close()
    throw error
  }
  return {
    loadPage: shared.loadPage,
    totals: () => [...alive].reduce((sum, worker) => sumTotals(sum, worker.totals()), ofDead),
    slowDown() {
      for (const worker of alive) worker.slowDown()
    },
    close,
  }
}

/** Rejects only once none of them is pending. */
async function settleAll(all: readonly Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(all)) if (end.status === 'rejected') throw end.reason
}

function sumTotals(one: WorkerTotals, other: WorkerTotals): WorkerTotals {
  return {
    outcomes: sumCounts(one.outcomes, other.outcomes),
    bytes: one.bytes + other.bytes,
    inFlightMax: one.inFlightMax + other.inFlightMax,
  }
}
