import { glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { erasePerson } from '@aftercall/warehouse/erasure/erase-person'
import type { PersonSelector } from '@aftercall/warehouse/erasure/person'
import type { LakeView } from '@aftercall/warehouse/lake/lake-view'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { refreshAllRollups } from '@aftercall/warehouse/rollups/refresh-rollups'
import { createOpener } from '@aftercall/warehouse/sealing/create-opener'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject } from 'vitest'
import { exportDay } from '../../services/cli/src/export/export-day.ts'
import { openFolderPlace } from '../../services/cli/src/export/folder-place.ts'
import { publish, viewsOf } from '../lake/lake-fixture.ts'
import { type DuckDB, openDuckdb } from '../lake/open-duckdb.ts'
import { filesOfPeople, identityKey, loadFiles, pat } from './load-people.ts'

const it = drawnTests({ quick: 1, thorough: 'all' })

let database: TestDatabase
let duckdb: DuckDB
let folder: string
let views: LakeView[]
const { signal } = new AbortController()

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  duckdb = await openDuckdb()
  folder = await mkdtemp(join(tmpdir(), 'aftercall-erased-lake-'))
  await recordSources(database.db, [{ bucket: 'files', prefix: '', timeZone: 'UTC', name: 'acme' }])
  await loadFiles(database.db, filesOfPeople())
  views = await viewsOf(database.db)
})
afterAll(async () => {
  duckdb.close()
  await database.drop()
  await rm(folder, { recursive: true })
})

/** The lake as it is published next, read by DuckDB, and the bytes of each day as CSV and NDJSON. */
async function readLake(): Promise<string> {
  const { db } = database
  await refreshAllRollups(db, { quietMs: 0, patienceMs: 0 })
  const lake = join(folder, 'lake')
  await publish(db, lake, { views })
  const texts: string[] = []
  for await (const path of glob(join(lake, '**/part.parquet'))) {
    const rows = await duckdb.rows(`select * from read_parquet('${path}')`)
    texts.push(
      path,
      JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    )
  }
  const days = [...new Set(texts.flatMap((path) => /local_day=([\d-]{10})\//.exec(path)?.[1] ?? []))]
  expect(days).not.toEqual([])
  for (const format of ['csv', 'ndjson'] as const) {
    const to = join(folder, format)
    const place = openFolderPlace(to)
    for (const view of views)
      for (const localDay of days)
        await exportDay(db, place, {
          ...{ day: { view, source: 'acme', localDay }, format, emptyDays: true, signal },
        })
    await place.close()
    for await (const path of glob(join(to, '**/part.*'))) texts.push(path, await readFile(path, 'utf8'))
  }
  return texts.join('\n')
}

async function keysOf(query: string): Promise<string[]> {
  const { rows } = await sql.raw<{ key: string }>(query).execute(database.db)
  return rows.map(({ key }) => key)
}

it.each([
  [
    'a consumer',
    { kind: 'end_user', value: String(pat.id) },
    `select unnest(array[customer_key, contact_key])::text as key from warehouse.session where end_user_id = ${pat.id}`,
    [...pat.texts, String(pat.id)],
  ],
  [
    'an agent',
    { kind: 'agent', value: '101' },
    'select agent_key::text as key from warehouse.agent where agent_id = 101',
    ['avery.chen@example.com', 'Avery Chen'],
  ],
] as const satisfies [string, Omit<PersonSelector, 'source'>, string, string[]][])(
  'after %s was erased, the next lake and exports hold neither the values nor the keys of the person',
  async ([, selector, query, texts]) => {
    const { db } = database
    const keys = (await keysOf(query)).filter((key) => key !== null)
    expect(keys).not.toEqual([])
    const before = await readLake()
    for (const key of keys) expect(before).toContain(key)
    await erasePerson(db, {
      ...{ identityKey, askedBy: 'tester', reason: null, withNames: false, consumersMax: 10 },
      ...{ opener: createOpener(db, undefined), skipsUnreadable: false, signal },
      selector: { source: 'acme', ...selector },
    })
    const after = await readLake()
    for (const value of [...keys, ...texts]) expect(after).not.toContain(value)
    expect(after.split('\n')).toHaveLength(before.split('\n').length)
  },
)
