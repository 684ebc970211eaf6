import { type MappedSession, mapSession } from '@aftercall/metadata/map/map-session'
import { readDocuments } from '@aftercall/metadata/read/read-documents'
import { type MixFile, sources } from '../mix/mix.ts'

const limits = { depthMax: 64, valuesMax: 500_000, rowsMax: 50_000 }
const bytesMax = 8_388_608

/** Bytes → document → rows, as in the worker. */
export function mapFile(file: MixFile, bytes: Uint8Array): MappedSession {
  const reading = readDocuments({ key: file.key, bytes, bytesMax })
  const document = reading.kind === 'documents' ? reading.documents[0] : undefined
  const source = sources.find(({ prefix }) => file.key.startsWith(prefix))
  if (document === undefined || source === undefined) throw new Error(`${file.key} has no session`)
  const { name, timeZone } = source
  const mapping = mapSession(document, {
    source: name,
    timeZone,
    objectLastModified: file.lastModified,
    limits,
  })
  if (mapping.kind !== 'session') throw new Error(mapping.detail)
  return mapping.session
}
