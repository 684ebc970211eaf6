import { readFile } from 'node:fs/promises'
import { type MappedSession, mapSession } from '@aftercall/metadata/map/map-session'
import { readDocuments } from '@aftercall/metadata/read/read-documents'
import { tables } from '@aftercall/metadata/tables'
import { columnIndex } from '@aftercall/metadata/tables/table-spec'
import { encodeSession, type StorableSession } from '../src/copy/encode-session.ts'
import { type Documents, isNonEmpty } from '../src/load/settlement.ts'

export type Draft = {
  id?: number
  createdAt?: string
  updatedAt?: string | null | undefined
  endsAt?: string
  uuid?: string | undefined
  rating?: number
  participants?: number[]
  transfers?: number[]
  key?: string
  lastModified?: string
  timeZone?: string
  sequencer?: string
  feedback?: string
  source?: string
  channel?: 'call' | 'chat'
  /** Of every agent who takes part. */
  agentName?: string | null
  /** Changes the rows without the mapping's knowledge. */
  plant?: (rows: MappedSession['rows']) => void
}

/** A small session document with what these tests vary, mapped as in production. */
export function settlementOf(draft: Draft): Documents {
  const { id = 1, createdAt = '2026-03-23T13:12:51.000-07:00', key = `call-${id}.json` } = draft
  const document = {
    id,
    call_type: 'Voice Inbound (IVR)',
    status: 'finished',
    created_at: createdAt,
    ends_at: draft.endsAt ?? createdAt,
    ...(draft.uuid === undefined ? {} : { call_uuid: draft.uuid }),
    updated_at: draft.updatedAt === undefined ? createdAt : draft.updatedAt,
    rating: draft.rating ?? null,
    feedback: draft.feedback ?? null,
    participants: (draft.participants ?? [1]).map((one) => ({
      ...{ id: one, type: 'agent', user_id: one },
      ...(draft.agentName === undefined ? {} : { first_name: draft.agentName }),
    })),
    transfers: (draft.transfers ?? []).map((one) => ({ id: one, status: 'transferred' })),
  }
  return settlementOfBytes(Buffer.from(JSON.stringify(document)), { ...draft, key })
}

/** One of the documents that earlier releases got wrong, as if its object was written at this time. */
export async function settlementOfFault(name: string, lastModified: string): Promise<Documents> {
  const place = new URL(`../../testkit/fixtures/faults/${name}.json`, import.meta.url)
  return settlementOfBytes(await readFile(place), { key: `${name}.json`, lastModified })
}

/** A whole document, mapped as in production. */
export function settlementOfDocument(document: object, draft: Draft & { key: string }): Documents {
  return settlementOfBytes(Buffer.from(JSON.stringify(document)), draft)
}

function settlementOfBytes(bytes: Buffer, draft: Draft & { key: string }): Documents {
  const { key } = draft
  const lastModified = new Date(draft.lastModified ?? '2026-03-24T00:00:00Z')
  const reading = readDocuments({ key, bytes, bytesMax: 1_000_000 })
  if (reading.kind !== 'documents') throw new Error(reading.kind)
  const { source = 'acme' } = draft
  const sessions = reading.documents.map((found) => {
    const limits = { depthMax: 64, valuesMax: 10_000, rowsMax: 50_000 }
    const { timeZone } = draft
    const mapping = mapSession(found, { source, timeZone, objectLastModified: lastModified, limits })
    if (mapping.kind !== 'session') throw new Error(mapping.detail)
    const { session } = mapping
    session.key.channel = draft.channel ?? session.key.channel
    setOfSession(session.rows, 'channel', session.key.channel)
    draft.plant?.(session.rows)
    return encodeSession(session, { bucket: 'files', objectKey: key })
  })
  if (!isNonEmpty(sessions)) throw new Error('an object without documents')
  return {
    kind: 'documents',
    object: {
      bucket: 'files',
      key,
      source,
      sequencer: draft.sequencer,
      lastModified,
      contentSha256: reading.documents[0]?.contentSha256,
      eventName: 'ObjectCreated:Put',
      eventTime: lastModified,
      receiveCount: 1,
    },
    inLedger: true,
    sessions,
    rejections: [],
    content: bytes,
    keepsOriginal: false,
  }
}

/** The same object with other sessions. */
export function withSessions(documents: Documents, sessions: readonly StorableSession[]): Documents {
  if (!isNonEmpty(sessions)) throw new Error('an object without documents')
  return { ...documents, sessions }
}

export function setOfSession(rows: MappedSession['rows'], column: string, value: string): void {
  const table = tables.find(({ name }) => name === 'session')
  if (table === undefined) throw new Error('there is no session table')
  for (const row of rows.session) row[columnIndex(table, column)] = value
}
