import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { documentLimits, mapFetched } from '@aftercall/ingest/mapping/map-fetched'
import { noSettings } from '@aftercall/metadata/identity/mapping-settings'
import type { Database } from '@aftercall/warehouse/connection/database'
import type { Loader, LoaderOptions, Settlement } from '@aftercall/warehouse/load/loader'
import { openLoader } from '../../packages/warehouse/test/open-loader.ts'
import { foundFile } from '../found-file.ts'

export const identityKey = createSecretKey('an identity key of these tests, of 32 bytes', 'utf8')
const settings = { ...noSettings, identityKey }
const limits = { ...documentLimits, objectBytesMax: 8_388_608 }

// biome-ignore lint/suspicious/noExplicitAny: the fixtures are edited freely before they are parsed like any document.
type Edit = (document: any) => void

export type Sent = { key: string; bytes: Buffer }

const folder = new URL('../../packages/testkit/fixtures/synthetic/', import.meta.url)

export function documentOf(name: string, edit: Edit): Buffer {
  const document = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))
  edit(document)
  return Buffer.from(JSON.stringify(document))
}

/** Pat has the number, the address and the id below. */
export const pat = {
  id: 880042,
  number: '+15550100123',
  texts: [
    '15550100123',
    'pat.rivera@example.com',
    '7f5f1b9e-2b55-4c1e-9a52-0b6a0f0f2a10',
    '003ak00000TEST02',
    'the blue kettle leaks',
  ],
}
/** The consumer of sessions that only name Pat, or that have nothing to do with Pat. */
export const other = { id: 880099, identifier: 'kim.sato@example.com', feedback: 'Kim liked it' }

const asPat: Edit = (document) => {
  document.end_user = {
    id: pat.id,
    identifier: '7f5f1b9e-2b55-4c1e-9a52-0b6a0f0f2a10',
    out_contact_id: '003ak00000TEST02',
  }
  document.feedback = 'the blue kettle leaks'
  document.has_feedback = true
  document.somewhere_new = { who: 'PAT.RIVERA@example.com' }
  for (const one of document.participants) if (one.type === 'end_user') one.phone_number = '+1 (555) 010-0123'
}
const asOther: Edit = (document) => {
  document.end_user = { id: other.id, identifier: other.identifier }
  document.email = null
  document.feedback = other.feedback
  document.has_feedback = true
  for (const one of document.participants)
    if (one.type === 'end_user') Object.assign(one, { phone_number: null, end_user_id: other.id })
}

/** Files that name Pat everywhere: as consumer, as a participant of another session, in texts, keys, and broken files. */
export function filesOfPeople(): Sent[] {
  const of = (id: number, name: string, edit: Edit) => ({
    key: `${id}.json`,
    bytes: documentOf(name, (document) => {
      document.id = id
      delete document.call_uuid
      delete document.chat_uuid
      edit(document)
    }),
  })
  const own = of(1, 'call-48213', asPat)
  return [
    own,
    {
      key: 'again/1.json',
      bytes: Buffer.from(
        own.bytes.toString().replace('"rating":4', '"rating":5').replace('10:31:02', '10:41:02'),
      ),
    },
    of(2, 'chat-9120', (document) => {
      asPat(document)
      document.end_user.identifier = 'pat.rivera@example.com'
    }),
    of(3, 'call-48213', (document) => {
      asOther(document)
      document.participants.push({ id: 99_001, type: 'end_user', phone_number: '0015550100123', call_id: 3 })
    }),
    of(4, 'call-48213', (document) => {
      asOther(document)
      document.participants[0].dispositions = [{ code: 'x', notes: 'call back at 1 555 010 0123' }]
      document.dispositions = [{ code: 'x', note: 'call back at 1 555 010 0123', participant_id: 1 }]
      document.smart_action_text = 'call back at 1.555.010.0123'
    }),
    of(5, 'chat-9120', (document) => {
      asOther(document)
      document.a_new_field = { note: 'see pat.rivera\u0040example.com' }
    }),
    { ...of(6, 'call-48213', asOther), key: 'export/+15550100123/6.json' },
    of(7, 'call-50102', asOther),
    { key: 'broken.json', bytes: Buffer.from('{"id": 8, "call_type": "x", "phone_number": "+15550100123"') },
    {
      key: 'broken.json.gz',
      bytes: gzipSync('{"id": 8, "call_type": "x", "email": "pat.rivera@example.com"'),
    },
  ]
}

export function settlementOf({ key, bytes }: Sent): Settlement {
  const { object, fetched } = foundFile({
    source: 'acme',
    key,
    bytes,
    lastModified: new Date('2026-07-01T00:00:00Z'),
  })
  return mapFetched(limits, { name: 'acme', timeZone: 'UTC', settings }, object, fetched)
}

export function openErasingLoader(db: Database, varied: Partial<LoaderOptions> = {}): Loader {
  return openLoader(db, { identityKey, ...varied })
}

export async function loadFiles(
  db: Database,
  files: readonly Sent[],
  loader = openErasingLoader(db),
): Promise<string[]> {
  const kinds: string[] = []
  for (const file of files) kinds.push((await loader.commit(settlementOf(file))).kind)
  return kinds
}
