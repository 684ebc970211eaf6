import type { Logger } from '@aftercall/runtime/logger'
import type { Metrics } from '@aftercall/runtime/metrics'
import { queueDepth } from '@aftercall/storage/queue-depth'
import type { WorkerParts } from './build-worker.ts'

type Watch = Pick<WorkerParts, 'database' | 'sqs'> & { metrics: Metrics; logger: Logger; queueUrl: string }

const everyMs = 15_000

/** Reads what nobody tells by itself, from time to time. Returns what ends it. */
export function watchGauges({ database, sqs, metrics, logger, queueUrl }: Watch): () => void {
  async function read(): Promise<void> {
    const { total, idle, waiting } = database.poolState()
    metrics.poolConnections.set({ state: 'idle' }, idle)
    metrics.poolConnections.set({ state: 'used' }, total - idle)
    metrics.poolConnections.set({ state: 'waiting' }, waiting)
    const depth = await queueDepth(sqs, queueUrl)
    metrics.queueMessages.set({ state: 'visible' }, depth.visible)
    metrics.queueMessages.set({ state: 'in_flight' }, depth.inFlight)
    metrics.queueMessages.set({ state: 'delayed' }, depth.delayed)
  }
  const timer = setInterval(() => {
    read().catch((error: unknown) => logger.debug({ error }, 'the queue depth could not be read'))
  }, everyMs)
  return () => clearInterval(timer)
}
