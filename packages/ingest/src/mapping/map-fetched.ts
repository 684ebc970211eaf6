import { type MappedSession, type Mapping, mapSession } from '@aftercall/metadata/map/map-session'
import { withoutDocumented } from '@aftercall/metadata/map/without-documented'
import { type ReadResult, readDocuments } from '@aftercall/metadata/read/read-documents'
import type { DocumentLimits } from '@aftercall/metadata/read/survey-document'
import type { FoundObject } from '@aftercall/storage/objects/fetch-object'
import { encodeSession, type StorableSession } from '@aftercall/warehouse/encode-session'
import type { AnnouncedObject } from '@aftercall/warehouse/ledger/ledger'
import type { Rejection } from '@aftercall/warehouse/ledger/rejections'
import { isNonEmpty, type Settlement } from '@aftercall/warehouse/load/settlement'
import { rejected, rejectionOf, withFetched } from '../settlements.ts'
import type { Source } from '../sources/find-source.ts'

/** The part of a source that mapping needs. */
export type MapSource = Pick<Source, 'name' | 'timeZone' | 'settings'>

export type MapLimits = DocumentLimits & { objectBytesMax: number }

/** A real document has a nesting of 6, some 1,500 values, and some 50 rows; these bounds stop a hostile one (I8). */
export const documentLimits: DocumentLimits = { depthMax: 64, valuesMax: 500_000, rowsMax: 50_000 }

/** Bytes → documents → rows. A document that makes our own code fail is kept, like any other that cannot be used. */
export function mapFetched(
  limits: MapLimits,
  source: MapSource,
  object: AnnouncedObject,
  fetched: FoundObject,
): Settlement {
  const { bytes } = fetched
  const found = withFetched(object, fetched)
  try {
    const reading = readDocuments({ key: fetched.key, bytes, bytesMax: limits.objectBytesMax })
    if (reading.kind === 'ignored') return { kind: 'ignored', object: found, code: reading.reason }
    if (reading.kind === 'unreadable') return rejected(found, { ...reading, content: bytes })
    return mapDocuments(limits, source, found, reading, fetched)
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown'
    return rejected(found, {
      code: 'mapping_defect',
      detail: `a defect in the mapping: ${name}`,
      content: bytes,
    })
  }
}

type Documents = ReadResult & { kind: 'documents' }

function mapDocuments(
  limits: MapLimits,
  source: MapSource,
  found: AnnouncedObject,
  reading: Documents,
  { bytes, lastModified }: FoundObject,
): Settlement {
  const { name, timeZone, settings } = source
  const context = { source: name, timeZone, objectLastModified: lastModified, limits, settings }
  const sessions: StorableSession[] = []
  const lineage = { bucket: found.bucket, objectKey: found.key }
  const unusable: Unusable[] = []
  for (const document of reading.documents) {
    const mapping = mapSession(document, context)
    if (mapping.kind === 'session') sessions.push(encodeSession(keptOf(mapping.session, settings), lineage))
    else unusable.push(mapping)
  }
  const [only] = reading.documents
  const contentSha256 = reading.documents.length === 1 ? only?.contentSha256 : undefined
  const object = { ...found, contentSha256 }
  const rejections = rejectionsOf(found, unusable, bytes)
  if (isNonEmpty(sessions)) {
    const keepsOriginal = reading.replacedValues > 0
    return { kind: 'documents', object, inLedger: true, sessions, rejections, content: bytes, keepsOriginal }
  }
  if (isNonEmpty(rejections)) return { kind: 'rejected', object, rejections }
  throw new TypeError('an object without documents was not ignored')
}

/** Drift is counted by the mapping, before this. */
export function keptOf(session: MappedSession, settings: MapSource['settings']): MappedSession {
  return settings?.extra === 'undocumented' ? withoutDocumented(session) : session
}

type Unusable = Mapping & { kind: 'unusable' }

/** One rejection for each code, which keeps the bytes once and names the first documents. */
function rejectionsOf(
  found: AnnouncedObject,
  unusable: readonly Unusable[],
  content: Uint8Array,
): Rejection[] {
  if (unusable.length === 0) return []
  const byCode = Map.groupBy(unusable, (one) => one.code)
  return [...byCode].map(([code, ofCode]) => {
    const named = ofCode.slice(0, 3).map((one) => one.detail)
    const more = ofCode.length > named.length ? `; and ${ofCode.length - named.length} more documents` : ''
    return rejectionOf(found, { code, detail: `${named.join('; ')}${more}`, content })
  })
}
