import { mapSession } from '@aftercall/metadata/map/map-session'
import { readDocuments } from '@aftercall/metadata/read/read-documents'
import {
  encodeSession,
  type StorableSession,
  UnwritableValueError,
} from '@aftercall/warehouse/encode-session'
import type { RawDocument } from '@aftercall/warehouse/load/raw-documents'
import type { Settlement } from '@aftercall/warehouse/load/settlement'
import { documentLimits, keptOf, type MapSource } from './map-fetched.ts'

export type MappedRaw = { kind: 'mapped'; settlement: Settlement } | { kind: 'unusable'; detail: string }

/** A kept document → rows by the rules of this release, with the order that its object gave it. */
export function mapRaw(raw: RawDocument, source: Omit<MapSource, 'name'>, bytesMax: number): MappedRaw {
  // The document may have needed the key to find its channel (contract, a.1.4), so the new key names it, too.
  const key = `${raw.channel}-${raw.sessionId}.json`
  const reading = readDocuments({ key, bytes: Buffer.from(raw.text), bytesMax: bytesMax * 2 })
  const [document] = reading.kind === 'documents' ? reading.documents : []
  if (document === undefined) return { kind: 'unusable', detail: `${reading.kind}` }
  const mapping = mapSession(
    { ...document, contentSha256: raw.contentSha256 },
    {
      ...source,
      source: raw.source,
      objectLastModified: raw.objectLastModified,
      limits: documentLimits,
    },
  )
  if (mapping.kind === 'unusable') return mapping
  const lineage = { bucket: raw.bucket, objectKey: raw.objectKey }
  let session: StorableSession
  try {
    session = encodeSession(keptOf(mapping.session, source.settings), lineage)
  } catch (error) {
    if (!(error instanceof UnwritableValueError)) throw error
    return { kind: 'unusable', detail: `a defect in the mapping: ${error.message}` }
  }
  return {
    kind: 'mapped',
    settlement: {
      kind: 'documents',
      object: { bucket: raw.bucket, key: raw.objectKey, source: raw.source, receiveCount: 0 },
      inLedger: false,
      sessions: [session],
      rejections: [],
      content: null,
      keepsOriginal: false,
    },
  }
}
