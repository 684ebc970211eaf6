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
    database: { url: database.url, allowSuperuser: true },
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
      loader.commit(settlementOf(name, readFixture(name), new Date('2026-08-20T00:00:00Z'))),
    ),
  )
}

/** Changes the tables to what mapping version 1 made of these documents: arrays without tables in `extra`. */
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
    from warehouse.session_document r where (r.source, r.channel, r.session_id) = (s.source, s.channel, s.session_id)
  `.execute(database.db)
  await sql`update ingest.session_head set mapping_version = 1`.execute(database.db)
}

test('I6 a release that maps more brings stored sessions, from their kept documents, to the result of a fresh load', async () => {
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
    unreadable: 0,
    rejected: 0,
    failed: 0,
  })
  expect(replayed.code).toBe(0)
  expect(await facts()).toEqual(fresh)

  const again = await aftercall('replay', '--from', 'raw')
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('Nothing to do') })
})

test('a single session can be replayed', async () => {
  await loadFixtures('latest')
  await undoToFirstMapping()
  const { code, out } = await aftercall('replay', '--from', 'raw', '--session', 'acme/call/1418')
  expect({ code, out }).toEqual({ code: 0, out: 'Mapped 1 of 1 sessions again.\n' })
})

test('sessions without a kept document are reported, and the exit code is 3', async () => {
  await loadFixtures('none')
  await undoToFirstMapping()
  const { code, out } = await aftercall('replay', '--from', 'raw')
  expect(code).toBe(3)
  expect(out).toContain(`${fixtures.length} have no kept document`)
})

const wrongUsage: [args: string[], message: string][] = [
  [[], 'choose what to replay: --rejected'],
  [['--source', 'acme'], 'choose what to replay'],
  [['--rejected', '--source', 'other'], 'unknown source other; the configuration has: acme'],
  [['--from', 'raw', '--session', 'acme/1418'], 'write SOURCE/call/ID'],
  [['--from', 'raw', '--failed'], '--failed cannot be combined with --from raw'],
  [['--from', 'raw', '--rejected', '--object', 's3://files/a'], '--object needs the bucket'],
  [['--from', 'tape'], 'Allowed choices are s3, raw'],
  [['--id', 'first'], 'first is not a rejection number'],
  [['--id', '1', '--rejected'], '--rejected cannot be combined with --id'],
  [['--object', 'acme/call/1'], '--object must be s3://BUCKET/KEY'],
  [['--object', '/tmp/call.json'], 'to load it again: aftercall load'],
  [['--object', 's3://files/a', '--session', 'acme/call/1'], '--session cannot be combined with --object'],
  [['--rejected', '--since', 'monday'], '--since must be an ISO date'],
  [['--rejected', '--since', '2026-02-01', '--until', '2026-01-01'], '--since must be before --until'],
  [['--rejected', '--limit', '5'], '--limit needs --dead-letters'],
  [['--failed', '--dry-run'], '--dry-run needs --dead-letters'],
  [['--dead-letters', '--rejected'], '--rejected cannot be combined with --dead-letters'],
  [['--dead-letters', '--queue-url', 'dead'], '--queue-url must be the URL of a queue'],
  [['--dead-letters', '--object', 'acme/'], '--object must begin with s3://BUCKET/'],
  [['--dead-letters', '--limit', '0'], '--limit must be a whole number'],
]

test('wrong usage of replay says what to write instead', async () => {
  for (const [args, message] of wrongUsage) {
    expect(await aftercall('replay', ...args)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining(message),
    })
  }
})
