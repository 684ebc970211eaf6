import { mapSession } from '@aftercall/metadata/map/map-session'
import { readDocuments } from '@aftercall/metadata/read/read-documents'
import {
  encodeSession,
  type StorableSession,
  UnwritableValueError,
} from '@aftercall/warehouse/encode-session'
import type { RawDocument } from '@aftercall/warehouse/load/raw-documents'
import type { Settlement } from '@aftercall/warehouse/load/settlement'
import { documentLimits } from './document-limits.ts'

export type MappedRaw = { kind: 'mapped'; settlement: Settlement } | { kind: 'unusable'; detail: string }

/** A kept document → rows by the rules of this release, with the place in the order that its object gave it. */
export function mapRaw(raw: RawDocument, timeZone: string | undefined, bytesMax: number): MappedRaw {
  // The channel stands in for the key's word for it, which the document may have needed (contract, a.1.4).
  const key = `${raw.channel}-${raw.sessionId}.json`
  const reading = readDocuments({ key, bytes: Buffer.from(raw.text), bytesMax: bytesMax * 2 })
  const [document] = reading.kind === 'documents' ? reading.documents : []
  if (document === undefined) return { kind: 'unusable', detail: `${reading.kind}` }
  const mapping = mapSession(
    { ...document, contentSha256: raw.contentSha256 },
    { source: raw.source, timeZone, objectLastModified: raw.objectLastModified, limits: documentLimits },
  )
  if (mapping.kind === 'unusable') return mapping
  const lineage = { bucket: raw.bucket, objectKey: raw.objectKey }
  let session: StorableSession
  try {
    session = encodeSession(mapping.session, lineage)
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
