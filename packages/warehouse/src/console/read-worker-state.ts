import type { Database } from '../connection/database.ts'
import { type KnownWorker, type QueueHeartbeat, readWorkers } from '../ledger/worker-heartbeats.ts'

/** A queue as it was read by the worker that reported last. */
export type QueueState = QueueHeartbeat & { readAt: Date }

/** What workers report about themselves and their queues. */
export type WorkerState = {
  /** Workers that reported within a minute and were not stopped. */
  alive: number
  /** Those of them that receive messages, or have just started. */
  receiving: number
  /** Workers that have not reported for a minute to an hour and were not stopped: they were killed, or cannot reach the database. */
  lost: { host: string; silentSeconds: number }[]
  /** The worker that reported last; null if none has within a day. */
  last: { silentSeconds: number; wasStopped: boolean } | null
  /** The AWS Lambda function; null if none has run within a day. It only runs when there are messages, so its silence is not a problem. */
  lambda: { silentSeconds: number } | null
  queues: QueueState[]
  lastError: { code: string; at: Date } | null
}

const silentSecondsMax = 60
const lostSecondsMax = 3_600

/** Null before its migration. */
export async function readWorkerState(db: Database): Promise<WorkerState | null> {
  const workers = await readWorkers(db)
  return workers === undefined ? null : summarizeWorkers(workers)
}

function summarizeWorkers(all: readonly KnownWorker[]): WorkerState {
  const workers = all.filter((one) => !isInvoked(one))
  const invoked = all.find(isInvoked)
  const [last] = workers
  const running = workers.filter((one) => one.stoppedAt === null)
  const alive = running.filter((one) => one.silentSeconds < silentSecondsMax)
  const isStarting = (one: KnownWorker): boolean =>
    one.beatAt.getTime() - one.startedAt.getTime() < silentSecondsMax * 1000
  return {
    alive: alive.length,
    receiving: alive.filter((one) => one.receiving || isStarting(one)).length,
    lost: running
      .filter((one) => one.silentSeconds >= silentSecondsMax && one.silentSeconds < lostSecondsMax)
      .map(({ host, silentSeconds }) => ({ host, silentSeconds })),
    last:
      last === undefined ? null : { silentSeconds: last.silentSeconds, wasStopped: last.stoppedAt !== null },
    lambda: invoked === undefined ? null : { silentSeconds: invoked.silentSeconds },
    queues: newestOfEach(workers),
    lastError: newestError(workers),
  }
}

function isInvoked({ queues }: KnownWorker): boolean {
  return queues.some((one) => one.invokes === true)
}

/** All workers of a queue read the same values. A worker that could not read them does not hide those of the others. */
function newestOfEach(workers: readonly KnownWorker[]): QueueState[] {
  const queues = new Map<string, QueueState>()
  for (const { queues: own, beatAt } of workers) {
    for (const queue of own) {
      if (queue.waiting !== null && !queues.has(queue.url))
        queues.set(queue.url, { ...queue, readAt: beatAt })
    }
  }
  return [...queues.values()].sort((one, other) => (one.url < other.url ? -1 : 1))
}

function newestError(workers: readonly KnownWorker[]): WorkerState['lastError'] {
  const errors = workers.flatMap(({ lastErrorCode: code, lastErrorAt: at }) =>
    code === null || at === null ? [] : [{ code, at }],
  )
  return errors.sort((one, other) => other.at.getTime() - one.at.getTime())[0] ?? null
}
