import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin } from '@aftercall/testkit/test-login'
import { parquetMetadata } from 'hyparquet'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { comparable, createEveryType, expectedRows, fillEveryType, readParquet } from './export-fixture.ts'
import { runCommand } from './run-command.ts'

let database: TestDatabase
let lake: string

const day = '2026-11-29'
const next = '2026-11-30'
const folderOf = (source: string, of: string) => `view=everything/source=${source}/local_day=${of}`

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  await createEveryType(database.db)
})
beforeEach(async () => {
  lake = await mkdtemp(join(tmpdir(), 'aftercall-lake-'))
  await sql`delete from public.everything`.execute(database.db)
  await fillEveryType(database.db, { source: 'acme', day, rows: 40 })
  await fillEveryType(database.db, { source: 'acme', day: next, rows: 3 })
  await fillEveryType(database.db, { source: 'globex', day, rows: 5 })
})
afterEach(() => rm(lake, { recursive: true }))
afterAll(() => database.drop())

const run = (...args: string[]) => runCommand(['export', ...args], { DATABASE_URL: database.url })
const exported = async (...args: string[]) => {
  const ran = await run('everything', '--from', day, '--to', lake, ...args)
  expect(ran).toMatchObject({ code: 0 })
  return ran
}
const filesIn = async () => {
  const names = await readdir(lake, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile())
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(lake.length + 1)).sort()
}
const readPart = (folder: string, name: string) => readFile(join(lake, folder, name))

test('Parquet has every value of every type that the view has, nulls, ends of ranges and microseconds included', async () => {
  await exported('--through', next)
  for (const [source, of] of [
    ['acme', day],
    ['acme', next],
    ['globex', day],
  ] as const) {
    const rows = await readParquet(join(lake, folderOf(source, of), 'part.parquet'))
    expect(comparable(rows)).toEqual(await expectedRows(database.db, { source, day: of }))
  }
})

test('Parquet says which times are UTC and which are of no zone, and source and local_day are folders only', async () => {
  await exported()
  const bytes = await readPart(folderOf('acme', day), 'part.parquet')
  const { schema } = parquetMetadata(new Uint8Array(bytes).buffer)
  const typeOf = (name: string) => schema.find((element) => element.name === name)
  expect(typeOf('instant')).toMatchObject({
    ...{ type: 'INT64', converted_type: 'TIMESTAMP_MICROS' },
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  })
  const local = typeOf('local_time')
  expect(local).toMatchObject({ type: 'INT64', logical_type: { isAdjustedToUTC: false, unit: 'MICROS' } })
  expect(local?.converted_type).toBeUndefined()
  expect(typeOf('uuid')).toMatchObject({ type: 'BYTE_ARRAY', converted_type: 'UTF8' })
  expect(typeOf('jsonb')).toMatchObject({ type: 'BYTE_ARRAY', converted_type: 'UTF8' })
  expect(typeOf('numeric')).toMatchObject({ type: 'DOUBLE' })
  expect(typeOf('source')).toBeUndefined()
  expect(typeOf('local_day')).toBeUndefined()
})

test('a day is one file and a manifest with its rows, sums and hash; a day without rows is nothing', async () => {
  const { out, err } = await exported('--through', '2026-12-02')
  expect(out).toMatch(/^Exported 57 rows \(.+\) to .+ in .+, [\d,]+ rows a second\.\n$/)
  expect(err).toMatch(/^everything: 57 rows on 3 days \(.+\)\n$/)
  const folders = [folderOf('acme', day), folderOf('acme', next), folderOf('globex', day)]
  const expected = folders.flatMap((folder) => [`${folder}/_manifest.json`, `${folder}/part.parquet`])
  expect(await filesIn()).toEqual(expected.sort())
  const folder = folderOf('acme', day)
  const bytes = await readPart(folder, 'part.parquet')
  const manifest = JSON.parse((await readPart(folder, '_manifest.json')).toString())
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  expect(manifest).toMatchObject({
    ...{ version: 1, view: 'everything', source: 'acme', local_day: day, format: 'parquet', rows: 43 },
    files: [{ name: 'part.parquet', rows: 43, bytes: bytes.byteLength, sha256 }],
  })
  const { rows } = await sql<{ ids: string; nulls: number; wholes: string }>`
    select sum(id)::text as ids, sum((whole is null)::integer)::float8 as nulls, sum(whole)::text as wholes
    from public.everything where source = 'acme' and local_day = ${day}::date`.execute(database.db)
  const of = (name: string) => manifest.columns.find((column: { name: string }) => column.name === name)
  expect(of('id')).toEqual({ name: 'id', type: 'int64', nulls: 1, sum: rows[0]?.ids })
  expect(of('whole')).toEqual({ name: 'whole', type: 'int32', nulls: rows[0]?.nulls, sum: rows[0]?.wholes })
  expect(of('texts')).toEqual({ name: 'texts', type: 'text[]', nulls: 2 })
})

test('the same rows give the same bytes', async () => {
  await exported()
  const first = await readPart(folderOf('acme', day), 'part.parquet')
  await sql`create temporary table again as select * from public.everything`
    .execute(database.db)
    .catch(() => {})
  await sql`
    with gone as (delete from public.everything returning *)
    insert into public.everything select * from gone order by id desc`.execute(database.db)
  await exported()
  expect((await readPart(folderOf('acme', day), 'part.parquet')).equals(first)).toBe(true)
})

test('a later export replaces the day whole; a day that lost its rows is kept, or with --empty-days loses its file', async () => {
  await exported()
  await sql`delete from public.everything where source = 'acme'`.execute(database.db)
  await sql`update public.everything set text = 'new' where source = 'globex'`.execute(database.db)
  const before = await filesIn()
  expect((await exported()).err).toContain(
    '; kept 1 day without rows in the database (to empty them: --empty-days)',
  )
  expect(await filesIn()).toEqual(before)
  expect((await readParquet(join(lake, folderOf('acme', day), 'part.parquet'))).length).toBe(43)
  expect((await exported('--empty-days')).err).not.toContain('kept')
  expect(await filesIn()).toEqual([
    `${folderOf('acme', day)}/_manifest.json`,
    `${folderOf('globex', day)}/_manifest.json`,
    `${folderOf('globex', day)}/part.parquet`,
  ])
  const manifest = JSON.parse((await readPart(folderOf('acme', day), '_manifest.json')).toString())
  expect(manifest).toMatchObject({ rows: 0, files: [] })
  const rows = await readParquet(join(lake, folderOf('globex', day), 'part.parquet'))
  expect(new Set(rows.map(({ text }) => text))).toEqual(new Set(['new']))
})

test('--source exports only that source, and an export in another format takes the place of the former', async () => {
  await exported('--source', 'globex')
  await exported('--source', 'globex', '--format', 'csv')
  const folder = folderOf('globex', day)
  expect(await filesIn()).toEqual([`${folder}/_manifest.json`, `${folder}/part.csv`])
})

test('CSV has a header, empty fields for null, quoted empty text, and times in ISO 8601', async () => {
  await exported('--format', 'csv', '--source', 'globex')
  const text = (await readPart(folderOf('globex', day), 'part.csv')).toString()
  const lines = text.split('\n')
  expect(lines[0]).toBe(
    'id,small,whole,flag,real,double,numeric,text,varied,uuid,json,jsonb,day,instant,local_time,texts,wholes,bigs,flags,doubles',
  )
  const numbered = lines.find((line) => line.startsWith('1000000007,')) ?? ''
  expect(numbered).toContain('1000000007,1,-1,false,')
  expect(numbered).toContain(',"text 1 ""é, 🐦",v1,')
  expect(numbered).toContain(
    ',1960-03-01,2026-11-01T06:59:59.123457Z,2026-03-08T02:31:00.000001,"[""a"",null,""c,\\""1""]","[1,-1]",[9007199254740994],',
  )
  expect(lines).toContain(',,,,,NaN,,"",,,,,,1969-12-31T23:59:59.999999Z,1900-01-01T00:00:00.000000,[],,,,')
})

test('NDJSON has one object a row, with every digit of integers, embedded JSON, and text for NaN', async () => {
  await exported('--format', 'ndjson', '--source', 'globex')
  const text = (await readPart(folderOf('globex', day), 'part.ndjson')).toString()
  const lines = text.trimEnd().split('\n')
  expect(lines).toHaveLength(8)
  const rows = lines.map((line) => JSON.parse(line))
  const one = rows.find(({ id }) => id === 1_000_000_007)
  expect(one).toMatchObject({
    ...{
      small: 1,
      whole: -1,
      flag: false,
      text: 'text 1 "é, 🐦',
      json: { id: 1 },
      jsonb: { id: 1, none: null },
    },
    ...{
      day: '1960-03-01',
      instant: '2026-11-01T06:59:59.123457Z',
      local_time: '2026-03-08T02:31:00.000001',
    },
    ...{ texts: ['a', null, 'c,"1'], wholes: [1, -1], flags: [true, null], doubles: [0.25, 'NaN'] },
  })
  expect(text).toContain('"id":9223372036854775807,')
  expect(text).toContain('"double":"-Infinity"')
  expect(rows.find(({ id }) => id === null)).toMatchObject({ text: '', whole: null, texts: [] })
})

test.each([
  [
    ['nothing', '--from', day],
    /^error: nothing is no view of analytics with a source and a local_day\. These can be exported: agent_attempt, /,
  ],
  [['sesion', '--from', day], /Did you mean session\?/],
  [['calendar', '--from', day], /calendar is no view of analytics with a source and a local_day/],
  [['--from', day], /^error: name the views to export\. These can be exported: /],
  [['everything'], /^error: say which days: --from DAY/],
  [['everything', '--from', '2026-02-30'], /--from must be a day such as 2026-11-29, not 2026-02-30/],
  [
    ['everything', '--from', day, '--through', '2026-11-28'],
    /--through 2026-11-28 is before --from 2026-11-29/,
  ],
  [['everything', '--from', '2015-01-01', '--through', day], /more than 3660 days/],
  [['everything', '--from', day, '--format', 'orc'], /Allowed choices are parquet, csv, ndjson/],
  [
    ['everything', '--from', day, '--source', 'nobody_here'],
    /the source nobody_here was never configured; there are: acme, globex/,
  ],
  [
    ['everything', '--from', day, '--to', 's3://'],
    /--to must be a folder or look like s3:\/\/BUCKET\/PREFIX, not s3:\/\//,
  ],
  [
    ['everything', '--from', day, '--to', 'gs://lake/x'],
    /set AWS_ENDPOINT_URL_S3=https:\/\/storage.googleapis.com/,
  ],
])('%j is refused with exit code 2 and what to do', async (args, says) => {
  const { code, out, err } = await run('--to', lake, ...args)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toMatch(says)
  expect(await filesIn()).toEqual([])
})

test('without --to, it asks for the place', async () => {
  expect(await run('everything', '--from', day)).toMatchObject({
    code: 2,
    err: 'error: say where: --to DIR or --to s3://BUCKET/PREFIX\n',
  })
})

test('a folder that cannot be written is named', async () => {
  await writeFile(join(lake, 'file'), '')
  const { code, err } = await run('everything', '--from', day, '--to', join(lake, 'file', 'lake'))
  expect(code).toBe(1)
  expect(err).toMatch(/^error: cannot write to .+\/file\/lake\/.+: ENOTDIR.+run the same export again\.$/m)
})

test('a column of a type that no format has is named', async () => {
  await sql`create view analytics.odd as select source, local_day, interval '1 day' as span from public.everything`.execute(
    database.db,
  )
  const { code, err } = await run('odd', '--from', day, '--to', lake)
  await sql`drop view analytics.odd`.execute(database.db)
  expect(code).toBe(1)
  expect(err).toBe(
    'error: analytics.odd.span has the type interval, which cannot be exported; cast it in a view of your own\n',
  )
})

test.each(['athena', 'bigquery', 'snowflake', 'duckdb'])(
  '--ddl %s prints how it reads every type',
  async (engine) => {
    const scheme = engine === 'bigquery' ? 'gs' : 's3'
    const { code, out } = await run('everything', '--ddl', engine, '--to', `${scheme}://acme-lake/aftercall/`)
    expect(code).toBe(0)
    await expect(out).toMatchFileSnapshot(`fixtures/ddl/${engine}.sql`)
  },
)

test('--ddl has a table for each view, and needs a place that the engine reads', async () => {
  const { code, out } = await run('session', 'queue_entry', '--ddl', 'duckdb', '--to', './lake')
  expect(code).toBe(0)
  expect(out.match(/create or replace view \w+/g)).toEqual([
    'create or replace view session',
    'create or replace view queue_entry',
  ])
  expect(out).toContain("'./lake/view=session/*/*/part.parquet'")
  expect(await run('session', '--ddl', 'bigquery', '--to', './lake')).toMatchObject({
    code: 2,
    err: 'error: bigquery reads from a bucket: --to must look like gs://BUCKET/PREFIX or s3://BUCKET/PREFIX, not ./lake\n',
  })
})

test('an analyst may export; a login without the right is told which one has it', async () => {
  const args = ['export', 'session', '--from', day, '--to', lake]
  const exportAs = async (role: string) => {
    const login = await createTestLogin(database.url, { inRoles: [role] })
    return runCommand(args, { DATABASE_URL: login.urlOf(database.url) }).finally(() => login.drop())
  }
  expect(await exportAs('aftercall_analyst')).toMatchObject({ code: 0 })
  const { code, err } = await exportAs('aftercall_loader')
  expect(code).toBe(1)
  expect(err).toMatch(/permission denied .+ use one of aftercall_analyst/)
})
