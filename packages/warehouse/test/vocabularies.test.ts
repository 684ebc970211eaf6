import { tables, vocabularies } from '@aftercall/metadata/tables'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'), { poolMax: 1 })
})
afterAll(() => database.drop())

/** Columns that a lookup table has only if a term of its vocabulary has a value for them. */
const occasional = ['terminal', 'direction'] as const

test.each(vocabularies)(
  'the table warehouse.$name has exactly the terms of its vocabulary',
  async (vocabulary) => {
    const { name, terms, about } = vocabulary
    const also = occasional.filter((key) => terms.some((term) => term[key] !== undefined))
    const expected = terms.map(({ channel, value, code, label, meaning, certainty, ...more }) => ({
      channel,
      value,
      code,
      label,
      meaning,
      certainty: certainty ?? 'stated',
      ...Object.fromEntries(also.map((key) => [key, more[key] ?? null])),
    }))
    const stored = await database.dump(`warehouse.${name}`)
    expect(stored.toSorted(byKey)).toEqual(expected.toSorted(byKey))
    const answer = await sql<{ comment: string | null }>`
    select obj_description(${`warehouse.${name}`}::regclass, 'pg_class') as comment
  `.execute(database.db)
    expect(answer.rows).toEqual([{ comment: about }])
  },
)

test('I10 no column with a vocabulary is personal data, so its unknown words may be shown', async () => {
  const columns = tables.flatMap((table) =>
    table.columns.flatMap((one) => ('vocabulary' in one ? [`${table.name}.${one.name}`] : [])),
  )
  expect(columns.length).toBeGreaterThan(20)
  const { rows } = await sql<{ name: string }>`
    select c.relname || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'warehouse'::regnamespace and c.relkind = 'p'
      and c.relname || '.' || a.attname = any(${columns})
      and col_description(c.oid, a.attnum) like '%Personal data: no.'`.execute(database.db)
  expect(rows.map(({ name }) => name).sort()).toEqual(columns.sort())
})

test('no lookup table has the name of a fact table', () => {
  const names = new Set<string>(tables.map((one) => one.name))
  expect(vocabularies.filter((one) => names.has(one.name))).toEqual([])
})

test('every column of every lookup table has a comment', async () => {
  const answer = await sql`
    select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'warehouse'::regnamespace and c.relname = any(${vocabularies.map((one) => one.name)})
      and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and col_description(c.oid, a.attnum) is null
  `.execute(database.db)
  expect(answer.rows).toEqual([])
})

test('a code may not mean two values of one channel', async () => {
  const again = sql`
    insert into warehouse.fail_reason (channel, value, code, label, meaning) values ('call', 'other', 20003, '', '')
  `.execute(database.db)
  await expect(again).rejects.toThrow('fail_reason_channel_code_key')
})

function byKey(one: Record<string, unknown>, other: Record<string, unknown>): number {
  return `${one.channel} ${one.value}` < `${other.channel} ${other.value}` ? -1 : 1
}
