import { randomUUID } from 'node:crypto'
import { withTimeout } from '@aftercall/runtime/limits/with-timeout'
import { thisProcess } from '@aftercall/runtime/process/process-identity'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import {
  type QueueHeartbeat,
  recordHeartbeat,
  recordStop,
  type WorkerHeartbeat,
} from '@aftercall/warehouse/ledger/worker-heartbeats'
import type { WorkerParts } from './build-worker.ts'
import { isReceiving } from './checks.ts'
import type { Consumer } from './open-consumer.ts'

type Beating = Pick<WorkerParts, 'database' | 'consumers'> & {
  version: string
  metrics: Metrics
  logger: Logger
  everyMs: number
}

const stopMsMax = 1_000

/**
 * Writes a row every few seconds with the state of this worker and its queues, for the console. Loading does not depend on it: a
 * failure is logged once and tried again. Returns a function that stops it.
 */
export function sendHeartbeats({
  database,
  consumers,
  version,
  metrics,
  logger,
  everyMs,
}: Beating): () => Promise<void> {
  const workerId = randomUUID()
  const host = thisProcess()
  const lastError = watchErrors(metrics, consumers)
  let sending: Promise<void> | undefined
  let isFailing = false

  async function send(): Promise<void> {
    const beat: WorkerHeartbeat = {
      ...{ workerId, host, version, receiving: isReceiving(consumers), lastError: await lastError() },
      inFlight: consumers.reduce((sum, { consumer }) => sum + consumer.state().inFlight, 0),
      queues: consumers.map((consumer) => describeQueue(consumer, Date.now())),
    }
    try {
      await recordHeartbeat(database.db, beat)
      isFailing = false
    } catch (error) {
      if (!isFailing) logger.warn({ error }, 'the heartbeat could not be written; loading goes on without it')
      isFailing = true
    }
  }

  function beat(): void {
    // While one waits for a connection, no other begins.
    sending ??= send().finally(() => {
      sending = undefined
    })
  }

  async function stop(): Promise<void> {
    await sending
    await recordStop(database.db, workerId).catch((error: unknown) =>
      logger.debug({ error }, 'the stop could not be written'),
    )
  }

  beat()
  const timer = setInterval(beat, everyMs)
  return async () => {
    clearInterval(timer)
    // A database out of reach must not keep the worker from ending.
    await withTimeout(stop(), stopMsMax, () => {})
  }
}

function describeQueue({ name, queueUrl: url, receiving }: Consumer, nowMs: number): QueueHeartbeat {
  const { depth, lastSentMs } = receiving
  const { visible, inFlight, delayed, deadLetters } = depth ?? {}
  // A queue gives about the oldest message first, so those that wait are about as old as the last one received. The age of a
  // backfill's messages only shows how large the backfill is.
  const isLate = name === 'live' && lastSentMs !== null && (visible ?? 0) > 0
  return {
    ...{ name, url, waiting: visible ?? null, inFlight: inFlight ?? null, delayed: delayed ?? null },
    deadLetters: deadLetters ?? null,
    oldestSeconds: isLate ? Math.max(0, Math.round((nowMs - lastSentMs) / 1000)) : null,
  }
}

/** Reads the metrics: the last error is the code whose count has grown since the last look. */
function watchErrors(
  metrics: Metrics,
  consumers: readonly Consumer[],
): () => Promise<WorkerHeartbeat['lastError']> {
  let last: WorkerHeartbeat['lastError'] = null
  const known = new Map<string, number>()
  let receiveFailedMs: number | null = null
  return async () => {
    const { values } = await metrics.objects.get()
    for (const { labels, value } of values) {
      if (labels.outcome !== 'failed') continue
      const code = String(labels.code)
      if (value > (known.get(code) ?? 0)) last = { code, at: new Date() }
      known.set(code, value)
    }
    for (const { receiving } of consumers) {
      const failedMs = receiving.lastFailureMs
      if (failedMs === null || failedMs <= (receiveFailedMs ?? 0)) continue
      receiveFailedMs = failedMs
      last = { code: 'queue_unreachable', at: new Date() }
    }
    return last
  }
}
