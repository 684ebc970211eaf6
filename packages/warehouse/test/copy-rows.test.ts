import { instantOfMoment, type Moment } from '@aftercall/metadata/times/times'
import { propertyOptions } from '@aftercall/testkit/fast-check-seed'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { onOneConnection } from '../src/connection/one-connection.ts'
import { createByteWriter } from '../src/copy/byte-writer.ts'
import { copyRows, type RowsToCopy } from '../src/copy/copy-rows.ts'
import { type FieldKind, type FieldValue, startRow, writeField } from '../src/copy/write-field.ts'

let database: TestDatabase

const columns: Record<string, { kind: FieldKind; type: string }> = {
  position: { kind: 'integer', type: 'integer' },
  a_text: { kind: 'text', type: 'text' },
  an_id: { kind: 'id', type: 'bigint' },
  a_numeric: { kind: 'numeric', type: 'numeric' },
  a_boolean: { kind: 'boolean', type: 'boolean' },
  a_time: { kind: 'time', type: 'timestamptz' },
  a_json: { kind: 'json', type: 'jsonb' },
  an_id_path: { kind: 'id-path', type: 'bigint[]' },
  a_document: { kind: 'json-text', type: 'json' },
  a_bytea: { kind: 'bytea', type: 'bytea' },
}
const names = Object.keys(columns)
const definitions = names.map((name) => `${name} ${columns[name]?.type}`).join(', ')

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  await sql
    .raw(`create table warehouse.probe (${definitions}, noted_at timestamptz default now())`)
    .execute(database.db)
  await sql.raw(`create table warehouse.other_probe (${definitions})`).execute(database.db)
})
afterAll(() => database.drop())
beforeEach(() => sql`truncate warehouse.probe, warehouse.other_probe`.execute(database.db))

/** In one transaction. */
function copy(perTable: readonly RowsToCopy[]): Promise<void> {
  return onOneConnection(database.db, (connection) => copyRows(connection, perTable))
}

type ProbeRow = Record<string, FieldValue>

function encode(rows: readonly ProbeRow[]): Uint8Array[] {
  // Small, so that it has to grow.
  const out = createByteWriter(16)
  return rows.map((row) => {
    const from = out.at
    startRow(out, names.length)
    for (const name of names) writeField(out, columns[name]?.kind ?? 'text', row[name])
    return out.buffer.subarray(from, out.at)
  })
}

const storable = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !text.includes('\0'))
const digits = fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }).map(String)
const json = fc.jsonValue({ noUnicodeString: true, maxDepth: 3 }).filter((value) => value !== null)
const instant = fc
  .tuple(
    fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    }),
    fc.integer({ min: 0, max: 999_999 }),
  )
  .map(([date, micros]) => `${date.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`)
const moment = fc.oneof(
  fc.integer({ min: Date.UTC(1715, 0, 1), max: Date.UTC(2255, 0, 1) - 1 }).map((ms) => ms * 1_000),
  fc.constantFrom(Date.UTC(1715, 0, 1) * 1_000, Date.UTC(2255, 0, 1) * 1_000 - 1, -1, 0),
)
const decimal = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.stringMatching(/^\d{1,30}$/),
    fc.option(fc.stringMatching(/^\d{1,30}$/), { nil: undefined }),
    fc.option(fc.integer({ min: -40, max: 40 }), { nil: undefined }),
  )
  .map(([sign, whole, fraction, exponent]) => {
    const places = fraction === undefined ? '' : `.${fraction}`
    return `${sign}${whole}${places}${exponent === undefined ? '' : `e${exponent}`}`
  })

const probeRow = fc.record({
  a_text: fc.option(storable),
  an_id: fc.option(fc.oneof(digits, fc.maxSafeInteger())),
  a_numeric: fc.option(fc.oneof(decimal, fc.double({ noNaN: true, noDefaultInfinity: true }))),
  a_boolean: fc.option(fc.boolean()),
  a_time: fc.option(fc.oneof(instant, moment)),
  a_json: fc.option(json),
  an_id_path: fc.option(fc.array(digits, { maxLength: 4 })),
  a_document: fc.option(json.map((value) => JSON.stringify(value))),
  a_bytea: fc.option(fc.uint8Array({ maxLength: 50 })),
})

/** The same values as Postgres reads them from text. */
async function asPostgresReadsThem(rows: readonly ProbeRow[]): Promise<unknown[]> {
  const texts = rows.map((row) => ({
    ...row,
    a_numeric: row.a_numeric == null ? null : String(row.a_numeric),
    an_id_path: Array.isArray(row.an_id_path) ? `{${row.an_id_path.join(',')}}` : null,
    a_time: row.a_time == null ? null : instantOfMoment(row.a_time as Moment),
    a_json: row.a_json == null ? null : JSON.stringify(row.a_json),
    a_bytea: row.a_bytea instanceof Uint8Array ? Buffer.from(row.a_bytea).toString('hex') : null,
  }))
  const asText = names.map((name) => `${name} text`).join(', ')
  const cast = names.map((name) =>
    name === 'a_bytea' ? `decode(a_bytea, 'hex')` : `${name}::${columns[name]?.type}`,
  )
  const answer = await sql<{ row: string }>`
    select row(${sql.raw(cast.join(', '))})::text as row
    from json_to_recordset(${JSON.stringify(texts)}::json) as sent (${sql.raw(asText)}) order by position::integer
  `.execute(database.db)
  return answer.rows
}

async function stored(table = 'probe'): Promise<unknown[]> {
  const answer = await sql<{ row: string }>`
    select row(${sql.raw(names.join(', '))})::text as row from ${sql.table(`warehouse.${table}`)} order by position
  `.execute(database.db)
  return answer.rows
}

const readsTheSame = 'copied values are the same as those that Postgres reads from text'
test(readsTheSame, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(probeRow, { minLength: 1, maxLength: 40 }), async (drafts) => {
      const rows: ProbeRow[] = drafts.map((row, position) => ({ ...row, position }) as ProbeRow)
      await sql`truncate warehouse.probe`.execute(database.db)
      await copy([{ table: 'probe', columns: names, pieces: encode(rows) }])
      expect(await stored()).toEqual(await asPostgresReadsThem(rows))
    }),
    propertyOptions(readsTheSame, 60),
  )
})

test('rows larger than one message are all there, even a single row that is larger', async () => {
  const sizes = [...Array.from({ length: 3_000 }, (_, index) => index % 97), 200_000, 1]
  const pieces = encode(sizes.map((size, position) => ({ position, a_text: 'x'.repeat(size) })))
  await copy([{ table: 'probe', columns: names, pieces }])
  const { rows } = await sql<{ size: number }>`
    select length(a_text) as size from warehouse.probe order by position`.execute(database.db)
  expect(rows.map(({ size }) => size)).toEqual(sizes)
})

test('several tables are filled by one query, and columns that are not named take their defaults', async () => {
  const pieces = encode([{ position: 1, a_text: 'one' }])
  await copy([
    { table: 'probe', columns: names, pieces },
    { table: 'other_probe', columns: names, pieces: [] },
    { table: 'other_probe', columns: names, pieces: encode([{ position: 2 }, { position: 3 }]) },
  ])
  expect(await stored()).toHaveLength(1)
  expect(await stored('other_probe')).toHaveLength(2)
  const { rows } = await sql`select from warehouse.probe where noted_at is not null`.execute(database.db)
  expect(rows).toHaveLength(1)
})

test.each([
  ['text', 5],
  ['id', '12x'],
  ['id', ''],
  ['integer', 2 ** 31],
  ['integer', 'many'],
  ['numeric', 'NaN'],
  ['boolean', 'true'],
  ['time', '2026-03-23'],
  ['time', 0.5],
  ['id', 2 ** 53],
  ['id-path', '1/2'],
  ['bytea', 'text'],
] as const)('a value that is not of kind %s is refused before anything is sent: %j', (kind, value) => {
  expect(() => writeField(createByteWriter(64), kind, value)).toThrow(
    expect.objectContaining({ code: '22P03' }),
  )
})

test('a refusal in the middle leaves no rows and a connection that works', async () => {
  await sql`alter table warehouse.other_probe add constraint small check (position < 1000)`.execute(
    database.db,
  )
  const many = Array.from({ length: 3_000 }, (_, position) => ({ position, a_text: 'x'.repeat(200) }))
  const one = encode([{ position: 1 }])
  const copying = copy([
    { table: 'probe', columns: names, pieces: one },
    { table: 'other_probe', columns: names, pieces: encode(many) },
    { table: 'probe', columns: names, pieces: one },
  ])
  await expect(copying).rejects.toMatchObject({ code: '23514' })
  expect(await stored()).toEqual([])
  await copy([{ table: 'probe', columns: names, pieces: one }])
  expect(await stored()).toHaveLength(1)
  await sql`alter table warehouse.other_probe drop constraint small`.execute(database.db)
})
