import { randomBytes } from 'node:crypto'
import { type DatabaseHandle, openDatabase } from '@aftercall/warehouse/connection/database'
import { sql } from 'kysely'
import type {} from 'vitest'

export const templateName = 'aftercall_test_template'
/** The same with `monthsMade`. */
export const templateOfMonthsName = 'aftercall_test_months'

/** Of the real documents, and of the sample sessions. Making a month takes half as much CPU as a start of the worker. */
export const monthsMade = ['2026-03-01', '2026-04-01']

export type TestDatabase = DatabaseHandle & {
  url: string
  /** Every row of a table, sorted by its text, so that two states can be compared. */
  dump(table: string, without?: readonly string[]): Promise<Record<string, unknown>[]>
  drop(): Promise<void>
}

/** A database for one suite, cloned from the migrated template. With `hasMonths`, `monthsMade` need not be made. */
export async function createTestDatabase(
  serverUrl: string,
  options: { poolMax?: number; hasMonths?: boolean } = {},
): Promise<TestDatabase> {
  const name = `aftercall_test_${randomBytes(6).toString('hex')}`
  await onServer(serverUrl, async ({ db }) => {
    const template = sql.id(options.hasMonths === true ? templateOfMonthsName : templateName)
    await sql`create database ${sql.id(name)} template ${template} strategy file_copy`.execute(db)
    // Privileges on a database are not cloned. These are the ones that `migrate` sets.
    await sql`revoke temporary, create on database ${sql.id(name)} from public`.execute(db)
  })
  const url = new URL(serverUrl)
  url.pathname = name
  const handle = openDatabase({
    url: url.href,
    poolMax: options.poolMax ?? 4,
    applicationName: 'aftercall-test',
    statementTimeoutSeconds: 30,
    onIdleError: () => {},
  })
  async function dump(table: string, without: readonly string[] = []): Promise<Record<string, unknown>[]> {
    const answer = await sql<{ row: Record<string, unknown> }>`
      select to_jsonb(t) - ${[...without]}::text[] as row from ${sql.table(table)} as t order by 1
    `.execute(handle.db)
    return answer.rows.map(({ row }) => row)
  }
  async function drop(): Promise<void> {
    await handle.close()
    await onServer(serverUrl, async ({ db }) => {
      await sql`drop database ${sql.id(name)} with (force)`.execute(db)
    })
  }
  return { ...handle, url: url.href, dump, drop }
}

async function onServer(serverUrl: string, work: (server: DatabaseHandle) => Promise<void>): Promise<void> {
  const server = openDatabase({
    url: serverUrl,
    poolMax: 1,
    applicationName: 'aftercall-test-admin',
    statementTimeoutSeconds: 30,
    onIdleError: () => {},
  })
  try {
    await work(server)
  } finally {
    await server.close()
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the server that the whole run shares. */
    postgresUrl: string
    /** The data folder of a server that is not running, with the migrated template. For a copy. */
    cluster: string
    /** The same without a template, and without our roles. Making such a folder takes a second of CPU. */
    emptyCluster: string
  }
}
