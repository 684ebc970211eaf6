import { CompiledQuery, type DatabaseConnection, Kysely } from 'kysely'
import type { Database } from './database.ts'
import { pooled, postgresDialect } from './driver.ts'
import type { PooledConnection } from './pooled-connection.ts'

export type OneConnection = {
  /**
   * Its queries go out at once, in the order in which they are made, without waiting for the answers to those before:
   * queries that do not depend on an answer share a round trip.
   */
  db: Database
  /** Goes out at once, ahead of queries that are made in the same turn of the event loop. */
  copyIn: PooledConnection['copyIn']
  /** Ends the transaction, once. A later query is refused: it would be a transaction of its own. */
  end(how: 'commit' | 'rollback'): Promise<void>
}

/** Lends one connection of the pool. Within a transaction, everything that comes after a failed query fails, too. */
export async function onOneConnection<Answer>(
  pool: Database,
  work: (one: OneConnection) => Promise<Answer>,
): Promise<Answer> {
  return pool.getExecutor().provideConnection((lent) => {
    const connection = pooled(lent)
    let last: CompiledQuery | undefined
    let hasEnded = false
    function refuseAfterEnd(): void {
      if (hasEnded) throw new Error('a query after the end of its transaction')
    }
    const db = databaseOn({
      executeQuery: async (query) => {
        refuseAfterEnd()
        if (query === last) hasEnded = true
        return connection.executeKept(query)
      },
      streamQuery: connection.streamQuery,
    })
    return work({
      db,
      copyIn: async (statements, parts) => {
        refuseAfterEnd()
        return connection.copyIn(statements, parts)
      },
      // Once a query of the transaction has failed, the server answers a commit with a rollback.
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
  const dialect = postgresDialect({
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    destroy: async () => {},
  })
  return new Kysely({ dialect })
}

async function refuse(): Promise<void> {
  throw new Error('this connection begins and ends transactions by queries')
}
