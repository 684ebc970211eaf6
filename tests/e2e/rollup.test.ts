import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { runCommand } from './command.ts'

let database: TestDatabase
const fixtures = new URL('../analytics/fixtures/', import.meta.url).pathname

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())

function rollup(...args: string[]) {
  return runCommand(['rollup', ...args], {
    env: { DATABASE_URL: database.url, AFTERCALL_DATABASE_ALLOW_SUPERUSER: 'true' },
  })
}

test('rollup makes changed hours again, --check exits with 3 where a row differs, and --rebuild corrects it', async () => {
  const loaded = await runCommand(['load', fixtures, '--source', 'acme'], {
    env: { DATABASE_URL: database.url, AFTERCALL_DATABASE_ALLOW_SUPERUSER: 'true' },
  })
  expect([loaded.code, loaded.stderr]).toEqual([0, expect.any(String)])
  const days = ['--from', '2026-01-01', '--to', '2026-12-31']
  const first = await rollup('--check', ...days)
  expect(first.stdout).toMatch(
    /^made \d+ hours again\ncompared 365 days with the sessions\nall rows are exact\n$/,
  )
  expect(first.code).toBe(0)
  await sql`update rollup.queue_day set entries = entries + 1 where ctid = (select min(ctid) from rollup.queue_day)`.execute(
    database.db,
  )
  const second = await rollup('--check', ...days)
  expect(second.code).toBe(3)
  expect(second.stdout).toContain('queue_day lacks 1 row and has 1 row too many')
  const third = await rollup('--rebuild', '--check', ...days)
  expect([third.code, third.stdout]).toEqual([0, expect.stringContaining('all rows are exact')])
  expect((await rollup('--from', '2026-01-01')).code).toBe(2)
  expect((await rollup('--check', '--from', '2026-02-30')).stderr).toContain(
    'must be a day such as 2026-03-01',
  )
})
