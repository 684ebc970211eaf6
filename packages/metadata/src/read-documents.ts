import { isUtf8 } from 'node:buffer'
import { hash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { type Channel, classifyDocument, type IgnoredReason } from './classify-document.ts'
import { channelOfKey, isPlaceholderKey, isTextTranscriptKey } from './object-key.ts'
import { type JsonObject, parseJson } from './parse-json.ts'

/** One session document of an object. */
export type SessionDocument = {
  channel: Channel
  document: JsonObject
  /** Place in the object: `$`, or `$[3]` for an element of an array. */
  path: string
  /** Lower-case hex; of the decompressed object, or of the element when the object holds several. */
  contentSha256: string
  text: JsonText
}

/** A document as JSON text that Postgres can store: the object's own bytes (UTF-8) where they are that. */
export type JsonText = string | Uint8Array

export type UnreadableCode =
  | 'empty_object'
  | 'not_json'
  | 'gzip_broken'
  | 'decompressed_too_large'
  | 'too_many_documents'
  | 'document_too_deep'

/** Documents in one object at the most. The platform writes one; an export for a support case, some hundreds. */
const documentsMax = 5_000

export type Reading =
  | { kind: 'documents'; documents: SessionDocument[]; ignored: number; replacedValues: number }
  | { kind: 'ignored'; reason: IgnoredReason }
  | { kind: 'unreadable'; code: UnreadableCode; detail: string }

/**
 * Object bytes → session documents. Accepts `.json` and `.txt` content alike, gzip (by content),
 * a byte order mark, one document, a wrapped one, or an array of them (contract, section g, rules 4 and 5).
 * Never throws. `bytesMax` bounds the decompressed size (I8).
 */
export function readDocuments(object: { key: string; bytes: Uint8Array; bytesMax: number }): Reading {
  const plain = decompress(object.bytes, object.bytesMax)
  if (plain.kind !== 'plain') return plain
  const text = decode(plain.bytes)
  // Bytes that are no UTF-8 became U+FFFD on the way.
  const replacedBytes = isUtf8(plain.bytes) ? 0 : text.split('\uFFFD').length - 1
  if (text.trim() === '') {
    if (object.bytes.byteLength === 0 && isPlaceholderKey(object.key))
      return { kind: 'ignored', reason: 'placeholder' }
    return { kind: 'unreadable', code: 'empty_object', detail: 'the object is empty' }
  }
  const json = parseJson(text)
  if (json.kind === 'not-json') {
    if (isTextTranscriptKey(object.key)) return { kind: 'ignored', reason: 'transcript' }
    const place = json.position === null ? '' : `, broken at character ${json.position} of ${text.length}`
    return { kind: 'unreadable', code: 'not_json', detail: `not JSON${place}` }
  }
  const keyChannel = channelOfKey(object.key)
  const replacedValues = json.replacedValues + replacedBytes
  if (!Array.isArray(json.value)) {
    const found = classifyDocument(json.value, keyChannel)
    if (found.kind === 'ignored') return found
    const { channel, document } = found
    const isAsSent = replacedValues === 0 && !hasByteOrderMark(plain.bytes)
    const written = json.replacedValues === 0 ? text : (writeJson(json.value) ?? text)
    const storable = isAsSent ? plain.bytes : written
    const only = { channel, document, path: '$', contentSha256: sha256(plain.bytes), text: storable }
    return { kind: 'documents', documents: [only], ignored: 0, replacedValues }
  }
  return readArray(json.value, keyChannel, replacedValues)
}

function readArray(values: unknown[], keyChannel: Channel | null, replacedValues: number): Reading {
  if (values.length > documentsMax) {
    const detail = `${values.length} documents in one object, more than ${documentsMax}`
    return { kind: 'unreadable', code: 'too_many_documents', detail }
  }
  const documents: SessionDocument[] = []
  let firstReason: IgnoredReason | undefined
  let tooDeep: number | undefined
  values.forEach((value, position) => {
    const found = classifyDocument(value, keyChannel)
    if (found.kind === 'ignored') {
      firstReason ??= found.reason
      return
    }
    const text = writeJson(found.document)
    const { channel, document } = found
    if (text === undefined) tooDeep ??= position
    else documents.push({ channel, document, path: `$[${position}]`, contentSha256: sha256(text), text })
  })
  if (tooDeep !== undefined) {
    return { kind: 'unreadable', code: 'document_too_deep', detail: `$[${tooDeep}]: nested too deeply` }
  }
  if (documents.length === 0) return { kind: 'ignored', reason: firstReason ?? 'empty_document' }
  return { kind: 'documents', documents, ignored: values.length - documents.length, replacedValues }
}

type Plain = { kind: 'plain'; bytes: Uint8Array } | (Reading & { kind: 'unreadable' })

function decompress(bytes: Uint8Array, bytesMax: number): Plain {
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b
  if (!gzipped) return { kind: 'plain', bytes }
  try {
    return { kind: 'plain', bytes: gunzipSync(bytes, { maxOutputLength: bytesMax }) }
  } catch (error) {
    const tooLarge = error instanceof RangeError
    return tooLarge
      ? {
          kind: 'unreadable',
          code: 'decompressed_too_large',
          detail: `more than ${bytesMax} bytes when decompressed`,
        }
      : { kind: 'unreadable', code: 'gzip_broken', detail: 'gzip content that cannot be decompressed' }
  }
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

function decode(bytes: Uint8Array): string {
  const start = hasByteOrderMark(bytes) ? 3 : 0
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start).toString('utf8')
}

/** Undefined for nesting that is deeper than the stack: `JSON.parse` has no such limit, `JSON.stringify` has. */
function writeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function sha256(content: Uint8Array | string): string {
  return hash('sha256', content)
}
