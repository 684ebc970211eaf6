import type { DatabasePlace } from '@aftercall/runtime/config/database-tls'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import type { DB } from '../schema/generated-tables.ts'
import { connectionTo, explainConnectFailure } from './connection.ts'
import { poolDriver, postgresDialect } from './driver.ts'
import { createPooledConnection } from './pooled-connection.ts'
import { limitSettings, reliedOn, transactionSettings } from './transaction-settings.ts'

/** With the tables and columns that the migrations make. */
export type Database = Kysely<DB>

export type DatabaseOptions = DatabasePlace & {
  /** Connections at the most. */
  poolMax: number
  /** Shown in `pg_stat_activity`. */
  applicationName: string
  /** A statement that runs longer is cancelled (SQLSTATE 57014); one that waits for a lock, after half of it (55P03). */
  statementTimeoutSeconds: number
  /** Every transaction is read-only: nothing can be changed, not even through a function. */
  readOnly?: true
  /** How long a new connection is waited for. Default 10,000. */
  connectMsMax?: number
  /** Called when a connection that nobody uses breaks; the pool replaces it. */
  onIdleError(error: Error): void
}

export type DatabaseHandle = {
  db: Database
  poolState(): { total: number; idle: number; waiting: number }
  close(): Promise<void>
}

/** How much later than the server's own limit an answer may come. */
const answerDelayMs = 5_000

/**
 * Opens a pool; connections are made when first needed.
 * @throws TlsError for a certificate file that cannot be read.
 */
export function openDatabase(options: DatabaseOptions): DatabaseHandle {
  const statementMsMax = options.statementTimeoutSeconds * 1000
  const limits = {
    statementMsMax,
    lockMsMax: statementMsMax / 2,
    // What a worker that is gone leaves locked is free again by the time that the next one would give up.
    idleMsMax: Math.min(60_000, statementMsMax),
  }
  const connectionOptions = {
    answerMsMax: statementMsMax + answerDelayMs,
    settings: transactionSettings({ ...reliedOn, ...limitSettings(limits) }),
    readOnly: options.readOnly === true,
  }
  const pool = new pg.Pool({
    ...connectionTo(options),
    max: options.poolMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectMsMax ?? 10_000,
    // For `onOneConnection`, and for a query with the transaction around it.
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  })
  pool.on('error', options.onIdleError)
  // Of a connection that breaks in use, pg tells the query, which fails, and the client, to which nobody listens while
  // it is out of the pool: without a listener the process would end.
  pool.on('connect', (client) => {
    client.on('error', () => {})
  })
  const driver = poolDriver({
    connect: async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw explainConnectFailure(error, options)
      })
      return createPooledConnection(client, connectionOptions)
    },
    end: () => pool.end(),
  })
  const db: Database = new Kysely<DB>({ dialect: postgresDialect(driver) })
  return {
    db,
    poolState: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => db.destroy(),
  }
}

/** Resolves when the database answers; throws what the driver says otherwise. */
export async function pingDatabase(db: Database): Promise<void> {
  await sql`select 1`.execute(db)
}
