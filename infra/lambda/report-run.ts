import { createHash } from 'node:crypto'
import { withTimeout } from '@aftercall/runtime/limits/with-timeout'
import { recordHeartbeat } from '@aftercall/warehouse/ledger/worker-heartbeats'
import type { LambdaWorker } from './open-lambda-worker.ts'

const everyMs = 10_000
const reportMsMax = 1_000

/**
 * Tells the console that the function runs, at most every ten seconds from each environment and for at most a second. All
 * environments write one row: those that Lambda has ended would look like workers that were killed. How the queue stands
 * CloudWatch knows; the function does not ask.
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
    ...{ version: 'lambda', receiving: true, inFlight: 0, lastError: null },
    queues: [{ name, url: queueArn, ...unknown, invokes: true }],
  }).catch((error: unknown) =>
    logger.warn({ error }, 'the run could not be reported; loading goes on without it'),
  )
  await withTimeout(written, reportMsMax, () => {})
}

/** The same for each environment of a function. */
function uuidOf(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex').slice(0, 32)
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
