import {
  AbortedTransactionError,
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type TransactionSettings,
} from 'kysely'
import type { PooledConnection } from './pooled-connection.ts'

export type ConnectionPool = {
  connect(): Promise<PooledConnection>
  end(): Promise<void>
}

/** Kysely's driver on connections of our own, which can also copy rows in. */
export function poolDriver(pool: ConnectionPool): Driver {
  return {
    init: async () => {},
    acquireConnection: pool.connect,
    releaseConnection: async (connection) => pooled(connection).release(),
    beginTransaction,
    commitTransaction,
    rollbackTransaction: async (connection) => {
      await connection.executeQuery(CompiledQuery.raw('rollback'))
    },
    destroy: pool.end,
  }
}

export function postgresDialect(driver: Driver): Dialect {
  return {
    createDriver: () => driver,
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
}

/** @throws TypeError for a connection of another dialect. */
export function pooled(connection: DatabaseConnection): PooledConnection {
  if (isPooled(connection)) return connection
  throw new TypeError('this database was not opened by openDatabase')
}

function isPooled(connection: DatabaseConnection): connection is PooledConnection {
  return 'copyIn' in connection
}

async function beginTransaction(
  connection: DatabaseConnection,
  { isolationLevel, accessMode }: TransactionSettings,
): Promise<void> {
  const isolation = isolationLevel === undefined ? '' : ` isolation level ${isolationLevel}`
  const access = accessMode === undefined ? '' : ` ${accessMode}`
  await connection.executeQuery(CompiledQuery.raw(`begin${isolation}${access}`))
}

/** Postgres answers the commit of a failed transaction with a rollback, not with an error. */
async function commitTransaction(connection: DatabaseConnection): Promise<void> {
  const { rows } = await connection.executeQuery<{ command: string }>(CompiledQuery.raw('commit'))
  if (rows[0]?.command === 'ROLLBACK') throw new AbortedTransactionError()
}
