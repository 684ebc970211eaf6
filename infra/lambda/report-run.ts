import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { recordHeartbeat } from '@aftercall/warehouse/ledger/worker-heartbeats'
import type { LambdaWorker } from './open-lambda-worker.ts'

const everyMs = 10_000
const reportMsMax = 1_000

/**
 * Writes the worker heartbeat for the console, at most every ten seconds per environment, and waits at most a second. All
 * environments share one row, because an environment that Lambda has ended would look like a killed worker. It does not
 * read the depth of the queue, which CloudWatch has.
 */
export async function reportRun(worker: LambdaWorker, queueArn: string): Promise<void> {
  const now = performance.now()
  if (worker.reportedMs !== null && now - worker.reportedMs < everyMs) return
  worker.reportedMs = now
  const { db, logger, functionName, deployment, backfillQueueArn } = worker
  const unknown = { waiting: null, inFlight: null, delayed: null, deadLetters: null, oldestSeconds: null }
  const name = queueArn === backfillQueueArn ? 'backfill' : 'live'
  const written = recordHeartbeat(db, {
    workerId: uuidOf(`${deployment}/${functionName}`),
    host: `AWS Lambda, ${functionName}`,
    version: 'lambda',
    receiving: true,
    inFlight: 0,
    lastError: null,
    queues: [{ name, url: queueArn, ...unknown, invokes: true }],
  }).catch((error: unknown) =>
    logger.warn({ error }, 'the heartbeat could not be written; loading continues'),
  )
  await Promise.race([written, wait(reportMsMax, undefined, { ref: false })])
}

/** The same id in every environment of a function. */
function uuidOf(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex').slice(0, 32)
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
