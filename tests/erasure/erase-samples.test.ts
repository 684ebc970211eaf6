import { documentLimits, mapFetched } from '@aftercall/ingest/mapping/map-fetched'
import { noSettings } from '@aftercall/metadata/identity/mapping-settings'
import { writeDocument } from '@aftercall/samples/sample-session'
import { sampleSessions } from '@aftercall/samples/sample-stream'
import { countOf } from '@aftercall/testkit/test-count'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { seedOfTest } from '@aftercall/testkit/test-seed'
import { erasePerson } from '@aftercall/warehouse/erasure/erase-person'
import type { Settlement } from '@aftercall/warehouse/load/loader'
import { createOpener } from '@aftercall/warehouse/sealing/create-opener'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { foundFile } from '../found-file.ts'
import { identityKey, openErasingLoader } from './load-people.ts'
import { readFigures } from './read-figures.ts'
import { searchDatabase } from './search-database.ts'

vi.setConfig({ testTimeout: 1_200_000 })

const limits = { ...documentLimits, objectBytesMax: 8_388_608 }
const settings = { ...noSettings, identityKey }
const sessions = countOf({ quick: 15, thorough: 400 })
const persons = countOf({ quick: 1, thorough: 20 })

let database: TestDatabase
let settlements: Settlement[]

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  settlements = [...sampleSessions({ seed: String(seedOfTest()), sessions })].flatMap(
    ({ tenant, revisions }) =>
      revisions.map(({ key, document, exportedAt }) => {
        const bytes = Buffer.from(writeDocument(document))
        const { object, fetched } = foundFile({ source: tenant, key, bytes, lastModified: exportedAt })
        return mapFetched(limits, { name: tenant, settings }, object, fetched)
      }),
  )
})
afterAll(() => database.drop())

async function load(): Promise<void> {
  const loader = openErasingLoader(database.db)
  await Promise.all(settlements.map((settlement) => loader.commit(settlement)))
}

type PersonRow = { source: string; id: string; contacts: string[] }

async function somePersons(): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    select s.source, s.end_user_id::text as id,
           array_remove(array_agg(distinct p.phone_number) || array_agg(distinct s.email), null) as contacts
    from warehouse.session s
    left join warehouse.call_participant p
      on p.source = s.source and p.channel = s.channel and p.session_id = s.session_id and p.type = 'end_user'
    where s.end_user_id is not null
    group by 1, 2 order by md5(s.end_user_id::text) limit ${persons}
  `.execute(database.db)
  return rows
}

test('random consumers of the sample are nowhere after their erasure, and no figure moves, also when all files come again', async () => {
  const { db } = database
  await load()
  const figures = await readFigures(db)
  const chosen = await somePersons()
  expect(chosen.length).toBeGreaterThan(0)
  for (const { source, id, contacts } of chosen) {
    const values = [Number(id), ...contacts.map((text) => text.replace(/^\+/, ''))]
    expect(await searchDatabase(db, values)).not.toEqual([])
    await erasePerson(db, {
      ...{ identityKey, askedBy: 'tester', reason: null, withNames: false, consumersMax: 1_000 },
      ...{ opener: createOpener(db, undefined), skipsUnreadable: false },
      selector: { source, kind: 'end_user', value: id },
      signal: new AbortController().signal,
    })
    expect(await searchDatabase(db, values)).toEqual([])
  }
  expect(await readFigures(db)).toEqual(figures)
  await load()
  const all = chosen.flatMap(({ id, contacts }) => [
    Number(id),
    ...contacts.map((text) => text.replace(/^\+/, '')),
  ])
  expect(await searchDatabase(db, all)).toEqual([])
  expect(await readFigures(db)).toEqual(figures)
})
