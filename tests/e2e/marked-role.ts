import { randomBytes } from 'node:crypto'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { sql } from 'kysely'

export type MarkedRole = {
  /** The same database, as this role and with its password. */
  urlOf(url: string): string
  /** Changes the password, and ends the role's connections. */
  lockOut(): Promise<void>
  drop(): Promise<void>
}

/** A superuser of the test server with a password that can be searched for. */
export async function createMarkedRole(serverUrl: string, password: string): Promise<MarkedRole> {
  const name = `aftercall_e2e_${randomBytes(6).toString('hex')}`
  const { db, close } = openDatabase({
    url: serverUrl,
    poolMax: 1,
    applicationName: 'aftercall-e2e',
    statementTimeoutSeconds: 30,
    onIdleError: () => {},
  })
  const role = sql.id(name)
  await sql`create role ${role} login superuser password ${sql.lit(password)}`.execute(db)
  const disconnect = sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${name}`
  return {
    urlOf: (url) => {
      const changed = new URL(url)
      changed.username = name
      changed.password = password
      return changed.href
    },
    lockOut: async () => {
      await sql`alter role ${role} password 'another'`.execute(db)
      await disconnect.execute(db)
    },
    drop: async () => {
      await disconnect.execute(db)
      await sql`drop role ${role}`.execute(db)
      await close()
    },
  }
}
