import { personalColumns } from '@aftercall/metadata/erasure/personal-columns'
import { childTables, tables } from '@aftercall/metadata/tables'
import { type Column, isSourced, type TableName } from '@aftercall/metadata/tables/table-spec'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Dictionary, parseColumnComment, readDictionary } from '../src/schema/dictionary.ts'

let database: TestDatabase
let dictionary: Dictionary

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  dictionary = await readDictionary(database.db)
})
afterAll(() => database.drop())

/** Tables whose columns have no comments yet. */
const uncommented = new Set<string>()

function everyTable() {
  return dictionary.schemas.flatMap((schema) =>
    schema.tables.map((table) => ({ ...table, name: `${schema.name}.${table.name}` })),
  )
}

function everyColumn() {
  return everyTable().flatMap((table) =>
    table.columns.map((column) => ({ ...column, table: table.name, place: `${table.name}.${column.name}` })),
  )
}

/** Columns of the tables that the mapping fills. */
function factColumns() {
  const names = new Set(tables.map((table) => `warehouse.${table.name}`))
  return everyColumn().filter((column) => names.has(column.table))
}

test('every schema and table has a comment of one line', () => {
  const said = [...dictionary.schemas, ...everyTable()]
  const without = said.filter(({ meaning }) => !/^\S[^\n]*\.$/.test(meaning ?? ''))
  expect(without.map(({ name }) => name)).toEqual([])
})

test('every column has a comment of one line that says what it means and whether it is personal data', () => {
  const without = everyColumn().filter(
    ({ table, meaning, isPersonalData }) =>
      !uncommented.has(table) && (isPersonalData === null || !/^\S[^\n]*\.$/.test(meaning ?? '')),
  )
  expect(without.map(({ place }) => place)).toEqual([])
})

test('every column of a fact names exactly the paths that the mapping reads, in their order', () => {
  const said = Object.fromEntries(
    factColumns().map(({ place, source }) => [
      place,
      source?.startsWith('computed: ') ? 'computed' : source?.split(' or '),
    ]),
  )
  const expected = tables.flatMap((table) => [
    ...aroundOf(table.name).map(([name, source]) => [`warehouse.${table.name}.${name}`, source]),
    ...table.columns.map((column) => [
      `warehouse.${table.name}.${column.name}`,
      declaredSource(table.name, column),
    ]),
  ])
  expect(said).toEqual(Object.fromEntries(expected))
})

/** Columns that the loader adds to those of the mapping. */
function aroundOf(table: TableName): [string, string | string[]][] {
  if (table === 'session') {
    return [
      ['bucket', ['pipeline']],
      ['object_key', ['pipeline']],
      ['loaded_at', ['pipeline']],
    ]
  }
  return [
    ['source', 'computed'],
    ['channel', 'computed'],
    ['session_id', ['id']],
    ['session_created_at', ['created_at']],
  ]
}

function declaredSource(table: TableName, column: Column): string | string[] {
  if (!isSourced(column)) return 'computed'
  return placesOf(table).flatMap((place) => column.paths.map((path) => `${place}${path}`))
}

function placesOf(table: TableName): string[] {
  if (table === 'recording_redaction') return ['recordings[].redaction_times[].']
  const child = childTables.find((one) => one.name === table)
  return child?.rowsFrom.map(({ array }) => `${array}[].`) ?? ['']
}

test('columns that the pipeline fills say so', () => {
  const without = everyColumn().filter(
    ({ table, source }) => table.startsWith('ingest.') && source !== 'pipeline',
  )
  expect(without.map(({ place }) => place)).toEqual([])
})

test('a number of a fact has the unit that its name promises', () => {
  const unitOf = (name: string) => /(?:^|_)(seconds|minutes|percent)(?:_(?:total|max|avg))?$/.exec(name)?.[1]
  const wrong = factColumns().filter(
    ({ name, unit }) => unit !== (name === 'rating' ? 'points' : (unitOf(name) ?? null)),
  )
  expect(wrong.map(({ place, unit }) => `${place}: ${unit}`)).toEqual([])
})

test('columns that name, reach, or quote a person are personal data', () => {
  const telling = [
    /(?:^|_)(?:agent|user|end_user)_(?:id|name|email|number|identifier|contact_id)$/,
    /^(?:first|middle|last)_name$|^caller_id$|(?:phone|to|support|outbound)_number$/,
    /^(?:feedback|note|body|smart_action_text)$|(?:^|_)(?:email|url)$/,
    /^(?:extra|custom_data.*|.*_params|.*_headers)$/,
  ]
  const missed = factColumns().filter(
    ({ name, isPersonalData }) =>
      telling.some((pattern) => pattern.test(name)) &&
      !/virtual_agent_(?:id|name)$/.test(name) &&
      isPersonalData !== true,
  )
  expect(missed.map(({ place }) => place)).toEqual([])
  const harmless = factColumns().filter(
    ({ unit, isPersonalData }) => unit !== null && isPersonalData !== false,
  )
  expect(harmless).toEqual([])
})

/** What erasing does with personal data that is no column of a fact: where it is not a column's own rule, the file says it. */
const erasedElsewhere: Record<string, RegExp> = {
  'warehouse.agent': /^(agent_id|name|email|number|teams)$/,
  'people.agent': /^(name|email|teams)$/,
  'warehouse.session_document': /^(document|original_content|sealed_document|sealed_original)$/,
  'warehouse.session_collision': /^(document|original_content|sealed_document|sealed_original|stored_rows)$/,
  'warehouse.session_change': /^(old_value|new_value)$/,
  'ingest.rejected_content': /^(content|sealed_content)$/,
  'rollup.agent_hour': /^agent_id$/,
  'rollup.agent_day': /^agent_id$/,
  // Who operates Aftercall: the audit keeps them.
  'ingest.action': /^(asked_by|cancel_asked_by)$/,
  'ingest.backfill_run': /^paused_by$/,
  'ingest.erasure': /^asked_by$/,
}

test('every column with personal data has a rule for erasure, and no other column of a fact has one', () => {
  const flagged = dictionary.schemas.flatMap(({ name: schema, tables: of }) =>
    of.flatMap(({ name, columns }) =>
      columns
        .filter(({ isPersonalData }) => isPersonalData)
        .map((column) => [`${schema}.${name}`, column.name] as const),
    ),
  )
  const facts = new Map(
    Object.entries(personalColumns).map(([name, columns]) => [`warehouse.${name}`, Object.keys(columns)]),
  )
  const without = flagged.filter(
    ([table, column]) => !facts.get(table)?.includes(column) && !erasedElsewhere[table]?.test(column),
  )
  expect(without, 'say in personal-columns.ts what erasing does with it').toEqual([])
  const ruled = [...facts].flatMap(([table, columns]) => columns.map((column) => `${table}.${column}`))
  const known = new Set(flagged.map((place) => place.join('.')))
  expect(ruled.filter((place) => !known.has(place))).toEqual([])
})

test('partitions are not listed as tables, and keys are in their order', async () => {
  await sql`select ingest.create_month('2026-03-01')`.execute(database.db)
  expect(await readDictionary(database.db)).toEqual(dictionary)
  const media = everyTable().find(({ name }) => name === 'warehouse.media')
  expect(media?.primaryKey).toEqual([
    'session_id',
    'session_created_at',
    'source',
    'channel',
    'media_type',
    'media_id',
  ])
})

test('a comment is split into its parts; one in another form is all meaning', () => {
  expect(
    parseColumnComment('Wait. All of it. Unit: seconds. Source: a[].b.c or d. Personal data: no.'),
  ).toEqual({ meaning: 'Wait. All of it.', unit: 'seconds', source: 'a[].b.c or d', isPersonalData: false })
  expect(
    parseColumnComment('Name. Source: computed: a.b, else the c. of d. Personal data: yes.'),
  ).toMatchObject({
    source: 'computed: a.b, else the c. of d',
    isPersonalData: true,
  })
  expect(parseColumnComment('Name. Personal data: yes.')).toMatchObject({ unit: null, source: null })
  const free = 'How long. Unit: seconds.'
  expect(parseColumnComment(free)).toEqual({
    meaning: free,
    unit: null,
    source: null,
    isPersonalData: null,
  })
  expect(parseColumnComment(null).meaning).toBeNull()
})
