import { readFile } from 'node:fs/promises'
import type { Database } from '@aftercall/warehouse/connection/database'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { parquetReadObjects } from 'hyparquet'
import { sql } from 'kysely'

export type Row = Record<string, unknown>

/** A view with a column of every type that can be exported. Its rows come from the table `public.everything`. */
export async function createEveryType(db: Database): Promise<void> {
  await sql`
    create table public.everything (source text, local_day date, id bigint, small smallint, whole integer, flag boolean,
      real real, double double precision, numeric numeric, text text, varied varchar(9), uuid uuid, json json, jsonb jsonb,
      day date, instant timestamptz, local_time timestamp, texts text[], wholes integer[], bigs bigint[], flags boolean[],
      doubles double precision[])`.execute(db)
  await sql`create view analytics.everything as select * from public.everything`.execute(db)
  const known = { bucket: 'files', prefix: '' }
  await recordSources(db, [
    { ...known, name: 'acme', timeZone: 'America/New_York' },
    { ...known, name: 'globex', timeZone: 'Asia/Kolkata' },
  ])
}

/** Rows of one day, numbered from 1: every third column of them is null, and the values reach the ends of their types. */
export async function fillEveryType(
  db: Database,
  { source, day, rows }: { source: string; day: string; rows: number },
): Promise<void> {
  await sql`
    insert into public.everything
    select ${source}, ${day}::date, id::bigint * 1000000007, (id % 32767)::smallint, -id, id % 2 = 0,
           id / 7.0, id / 3.0, id / 9.0, 'text ' || id || ' "é, 🐦', 'v' || id, gen_random_uuid(),
           json_build_object('id', id), jsonb_build_object('id', id, 'none', null), date '1960-02-29' + id,
           timestamptz '2026-11-01 05:59:59.123456+00' + id * interval '1 hour 1 microsecond',
           timestamp '2026-03-08 02:30:00.000001' + id * interval '1 minute', array['a', null, 'c,"' || id], array[id, -id],
           array[9007199254740993 + id], array[true, null], array[id / 4.0, 'NaN']
    from generate_series(1, ${rows}::integer) id`.execute(db)
  await sql`
    insert into public.everything (source, local_day, id, text, texts, double, instant, local_time)
    values (${source}, ${day}::date, null, '', array[]::text[], 'NaN', '1969-12-31 23:59:59.999999Z', '1900-01-01'),
           (${source}, ${day}::date, 9223372036854775807, null, null, '-Infinity', null, null),
           (${source}, ${day}::date, -9223372036854775808, null, null, 1e308, null, null)`.execute(db)
}

/** The rows of a Parquet file. Times stay numbers, because a Date would lose their microseconds. */
export async function readParquet(path: string): Promise<Row[]> {
  return readParquetBytes(await readFile(path))
}

export async function readParquetBytes(bytes: Uint8Array): Promise<Row[]> {
  const file = new Uint8Array(bytes).buffer
  const asNumber = (value: bigint): bigint => value
  return parquetReadObjects({
    file,
    parsers: {
      timestampFromMicroseconds: asNumber,
      timestampFromNanoseconds: asNumber,
      dateFromDays: (days: number) => days,
    },
  })
}

/** `2026-11-29 10:00:00.000001` of microseconds, as Postgres prints a time. */
export function timeOf(micros: unknown): string | null {
  if (typeof micros !== 'bigint') return null
  const below = BigInt.asUintN(64, ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n)
  const seconds = new Date(Number((micros - below) / 1_000n)).toISOString()
  return `${seconds.slice(0, 10)} ${seconds.slice(11, 19)}.${String(below).padStart(6, '0')}`
}

export function dayOf(days: unknown): string | null {
  return typeof days === 'number' ? new Date(days * 86_400_000).toISOString().slice(0, 10) : null
}

/** What `public.everything` has, every value as text, sorted. */
export async function expectedRows(
  db: Database,
  { source, day }: { source: string; day: string },
): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select id::text, small::text, whole::text, flag::text, real::float8::text, double::text, numeric::float8::text, text,
           varied, uuid::text, json::text, jsonb::text, to_char(day, 'YYYY-MM-DD') as day,
           to_char(instant at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as instant,
           to_char(local_time, 'YYYY-MM-DD HH24:MI:SS.US') as local_time,
           texts, wholes::text[], bigs::text[], flags::text[], doubles::text[]
    from public.everything where source = ${source} and local_day = ${day}::date`.execute(db)
  return sorted(rows)
}

/** The rows of a Parquet file in the same form. */
export function comparable(rows: readonly Row[]): Row[] {
  return sorted(
    rows.map((row) => {
      const texts = Object.entries(row).map(([name, value]) => [name, textOf(value)])
      const { day, instant, local_time } = row
      return {
        ...Object.fromEntries(texts),
        day: dayOf(day),
        instant: timeOf(instant),
        local_time: timeOf(local_time),
      }
    }),
  )
}

/** Numbers as Postgres prints them: the shortest text that is the same double. */
function textOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(textOf)
  if (value === 1e308) return '1e+308'
  return value === null || value === undefined ? null : String(value)
}

function sorted(rows: readonly Row[]): Row[] {
  const keyed = rows.map((row) => ({ row, key: JSON.stringify(Object.entries(row).sort()) }))
  return keyed.sort((left, right) => (left.key < right.key ? -1 : 1)).map(({ row }) => row)
}
