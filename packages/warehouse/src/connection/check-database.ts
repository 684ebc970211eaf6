import { withTimeout } from '@aftercall/runtime/limits/with-timeout'
import type { ReadyCheck } from '@aftercall/runtime/process/health-server'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { type Migration, migrationStates } from '../schema/migrate.ts'
import { judgeWrites, readServer } from '../schema/require-server.ts'
import type { Database } from './database.ts'

/** Kubernetes and load balancers expect an answer within seconds. */
const checkMsMax = 2_000

/**
 * For `/readyz`: whether the database answers, and has the tables of this release. With `writes`, also whether it takes
 * writes now: a standby does not, until it is promoted.
 */
export async function checkDatabase(
  db: Database,
  migrations: readonly Migration[],
  { writes }: { writes: boolean },
): Promise<ReadyCheck> {
  try {
    const reading = Promise.all([migrationStates(db, [...migrations]), readServer(db)])
    const [states, server] = await withTimeout(reading, checkMsMax, () => {
      throw new Error(`no answer within ${checkMsMax} ms`)
    })
    const refusal = writes ? judgeWrites(server) : undefined
    if (refusal !== undefined) return { name: 'database', ok: false, detail: refusal.message }
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
