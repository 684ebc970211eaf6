import { withTimeout } from '@aftercall/runtime/limits/with-timeout'
import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import type pg from 'pg'
import { createCopyIn, readCopySource } from '../copy/copy-in.ts'
import { sqlStateOf } from './error-class.ts'

export class QueryUnansweredError extends Error {
  override readonly name = 'QueryUnansweredError'
  readonly code = 'query_unanswered'
  readonly retryable = true
  constructor(limitMs: number) {
    super(`the database did not answer a query within ${limitMs} ms; its connection is given up`)
  }
}

export type ClientOptions = {
  answerMsMax: number
  /** Sent behind each `begin`. */
  settings: string
  /** Every transaction is read-only. */
  readOnly: boolean
}

/**
 * A connection exception, a session that was ended, and a server that takes no writes: after a failover the connection
 * may lead to what is a standby now, and would for as long as it is used.
 */
const givenUpAfter = /^(?:08|57P|25006|25P03|25P04)/

/**
 * A connection of the pool that is closed, not given back, once it is of no more use. The driver itself would give back
 * one whose query was never answered: the next user would wait behind that query, for ever on a network that is gone,
 * or find itself in the transaction that it began.
 *
 * Every query is part of a transaction that begins with our settings; one that comes outside of any gets a transaction of
 * its own, in the same round trip (ADR 21).
 */
export function givePooledClient(client: pg.PoolClient, options: ClientOptions): PostgresPoolClient {
  const { answerMsMax, settings, readOnly } = options
  let lostBy: unknown
  let unanswered = 0
  let isInTransaction = false

  async function ask<Row>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>> {
    unanswered += 1
    try {
      if (lostBy !== undefined) throw lostBy
      // The server works through what it was sent, and may take its time for each.
      const limitMs = answerMsMax * unanswered
      // The server's own limit is not enough: a network that is gone says nothing, ever.
      return await withTimeout(sendInTransaction<Row>(text, parameters), limitMs, () => {
        throw new QueryUnansweredError(limitMs)
      })
    } catch (error) {
      const isOfNoUse = error instanceof QueryUnansweredError || givenUpAfter.test(sqlStateOf(error) ?? '')
      // The server rolls back by itself when the connection ends; what led here is the error to tell.
      if (isOfNoUse || text === 'rollback' || beginning.test(text)) lostBy ??= error
      if (text !== 'rollback') throw error
      return { command: 'ROLLBACK', rowCount: 0, rows: [] }
    } finally {
      unanswered -= 1
    }
  }

  /** All of it is sent before this returns for the first time, so that queries keep their order. */
  function sendInTransaction<Row>(
    text: string,
    parameters: readonly unknown[],
  ): Promise<PostgresQueryResult<Row>> {
    if (beginning.test(text)) {
      isInTransaction = true
      return firstOf([send<Row>(readOnly ? `${text} read only` : text, parameters), send(settings)])
    }
    if (isInTransaction || refusedInTransaction.test(text)) {
      if (text === 'commit' || text === 'rollback') isInTransaction = false
      return send(text, parameters)
    }
    const before = [send(readOnly ? 'begin read only' : 'begin'), send(settings)]
    return firstOf([send<Row>(text, parameters), send('commit')], before)
  }

  async function send<Row>(
    text: string,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<Row>> {
    const rows = readCopySource(parameters)
    if (rows !== undefined) {
      const copyIn = createCopyIn(text, rows)
      client.query(copyIn.query)
      await copyIn.done
      return { command: 'INSERT', rowCount: 0, rows: [] }
    }
    const answer = await client.query(text, [...parameters])
    // The driver types the command as any text, and the count as null for what counts nothing.
    return answer as unknown as PostgresQueryResult<Row>
  }

  function query<Row>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>>
  function query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>
  function query<Row>(
    query: string | PostgresCursor<Row>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<Row>> | PostgresCursor<Row> {
    if (typeof query !== 'string') throw new TypeError('there is no query by cursor here')
    return ask(query, parameters)
  }

  return { query, release: (destroy) => client.release(destroy === true || lostBy !== undefined) }
}

const beginning = /^(?:begin|start transaction)\b/i

/** https://www.postgresql.org/docs/current/sql-commands.html: each says that it cannot run in a transaction block. */
const refusedInTransaction = /^\s*(?:(?:create|drop)\s+(?:database|tablespace)|vacuum|alter\s+system)\b/i

/** The answer to the first of `asked`, once all are answered; of several failures the first: later ones follow from it. */
async function firstOf<Answer>(
  asked: [Promise<Answer>, ...Promise<unknown>[]],
  before: readonly Promise<unknown>[] = [],
): Promise<Answer> {
  const ends = await Promise.allSettled([...before, ...asked])
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return asked[0]
}
