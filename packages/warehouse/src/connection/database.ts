import type { DatabasePlace } from '@aftercall/runtime/config/database-tls'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import type { DB } from '../schema/generated-tables.ts'
import { chooseServer, targetOf } from './choose-server.ts'
import { type Connection, connectionsTo } from './connection.ts'
import { poolDriver, postgresDialect } from './driver.ts'
import { createPooledConnection } from './pooled-connection.ts'
import { createStatementNames, type StatementNames } from './statement-names.ts'
import { limitSettings, reliedOn, transactionSettings } from './transaction-settings.ts'

/** With the tables and columns that the migrations make. */
export type Database = Kysely<DB>

export type DatabaseOptions = DatabasePlace & {
  /** The most connections. */
  poolMax: number
  /** Shown in `pg_stat_activity`. */
  applicationName: string
  /**
   * A statement that runs longer is canceled (SQLSTATE 57014); a statement that waits for a lock, after half of it
   * (55P03).
   */
  statementTimeoutSeconds: number
  /** Every transaction is read-only: nothing can be changed, not even by a function. */
  readOnly?: true
  /** How long to wait for a new connection. Default 10,000. */
  connectMsMax?: number
  /** Called when an idle connection breaks; the pool replaces it. */
  onIdleError(error: Error): void
}

export type DatabaseHandle = {
  db: Database
  poolState(): { total: number; idle: number; waiting: number }
  close(): Promise<void>
}

/** How much longer than the server's own limit we wait for an answer. */
const answerDelayMs = 5_000

/**
 * Opens a pool. Connections are made when they are first needed.
 * @throws TlsError for a certificate file that cannot be read.
 */
export function openDatabase(options: DatabaseOptions): DatabaseHandle {
  const statementMsMax = options.statementTimeoutSeconds * 1000
  const limits = {
    statementMsMax,
    lockMsMax: statementMsMax / 2,
    // The locks of a dead worker are released before the next one would stop waiting for them.
    idleMsMax: Math.min(60_000, statementMsMax),
  }
  const connectionOptions = {
    answerMsMax: statementMsMax + answerDelayMs,
    settings: transactionSettings({ ...reliedOn, ...limitSettings(limits) }),
    readOnly: options.readOnly === true,
  }
  const connections = connectionsTo(options)
  // A pool for each server of the URL. All but one stay empty, until a failover.
  const pools = connections.servers.map((server) => openPool(server, options))
  const doors = pools.map(({ pool, server }) => ({
    ...{ server, open: () => pool.connect() },
    discard: (client: pg.PoolClient) => client.release(true),
  }))
  const target = targetOf(connections, { reads: connectionOptions.readOnly })
  let lastUsed = 0
  const namesOf = new WeakMap<pg.PoolClient, StatementNames>()
  const driver = poolDriver({
    connect: async () => {
      const isKnown = (client: pg.PoolClient) => namesOf.has(client)
      const { client, position } = await chooseServer(doors, { target, first: lastUsed, isKnown })
      lastUsed = position
      const names = namesOf.get(client) ?? createStatementNames()
      namesOf.set(client, names)
      return createPooledConnection(client, { ...connectionOptions, names })
    },
    end: async () => {
      await Promise.all(pools.map(({ pool }) => pool.end()))
    },
  })
  const db: Database = new Kysely<DB>({ dialect: postgresDialect(driver) })
  return {
    db,
    poolState: () => ({
      total: sum(pools.map(({ pool }) => pool.totalCount)),
      idle: sum(pools.map(({ pool }) => pool.idleCount)),
      waiting: sum(pools.map(({ pool }) => pool.waitingCount)),
    }),
    close: () => db.destroy(),
  }
}

function openPool(server: Connection, options: DatabaseOptions): { pool: pg.Pool; server: Connection } {
  const pool = new pg.Pool({
    ...server,
    max: options.poolMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectMsMax ?? 10_000,
    // For `onOneConnection`, and for a query together with its transaction.
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  })
  pool.on('error', options.onIdleError)
  // When a connection in use breaks, pg reports it to the query, which fails, and also emits an error on the client.
  // While the client is out of the pool nothing listens there, and an unheard error would end the process.
  pool.on('connect', (client) => {
    client.on('error', () => {})
  })
  return { pool, server }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}

/** Resolves when the database answers; otherwise throws the driver's error. */
export async function pingDatabase(db: Database): Promise<void> {
  await sql`select 1`.execute(db)
}
