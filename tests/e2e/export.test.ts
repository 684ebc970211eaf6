import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createS3Client } from '@aftercall/storage/aws/aws-clients'
import { getObjectBySdk } from '@aftercall/storage/objects/get-object-by-sdk'
import { countOf } from '@aftercall/testkit/test-count'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { seedOfTest } from '@aftercall/testkit/test-seed'
import { lakeColumnOf } from '@aftercall/warehouse/lake/lake-view'
import { readDatedViews } from '@aftercall/warehouse/lake/read-lake-views'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { refreshAllRollups } from '@aftercall/warehouse/rollups/refresh-rollups'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type Row, readParquet, readParquetBytes } from '../../services/cli/test/export-fixture.ts'
import { loadFixture } from '../analytics/load-fixture.ts'
import { type Bench, openBench } from './bench.ts'
import { endCommands } from './command.ts'
import { runHere } from './run-here.ts'
import { testMs } from './until.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

let bench: Bench
let database: TestDatabase
let lake: string
let config: string

beforeAll(async () => {
  bench = await openBench()
  database = await createTestDatabase(inject('postgresUrl'))
  lake = await mkdtemp(join(tmpdir(), 'aftercall-lake-'))
  const place = { bucket: 'files', prefix: '', timeZone: 'America/New_York' }
  await recordSources(database.db, [
    { ...place, name: 'known' },
    { ...place, name: 'made' },
  ])
  await loadFixture(database.db)
  await refreshAllRollups(database.db, { quietMs: 0, patienceMs: 0 })
  config = await bench.writeConfig('lake', { database: { url: database.url } })
})

afterAll(async () => {
  await endCommands()
  await database.drop()
  await bench.close()
  await rm(lake, { recursive: true, force: true })
})

type Part = { folder: string; rows: Row[] }

async function readParts(view: string): Promise<Part[]> {
  const { glob } = await import('node:fs/promises')
  const paths = await Array.fromAsync(glob(join(lake, `view=${view}/*/*/part.parquet`)))
  return Promise.all(
    paths.map(async (path) => ({
      folder: path.split('/').slice(-3, -1).join('/'),
      rows: await readParquet(path),
    })),
  )
}

/** Count, count without null, sum, minimum and maximum of a column, as text. */
type Figures = { count: number; values: number; sum: string | null; min: string | null; max: string | null }

function figuresOf(values: unknown[], isNumber: boolean): Figures {
  const present = values.filter((value) => value !== null && value !== undefined)
  const sorted = present.map((value) => (typeof value === 'boolean' ? Number(value) : value))
  sorted.sort((left, right) =>
    typeof left === 'string'
      ? Buffer.compare(Buffer.from(left), Buffer.from(String(right)))
      : Number(left) - Number(right),
  )
  const sum = sorted.reduce<number>((total, value) => total + Number(value), 0)
  const text = (value: unknown) => (value === undefined ? null : String(value))
  return {
    ...{ count: values.length, values: present.length },
    sum: isNumber && present.length > 0 ? sumText(sum) : null,
    ...{ min: text(sorted[0]), max: text(sorted.at(-1)) },
  }
}

type Column = { name: string; kind: string }

/** Of each column, in their order. One query for all: most of what a query of a view costs is its plan. */
async function figuresInView(view: string, columns: readonly Column[]): Promise<Figures[]> {
  const all = columns.map((column, at) => figuresOfColumn(column, at))
  const { rows } = await sql<Record<string, number | string | null>>`
    select count(*)::integer as count, ${sql.join(all)}
    from analytics.${sql.id(view)} where local_day is not null`.execute(database.db)
  const [row] = rows
  if (row === undefined) throw new Error('no figures')
  const textOf = (name: string) => (row[name] === null ? null : String(row[name]))
  return columns.map((_, at) => {
    const sum = textOf(`sum${at}`)
    return {
      ...{ count: Number(row.count), values: Number(row[`values${at}`]) },
      sum: sum === null ? null : sumText(Number(sum)),
      ...{ min: textOf(`min${at}`), max: textOf(`max${at}`) },
    }
  })
}

function figuresOfColumn({ name, kind }: Column, at: number) {
  const column = sql.id(name)
  const value = {
    boolean: sql`${column}::integer`,
    double: sql`${column}::float8`,
    date: sql`${column} - date '1970-01-01'`,
    instant: sql`(extract(epoch from ${column}) * 1000000)::bigint`,
    local_time: sql`(extract(epoch from ${column}) * 1000000)::bigint`,
    text: sql`${column}::text collate "C"`,
    json: sql`${column}::text collate "C"`,
    list: sql`array_to_string(${column}, ',') collate "C"`,
  }[kind]
  const sum = isNumber(kind) ? sql`sum(${column})::float8::text` : sql`null::text`
  return sql`count(${column})::integer as ${sql.id(`values${at}`)}, ${sum} as ${sql.id(`sum${at}`)},
    min(${value ?? column})::text as ${sql.id(`min${at}`)}, max(${value ?? column})::text as ${sql.id(`max${at}`)}`
}

/** The last digits of a sum of fractions depend on their order. */
const sumText = (sum: number) => String(Number(sum.toPrecision(12)))

const listText = (value: unknown) => (Array.isArray(value) ? value.join(',') : value)
const isNumber = (kind: string): boolean => ['int32', 'int64', 'double'].includes(kind)

test('every view with a local day is exported whole: count, sum, minimum and maximum of every column are those of the view', async () => {
  const all = await readDatedViews(database.db)
  expect(all.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['session', 'queue_entry', 'handled_interaction']),
  )
  const share = countOf({ quick: 4, thorough: 1 })
  const first = seedOfTest() % share
  const views = all.filter((_, position) => position % share === first)
  const names = views.map(({ name }) => name)
  const ends = names.map(
    (name) => `select min(local_day) as one, max(local_day) as other from analytics.${name}`,
  )
  const { rows: spans } = await sql<{ since: string; through: string }>`
    select to_char(min(one), 'YYYY-MM-DD') as since, to_char(max(other), 'YYYY-MM-DD') as through
    from (${sql.raw(ends.join(' union all '))}) own`.execute(database.db)
  const [{ since, through } = { since: '', through: '' }] = spans
  const { code, stdout, stderr } = await runHere([
    'export',
    ...names,
    ...['--from', since, '--through', through],
    '--to',
    lake,
    '--config',
    config,
  ])
  expect({ code, stderr: stderr.split('\n').length }).toEqual({ code: 0, stderr: names.length + 1 })
  expect(stdout).toMatch(/^Exported [\d,]+ rows/)
  for (const { name, columns } of views) {
    const parts = await readParts(name)
    const folders = await sql<{ folder: string }>`
      select distinct 'source=' || source || '/local_day=' || local_day as folder
      from analytics.${sql.id(name)} where local_day is not null order by 1`.execute(database.db)
    expect(parts.map(({ folder }) => folder).sort()).toEqual(folders.rows.map(({ folder }) => folder))
    const rows = parts.flatMap((part) => part.rows)
    const kinds = columns
      .filter((own) => own.name !== 'source' && own.name !== 'local_day')
      .map((column) => {
        const { kind, isList } = lakeColumnOf(name, column.name, column.type)
        return { name: column.name, kind: isList ? 'list' : kind }
      })
    const expected = await figuresInView(name, kinds)
    for (const [at, column] of kinds.entries()) {
      const values = rows.map((row) => row[column.name])
      const own = figuresOf(column.kind === 'list' ? values.map(listText) : values, isNumber(column.kind))
      expect({ view: name, column: column.name, ...own }).toEqual({
        ...{ view: name, column: column.name },
        ...expected[at],
      })
    }
  }
})

test('a bucket gets the same files as a folder', async () => {
  await bench.aws.createBucket('lake')
  const days = ['--from', '2026-03-01', '--through', '2026-11-30']
  const args = ['export', 'session', ...days, '--json', '--config', config]
  expect(await runHere([...args, '--to', lake])).toMatchObject({ code: 0 })
  const { code, stdout } = await runHere([...args, '--to', 's3://lake/all/'], { env: bench.env })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    format: 'parquet',
    place: 's3://lake/all/',
    views: [{ view: 'session' }],
  })
  const client = createS3Client({ env: bench.env })
  const parts = (await readParts('session')).filter(({ folder }) =>
    /local_day=2026-(0[3-9]|1[01])/.test(folder),
  )
  expect(parts.length).toBeGreaterThan(0)
  for (const { folder, rows } of parts) {
    const request = { bucket: 'lake', versionId: undefined, bytesMax: 1e8, signal: undefined }
    const read = await getObjectBySdk(client)({ ...request, key: `all/view=session/${folder}/part.parquet` })
    expect(read.kind === 'read' ? await readParquetBytes(read.bytes) : []).toEqual(rows)
    const manifest = await getObjectBySdk(client)({
      ...request,
      key: `all/view=session/${folder}/_manifest.json`,
    })
    const own = await readFile(join(lake, 'view=session', folder, '_manifest.json'), 'utf8')
    const withoutTime = (text: string) => ({ ...JSON.parse(text), written_at: '' })
    expect(manifest.kind === 'read' && withoutTime(Buffer.from(manifest.bytes).toString())).toEqual(
      withoutTime(own),
    )
  }
  client.destroy()
})

test('a wrong view and a bucket that does not exist are named', async () => {
  const wrong = await runHere(['export', 'sesion', '--from', '2026-11-29', '--to', lake, '--config', config])
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toMatch(
    /sesion is no view of analytics .+ Did you mean session\? These can be exported: agent_attempt, /,
  )
  const none = ['export', 'session', '--from', '2026-11-29', '--to', 's3://no-such-lake', '--config', config]
  const lost = await runHere(none, { env: bench.env })
  expect(lost.code).toBe(1)
  expect(lost.stderr).toMatch(
    /^error: cannot (?:fetch|upload to) s3:\/\/no-such-lake\/view=session.+no_such_bucket/m,
  )
})
