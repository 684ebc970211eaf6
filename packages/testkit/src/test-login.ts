import { randomBytes } from 'node:crypto'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { sql } from 'kysely'

export type TestLogin = {
  name: string
  /** The same database, as this user. */
  urlOf(url: string): string
  drop(): Promise<void>
}

/** A user of the test server. Its name is unique, because roles belong to the whole server. */
export async function createTestLogin(
  serverUrl: string,
  options: { inRoles?: string[]; attributes?: string } = {},
): Promise<TestLogin> {
  const name = `aftercall_test_${randomBytes(6).toString('hex')}`
  const { db, close } = openDatabase({
    url: serverUrl,
    poolMax: 1,
    applicationName: 'aftercall-test-admin',
    statementTimeoutSeconds: 30,
    onIdleError: () => {},
  })
  const attributes = sql.raw(options.attributes ?? '')
  await sql`create role ${sql.id(name)} login password ${sql.lit(name)} ${attributes}`.execute(db)
  for (const role of options.inRoles ?? []) await sql`grant ${sql.id(role)} to ${sql.id(name)}`.execute(db)
  return {
    name,
    urlOf: (url) => Object.assign(new URL(url), { username: name, password: name }).href,
    drop: async () => {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${name}`.execute(db)
      await sql`drop role ${sql.id(name)}`.execute(db)
      await close()
    },
  }
}
