import type pg from 'pg'

/** A query's answer with every value as Postgres prints it. */
export type QueryAnswer = {
  columns: { name: string; typeId: number }[]
  rows: (string | null)[][]
  /** `SELECT`, `SHOW`, … */
  command: string
}

/** Sends one statement, by the protocol that accepts only one. */
export async function answer(client: pg.Client, text: string): Promise<QueryAnswer> {
  const extended: pg.QueryArrayConfig & { queryMode: 'extended' } = {
    text,
    rowMode: 'array',
    queryMode: 'extended',
  }
  const answered = await client.query<(string | null)[]>(extended)
  const columns = answered.fields.map((field) => ({ name: field.name, typeId: field.dataTypeID }))
  return { columns, rows: answered.rows, command: answered.command }
}
