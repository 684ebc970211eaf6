import { randomBytes } from 'node:crypto'
import { type DatabaseHandle, openDatabase } from '@aftercall/warehouse/connection/database'
import { sql } from 'kysely'

export type EmptyDatabase = {
  url: string
  count(table: string): Promise<number>
  drop(): Promise<void>
}

/** A database in which nothing was migrated yet. */
export async function createEmptyDatabase(serverUrl: string): Promise<EmptyDatabase> {
  const name = `aftercall_e2e_${randomBytes(6).toString('hex')}`
  const server = open(serverUrl)
  await sql`create database ${sql.id(name)}`.execute(server.db)
  const url = new URL(serverUrl)
  url.pathname = name
  const { db, close } = open(url.href)
  return {
    url: url.href,
    count: async (table) => {
      const answer = await sql<{
        rows: number
      }>`select count(*)::int as rows from ${sql.table(table)}`.execute(db)
      return answer.rows[0]?.rows ?? 0
    },
    drop: async () => {
      await close()
      await sql`drop database ${sql.id(name)} with (force)`.execute(server.db)
      await server.close()
    },
  }
}

function open(url: string): DatabaseHandle {
  return openDatabase({
    url,
    poolMax: 1,
    applicationName: 'aftercall-e2e',
    statementTimeoutSeconds: 30,
    onIdleError: () => {},
  })
}
