import { createSecretKey } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tables } from '@aftercall/metadata/tables'
import { createTestDatabase } from '@aftercall/testkit/test-database'
import type { Database } from '@aftercall/warehouse/connection/database'
import { migrate } from '@aftercall/warehouse/schema/migrate'
import { sql } from 'kysely'
import { expect, inject, onTestFinished, test } from 'vitest'
import { openLoader, readFixture, settlementOf } from './load-fixture.ts'
import { runCommand } from './run-command.ts'
import {
  createEmptyDatabase,
  derivedColumns,
  oldSessionOf,
  openUrl,
  readReleases,
  storeOld,
} from './upgrade-fixture.ts'

const documents = [
  ...['real/call-1418.json', 'real/chat-135.json', 'synthetic/call-48213.json', 'synthetic/call-48377.json'],
  ...['synthetic/call-50102.json', 'synthetic/call-51977.json', 'synthetic/chat-9120.json'],
]
const months = ['2025-09-01', '2026-03-01', '2026-05-01', '2026-06-01', '2026-07-01', '2026-08-01']
const lastModified = new Date('2026-08-20T00:00:00Z')
const identityKey = 'a key of thirty-two bytes or more'
const customDataKeys = ['CustomAppID']

/** A document under an id of its own. */
type Sent = { name: string; bytes: Buffer }

function sentAs(name: string, id?: number): Sent {
  const text = readFixture(name).toString('utf8')
  const own = id === undefined ? text : JSON.stringify({ ...JSON.parse(text), id })
  return { name: id === undefined ? name : `${id}.json`, bytes: Buffer.from(own) }
}

test('a database of the first release is migrated while it is loaded and read; a replay then fills it as a fresh load does', async () => {
  const { first, all } = await readReleases()
  const url = await createEmptyDatabase(inject('postgresUrl'))
  const { db, close } = openUrl(url)
  onTestFinished(close)
  await migrate(db, first)
  for (const month of months) await sql`select ingest.create_month(${month}::date)`.execute(db)
  const sent = documents.map((name) => sentAs(name))
  for (const one of sent) await storeOld(db, oldSessionOf(one.name, one.bytes, lastModified))

  let isMigrated = false
  // Workers of that release, at least once each before, while and after the tables change.
  const work = async (worker: number): Promise<void> => {
    for (let turn = 0, after = 0; after < 2; turn += 1, after += Number(isMigrated)) {
      const one = sentAs(documents[turn % documents.length] ?? '', 100_000 * worker + turn)
      await storeOld(db, oldSessionOf(one.name, one.bytes, lastModified))
      sent.push(one)
    }
  }
  const read = async (): Promise<void> => {
    while (!isMigrated)
      await sql`select count(*) from warehouse.queue_duration, warehouse.session`.execute(db)
  }
  const beside = Promise.all([work(1), work(2), read()])
  expect((await migrate(db, all)).map((name) => name.slice(0, 4))).toContain('0008')
  isMigrated = true
  await beside
  expect(await filledColumns(db)).toEqual([])

  const count = sent.length
  const whole = { sessions: count, mapped: count, withoutDocument: 0, unreadable: 0, rejected: 0, failed: 0 }
  expect(await replay(url)).toEqual(whole)
  const fresh = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(fresh.drop)
  await loadFresh(fresh.db, sent)
  for (const { name } of tables) {
    expect([name, await rowsOf(db, name)]).toEqual([name, await rowsOf(fresh.db, name)])
  }
  const agentNames = sql<{ names: string }>`
    select string_agg(name, ', ' order by agent_id) as names from warehouse.agent`
  expect((await agentNames.execute(db)).rows).toEqual((await agentNames.execute(fresh.db)).rows)
  // What no document of these has.
  const never = ['session_message.local_at']
  const filled = await filledColumns(db)
  const derived = tables.flatMap((table) => derivedColumns(table).map((column) => `${table.name}.${column}`))
  expect(derived.filter((column) => !filled.includes(column) && !never.includes(column))).toEqual([])
  expect(await replay(url)).toMatchObject({ sessions: 0 })
})

async function loadFresh(db: Database, sent: readonly Sent[]): Promise<void> {
  const loader = openLoader(db, 'latest')
  const settings = {
    identityKey: createSecretKey(identityKey, 'utf8'),
    customDataKeys,
    extra: 'all' as const,
  }
  await Promise.all(
    sent.map(({ name, bytes }) => loader.commit(settlementOf(name, bytes, lastModified, settings))),
  )
}

async function replay(url: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercall-upgrade-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const config = {
    database: { url, allowSuperuser: true },
    sources: [{ name: 'acme', bucket: 'files' }],
    identity: { key: identityKey },
    analytics: { customDataKeys },
  }
  await writeFile(join(folder, 'aftercall.yaml'), JSON.stringify(config))
  const ran = await runCommand([
    'replay',
    '--from',
    'raw',
    '--json',
    '--config',
    join(folder, 'aftercall.yaml'),
  ])
  expect(ran).toMatchObject({ code: 0, err: '' })
  return JSON.parse(ran.out)
}

/** Every row as text, in order. */
async function rowsOf(db: Database, table: string): Promise<unknown[]> {
  const answer = await sql<{ row: unknown }>`
    select to_jsonb(t) - 'loaded_at' as row from ${sql.table(`warehouse.${table}`)} as t order by 1`.execute(
    db,
  )
  return answer.rows.map(({ row }) => row)
}

/** The derived columns that any row has a value in. */
async function filledColumns(db: Database): Promise<string[]> {
  const filled: string[] = []
  for (const table of tables) {
    for (const column of derivedColumns(table)) {
      const answer = await sql<{ is_filled: boolean }>`
        select exists (select from ${sql.table(`warehouse.${table.name}`)} where ${sql.ref(column)} is not null) as is_filled
      `.execute(db)
      if (answer.rows[0]?.is_filled === true) filled.push(`${table.name}.${column}`)
    }
  }
  return filled
}
