import type { Database } from '@aftercall/warehouse/connection/database'
import type { LakeColumn, LakeKind } from '@aftercall/warehouse/lake/lake-view'
import { CompiledQuery } from 'kysely'
import type { DuckDB } from './open-duckdb.ts'

/** Of one column: rows, those with a value, and of these the sum, the least and the greatest, all as text. */
export type Figures = {
  rows: string
  present: string
  sum: string | null
  least: string | null
  greatest: string | null
}

/**
 * Of each column, in their order. Counts of true and of elements, microseconds, and lengths stand for the sums of what is no
 * number. One query for all: most of what a query of a view costs is its plan.
 */
export async function figuresInPostgres(
  db: Database,
  { view, columns, where }: { view: string; columns: readonly LakeColumn[]; where: string },
): Promise<Figures[]> {
  const all = columns.map((column, at) => {
    const name = `own."${column.name}"`
    return `count(${name})::text as present${at}, ${sums(column, name).postgres} as sum${at}, ${ends(column, name, at).postgres}`
  })
  const { rows } = await db.executeQuery<Row>(
    CompiledQuery.raw(
      `select count(*)::text as rows, ${all.join(', ')} from analytics."${view}" own where ${where}`,
    ),
  )
  return figuresOf(rows, columns.length)
}

export async function figuresInDuckdb(
  duckdb: DuckDB,
  { from, columns }: { from: string; columns: readonly LakeColumn[] },
): Promise<Figures[]> {
  const all = columns.map((column, at) => {
    const name = `own."${column.name}"`
    return `count(${name})::varchar as present${at}, ${sums(column, name).duckdb} as sum${at}, ${ends(column, name, at).duckdb}`
  })
  const rows = await duckdb.rows<Row>(`select count(*)::varchar as rows, ${all.join(', ')} from ${from} own`)
  return figuresOf(rows, columns.length)
}

type InBoth = { postgres: string; duckdb: string }

function sums({ kind, isList }: LakeColumn, name: string): InBoth {
  if (isList) return { postgres: `sum(cardinality(${name}))::text`, duckdb: `sum(len(${name}))::varchar` }
  switch (kind) {
    case 'boolean':
      return { postgres: `sum(${name}::integer)::text`, duckdb: `sum(${name}::integer)::varchar` }
    case 'int32':
    case 'int64':
      return { postgres: `sum(${name})::text`, duckdb: `sum(${name})::varchar` }
    case 'double':
      // A sum of doubles depends on the order of its rows in the last digits.
      return {
        postgres: `round(sum(${name}::float8)::numeric, 3)::float8::text`,
        duckdb: `round(sum(${name}), 3)::varchar`,
      }
    case 'text':
    case 'json':
      return { postgres: `sum(length(${name}::text))::text`, duckdb: `sum(length(${name}))::varchar` }
    case 'date':
      return {
        postgres: `sum(${name} - date '1970-01-01')::text`,
        duckdb: `sum(date_diff('day', date '1970-01-01', ${name}))::varchar`,
      }
    case 'instant':
    case 'local_time':
      return {
        postgres: `trunc(sum(extract(epoch from ${name}) * 1000000))::text`,
        duckdb: `sum(epoch_us(${name})::hugeint)::varchar`,
      }
  }
}

function ends({ kind, isList }: LakeColumn, name: string, at: number): InBoth {
  const [postgres, duckdb] = comparable(kind, isList, name)
  return {
    postgres: `min(${postgres})::text as least${at}, max(${postgres})::text as greatest${at}`,
    duckdb: `min(${duckdb})::varchar as least${at}, max(${duckdb})::varchar as greatest${at}`,
  }
}

/** The value in a form that both order and print alike. */
function comparable(kind: LakeKind, isList: boolean, name: string): [postgres: string, duckdb: string] {
  if (isList)
    return [
      // NaN is nan there.
      `case when ${name} is not null then lower((
         select coalesce(string_agg(coalesce(one::text, '-'), ' ' order by place), '')
         from unnest(${name}) with ordinality part (one, place))) end collate "C"`,
      `lower(array_to_string(list_transform(${name}, lambda one: coalesce(one::varchar, '-')), ' '))`,
    ]
  switch (kind) {
    case 'boolean':
      return [`${name}::integer`, `${name}::integer`]
    case 'text':
    case 'json':
      return [`${name}::text collate "C"`, name]
    case 'date':
      return [`to_char(${name}, 'YYYY-MM-DD')`, `strftime(${name}, '%Y-%m-%d')`]
    case 'instant':
      return [
        `to_char(${name} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`,
        `strftime(${name} at time zone 'UTC', '%Y-%m-%d %H:%M:%S.%f')`,
      ]
    case 'local_time':
      return [`to_char(${name}, 'YYYY-MM-DD HH24:MI:SS.US')`, `strftime(${name}, '%Y-%m-%d %H:%M:%S.%f')`]
    case 'double':
      return [`${name}::float8`, name]
    case 'int32':
    case 'int64':
      return [name, name]
  }
}

/** `rows`, and the others of each column with its number behind them. */
type Row = Record<string, string | null>

function figuresOf([row]: readonly Row[], columns: number): Figures[] {
  if (row === undefined) throw new Error('no figures')
  const of = (name: string): string | null => wholeOf(row[name] ?? null)
  return Array.from({ length: columns }, (_, at) => ({
    ...{ rows: row.rows ?? '', present: row[`present${at}`] ?? '' },
    ...{ sum: of(`sum${at}`), least: of(`least${at}`), greatest: of(`greatest${at}`) },
  }))
}

/** DuckDB prints doubles without a fraction as 1.0. */
function wholeOf(text: string | null): string | null {
  return text === null ? null : text.replace(/^(-?\d+)\.0+$/, '$1')
}
