import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import type pg from 'pg'
import { createCopyIn, readCopySource } from './copy/copy-in.ts'
import { sqlStateOf } from './sql-verdict.ts'

export class QueryUnansweredError extends Error {
  override readonly name = 'QueryUnansweredError'
  readonly code = 'query_unanswered'
  readonly retryable = true
  constructor(limitMs: number) {
    super(`the database did not answer a query within ${limitMs} ms; its connection is given up`)
  }
}

/**
 * A connection exception, a session that was ended, and a server that takes no writes: after a failover the connection
 * may lead to what is a standby now, and would for as long as it is used.
 */
const givenUpAfter = /^(?:08|57P|25006)/

/**
 * A connection of the pool that is closed, not given back, once it is of no more use. The driver itself would give back
 * one whose query was never answered: the next user would wait behind that query, for ever on a network that is gone,
 * or find itself in the transaction that it began.
 */
export function givePooledClient(client: pg.PoolClient, answerMsMax: number): PostgresPoolClient {
  let lostBy: unknown
  let unanswered = 0

  async function ask<Row>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>> {
    unanswered += 1
    // The server works through what it was sent, and may take its time for each.
    const limitMs = answerMsMax * unanswered
    try {
      if (lostBy !== undefined) throw lostBy
      const rows = readCopySource(parameters)
      if (rows !== undefined) {
        const copyIn = createCopyIn(text, rows)
        client.query(copyIn.query)
        await inTime(copyIn.done, limitMs)
        return { command: 'INSERT', rowCount: 0, rows: [] }
      }
      const answer = await inTime(client.query(text, [...parameters]), limitMs)
      // The driver types the command as any text, and the count as null for what counts nothing.
      return answer as unknown as PostgresQueryResult<Row>
    } catch (error) {
      const isOfNoUse = error instanceof QueryUnansweredError || givenUpAfter.test(sqlStateOf(error) ?? '')
      // The server rolls back by itself when the connection ends; what led here is the error to tell.
      if (isOfNoUse || text === 'rollback') lostBy ??= error
      if (text !== 'rollback') throw error
      return { command: 'ROLLBACK', rowCount: 0, rows: [] }
    } finally {
      unanswered -= 1
    }
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

/** The server's own limit is not enough: a network that is gone says nothing, ever. */
async function inTime<Answer>(work: Promise<Answer>, limitMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new QueryUnansweredError(limitMs)), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
