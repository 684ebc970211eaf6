import { randomUUID } from 'node:crypto'
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

type Beating = Pick<WorkerParts, 'database' | 'lanes'> & {
  version: string
  metrics: Metrics
  logger: Logger
  everyMs: number
}

const stopMsMax = 1_000

/**
 * Tells the console, from time to time and beside the path, that this worker lives and how its queues stand. What cannot be
 * written is logged once and tried again: loading does not depend on it. Returns what ends it.
 */
export function sendHeartbeats({
  database,
  lanes,
  version,
  metrics,
  logger,
  everyMs,
}: Beating): () => Promise<void> {
  const workerId = randomUUID()
  const host = thisProcess()
  const lastError = watchErrors(metrics, lanes)
  let sending: Promise<void> | undefined
  let isFailing = false

  async function send(): Promise<void> {
    const beat: WorkerHeartbeat = {
      ...{ workerId, host, version, receiving: isReceiving(lanes), lastError: await lastError() },
      inFlight: lanes.reduce((sum, { consumer }) => sum + consumer.state().inFlight, 0),
      queues: lanes.map((lane) => describeQueue(lane, Date.now())),
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
    // One that waits for a connection is not followed by others.
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
    // A database that is away must not keep the worker.
    const untilLate = Promise.withResolvers<void>()
    const late = setTimeout(untilLate.resolve, stopMsMax)
    await Promise.race([stop(), untilLate.promise])
    clearTimeout(late)
  }
}

function describeQueue({ name, queueUrl: url, receiving }: Consumer, nowMs: number): QueueHeartbeat {
  const { depth, lastSentMs } = receiving
  const { visible, inFlight, delayed, deadLetters } = depth ?? {}
  // Queues give about the oldest first, so what waits is about as old as what came last. How long a backfill waits tells
  // how large it is.
  const isLate = name === 'live' && lastSentMs !== null && (visible ?? 0) > 0
  return {
    ...{ name, url, waiting: visible ?? null, inFlight: inFlight ?? null, delayed: delayed ?? null },
    deadLetters: deadLetters ?? null,
    oldestSeconds: isLate ? Math.max(0, Math.round((nowMs - lastSentMs) / 1000)) : null,
  }
}

/** From what is counted anyway: the code whose count has grown since the last look. */
function watchErrors(
  metrics: Metrics,
  lanes: readonly Consumer[],
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
    for (const { receiving } of lanes) {
      const failedMs = receiving.lastFailureMs
      if (failedMs === null || failedMs <= (receiveFailedMs ?? 0)) continue
      receiveFailedMs = failedMs
      last = { code: 'queue_unreachable', at: new Date() }
    }
    return last
  }
}
