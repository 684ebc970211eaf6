import { readFile } from 'node:fs/promises'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { type Dictionary, readDictionary } from '@aftercall/warehouse/schema/dictionary'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { parse } from 'yaml'
import { formatDictionary } from '../src/dictionary/print-dictionary.ts'
import { main } from '../src/main.ts'

let database: TestDatabase
let dictionary: Dictionary

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  dictionary = await readDictionary(database.db)
})
afterAll(() => database.drop())

/** Runs the command with the database in DATABASE_URL. */
async function run(...args: string[]) {
  return runOn(database, ...args)
}

async function runOn({ url }: TestDatabase, ...args: string[]) {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const printed = Promise.all([text(stdout), text(stderr)])
  const exitCode = await main(['dictionary', ...args], {
    env: { DATABASE_URL: url },
    stdin: Readable.from([]),
    stdout,
    stderr,
    signals: process,
    exitNow: () => {},
  })
  stdout.end()
  stderr.end()
  const [out, err] = await printed
  return { exitCode, out, err }
}

test.each([
  ['docs/data-dictionary.md', 'md'],
  ['dbt/models/sources.yml', 'dbt'],
] as const)('%s matches the migrations (if not: npm run dictionary)', async (path, format) => {
  const committed = await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8')
  const isCurrent = committed === formatDictionary(dictionary, format)
  expect(isCurrent, `${path} is out of date: run npm run dictionary and commit what it wrote`).toBe(true)
})

test('JSON has the whole dictionary', async () => {
  const { exitCode, out } = await run('--format', 'json')
  expect(exitCode).toBe(0)
  expect(JSON.parse(out)).toEqual(dictionary)
  expect((await run('--json')).out).toBe(out)
})

test('the dbt sources have every view but those of one vocabulary, and no table with personal data', async () => {
  const views = dictionary.schemas.flatMap(({ name, tables }) => (name === 'analytics' ? tables : []))
  const names = views.map(({ name }) => name).filter((name) => !name.endsWith('_word'))
  expect((await readSources()).map(({ name }) => name).sort()).toEqual(names.sort())
})

test('the dbt sources have every column with its meaning, unit, origin and personal-data mark', async () => {
  const views = dictionary.schemas.find(({ name }) => name === 'analytics')?.tables
  for (const { name, columns } of await readSources()) {
    const view = views?.find((table) => table.name === name)
    const expected = view?.columns.map(({ isNullable: _, ...rest }) => rest)
    const found = columns.map((column) => ({
      name: column.name,
      type: column.data_type,
      meaning: column.description ?? null,
      unit: column.config?.meta?.unit ?? null,
      source: column.config?.meta?.source_path ?? null,
      isPersonalData: column.config?.meta?.personal_data ?? null,
    }))
    expect(found, name).toEqual(expected)
  }
})

async function readSources(): Promise<DbtTable[]> {
  const { out } = await run('--format', 'dbt')
  const file = parse(out)
  expect(file.sources.map(({ schema }: { schema: string }) => schema)).toEqual(['analytics'])
  return file.sources[0].tables
}

type DbtTable = {
  name: string
  columns: {
    name: string
    description?: string
    data_type: string
    config?: { meta?: Record<string, unknown> }
  }[]
}

test('Markdown has a row of six cells for every column', async () => {
  const { out } = await run()
  const rows = out.split('\n').filter((line) => /^\| `/.test(line))
  const columns = dictionary.schemas.flatMap((schema) => schema.tables.flatMap((table) => table.columns))
  expect(rows.map((row) => row.split(/(?<!\\)\|/).length)).toEqual(columns.map(() => 8))
  expect(rows).toContain(
    '| `duration_seconds` | integer | From joining to leaving; hold is included. | seconds | ' +
      '`participants[].call_duration` or `participants[].chat_duration` | no |',
  )
})

test('Markdown has every function that readers call, with its parameters and what it returns', async () => {
  const { out } = await run()
  const functions = dictionary.schemas.flatMap((schema) => schema.functions)
  expect(functions.map(({ name }) => name)).toContain('interval_feed')
  for (const { name, meaning } of functions) {
    expect(out).toContain(`## analytics.${name}()`)
    expect(meaning).toMatch(/^\S[^\n]*\.$/)
  }
  expect(out).toContain(
    'Parameters: `from_day date`, `to_day date`, `minutes integer DEFAULT 15`\n\nReturns: `source text`, ',
  )
})

test('a comment cannot break out of its cell', () => {
  const column = { name: 'a', type: 'text', isNullable: true, unit: null, source: null, isPersonalData: null }
  const tables = [
    {
      name: 't',
      kind: 'view' as const,
      meaning: null,
      primaryKey: [],
      columns: [{ ...column, meaning: 'one | <b>\ntwo' }],
    },
  ]
  const printed = formatDictionary(
    { schemas: [{ name: 'analytics', meaning: null, tables, functions: [] }] },
    'md',
  )
  expect(printed).toContain('| `a` | text | one \\| \\<b> two |  |  |  |\n')
})

test('without tables, the command says how to create them', async () => {
  const empty = await createTestDatabase(inject('postgresUrl'))
  try {
    await sql`drop schema warehouse, analytics, ingest, rollup, lake cascade`.execute(empty.db)
    const { exitCode, out, err } = await runOn(empty)
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toContain('aftercall migrate')
  } finally {
    await empty.drop()
  }
})
