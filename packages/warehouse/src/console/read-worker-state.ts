import type { Database } from '../connection/database.ts'
import { type KnownWorker, type QueueHeartbeat, readWorkers } from '../ledger/worker-heartbeats.ts'

/** A queue as the worker last read it that reported last. */
export type QueueState = QueueHeartbeat & { readAt: Date }

/** What workers say of themselves and of their queues. */
export type WorkerState = {
  /** Those that reported within a minute and were not stopped. */
  alive: number
  /** Of these those that take messages, or have just started. */
  receiving: number
  /** Neither heard of for a minute nor stopped, for an hour at the most: they were killed, or cannot reach the database. */
  lost: { host: string; silentSeconds: number }[]
  /** The one that reported last of all; null: none has within a day. */
  last: { silentSeconds: number; wasStopped: boolean } | null
  /** The function of AWS Lambda; null: none has run within a day. It is started for messages, so its silence is no alarm. */
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

/** Workers of one queue all read the same. What the one says that does not know it takes nothing from the others. */
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
