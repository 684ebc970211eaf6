import { randomBytes } from 'node:crypto'
import type { Config } from '@aftercall/runtime/config/config'
import { type Database, openDatabase } from '@aftercall/warehouse/connection/database'
import { performMaintenance, readPlan } from '@aftercall/warehouse/maintenance/perform-maintenance'
import {
  makeLoaderLogin,
  makeLogin,
  makeOperatorLogin,
  type NewLogin,
} from '@aftercall/warehouse/schema/make-login'
import { type Migration, migrate } from '@aftercall/warehouse/schema/migrate'

/** One login for each service and one that owns the tables, as in docs/access.md, and one for the commands of the user. */
export type DemoLogins = { owner: NewLogin; worker: NewLogin; operator: NewLogin; user: NewLogin }

/** Those of people, too, so that `set role aftercall_analyst` shows the demo as an analyst sees it. */
const userRoles = [
  'aftercall_loader',
  'aftercall_cleared',
  'aftercall_operator',
  'aftercall_supervisor',
  'aftercall_analyst',
  'aftercall_publisher',
]

/** Migrates the database as its administrator, and creates the logins. Returns the number of migrations. */
export async function prepareDatabase(
  url: string,
  migrations: Migration[],
): Promise<{ applied: number; logins: DemoLogins }> {
  const logins = {
    owner: newLogin('aftercall_demo_migrator'),
    worker: newLogin('aftercall_demo_worker'),
    operator: newLogin('aftercall_demo_operator'),
    user: newLogin('aftercall_demo'),
  }
  const database = openDatabase({
    url,
    poolMax: 1,
    applicationName: 'aftercall-demo',
    statementTimeoutSeconds: 60,
    onIdleError: () => {
      // The next query fails with the reason.
    },
  })
  try {
    const applied = await migrate(database.db, migrations)
    await makeLogin(database.db, logins.owner, ['aftercall_owner'])
    await makeLoaderLogin(database.db, logins.worker)
    await makeOperatorLogin(database.db, logins.operator)
    await makeLogin(database.db, logins.user, userRoles)
    return { applied: applied.length, logins }
  } finally {
    await database.close()
  }
}

function newLogin(name: string): NewLogin {
  return { name, password: randomBytes(16).toString('hex') }
}

/** As an installation does daily: makes the partitions of the coming months, and writes down what there is of each kind. */
export async function maintainOnce(db: Database, config: Config): Promise<void> {
  const planned = await readPlan(db, config, undefined)
  await performMaintenance(db, planned, config, { stepEnded: () => {}, batchDeleted: () => {} })
}
