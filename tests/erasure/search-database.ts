import { gunzipSync } from 'node:zlib'
import type { Database } from '@aftercall/warehouse/connection/database'
import { sql } from 'kysely'

/**
 * Every place of the database that holds one of these texts or numbers, in any column of any table of any schema but the
 * catalogs: texts and JSON in any spelling of the value, bytes also decompressed, and ids as numbers. Not the product's search.
 */
export async function searchDatabase(db: Database, values: readonly (string | number)[]): Promise<string[]> {
  const columns = await sql<{ schema: string; table: string; column: string; type: string }>`
    select n.nspname::text as schema, c.relname::text as table, a.attname::text as column, format_type(a.atttypid, null) as type
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and not a.attisdropped
      and format_type(a.atttypid, null) in ('text', 'text[]', 'json', 'jsonb', 'bytea', 'character varying', 'bigint', 'bigint[]', 'uuid')
  `.execute(db)
  const found = new Set<string>()
  for (const { schema, table, column, type } of columns.rows) {
    const { rows } = await sql<{ value: unknown }>`
      select distinct ${sql.ref(column)}::${sql.raw(type === 'bytea' ? 'bytea' : 'text')} as value
      from ${sql.table(`${schema}.${table}`)} where ${sql.ref(column)} is not null
    `.execute(db)
    for (const { value } of rows) {
      for (const wanted of values) {
        if (holds(value, wanted, type)) found.add(`${schema}.${table}.${column}: ${wanted}`)
      }
    }
  }
  return [...found].map((place) => place.replace(/_(?:default|\d{4}_\d{2})\./, '.')).sort()
}

function holds(value: unknown, wanted: string | number, type: string): boolean {
  if (value instanceof Uint8Array) return findInBytes(value, wanted)
  if (typeof wanted === 'number' && /^bigint/.test(type)) {
    return String(value).split(/[{},]/).includes(String(wanted))
  }
  return holdsText(String(value), wanted)
}

export function findInBytes(bytes: Uint8Array, wanted: string | number): boolean {
  return textsOf(bytes).some((text) => holdsText(text, wanted))
}

/** Ids are looked for as whole numbers of JSON; small ones are in every text. */
function holdsText(text: string, wanted: string | number): boolean {
  if (typeof wanted === 'number') return new RegExp(`"(?:id|[a-z_]*_id)"\\s*:\\s*"?${wanted}\\b`).test(text)
  const plain = (one: string) => one.replaceAll(/[\s().-]/g, '').toLowerCase()
  return plain(text).includes(plain(wanted)) || plain(unescaped(text)).includes(plain(wanted))
}

function unescaped(text: string): string {
  return text.replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

function textsOf(bytes: Uint8Array): string[] {
  const texts = [Buffer.from(bytes).toString('utf8')]
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) texts.push(gunzipSync(bytes).toString('utf8'))
  return texts
}
