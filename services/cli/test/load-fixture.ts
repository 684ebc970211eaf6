import { readFileSync } from 'node:fs'
import { documentLimits } from '@aftercall/ingest/mapping/map-fetched'
import { type MappingSettings, noSettings } from '@aftercall/metadata/identity/mapping-settings'
import { mapSession } from '@aftercall/metadata/map/map-session'
import { readDocuments } from '@aftercall/metadata/read/read-documents'
import type { Database } from '@aftercall/warehouse/connection/database'
import { encodeSession } from '@aftercall/warehouse/encode-session'
import { createLoader, type Loader } from '@aftercall/warehouse/load/loader'
import type { RawKept } from '@aftercall/warehouse/load/raw-kept'
import { isNonEmpty, type Settlement } from '@aftercall/warehouse/load/settlement'
import { createMonths } from '@aftercall/warehouse/maintenance/months'

export const fixtures = [
  'real/call-1418.json',
  'real/chat-135.json',
  'synthetic/call-48213.json',
  'synthetic/call-51977.json',
]

export function readFixture(name: string): Buffer {
  return readFileSync(new URL(`../../../packages/testkit/fixtures/${name}`, import.meta.url))
}

export function openLoader(db: Database, raw: RawKept): Loader {
  return createLoader({
    db,
    months: createMonths({
      db,
      limits: { yearsBack: 10, ahead: 1, madePerHourMax: 24 },
      nowMs: () => performance.now(),
      onFailure: () => {},
      onLeftOut: () => {},
    }),
    raw,
    batchSize: 50,
    batchBytesMax: 10_000_000,
    lingerMs: 1,
    batchesMax: 2,
    signal: new AbortController().signal,
    wait: async () => {},
    events: { batchCommitted() {}, batchRetried() {}, batchSplit() {}, noticed() {} },
  })
}

/** What loading an object with these bytes settles. */
export function settlementOf(
  key: string,
  bytes: Uint8Array,
  lastModified: Date,
  settings: MappingSettings = noSettings,
): Settlement {
  const reading = readDocuments({ key, bytes, bytesMax: 10_000_000 })
  if (reading.kind !== 'documents') throw new Error(reading.kind)
  const sessions = reading.documents.map((document) => {
    const context = { source: 'acme', objectLastModified: lastModified, limits: documentLimits, settings }
    const mapping = mapSession(document, context)
    if (mapping.kind !== 'session') throw new Error(mapping.detail)
    return encodeSession(mapping.session, { bucket: 'files', objectKey: key })
  })
  if (!isNonEmpty(sessions)) throw new Error('an object without documents')
  return {
    kind: 'documents',
    object: { bucket: 'files', key, source: 'acme', lastModified, receiveCount: 1 },
    inLedger: true,
    sessions,
    rejections: [],
    content: bytes,
    keepsOriginal: reading.replacedValues > 0,
  }
}
