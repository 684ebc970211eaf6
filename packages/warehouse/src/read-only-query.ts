import type { DatabasePlace } from '@aftercall/runtime/database-tls'
import pg from 'pg'
import { connectionTo, explainTlsFailure } from './connection.ts'

/** A query's answer with every value as Postgres prints it. */
export type QueryAnswer = {
  columns: { name: string; typeId: number }[]
  rows: (string | null)[][]
  /** `SELECT`, `SHOW`, … */
  command: string
}

export type ReadOnlySession = {
  /** Several statements in one text give several answers. Rejects with the driver's error. */
  query(text: string): Promise<QueryAnswer[]>
  close(): Promise<void>
}

/** A connection in which nothing can be changed by accident: every transaction of it is read-only. */
export async function openReadOnlySession(place: DatabasePlace): Promise<ReadOnlySession> {
  const client = new pg.Client({
    ...connectionTo(place),
    application_name: 'aftercall-sql',
    connectionTimeoutMillis: 10_000,
    options: '-c default_transaction_read_only=on -c search_path=analytics,warehouse,ingest',
    types: { getTypeParser: () => (value: string) => value },
  })
  client.on('error', () => {
    // The query under way, or the next one, is rejected with the same error.
  })
  await client.connect().catch((error: unknown) => {
    throw explainTlsFailure(error, place)
  })
  return {
    async query(text) {
      const answer: unknown = await client.query({ text, rowMode: 'array' })
      return (Array.isArray(answer) ? answer : [answer]).map(readAnswer)
    },
    close: () => client.end(),
  }
}

function readAnswer(answer: pg.QueryArrayResult<(string | null)[]>): QueryAnswer {
  const columns = answer.fields.map((field) => ({ name: field.name, typeId: field.dataTypeID }))
  return { columns, rows: answer.rows, command: answer.command }
}
