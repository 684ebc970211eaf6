import type { DatabasePlace } from '@aftercall/runtime/database-tls'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { connectionTo, explainTlsFailure } from './connection.ts'
import type { IngestTables } from './ingest-tables.ts'
import { givePooledClient } from './pooled-client.ts'

export type Database = Kysely<IngestTables>

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
  const pool = new pg.Pool({
    ...connectionOf(options),
    max: options.poolMax,
    application_name: options.applicationName,
    statement_timeout: statementMsMax,
    // Of its own, so that waiting for somebody's lock can be told from being slow.
    lock_timeout: statementMsMax / 2,
    connectionTimeoutMillis: options.connectMsMax ?? 10_000,
    // What a worker that is gone leaves locked is free again by the time that the next one would give up.
    idle_in_transaction_session_timeout: Math.min(60_000, statementMsMax),
    // For `onOneConnection`; who waits for each answer notices nothing.
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
  const explained = {
    connect: async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw explainTlsFailure(error, options)
      })
      return givePooledClient(client, statementMsMax + answerDelayMs)
    },
    end: () => pool.end(),
    Client: pg.Client,
    options: pool.options,
  }
  const db: Database = new Kysely<IngestTables>({ dialect: new PostgresDialect({ pool: explained }) })
  return {
    db,
    poolState: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => db.destroy(),
  }
}

function connectionOf(options: DatabaseOptions): ReturnType<typeof connectionTo> {
  const connection = connectionTo(options)
  if (options.readOnly !== true) return connection
  // In the URL, because options that stand there already would go before any others.
  const url = new URL(connection.connectionString)
  const own = url.searchParams.get('options') ?? ''
  url.searchParams.set('options', `${own} -c default_transaction_read_only=on`.trim())
  return { ...connection, connectionString: url.href }
}

/** Resolves when the database answers; throws what the driver says otherwise. */
export async function pingDatabase(db: Database): Promise<void> {
  await sql`select 1`.execute(db)
}
