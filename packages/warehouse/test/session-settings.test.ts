import { countOf } from '@aftercall/testkit/test-count'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { settlementOf } from './document.ts'
import { loaderOf, rowsByPartition } from './maintenance-fixture.ts'

let database: TestDatabase
let client: pg.Client

beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
afterEach(async () => {
  await client.end()
  await database.drop()
})

/** One session in the last hour of January, one in the first of February, one in the middle, one of March. */
const times = ['2024-01-31T23:30:00Z', '2024-02-01T00:30:00Z', '2024-02-15T12:00:00Z', '2024-03-01T00:00:00Z']

async function load(): Promise<void> {
  const loader = loaderOf(database.db)
  const drafts = times.map((createdAt, index) =>
    settlementOf({ id: index + 1, createdAt, key: `${index}.json` }),
  )
  await Promise.all(drafts.map((one) => loader.commit(one)))
}

const ask = async (query: string): Promise<unknown> => (await client.query(query)).rows

async function refreshRollups(): Promise<void> {
  await client.query('begin isolation level repeatable read')
  await client.query(`select rollup.refresh(1000, '0 s', '0 s', null)`)
  await client.query('commit')
}

/** How a login may be set; none of these changes what another means. */
const alone: [string, string][] = [
  ['DateStyle German, in Kolkata', `set datestyle = German; set timezone = 'Asia/Kolkata'`],
  ['DateStyle SQL, in Shanghai', `set datestyle = 'SQL, DMY'; set timezone = 'Asia/Shanghai'`],
  [
    'DateStyle Postgres, in Los Angeles',
    `set datestyle = 'Postgres, MDY'; set timezone = 'America/Los_Angeles'`,
  ],
  [
    'standard_conforming_strings off',
    'set standard_conforming_strings = off; set escape_string_warning = off',
  ],
  [
    'other intervals, floats and names',
    `set intervalstyle = sql_standard; set extra_float_digits = -15; set quote_all_identifiers = on`,
  ],
  ['another search path', 'set search_path = warehouse, ingest, public'],
]

/** Two at a time: they need no database each. */
const pairs = alone.slice(0, 3).map(([name, settings], index): [string, string] => {
  const [otherName = '', others = ''] = alone[index + 3] ?? []
  return [`${name}, and ${otherName}`, `${settings}; ${others}`]
})
const chosen = countOf({ quick: pairs.length, thorough: alone.length }) === pairs.length ? pairs : alone

describe.each(chosen)('I12 with %s', (_name, settings) => {
  beforeEach(async () => {
    await client.query(settings)
  })

  test('a month begins and ends in UTC, is found, and only that month is dropped', async () => {
    await client.query(`select ingest.create_month('2024-01-01'::date)`)
    await client.query(`select * from ingest.ensure_month('2024-02-01'::date, 10, 1, 100)`)
    await load()
    await client.query(`select * from ingest.drain_month('2024-03-01'::date)`)
    expect(await rowsByPartition(database.db, 'session')).toEqual({
      '2024_01': 1,
      '2024_02': 2,
      '2024_03': 1,
    })
    expect(
      await ask(`select to_char(month, 'YYYY-MM') as month, has_month_bounds from ingest.month_partitions()
                 where table_name = 'session' order by 1`),
    ).toEqual(['2024-01', '2024-02', '2024-03'].map((month) => ({ month, has_month_bounds: true })))
    await refreshRollups()
    expect(await ask(`select count(*)::int as months from ingest.session_months()`)).toEqual([{ months: 3 }])
    expect(await ask(`select ingest.drop_month('2024-01-01'::date, '{acme}') as gone`)).toEqual([{ gone: 1 }])
    const deleted = await ask(
      `select sessions from ingest.delete_from_month('2024-02-01'::date, 'acme', 100)`,
    )
    expect(deleted).toEqual([{ sessions: 2 }])
    expect(await rowsByPartition(database.db, 'session')).toEqual({ '2024_03': 1 })
  })

  test('days are counted, and rows in a default partition are found by their month', async () => {
    await load()
    expect(
      await ask(`select to_char(month, 'YYYY-MM') as month, row_count::int as rows from ingest.default_rows()
                 where table_name = 'session' order by 1`),
    ).toEqual([
      { month: '2024-01', rows: 1 },
      { month: '2024-02', rows: 2 },
      { month: '2024-03', rows: 1 },
    ])
    await refreshRollups()
    expect(await ask(`select sum(sessions)::int as sessions from analytics.completeness_daily`)).toEqual([
      { sessions: 4 },
    ])
    expect(
      await ask(`select waiting::int from ingest.waiting_rows(date '2024-02-01', date '2024-03-01', 10)
                 where table_name = 'session'`),
    ).toEqual([{ waiting: 2 }])
  })
})

test('I12 a partition that an earlier release made with other bounds is never dropped whole', async () => {
  // As that release did in a session in Kolkata with DateStyle German: 3.5 hours, here 5.5, beside the month.
  const facts = await sql<{ name: string }>`select name from ingest.fact_tables()`.execute(database.db)
  for (const { name } of facts.rows) {
    await sql`
      create table ${sql.id('warehouse', `${name}_2024_02`)} partition of ${sql.id('warehouse', name)}
      for values from ('2024-01-31T18:30:00Z') to ('2024-02-29T18:30:00Z')
    `.execute(database.db)
  }
  await sql`select ingest.grant_access()`.execute(database.db)
  await load()
  expect(await rowsByPartition(database.db, 'session')).toEqual({ '2024_02': 3, default: 1 })
  expect(await ask(`select ingest.drop_month('2024-02-01'::date, '{acme}') as gone`)).toEqual([
    { gone: null },
  ])
  await client.query(`select * from ingest.delete_from_month('2024-02-01'::date, 'acme', 100)`)
  const left = await ask(
    `select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as at from warehouse.session order by 1`,
  )
  expect(left).toEqual([{ at: '2024-01-31 23:30' }, { at: '2024-03-01 00:00' }])
})
