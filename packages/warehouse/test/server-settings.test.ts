import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { type DatabaseHandle, openDatabase } from '../src/connection/database.ts'
import { makeMonth } from '../src/maintenance/months.ts'
import { openReadOnlySession } from '../src/read-only/read-only-query.ts'

let database: TestDatabase
let name: string
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  name = new URL(database.url).pathname.slice(1)
})
afterEach(() => sql`alter database ${sql.id(name)} reset all`.execute(database.db))
afterAll(() => database.drop())

async function withSettings<Answer>(
  settings: Record<string, string>,
  work: (handle: DatabaseHandle) => Promise<Answer>,
): Promise<Answer> {
  for (const [setting, value] of Object.entries(settings)) {
    await sql`alter database ${sql.id(name)} set ${sql.id(setting)} = ${sql.lit(value)}`.execute(database.db)
  }
  const handle = openDatabase({
    ...{ url: database.url, poolMax: 2, applicationName: 'test', statementTimeoutSeconds: 10 },
    onIdleError: () => {},
  })
  try {
    return await work(handle)
  } finally {
    await handle.close()
  }
}

const values = sql<{ at: Date; day: string; span: string; bytes: Buffer; number: number; pattern: boolean }>`
  select timestamptz '2026-03-31 23:30:00+00' as at, (date '2026-03-04')::text as day,
         (interval '1 day 02:03:04')::text as span, '\\x00ff'::bytea as bytes, (0.1::float8 + 0.2)::float8 as number,
         'a.b' ~ '^a\\.b$' as pattern`

const cases = [
  { datestyle: 'German' },
  { datestyle: 'SQL, DMY', timezone: 'Asia/Kolkata' },
  { datestyle: 'Postgres', timezone: 'Asia/Shanghai' },
  { timezone: 'Australia/Sydney', intervalstyle: 'sql_standard' },
  { standard_conforming_strings: 'off', bytea_output: 'escape', extra_float_digits: '-5' },
  { client_encoding: 'SQL_ASCII', lc_messages: 'C' },
]

test.each(cases)('on a server with %o, values are read as on any other', async (settings) => {
  const read = async ({ db }: DatabaseHandle) => (await values.execute(db)).rows
  const expected = await withSettings({}, read)
  expect(expected).toEqual([
    {
      at: new Date('2026-03-31T23:30:00Z'),
      day: '2026-03-04',
      span: '1 day 02:03:04',
      bytes: Buffer.from([0, 255]),
      number: 0.30000000000000004,
      pattern: true,
    },
  ])
  expect(await withSettings(settings, read)).toEqual(expected)
})

test.each(cases)('on a server with %o, aftercall sql prints as on any other', async (settings) => {
  const query = `select timestamptz '2026-03-31 23:30:00+00' as at, date '2026-03-04' as day, 'a\\b' as text,
    interval '1 day 02:03:04' as span, '\\x00ff'::bytea as bytes, 0.1::float8 + 0.2 as number`
  const [answer] = await withSettings(settings, async () => {
    const session = await openReadOnlySession({ url: database.url })
    return session.query(query).finally(session.close)
  })
  expect(answer?.rows).toEqual([
    ['2026-03-31 23:30:00+00', '2026-03-04', 'a\\b', '1 day 02:03:04', '\\x00ff', '0.30000000000000004'],
  ])
})

test.each(cases)('on a server with %o, a month is a month in UTC, and is found again', async (settings) => {
  const month = `20${30 + cases.indexOf(settings)}-03`
  await withSettings(settings, async ({ db }) => {
    expect(await makeMonth(db, month)).toBeGreaterThan(0)
    const bounds = await sql<{ bounds: string }>`
      select distinct pg_get_expr(relpartbound, oid) as bounds from pg_class
      where relispartition and relkind = 'r' and relname like ${`%${month.replace('-', '_')}`}`.execute(db)
    const next = month.replace('-03', '-04')
    expect(bounds.rows).toEqual([
      { bounds: `FOR VALUES FROM ('${month}-01 00:00:00+00') TO ('${next}-01 00:00:00+00')` },
    ])
    const found = await sql<{ there: boolean }>`
      select exists (select from ingest.month_partitions() where month = ${`${month}-01`}) as there`.execute(
      db,
    )
    expect(found.rows).toEqual([{ there: true }])
  })
})
