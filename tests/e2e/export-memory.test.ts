import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countOf } from '@aftercall/testkit/test-count'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { createEveryType } from '../../services/cli/test/export-fixture.ts'
import { endCommands, startCommand } from './command.ts'
import { testMs } from './until.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

/** Several row groups, so that the process has all that it will ever hold. */
const rows = countOf({ quick: 30_000, thorough: 100_000 })
const days = { '2026-11-28': rows, '2026-11-29': 4 * rows }

let database: TestDatabase
let lake: string

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  lake = await mkdtemp(join(tmpdir(), 'aftercall-lake-'))
  await createEveryType(database.db)
  for (const [day, count] of Object.entries(days)) {
    await sql`
      insert into public.everything (source, local_day, id, whole, double, text, uuid, jsonb, instant, local_time, texts, wholes)
      select 'acme', ${day}::date, id, id, id / 3.0, 'text ' || id, gen_random_uuid(), jsonb_build_object('id', id),
             timestamptz '2026-11-01' + id * interval '1 second', timestamp '2026-11-01' + id * interval '1 second',
             array['a', 'b' || id], array[id, -id]
      from generate_series(1, ${count}::integer) id`.execute(database.db)
  }
})
afterAll(async () => {
  await endCommands()
  await database.drop()
  await rm(lake, { recursive: true, force: true })
})

/** The most memory that the process ever had, in MiB. */
async function peakOf(format: string, day: string): Promise<number> {
  const to = join(lake, `${format}-${day}`)
  const exporting = startCommand(
    ['export', 'everything', '--from', day, '--through', day, '--format', format, '--to', to],
    { env: { DATABASE_URL: database.url } },
  )
  let peak = 0
  const reading = setInterval(() => {
    peak = peakOfProcess(exporting.pid) ?? peak
  }, 20)
  const { code, stdout } = await exporting.ended()
  clearInterval(reading)
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/[\d,]+ rows a second\.\n$/) })
  return peak
}

/** Undefined once it has ended. */
function peakOfProcess(pid: number): number | undefined {
  try {
    const kib = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kib === undefined ? undefined : Number(kib) / 1_024
  } catch {
    return undefined
  }
}

/** Parquet holds most. */
const formats = ['parquet', 'ndjson', 'csv'].slice(0, countOf({ quick: 1, thorough: 3 }))

test.each(formats)(
  'exporting four times the rows of a day as %s takes no more memory, and below 300 MiB',
  async (format) => {
    const [one, four] = [await peakOf(format, '2026-11-28'), await peakOf(format, '2026-11-29')]
    process.stdout.write(`${format}: ${one.toFixed(0)} and ${four.toFixed(0)} MiB\n`)
    expect(one).toBeGreaterThan(0)
    expect(four).toBeLessThan(1.2 * one)
    expect(four).toBeLessThan(300)
  },
)
