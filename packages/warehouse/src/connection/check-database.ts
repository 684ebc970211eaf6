import type { ReadyCheck } from '@aftercall/runtime/process/health-server'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { type Migration, migrationStates } from '../schema/migrate.ts'
import type { Database } from './database.ts'

/** Kubernetes and load balancers expect an answer within seconds. */
const checkMsMax = 2_000

/** For `/readyz`: whether the database answers, and has the tables of this release. */
export async function checkDatabase(db: Database, migrations: readonly Migration[]): Promise<ReadyCheck> {
  try {
    const states = await inTime(migrationStates(db, [...migrations]))
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
