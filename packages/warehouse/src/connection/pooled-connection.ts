import { withTimeout } from '@aftercall/runtime/limits/with-timeout'
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import type pg from 'pg'
import { type CopyPart, createCopyIn } from '../copy/copy-in.ts'
import { sqlStateOf } from './error-class.ts'
import type { StatementNames } from './statement-names.ts'

export class QueryUnansweredError extends Error {
  override readonly name = 'QueryUnansweredError'
  readonly code = 'query_unanswered'
  readonly retryable = true
  constructor(limitMs: number) {
    super(`the database did not answer a query within ${limitMs} ms; its connection is closed`)
  }
}

export type ConnectionOptions = {
  answerMsMax: number
  /** Sent behind each `begin`. */
  settings: string
  /** Every transaction is read-only. */
  readOnly: boolean
  /** Of this connection, for as long as it is open. */
  names: StatementNames
}

/** A connection as Kysely uses it, which can also copy rows in. */
export type PooledConnection = DatabaseConnection & {
  /** As `executeQuery`, but the server keeps the plans of upserts, where the session is ours alone. */
  executeKept(query: CompiledQuery): Promise<QueryResult<never>>
  /** Runs `COPY … from stdin` statements, separated by semicolons, with one part for each. */
  copyIn(statements: string, parts: readonly CopyPart[]): Promise<void>
  /** Gives the connection back to the pool, or closes it if it must not be used again. */
  release(): void
}

/**
 * A connection exception, a session that was ended, and a server that accepts no writes: after a failover the connection
 * may lead to a standby, and would do so for as long as it is used. A kept statement that is gone, or whose columns have
 * changed, is as it should be in a new session.
 */
const closedAfter = /^(?:08|57P|25006|25P03|25P04|26000|0A000)/

/**
 * A connection of the pool that is closed instead of given back once it must not be used again. The driver itself would
 * release a connection whose query was never answered: the next user would wait behind that query, without end on a dead
 * network, or find itself in the transaction that the query began.
 *
 * Every query is part of a transaction that begins with our settings. A query outside a transaction gets a transaction of
 * its own, in the same round trip (ADR 21).
 *
 * A statement by name is used only if the session that answers `begin` is the one that the server announced when the
 * connection was made. A pooler announces none of its server's, or gives a transaction another one; for the length of the
 * transaction, no pooler changes it (ADR 21).
 */
export function createPooledConnection(client: pg.PoolClient, options: ConnectionOptions): PooledConnection {
  const { answerMsMax, readOnly, names } = options
  const settings = `${options.settings}, pg_catalog.pg_backend_pid() as session`
  let lostBy: unknown
  let unanswered = 0
  let isInTransaction = false
  /** Why the open transaction failed. The server refuses what was sent behind it, and does not say why. */
  let failedBy: unknown
  let isOwnSession = false

  /** Calls `send` at once, so that queries keep the order in which they are made. */
  async function ask<Answer>(text: string, send: () => Promise<Answer>): Promise<Answer> {
    unanswered += 1
    try {
      if (lostBy !== undefined) throw lostBy
      // The server processes queries one after another, and each may take its full time.
      const limitMs = answerMsMax * unanswered
      // The server's own limit is not enough: a dead network never answers.
      return await withTimeout(inTransaction(text, send), limitMs, () => {
        throw new QueryUnansweredError(limitMs)
      })
    } catch (error) {
      const mustClose = error instanceof QueryUnansweredError || closedAfter.test(sqlStateOf(error) ?? '')
      if (mustClose || text === 'rollback' || beginning.test(text)) lostBy ??= error
      if (sqlStateOf(error) !== refusedBehind) failedBy ??= error
      throw sqlStateOf(error) === refusedBehind ? (failedBy ?? error) : error
    } finally {
      unanswered -= 1
    }
  }

  function inTransaction<Answer>(text: string, send: () => Promise<Answer>): Promise<Answer> {
    if (beginning.test(text)) {
      isInTransaction = true
      isOwnSession = false
      failedBy = undefined
      const begun = send()
      const set = client.query<{ session: number }>(settings).then(({ rows: [row] }) => {
        isOwnSession = row !== undefined && row.session === announcedSession(client)
      })
      return firstOf([begun, set])
    }
    if (isInTransaction || refusedInTransaction.test(text)) {
      if (text === 'commit' || text === 'rollback') isInTransaction = false
      return send()
    }
    const before = [client.query(readOnly ? 'begin read only' : 'begin'), client.query(settings)]
    return firstOf([send(), client.query('commit')], before)
  }

  async function executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const text = readOnly && beginning.test(sql) ? `${sql} read only` : sql
    const answer = ask(sql, () => client.query(text, [...parameters]))
    // The server rolls back by itself when the connection ends; report the error that led here.
    return resultOf<Row>(sql === 'rollback' ? await answer.catch(() => rolledBack) : await answer)
  }

  async function executeKept({ sql, parameters, ...query }: CompiledQuery): Promise<QueryResult<never>> {
    const name = isOwnSession && keepable.test(sql) ? names.nameOf(sql) : undefined
    if (name === undefined) return executeQuery({ sql, parameters, ...query })
    return resultOf(await ask(sql, () => client.query({ name, text: sql, values: [...parameters] })))
  }

  return {
    executeQuery,
    executeKept,
    streamQuery: () => {
      throw new TypeError('queries are not read by cursor')
    },
    copyIn: (statements, parts) => ask(statements, () => sendCopy(client, statements, parts)),
    release: () => client.release(lostBy !== undefined),
  }
}

/** `in_failed_sql_transaction`. */
const refusedBehind = '25P02'

const beginning = /^(?:begin|start transaction)\b/i

/**
 * Upserts of heads and ledger rows join nothing, so their plans stay good. A statement that joins is planned for each batch:
 * a plan that was made while a table was small may read all of it, however large it has become.
 */
const keepable = /^\s*insert into ingest\.(?:session_head|object) /

/** From the startup of the connection (`BackendKeyData`); the driver keeps it to cancel queries. */
function announcedSession(client: pg.PoolClient): number | undefined {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : undefined
}

/** https://www.postgresql.org/docs/current/sql-commands.html: each says that it cannot run in a transaction block. */
const refusedInTransaction = /^\s*(?:(?:create|drop)\s+(?:database|tablespace)|vacuum|alter\s+system)\b/i

function sendCopy(client: pg.PoolClient, statements: string, parts: readonly CopyPart[]): Promise<void> {
  const { query, done } = createCopyIn(statements, parts)
  client.query(query)
  return done
}

type Answer = { command: string; rowCount: number | null; rows: unknown[] }

const rolledBack: Answer = { command: 'ROLLBACK', rowCount: 0, rows: [] }
const counting = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

function resultOf<Row>({ command, rowCount, rows }: Answer): QueryResult<Row> {
  const isEnd = command === 'COMMIT' || command === 'ROLLBACK'
  // The rows have the type that their statement was given; a test compares those types with the database.
  const typed = (isEnd ? [{ command }] : rows) as Row[]
  return counting.has(command) ? { rows: typed, numAffectedRows: BigInt(rowCount ?? 0) } : { rows: typed }
}

/**
 * The answer to the first of `asked`, once all are answered. Of several failures, throws the first: the others follow
 * from it.
 */
async function firstOf<Answer>(
  asked: [Promise<Answer>, ...Promise<unknown>[]],
  before: readonly Promise<unknown>[] = [],
): Promise<Answer> {
  const ends = await Promise.allSettled([...before, ...asked])
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return asked[0]
}
