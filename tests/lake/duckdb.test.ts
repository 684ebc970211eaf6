import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import type { LakeView } from '@aftercall/warehouse/lake/lake-view'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { refreshAllRollups } from '@aftercall/warehouse/rollups/refresh-rollups'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject } from 'vitest'
import { createEveryType, fillEveryType } from '../../services/cli/test/export-fixture.ts'
import { runCommand } from '../../services/cli/test/run-command.ts'
import { loadFixture } from '../analytics/load-fixture.ts'
import { type Figures, figuresInDuckdb, figuresInPostgres } from './figures.ts'
import { viewsOf } from './lake-fixture.ts'
import { type DuckDB, openDuckdb } from './open-duckdb.ts'

const it = drawnTests({ quick: 2, thorough: 'all' })

let database: TestDatabase
let duckdb: DuckDB
let lake: string
let views: LakeView[]
const env = () => ({ DATABASE_URL: database.url })
const days = ['2026-11-28', '2026-11-29']

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  duckdb = await openDuckdb()
  lake = await mkdtemp(join(tmpdir(), 'aftercall-duckdb-'))
  const place = { bucket: 'files', prefix: '', timeZone: 'America/New_York' }
  await createEveryType(database.db)
  await recordSources(database.db, [
    { ...place, name: 'known' },
    { ...place, name: 'made' },
  ])
  await loadFixture(database.db)
  await refreshAllRollups(database.db, { quietMs: 0, patienceMs: 0 })
  for (const [index, day] of days.entries())
    await fillEveryType(database.db, { source: 'acme', day, rows: 40 + index })
  await fillEveryType(database.db, { source: 'globex', day: '2026-11-29', rows: 3 })
  views = await viewsOf(database.db)
})
afterAll(async () => {
  duckdb.close()
  await database.drop()
  await rm(lake, { recursive: true })
})

/** The figures of the view and those of what DuckDB reads, for each column that is asked for. */
async function compare(view: LakeView, from: string, where = 'local_day is not null'): Promise<number> {
  const folders: LakeView['columns'] = [
    { name: 'source', kind: 'text', isList: false },
    { name: 'local_day', kind: 'date', isList: false },
  ]
  const columns = [...folders, ...view.columns]
  const named = (figures: Figures[]) => figures.map((own, at) => [`${view.name}.${columns[at]?.name}`, own])
  const expected = await figuresInPostgres(database.db, { view: view.name, columns, where })
  expect(named(await figuresInDuckdb(duckdb, { from, columns }))).toEqual(named(expected))
  return expected.filter(({ present }) => present !== '0').length
}

it('DuckDB reads the published lake through the views that --ddl prints, and every column of every view has the count, sum, minimum and maximum that Postgres says', async () => {
  const published = await runCommand(['publish', '--to', join(lake, 'all'), '--once'], env())
  expect(published).toMatchObject({ code: 0 })
  const facts = views.filter(({ name }) => name !== 'everything')
  const ddl = await runCommand(['export', '--ddl', 'duckdb', '--to', join(lake, 'all')], env())
  let withValues = 0
  let withRows = 0
  for (const statement of ddl.out.split(/;\n+/).filter((text) => text.trim() !== '')) {
    const name = /view (\w+) as/.exec(statement)?.[1]
    if (name === 'everything') continue
    const view = facts.find((one) => one.name === name)
    if (view === undefined) throw new Error(statement)
    const { rows } = await sql<{ rows: number }>`
      select count(*)::integer as rows from analytics.${sql.id(view.name)} where local_day is not null`.execute(
      database.db,
    )
    // There is no file to read the columns from.
    if (rows[0]?.rows === 0) continue
    await duckdb.run(statement)
    withRows += 1
    withValues += await compare(view, view.name)
  }
  expect(withRows).toBeGreaterThan(20)
  expect(withValues).toBeGreaterThan(300)
})

const everything = () => {
  const view = views.find(({ name }) => name === 'everything')
  if (view === undefined) throw new Error('there is no view')
  return view
}
const withColumns = (keep: (name: string) => boolean): LakeView => {
  const view = everything()
  return { ...view, columns: view.columns.filter(({ name }) => keep(name)) }
}
/** NaN and the infinities have no sum, and DuckDB orders them as Postgres does but prints them otherwise: they are counted below. */
const finite = '(own.double is null or abs(own.double) < 1e300)'

async function exported(format: string): Promise<string> {
  const to = join(lake, format)
  const args = ['--from', days[0] ?? '', '--through', days[1] ?? '', '--format', format, '--to', to]
  expect(await runCommand(['export', 'everything', ...args], env())).toMatchObject({ code: 0 })
  return join(to, 'view=everything/*/*')
}

it('every type comes back from Parquet as it is in Postgres: nulls, ends of ranges, zones, lists', async () => {
  const glob = await exported('parquet')
  const from = `read_parquet('${glob}/part.parquet', hive_partitioning = true, hive_types = {'source': varchar, 'local_day': date})`
  expect(
    await compare(
      withColumns((name) => name !== 'double'),
      from,
    ),
  ).toBe(21)
  const double = withColumns((name) => name === 'double')
  await compare(double, `(select * from ${from} own where ${finite})`, finite)
  const types = await duckdb.rows<{ column_name: string; column_type: string }>(
    `describe select * from ${from}`,
  )
  expect(Object.fromEntries(types.map(({ column_name: name, column_type: type }) => [name, type]))).toEqual({
    ...{
      id: 'BIGINT',
      small: 'INTEGER',
      whole: 'INTEGER',
      flag: 'BOOLEAN',
      real: 'DOUBLE',
      double: 'DOUBLE',
    },
    ...{
      numeric: 'DOUBLE',
      text: 'VARCHAR',
      varied: 'VARCHAR',
      uuid: 'VARCHAR',
      json: 'VARCHAR',
      jsonb: 'VARCHAR',
    },
    ...{ day: 'DATE', instant: 'TIMESTAMP WITH TIME ZONE', local_time: 'TIMESTAMP' },
    ...{ texts: 'VARCHAR[]', wholes: 'INTEGER[]', bigs: 'BIGINT[]', flags: 'BOOLEAN[]', doubles: 'DOUBLE[]' },
    ...{ source: 'VARCHAR', local_day: 'DATE', view: 'VARCHAR' },
  })
  const odd = await duckdb.rows<{ double: string; count: bigint }>(
    `select double::varchar as double, count(*) as count from read_parquet('${glob}/part.parquet') where not isfinite(double) group by 1 order by 1`,
  )
  expect(odd).toEqual([
    { double: '-inf', count: 3n },
    { double: 'nan', count: 3n },
  ])
})

it('CSV and NDJSON have the values of the view for DuckDB, with its own reading of types', async () => {
  const csv = `read_csv('${await exported('csv')}/part.csv', hive_partitioning = true, hive_types = {'source': varchar, 'local_day': date}, union_by_name = true, allow_quoted_nulls = false)`
  const ndjson = `read_json('${await exported('ndjson')}/part.ndjson', format = 'newline_delimited', hive_partitioning = true, hive_types = {'source': varchar, 'local_day': date}, union_by_name = true)`
  const plain = ['id', 'small', 'whole', 'flag', 'numeric', 'text', 'varied', 'day', 'instant', 'local_time']
  const view = withColumns((name) => plain.includes(name))
  await compare(view, csv)
  // It takes a time for a time only with a zone.
  await compare(view, `(select * replace (local_time::timestamp as local_time) from ${ndjson})`)
})

it('a row group of the last rows, and a day of several row groups, are read whole', async () => {
  await fillEveryType(database.db, { source: 'globex', day: '2026-11-28', rows: 31_000 })
  const glob = await exported('parquet')
  const [row] = await duckdb.rows<{ groups: bigint; rows: bigint; ids: bigint; most: bigint }>(
    `select (select count(distinct row_group_id) from parquet_metadata('${glob.replace('*/*', 'source=globex/local_day=2026-11-28')}/part.parquet')) as groups,
       count(*) as rows, count(distinct uuid) as ids, max(whole * -1) as most
     from read_parquet('${glob}/part.parquet', hive_partitioning = true) where source = 'globex' and local_day = '2026-11-28'`,
  )
  expect(row).toEqual({ groups: expect.any(BigInt), rows: 31_003n, ids: 31_000n, most: 31_000 })
  expect(row?.groups).toBeGreaterThan(1n)
  const manifest = JSON.parse(
    await readFile(
      join(lake, 'parquet/view=everything/source=globex/local_day=2026-11-28/_manifest.json'),
      'utf8',
    ),
  )
  expect(manifest.rows).toBe(31_003)
})
