import { CompiledQuery } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { LakeColumn, LakeRow, LakeScalar, LakeValue, LakeView } from './lake-view.ts'

/** The rows of a view on one local day of one source. */
export type Day = { view: LakeView; source: string; localDay: string }

/** Rows that one answer holds. */
const rowsPerFetch = 5_000

type Fetched = Record<string, string | number | boolean | null | (string | null)[]>

/**
 * Calls `work` with the rows of a day, page by page, in a fixed order: the same rows always come in the same one. All pages
 * are of one moment, by a server-side cursor in a read-only transaction with repeatable reads, and a page is fetched only
 * when it is asked for. Takes no lock that a loader would wait for.
 */
export async function readDay<Answer>(
  db: Database,
  day: Day,
  work: (pages: AsyncGenerator<LakeRow[]>) => Promise<Answer>,
): Promise<Answer> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (transaction) => {
      const run = (text: string) => transaction.executeQuery<Fetched>(CompiledQuery.raw(text))
      await run(`declare lake_day no scroll cursor for ${selectDay(day)}`)
      async function* pages(): AsyncGenerator<LakeRow[]> {
        for (;;) {
          const { rows } = await run(`fetch ${rowsPerFetch} from lake_day`)
          if (rows.length > 0) yield rows.map((row) => rowOf(row, day.view.columns))
          if (rows.length < rowsPerFetch) return
        }
      }
      return work(pages())
    })
}

/** First by time and session, which keeps what is read together together; then by all else, so that nothing is open. */
const first = ['session_created_at', 'channel', 'session_id']

/** A cursor is declared without parameters, so the values are in the text. */
function selectDay({ view, source, localDay }: Day): string {
  const columns = view.columns.map((column, index) => `${expressionOf(column)} as c${index}`)
  const names = view.columns.map(({ name }) => name)
  const order = [...first.filter((name) => names.includes(name)), ...names.filter((n) => !first.includes(n))]
  const json = new Set(view.columns.filter(({ kind }) => kind === 'json').map(({ name }) => name))
  const by = order.map((name) => `${quoted(name)}${json.has(name) ? '::text' : ''}`)
  return `select ${columns.join(', ')} from analytics.${quoted(view.name)} own
    where own.source = ${literal(source)} and own.local_day = ${literal(localDay)}::date
    ${by.length === 0 ? '' : `order by ${by.map((name) => `own.${name}`).join(', ')}`}`
}

/** Bigint and microseconds do not fit into a number of JavaScript, and come as text. */
function expressionOf({ name, kind, isList }: LakeColumn): string {
  const column = `own.${quoted(name)}`
  if (isList) return `${column}::text[]`
  switch (kind) {
    case 'boolean':
    case 'int32':
      return column
    case 'double':
      return `${column}::float8`
    case 'int64':
    case 'text':
    case 'json':
      return `${column}::text`
    case 'date':
      return `${column} - date '1970-01-01'`
    case 'instant':
    case 'local_time':
      return `(extract(epoch from ${column}) * 1000000)::bigint::text`
  }
}

function rowOf(row: Fetched, columns: readonly LakeColumn[]): LakeRow {
  return columns.map(({ kind, isList }, index): LakeValue => {
    const value = row[`c${index}`] ?? null
    if (Array.isArray(value))
      return value.map((element) => (element === null ? null : elementOf(element, kind)))
    if (isList || value === null) return null
    return kind === 'int64' || kind === 'instant' || kind === 'local_time' ? BigInt(value) : value
  })
}

/** Elements of arrays come as text. */
function elementOf(text: string, kind: LakeColumn['kind']): LakeScalar {
  if (kind === 'boolean') return text === 'true'
  if (kind === 'int64') return BigInt(text)
  return kind === 'text' ? text : Number(text)
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Every transaction sets standard_conforming_strings, so only the quote itself is special. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
