import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import { queueDepth } from '@aftercall/storage/queue/queue-depth'
import { deadLetterUrlOf, readQueueSettings } from '@aftercall/storage/queue/queue-settings'
import type { WorkerParts } from './build-worker.ts'
import type { Consumer } from './open-consumer.ts'

type Watch = Pick<WorkerParts, 'database' | 'consumers' | 'backfillLimit'> & {
  metrics: Metrics
  logger: Logger
}

const everyMs = 15_000

/** Reads the state of the pool and the queues every few seconds. Returns a function that stops it. */
export function watchGauges({ database, consumers, backfillLimit, metrics, logger }: Watch): () => void {
  function readPool(): void {
    const { total, idle, waiting } = database.poolState()
    metrics.poolConnections.set({ state: 'idle' }, idle)
    metrics.poolConnections.set({ state: 'used' }, total - idle)
    metrics.poolConnections.set({ state: 'waiting' }, waiting)
  }

  async function readQueue({ name: queue, sqs, queueUrl, receiving }: Consumer): Promise<void> {
    const depth = await queueDepth(sqs, queueUrl)
    receiving.depth = { ...depth, deadLetters: receiving.depth?.deadLetters ?? null }
    metrics.queueMessages.set({ queue, state: 'visible' }, depth.visible)
    metrics.queueMessages.set({ queue, state: 'in_flight' }, depth.inFlight)
    metrics.queueMessages.set({ queue, state: 'delayed' }, depth.delayed)
    const { redrive } = await readQueueSettings(sqs, queueUrl)
    if (redrive === null) {
      receiving.depth = { ...depth, deadLetters: null }
      return
    }
    const deadLetters = await queueDepth(sqs, deadLetterUrlOf(queueUrl, redrive.deadLetterArn))
    const dead = deadLetters.visible + deadLetters.inFlight
    receiving.depth = { ...depth, deadLetters: dead }
    metrics.queueMessages.set({ queue, state: 'dead_letter' }, dead)
  }

  function readAll(): void {
    readPool()
    metrics.backfillObjectsMax.set(backfillLimit.objectsMax())
    for (const consumer of consumers) {
      readQueue(consumer).catch((error: unknown) =>
        logger.debug({ error, queue: consumer.name }, 'the queue depth could not be read'),
      )
    }
  }

  readAll()
  const timer = setInterval(readAll, everyMs)
  return () => clearInterval(timer)
}
