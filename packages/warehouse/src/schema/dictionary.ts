import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { type DictionaryFunction, readFunctions } from './dictionary-functions.ts'

/** The database's own comments on the schemas that people read, in the order of `schemaNames`. */
export type Dictionary = { schemas: DictionarySchema[] }

export type DictionarySchema = {
  name: string
  meaning: string | null
  tables: DictionaryTable[]
  /** Only of the schema that readers call functions of. */
  functions: DictionaryFunction[]
}

export type DictionaryTable = {
  name: string
  kind: 'table' | 'view' | 'materialized view'
  meaning: string | null
  /** Empty for views. */
  primaryKey: string[]
  columns: DictionaryColumn[]
}

export type DictionaryColumn = { name: string; type: string; isNullable: boolean } & ColumnMeaning

/** A column's comment in parts; null for a part that it lacks. */
export type ColumnMeaning = {
  meaning: string | null
  /** For numbers: `seconds`, `percent`, … */
  unit: string | null
  /** Paths in the session document joined by ` or `, the preferred one first; `computed: <how>`; or `pipeline`. */
  source: string | null
  isPersonalData: boolean | null
}

/** Everything that a reader sees, without the partitions of the tables. */
export async function readDictionary(db: Database): Promise<Dictionary> {
  const schemas: DictionarySchema[] = []
  for (const row of await readColumns(db)) {
    let schema = schemas.at(-1)
    if (schema?.name !== row.schema_name) {
      const functions = row.schema_name === schemaOfFunctions ? await readFunctions(db, row.schema_name) : []
      schema = { name: row.schema_name, meaning: row.schema_comment, tables: [], functions }
      schemas.push(schema)
    }
    let table = schema.tables.at(-1)
    if (table?.name !== row.table_name) {
      table = tableOf(row)
      schema.tables.push(table)
    }
    table.columns.push({
      name: row.column_name,
      type: row.type,
      isNullable: row.is_nullable,
      ...parseColumnComment(row.comment),
    })
  }
  return { schemas }
}

const form =
  /^(?<meaning>\S.*?\.)(?: Unit: (?<unit>[^.]+)\.)?(?: Source: (?<source>.+?)\.)? Personal data: (?<personal>yes|no)\.$/

/**
 * `<meaning>. Unit: <unit>. Source: <source>. Personal data: yes|no.`, unit and source only if they apply. A comment in
 * another form is all meaning.
 */
export function parseColumnComment(comment: string | null): ColumnMeaning {
  const parts = form.exec(comment ?? '')?.groups
  if (parts === undefined) return { meaning: comment, unit: null, source: null, isPersonalData: null }
  return {
    meaning: parts.meaning ?? null,
    unit: parts.unit ?? null,
    source: parts.source ?? null,
    isPersonalData: parts.personal === 'yes',
  }
}

const schemaNames = ['warehouse', 'analytics', 'people', 'ingest', 'rollup', 'lake']
const schemaOfFunctions = 'analytics'
const kinds: Record<string, DictionaryTable['kind']> = { v: 'view', m: 'materialized view' }

function tableOf(row: CatalogueRow): DictionaryTable {
  return {
    name: row.table_name,
    kind: kinds[row.table_kind] ?? 'table',
    meaning: row.table_comment,
    primaryKey: row.primary_key ?? [],
    columns: [],
  }
}

type CatalogueRow = {
  schema_name: string
  schema_comment: string | null
  table_name: string
  table_kind: string
  table_comment: string | null
  primary_key: string[] | null
  column_name: string
  type: string
  is_nullable: boolean
  comment: string | null
}

/**
 * One row per column, by schema, table, and position in the table. The facts (the partitioned tables) come before lookup
 * tables and views. Needs no right on the tables themselves.
 */
async function readColumns(db: Database): Promise<CatalogueRow[]> {
  const answer = await sql<CatalogueRow>`
    select n.nspname as schema_name, obj_description(n.oid, 'pg_namespace') as schema_comment,
           c.relname as table_name, c.relkind::text as table_kind, obj_description(c.oid, 'pg_class') as table_comment,
           (select array_agg(k.attname::text order by array_position(i.indkey::int2[], k.attnum))
            from pg_index i
            join pg_attribute k on k.attrelid = i.indrelid and k.attnum = any(i.indkey::int2[])
            where i.indrelid = c.oid and i.indisprimary) as primary_key,
           a.attname as column_name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as is_nullable,
           col_description(c.oid, a.attnum) as comment
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname = any(${schemaNames}::text[]) and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
    order by array_position(${schemaNames}::text[], n.nspname::text), c.relkind <> 'p', c.relname, a.attnum
  `.execute(db)
  return answer.rows
}
