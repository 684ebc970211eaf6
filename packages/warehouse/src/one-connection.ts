import {
  type DatabaseConnection,
  type Dialect,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import type { Database } from './database.ts'

/**
 * Lends one connection of the pool. Its queries go out at once, in the order in which they are made, without waiting for the
 * answers of those before: what does not depend on an answer shares a round trip. Within a transaction all that comes after
 * a failed query fails, too.
 */
export async function onOneConnection<Answer>(
  pool: Database,
  work: (db: Database) => Promise<Answer>,
): Promise<Answer> {
  return pool.getExecutor().provideConnection((connection) => work(databaseOn(connection)))
}

/** Kysely's own `connection()` and `transaction()` send each query only when the one before is answered. */
function databaseOn(connection: DatabaseConnection): Database {
  const dialect: Dialect = {
    createDriver: () => ({
      init: async () => {},
      acquireConnection: async () => connection,
      releaseConnection: async () => {},
      beginTransaction: refuse,
      commitTransaction: refuse,
      rollbackTransaction: refuse,
      destroy: async () => {},
    }),
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
  return new Kysely({ dialect })
}

async function refuse(): Promise<void> {
  throw new Error('transactions are begun and ended by queries here')
}
