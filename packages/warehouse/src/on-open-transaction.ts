import { CompiledQuery, sql } from 'kysely'
import type { Database } from './database.ts'
import { onOneConnection } from './one-connection.ts'

/**
 * Lends one session for as long as the work takes: a transaction that is rolled back at its end. That is the only way to
 * keep a session behind a pooler that gives each transaction another one (ADR 21).
 */
export async function onOpenTransaction<Answer>(
  db: Database,
  work: (connection: Database) => Promise<Answer>,
): Promise<Answer> {
  return onOneConnection(db, async ({ db: connection, end }) => {
    try {
      await connection.executeQuery(CompiledQuery.raw('begin'))
      await stayOpen.execute(connection)
      return await work(connection)
    } finally {
      await end('rollback')
    }
  })
}

/** The newer of the two limits is not known to every server. */
const stayOpen = sql`
  select set_config(name, '0', true) from pg_catalog.pg_settings
  where name in ('idle_in_transaction_session_timeout', 'transaction_timeout')`
