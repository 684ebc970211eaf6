import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import type { Database } from './database.ts'

export type OneConnection = {
  /**
   * Its queries go out at once, in the order in which they are made, without waiting for the answers of those before: what
   * does not depend on an answer shares a round trip.
   */
  db: Database
  /** Ends the transaction, once. A query that is made later is refused: it would be a transaction of its own. */
  end(how: 'commit' | 'rollback'): Promise<void>
}

/** Lends one connection of the pool. Within a transaction all that comes after a failed query fails, too. */
export async function onOneConnection<Answer>(
  pool: Database,
  work: (one: OneConnection) => Promise<Answer>,
): Promise<Answer> {
  return pool.getExecutor().provideConnection((connection) => {
    let last: CompiledQuery | undefined
    let hasEnded = false
    const db = databaseOn({
      executeQuery: async (query) => {
        if (hasEnded) throw new Error('a query after the end of its transaction')
        if (query === last) hasEnded = true
        return connection.executeQuery(query)
      },
      streamQuery: () => {
        throw new TypeError('there is no query by cursor here')
      },
    })
    return work({
      db,
      // The server makes a rollback of the commit of a transaction that has failed.
      end: async (how) => {
        if (hasEnded) return
        last = CompiledQuery.raw(how)
        await db.executeQuery(last)
      },
    })
  })
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
