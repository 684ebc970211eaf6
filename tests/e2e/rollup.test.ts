import { countOf } from '@aftercall/testkit/test-count'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type Bench, openBench } from './bench.ts'
import { type Ended, endCommands } from './command.ts'
import { runHere } from './run-here.ts'
import { testMs } from './until.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const fixtures = new URL('../analytics/fixtures/', import.meta.url).pathname
/** All days with a session, or those with most. */
const [from = '', to = '', count] =
  countOf({ quick: 0, thorough: 1 }) === 1
    ? ['2026-01-01', '2026-12-31', 365]
    : ['2026-10-05', '2026-10-10', 6]
const days = ['--from', from, '--to', to]

let bench: Bench
let database: TestDatabase
let config: string

beforeAll(async () => {
  bench = await openBench()
  database = await createTestDatabase(inject('postgresUrl'))
  config = await bench.writeConfig('rollup', { database: { url: database.url } })
})
afterAll(async () => {
  await endCommands()
  await database.drop()
  await bench.close()
})

const rollup = (...args: string[]): Promise<Ended> => runHere(['rollup', ...args, '--config', config])

test('rollup makes changed hours again, --check exits with 3 where a row differs, and --rebuild corrects it', async () => {
  const loaded = await runHere(['load', fixtures, '--source', 'acme', '--config', config])
  expect([loaded.code, loaded.stderr]).toEqual([0, expect.any(String)])
  const first = await rollup('--check', ...days)
  expect(first.stdout).toBe(
    `no hour has changed\ncompared ${count} days with the sessions\nall rows are exact\n`,
  )
  expect(first.code).toBe(0)
  await sql`update rollup.queue_day set entries = entries + 1 where ctid = (select min(ctid) from rollup.queue_day where local_day = '2026-10-07')`.execute(
    database.db,
  )
  const second = await rollup('--check', ...days)
  expect([second.code, second.stdout]).toEqual([
    3,
    expect.stringContaining('queue_day lacks 1 row and has 1 row too many'),
  ])
  const third = await rollup('--rebuild', '--check', ...days)
  expect([third.code, third.stdout]).toEqual([0, expect.stringContaining('all rows are exact')])
})

test('rollup says what is wrong with its options', async () => {
  expect(await rollup('--from', '2026-01-01')).toMatchObject({ code: 2 })
  expect(await rollup('--check')).toMatchObject({ code: 2 })
  expect((await rollup('--check', '--from', '2026-02-30')).stderr).toContain(
    'must be a day such as 2026-03-01',
  )
})
