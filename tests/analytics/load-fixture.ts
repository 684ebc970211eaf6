import { createSecretKey } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { documentLimits, mapFetched } from '@aftercall/ingest/mapping/map-fetched'
import { noSettings } from '@aftercall/metadata/identity/mapping-settings'
import type { Database } from '@aftercall/warehouse/connection/database'
import type { Settlement } from '@aftercall/warehouse/load/settlement'
import { expect } from 'vitest'
import { openLoader } from '../../packages/warehouse/test/open-loader.ts'
import { foundFile } from '../found-file.ts'

const limits = { ...documentLimits, objectBytesMax: 8_388_608 }
const settings = { ...noSettings, identityKey: createSecretKey('the identity key of the fixture.', 'utf8') }
const own = new URL('fixtures/', import.meta.url)
const shared = new URL('../../packages/testkit/fixtures/', import.meta.url)

type Document = { source: 'known' | 'made'; name: string; place: URL }

/** The documents that expected.md calculates, in the order in which the platform wrote them. */
export function fixtureDocuments(): Document[] {
  const known = ['real/', 'synthetic/'].flatMap((folder) => documentsIn('known', new URL(folder, shared)))
  return [...known, ...documentsIn('made', own)]
}

function documentsIn(source: Document['source'], folder: URL): Document[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return names.sort().map((name) => ({ source, name, place: new URL(name, folder) }))
}

/** Stores the documents as a worker would. Those that are stored already end as duplicates, older ones as superseded. */
export async function loadFixture(db: Database, documents = fixtureDocuments()): Promise<string[]> {
  const loader = openLoader(db)
  const kinds: string[] = []
  // One after another: a test may want an order.
  for (const document of documents) kinds.push((await loader.commit(settlementOf(document))).kind)
  expect(kinds.filter((kind) => !['stored', 'superseded', 'duplicate'].includes(kind))).toEqual([])
  return kinds
}

function settlementOf({ source, name, place }: Document): Settlement {
  const bytes = readFileSync(place)
  const key = `${source}/${name}`
  const { object, fetched } = foundFile({
    source,
    key,
    bytes,
    lastModified: new Date('2026-11-30T00:00:00Z'),
  })
  return mapFetched(limits, { name: source, timeZone: 'America/New_York', settings }, object, fetched)
}
