import type { Health, ReadyCheck } from '@aftercall/runtime/http-server'
import { pingDatabase } from '@aftercall/warehouse/database'
import { type Migration, migrationStates } from '@aftercall/warehouse/migrate'
import type { WorkerParts } from './build-worker.ts'
import { describeError } from './wait-for-dependency.ts'

/** A long poll answers within 20 s. Ten times nothing is no rest but a stuck consumer. */
const silenceMsMax = 200_000
/** Kubernetes and load balancers ask for an answer within seconds. */
const checkMsMax = 2_000

/** Alive means: whoever should receive does. What the worker depends on is the business of `/readyz`. */
export function checkHealth({ consumer }: WorkerParts, now: Date): Health {
  const { running, inFlight, lastReceiveAt } = consumer.state()
  if (!running || lastReceiveAt === undefined) return { kind: 'healthy' }
  const silentMs = now.getTime() - lastReceiveAt.getTime()
  if (silentMs <= silenceMsMax) return { kind: 'healthy' }
  const reason = `no receive has succeeded for ${Math.round(silentMs / 1000)} s (${inFlight} messages in flight)`
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
    const states = await inTime(
      pingDatabase(database.db).then(() => migrationStates(database.db, [...migrations])),
    )
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
