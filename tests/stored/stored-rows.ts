import type { NamedRow, NamedRows } from '@aftercall/metadata/map/name-rows'
import { isExactNumber, type JsonObject, parseJson } from '@aftercall/metadata/read/parse-json'
import { tables } from '@aftercall/metadata/tables'
import type { TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'

/** All rows of a source as Postgres tells them, in the form in which the mapping names its own: ids are texts there. */
export async function readStored({ db }: TestDatabase, source: string): Promise<NamedRows> {
  const read = await Promise.all(
    tables.map(async ({ name, columns }) => {
      const answer = await sql<{ row: string }>`
        select to_jsonb(t)::text as row from ${sql.table(`warehouse.${name}`)} as t where source = ${source}`.execute(
        db,
      )
      const ids = columns.filter(({ kind }) => kind.endsWith('id')).map((one) => one.name)
      return [name, answer.rows.map(({ row }) => nameRow(parsed(row), [...ids, 'session_id']))]
    }),
  )
  return Object.fromEntries(read) as NamedRows
}

/** A document as Postgres keeps JSON, with the order of keys and the spelling of numbers that it gives to `extra`, too. */
export async function asStored({ db }: TestDatabase, text: string): Promise<JsonObject> {
  const answer = await sql<{ document: string }>`select ${text}::text::jsonb::text as document`.execute(db)
  return parsed(answer.rows[0]?.document ?? '')
}

function parsed(text: string): JsonObject {
  const reading = parseJson(text)
  if (reading.kind === 'not-json') throw new Error('Postgres writes JSON')
  return reading.value as JsonObject
}

function nameRow(row: JsonObject, ids: readonly string[]): NamedRow {
  const said = Object.entries(row).filter(([, value]) => value !== null)
  return Object.fromEntries(
    said.map(([name, value]) => [name, ids.includes(name) ? idText(value) : value]),
  ) as NamedRow
}

function idText(value: unknown): string {
  return isExactNumber(value) ? value.rawJSON : String(value)
}
