import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { childTables, tables } from '@aftercall/metadata/tables'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { fixtures, openLoader, readFixture, settlementOf } from './load-fixture.ts'
import { runCommand } from './run-command.ts'

let database: TestDatabase
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftercall-replay-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeEach(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  const config = {
    database: { url: database.url },
    sources: [{ name: 'acme', bucket: 'files' }],
  }
  await writeFile(join(folder, 'aftercall.yaml'), JSON.stringify(config))
})
afterEach(() => database.drop())

const aftercall = (...args: string[]) => runCommand([...args, '--config', join(folder, 'aftercall.yaml')])

async function facts() {
  const dumps = await Promise.all(
    tables.map(
      async (table) => [table.name, await database.dump(`warehouse.${table.name}`, ['loaded_at'])] as const,
    ),
  )
  return Object.fromEntries(dumps)
}

async function loadFixtures(raw: 'latest' | 'none'): Promise<void> {
  const loader = openLoader(database.db, raw)
  await Promise.all(
    fixtures.map((name) =>
      loader.settle(settlementOf(name, readFixture(name), new Date('2026-08-20T00:00:00Z'))),
    ),
  )
}

/** Brings the tables to what the first rules of mapping made of these documents: arrays without tables in `extra`. */
async function undoToFirstMapping(): Promise<void> {
  for (const table of childTables) {
    if (table.name === 'call_participant' || table.name === 'transfer') continue
    await sql`delete from ${sql.table(`warehouse.${table.name}`)}`.execute(database.db)
  }
  await sql`delete from warehouse.recording_redaction`.execute(database.db)
  await sql`
    update warehouse.session as s set extra = coalesce(s.extra, '{}') || (
      select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(r.document::jsonb)
      where jsonb_typeof(value) = 'array' and value <> '[]' and key not in ('participants', 'transfers'))
    from warehouse.session_revision r where (r.source, r.channel, r.session_id) = (s.source, s.channel, s.session_id)
  `.execute(database.db)
  await sql`update ingest.session_head set mapping_version = 1`.execute(database.db)
}

test('I6 a later release that maps more brings sessions from their kept documents to what a fresh load gives', async () => {
  await loadFixtures('latest')
  const fresh = await facts()
  await undoToFirstMapping()
  expect(await facts()).not.toEqual(fresh)

  const replayed = await aftercall('replay', '--from', 'raw', '--json')
  expect(replayed.err).toBe('')
  expect(JSON.parse(replayed.out)).toEqual({
    sessions: fixtures.length,
    mapped: fixtures.length,
    withoutDocument: 0,
    rejected: 0,
    failed: 0,
  })
  expect(replayed.code).toBe(0)
  expect(await facts()).toEqual(fresh)

  const again = await aftercall('replay', '--from', 'raw')
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('nothing to do') })
})

test('one session can be replayed alone', async () => {
  await loadFixtures('latest')
  await undoToFirstMapping()
  const { code, out } = await aftercall('replay', '--from', 'raw', '--session', 'acme/call/1418')
  expect({ code, out }).toEqual({ code: 0, out: '1 of 1 sessions mapped again\n' })
})

test('sessions whose document was not kept are told, and the exit code says so', async () => {
  await loadFixtures('none')
  await undoToFirstMapping()
  const { code, out } = await aftercall('replay', '--from', 'raw')
  expect(code).toBe(3)
  expect(out).toContain(`${fixtures.length} have no kept document`)
})

test('wrong usage is told with what to write instead', async () => {
  expect(await aftercall('replay')).toMatchObject({ code: 2, err: expect.stringContaining('--from') })
  const wrong = await aftercall('replay', '--from', 'raw', '--session', 'acme/1418')
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('write SOURCE/call/ID') })
})
