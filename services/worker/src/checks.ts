import { describeError } from '@aftercall/runtime/describe-error'
import type { Health, ReadyCheck } from '@aftercall/runtime/http-server'
import { type Migration, migrationStates } from '@aftercall/warehouse/migrate'
import type { WorkerParts } from './build-worker.ts'

/** A long poll ends within 20 s, one way or the other. Ten times nothing is no rest but a stuck consumer. */
const silenceMsMax = 200_000
/** Kubernetes and load balancers ask for an answer within seconds. */
const checkMsMax = 2_000

/**
 * Alive means: whoever should receive does, or tries. What the worker depends on is the business of `/readyz`; starting
 * anew would not bring back a queue or a database that is out of reach.
 */
export function checkHealth({ consumer, receiving }: WorkerParts, inFlightMax: number, now: Date): Health {
  const { running, inFlight, lastReceiveAt } = consumer.state()
  // A full worker does not receive: it waits for the database.
  if (!running || lastReceiveAt === undefined || inFlight >= inFlightMax) return { kind: 'healthy' }
  const lastMs = Math.max(lastReceiveAt.getTime(), receiving.lastFailureAt?.getTime() ?? 0)
  const silentMs = now.getTime() - lastMs
  if (silentMs <= silenceMsMax) return { kind: 'healthy' }
  const reason = `no receive has ended for ${Math.round(silentMs / 1000)} s (${inFlight} messages in flight)`
  return { kind: 'unhealthy', reasons: [reason] }
}

export async function checkReady(
  parts: WorkerParts,
  migrations: readonly Migration[],
): Promise<ReadyCheck[]> {
  const { running } = parts.consumer.state()
  return [
    await checkDatabase(parts, migrations),
    { name: 'queue', ok: running, ...(running ? {} : notReceiving) },
  ]
}

const notReceiving = { detail: 'not receiving' }

async function checkDatabase(
  { database }: WorkerParts,
  migrations: readonly Migration[],
): Promise<ReadyCheck> {
  try {
    const states = await inTime(migrationStates(database.db, [...migrations]))
    const pending = states.filter((one) => one.state === 'pending').length
    if (pending === 0) return { name: 'database', ok: true }
    return {
      name: 'database',
      ok: false,
      detail: `${pending} migrations are pending; run: aftercall migrate`,
    }
  } catch (error) {
    return { name: 'database', ok: false, detail: describeError(error) }
  }
}

async function inTime<Answer>(work: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${checkMsMax} ms`)), checkMsMax)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
