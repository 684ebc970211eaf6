import { readdirSync, readFileSync } from 'node:fs'
import { createMapper, unheld } from '@aftercall/ingest/create-mapper'
import { documentLimits } from '@aftercall/ingest/mapping/map-fetched'
import { tables } from '@aftercall/metadata/tables'
import { sessionLikeDocument } from '@aftercall/testkit/arbitrary-document'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { propertyOptions, seedOfTest } from '@aftercall/testkit/test-seed'
import { readRawDocuments } from '@aftercall/warehouse/load/raw-documents'
import { rejectionsOf, type Settlement, sessionsOf } from '@aftercall/warehouse/load/settlement'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { mapFetched } from '../../packages/ingest/src/mapping/map-fetched.ts'
import { mapRaw } from '../../packages/ingest/src/mapping/map-raw.ts'
import { accountLeaves, lostLeaves } from '../../packages/metadata/test/account-leaves.ts'
import { openLoader } from '../../packages/warehouse/test/open-loader.ts'
import { foundFile } from '../found-file.ts'
import { asStored, readStored } from './stored-rows.ts'

let database: TestDatabase
const patienceMs = 300_000
const limits = { ...documentLimits, objectBytesMax: 8_388_608 }

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => database.drop())

function workOf(bytes: Uint8Array, source: string) {
  const key = `${source}/call-1.json`
  const file = foundFile({ source, key, bytes, lastModified: new Date('2026-11-30T00:00:00Z') })
  return { source: { name: source, timeZone: 'America/Denver' }, ...file }
}

function settlementOf(bytes: Uint8Array, source: string): Settlement {
  const { object, fetched, source: from } = workOf(bytes, source)
  return mapFetched(limits, from, object, fetched)
}

/** What of the documents is not in their rows, and which rows are not in the documents. */
async function lostOf(loads: readonly { source: string; settlement: Settlement }[]): Promise<string[]> {
  const lost: string[] = []
  for (const { source, settlement } of loads) {
    const [session] = sessionsOf(settlement)
    if (session === undefined) continue
    const text = typeof session.text === 'string' ? session.text : Buffer.from(session.text).toString()
    const document = await asStored(database, text)
    const rows = await readStored(database, source)
    lost.push(...lostLeaves(accountLeaves(document, { rows })).map((path) => `${source}: ${path}`))
  }
  return lost
}

async function load(settlements: readonly Settlement[]): Promise<void> {
  const loader = openLoader(database.db)
  const ends = await Promise.all(settlements.map((one) => loader.commit(one)))
  for (const { kind } of ends) expect(['stored', 'rejected']).toContain(kind)
}

const folders = ['real', 'synthetic', 'faults'].flatMap((folder) => {
  const place = new URL(`../../packages/testkit/fixtures/${folder}/`, import.meta.url)
  return readdirSync(place)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [`${folder}_${name}`, readFileSync(new URL(name, place))] as const)
})
/** No sessions, and a leap second, which no `Date` of the oracle can be. */
const otherFaults = /F11-|F9-|F8-leap/
const samples = folders.filter(([name]) => !otherFaults.test(name))

const least =
  '"call_type":"Voice Inbound","status":"finished","created_at":"2026-03-23T13:12:51.123456-07:00"'
const extremes = [
  `{"id":9223372036854775807,${least},"rating":1e99,"note\\u0000":"a\\u0000b","half":"\\ud83d","emoji":"🙂\\ud83d\\ude42"}`,
  `{"id":-5,${least},"parent_id":9007199254740993,"rating":"-0.000000001","far":1e400,"deep":[[[{}]]]}`,
  `{"id":7,${least},"ends_at":"2026-03-23T20:12:51.999999Z","wait_duration":-2147483647,"hold_duration":2147483648,"sip_headers":{"a":1.10,"__proto__":{"b":12345678901234567890}},"menu_path":{"materialized_path":[1,"9007199254740993"]},"recordings":[{"id":1,"duration":0.1,"redaction_times":[{"start":"2026-03-23T20:12:51.000001Z","duration":12.345678901234567890}]}]}`,
].map((text, number) => [`extreme_${number}`, Buffer.from(text)] as const)

test(
  'I6 every leaf of the sample documents, the faults and the extremes is in Postgres, and nothing is there twice',
  async () => {
    const loads = [...samples, ...extremes].map(([source, bytes]) => ({
      source,
      settlement: settlementOf(bytes, source),
    }))
    for (const { settlement } of loads) expect(settlement.kind).toBe('documents')
    await load(loads.map(({ settlement }) => settlement))
    expect(await lostOf(loads)).toEqual([])
  },
  patienceMs,
)

test(
  'I3 I6 every leaf of any document is in Postgres, also after a re-export without some of its rows and keys',
  async () => {
    let run = 0
    const batch = fc.array(fc.tuple(sessionLikeDocument(), sessionLikeDocument()), {
      minLength: 20,
      maxLength: 20,
    })
    await fc.assert(
      fc.asyncProperty(batch, async (pairs) => {
        run += 1
        const revisions = pairs.map(([one, other], number) => {
          const own = { id: 1, created_at: '2026-03-23T13:12:51.000-07:00', ...typeOf(one) }
          const first = { ...one, ...own, updated_at: '2026-03-23T14:00:00.000-07:00' }
          const second = { ...other, ...own, updated_at: '2026-03-23T14:15:00.000-07:00' }
          return [first, second].map((document) => {
            const source = `r${run}_${number}`
            return { source, settlement: settlementOf(bytesOf(document), source) }
          })
        })
        for (const turn of [0, 1]) {
          const loads = revisions.flatMap((pair) => pair[turn] ?? [])
          await load(loads.map(({ settlement }) => settlement))
          expect(await lostOf(loads)).toEqual([])
        }
      }),
      { ...propertyOptions({ quick: 1, thorough: 3 }), endOnFailure: true },
    )
  },
  patienceMs,
)

/**
 * Postgres writes a number with an exponent with all its digits, and the keys of an object in an order of its own, but not
 * where they became text. So that the oracle need not know those columns, documents have neither there; the extremes do.
 */
function bytesOf(document: object): Buffer {
  return Buffer.from(
    JSON.stringify(document, (key, value: unknown) => {
      if (typeof value === 'number' && /e/.test(String(value))) return Math.sign(value) * 12.5
      return key === 'smart_action_text' && typeof value === 'object' ? undefined : value
    }),
  )
}

/** Both revisions are of one channel, and of one session. */
function typeOf({ chat_type: chat }: Record<string, unknown>): object {
  const noUuid = { call_uuid: undefined, chat_uuid: undefined }
  return typeof chat === 'string'
    ? { ...noUuid, chat_type: 'Messaging Inbound (SMS)', call_type: undefined }
    : { ...noUuid, call_type: 'Voice Inbound (IVR)', chat_type: undefined }
}

test(
  'I2 the kept documents are mapped to the very same rows',
  async () => {
    const facts = () =>
      Promise.all(tables.map(({ name }) => database.dump(`warehouse.${name}`, ['loaded_at'])))
    const before = await facts()
    await sql`update ingest.session_head set mapping_version = 1`.execute(database.db)
    const settlements: Settlement[] = []
    for await (const page of readRawDocuments(database.db, { mapping: { version: 2, settingsVersion: 0 } })) {
      for (const raw of page) {
        const mapped = mapRaw(raw, { timeZone: 'America/Denver' }, limits.objectBytesMax)
        if (mapped.kind === 'unusable') throw new Error(mapped.detail)
        settlements.push(mapped.settlement)
      }
    }
    expect(settlements.length).toBeGreaterThan(20)
    await load(settlements)
    expect(await facts()).toEqual(before)
  },
  patienceMs,
)

test(
  'a document that is mapped on the thread becomes the very same rows as one that is mapped here',
  async () => {
    const mapper = createMapper({ limits, onLargeEnd() {} })
    const documents = fc
      .sample(sessionLikeDocument(), { numRuns: 40, seed: seedOfTest() })
      .map((one) => Buffer.from(JSON.stringify(one)))
    try {
      for (const bytes of [...folders, ...extremes].map(([, content]) => content).concat(documents)) {
        const work = workOf(bytes, 'acme')
        const here = mapFetched(limits, work.source, work.object, work.fetched)
        const again = { ...work.object, receiveCount: 2 }
        const there = await mapper.mapFetched({ ...work, object: again, held: unheld })
        expect(plain(there)).toEqual(plain(here))
      }
    } finally {
      await mapper.close()
    }
  },
  patienceMs,
)

/** Bytes and texts of a settlement in one form, without what this test varies. */
function plain(settlement: Settlement | 'stopped'): unknown {
  if (settlement === 'stopped') throw new Error('stopped')
  const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
  const content = settlement.kind === 'documents' ? settlement.content : null
  return {
    ...settlement,
    object: null,
    content: content === null ? null : latin(content),
    rejections: rejectionsOf(settlement).map((one) => ({ ...one, receiveCount: null })),
    sessions: sessionsOf(settlement).map(({ rows, text, ...one }) => ({
      ...one,
      rows: { ...rows, bytes: latin(rows.bytes) },
      text: typeof text === 'string' ? text : Buffer.from(text).toString(),
    })),
  }
}
