import type { StrayState } from '@aftercall/ingest/sources/stray-objects'
import type { Health, ReadyCheck } from '@aftercall/runtime/process/health-server'
import { checkDatabase } from '@aftercall/warehouse/connection/check-database'
import type { Migration } from '@aftercall/warehouse/schema/migrate'
import type { WorkerParts } from './build-worker.ts'
import type { Consumer } from './open-consumer.ts'

/** A long poll ends within 20 s in any case. After ten times that, the consumer is stuck. */
const silenceMsMax = 200_000

/**
 * Healthy means that every consumer receives, or tries to. Dependencies belong to `/readyz`: a restart would not bring back a
 * queue or a database that is out of reach.
 */
export function checkHealth(consumers: readonly Consumer[], nowMs: number): Health {
  const reasons = consumers.flatMap((consumer) => whyStuck(consumer, nowMs))
  return reasons.length === 0 ? { kind: 'healthy' } : { kind: 'unhealthy', reasons }
}

function whyStuck({ name, consumer, messagesInFlightMax, receiving }: Consumer, nowMs: number): string[] {
  const { running, inFlight, lastReceiveMs } = consumer.state()
  // A full worker waits for the database and does not receive; neither does a backfill while it has work.
  const isFull = name === 'live' ? inFlight >= messagesInFlightMax : inFlight > 0
  if (!running || lastReceiveMs === undefined || isFull) return []
  const silentMs = nowMs - Math.max(lastReceiveMs, receiving.lastFailureMs ?? 0)
  if (silentMs <= silenceMsMax) return []
  const seconds = Math.round(silentMs / 1000)
  return [`no receive of the ${name} queue has ended for ${seconds} s (${inFlight} messages in flight)`]
}

export async function checkReady(
  parts: WorkerParts,
  migrations: readonly Migration[],
): Promise<ReadyCheck[]> {
  const { consumers } = parts
  return [
    await checkDatabase(parts.database.db, migrations, { writes: true }),
    ...consumers.map((consumer) => checkConsumer(consumer, consumers.length === 1)),
    checkSources(parts.ingest.strays.state()),
  ]
}

/** Optional, because a bucket may announce more than is loaded. But if no object belongs to a source, nothing is loaded at all. */
function checkSources({ strays, owned }: StrayState): ReadyCheck {
  if (strays === 0 || owned > 0) return { name: 'sources', ok: true, optional: true }
  const detail = `${strays} objects were announced, and none belongs to a source: check sources[].bucket and prefix`
  return { name: 'sources', ok: false, optional: true, detail }
}

/** Whether it receives from the queue that matters: the live one, where there is one. A worker without queues only polls. */
export function isReceiving(consumers: readonly Consumer[]): boolean {
  const deciding = consumers.find((consumer) => consumer.name === 'live') ?? consumers[0]
  return deciding === undefined || checkConsumer(deciding, true).ok
}

/** Live messages do not depend on the backfill queue, so only a worker with no other queue is not ready without it. */
function checkConsumer({ name, consumer, receiving }: Consumer, isOnly: boolean): ReadyCheck {
  const { running, lastReceiveMs } = consumer.state()
  const check = name === 'live' ? 'queue' : 'backfill queue'
  const optional = name === 'backfill' && !isOnly ? { optional: true as const } : {}
  if (!running) return { name: check, ok: false, ...optional, detail: 'not receiving' }
  // The last answer of the queue counts.
  const isRefused = receiving.lastFailureMs !== null && receiving.lastFailureMs > (lastReceiveMs ?? 0)
  return {
    name: check,
    ok: !isRefused,
    ...optional,
    ...(isRefused ? { detail: 'the last receive failed' } : {}),
  }
}
