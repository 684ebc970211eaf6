import { isUtf8 } from 'node:buffer'
import { hash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { classifyDocument, type IgnoredReason } from './classify-document.ts'
import { holdsMoreValues } from './count-values.ts'
import { isPlaceholderKey, isTextTranscriptKey } from './object-key.ts'
import { type JsonObject, parseJson } from './parse-json.ts'
import type { Channel } from './session-type.ts'

/** One session document of an object. */
export type SessionDocument = {
  channel: Channel
  document: JsonObject
  /** Path in the object: `$`, or `$[3]` for an element of an array. */
  path: string
  /** Lower-case hex, of the decompressed object, or of the element if the object has several. */
  contentSha256: string
  text: JsonText
}

/** A document as JSON text that Postgres can store: the object's own bytes (UTF-8) if possible. */
export type JsonText = string | Uint8Array

export type UnreadableCode =
  | 'empty_object'
  | 'not_json'
  | 'gzip_broken'
  | 'decompressed_too_large'
  | 'too_many_documents'
  | 'document_too_deep'
  | 'document_too_costly'

/** The most values in one object. The memory for parsing grows with the values, not the bytes: an empty object takes 60 bytes. */
export const objectValuesMax = 2_000_000

/** The most documents in one object. The platform writes one. An export for a support case has some hundreds. */
const documentsMax = 5_000

export type ReadResult =
  | { kind: 'documents'; documents: SessionDocument[]; ignored: number; replacedValues: number }
  | { kind: 'ignored'; reason: IgnoredReason }
  | { kind: 'unreadable'; code: UnreadableCode; detail: string }

/**
 * Object bytes → session documents. Accepts `.json` and `.txt` content alike, gzip (by content),
 * a byte order mark, one document, a wrapped one, or an array of them (contract, section g, rules 4 and 5).
 * Never throws. `bytesMax` bounds the decompressed size (I8).
 */
export function readDocuments(object: { key: string; bytes: Uint8Array; bytesMax: number }): ReadResult {
  const plain = decompress(object.bytes, object.bytesMax)
  if (plain.kind !== 'plain') return plain
  const text = decode(plain.bytes)
  // Bytes that are not UTF-8 became U+FFFD.
  const replacedBytes = isUtf8(plain.bytes) ? 0 : countOf('\uFFFD', text)
  if (text.trim() === '') {
    if (object.bytes.byteLength === 0 && isPlaceholderKey(object.key))
      return { kind: 'ignored', reason: 'placeholder' }
    return { kind: 'unreadable', code: 'empty_object', detail: 'the object is empty' }
  }
  if (holdsMoreValues(text, objectValuesMax)) {
    const detail = `more than ${objectValuesMax} values in one object`
    return { kind: 'unreadable', code: 'document_too_costly', detail }
  }
  const json = parseJson(text)
  if (json.kind === 'not-json') {
    if (isTextTranscriptKey(object.key)) return { kind: 'ignored', reason: 'transcript' }
    return { kind: 'unreadable', code: 'not_json', detail: `not JSON${describeBreak(text, json.position)}` }
  }
  const replacedValues = json.replacedValues + replacedBytes
  if (!Array.isArray(json.value)) {
    const found = classifyDocument(json.value, object.key)
    if (found.kind === 'ignored') return found
    const { channel, document } = found
    const isAsSent = replacedValues === 0 && !hasByteOrderMark(plain.bytes)
    const written = json.replacedValues === 0 ? text : (writeJson(json.value) ?? text)
    const storable = isAsSent ? plain.bytes : written
    const only = { channel, document, path: '$', contentSha256: sha256(plain.bytes), text: storable }
    return { kind: 'documents', documents: [only], ignored: 0, replacedValues }
  }
  return readArray(json.value, object.key, replacedValues)
}

/** The position as in editors, from 1. The text at the position may be personal data. */
function describeBreak(text: string, position: number | null): string {
  if (position === null) return ''
  if (text.slice(position).trim() === '') {
    const end = text.trimEnd()
    const characters = end.length === 1 ? '1 character' : `${end.length.toLocaleString('en-US')} characters`
    return `: the file ends too early, after ${characters} (line ${countOf('\n', end) + 1})`
  }
  const lines = text.slice(0, position).split('\n')
  const column = (lines.at(-1)?.length ?? 0) + 1
  return `, broken at character ${position + 1} of ${text.length} (line ${lines.length}, column ${column})`
}

function readArray(values: unknown[], objectKey: string, replacedValues: number): ReadResult {
  if (values.length > documentsMax) {
    const detail = `${values.length} documents in one object, more than ${documentsMax}`
    return { kind: 'unreadable', code: 'too_many_documents', detail }
  }
  const documents: SessionDocument[] = []
  let firstReason: IgnoredReason | undefined
  let tooDeep: number | undefined
  values.forEach((value, position) => {
    const found = classifyDocument(value, objectKey)
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

type Plain = { kind: 'plain'; bytes: Uint8Array } | (ReadResult & { kind: 'unreadable' })

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

function countOf(character: string, text: string): number {
  let count = 0
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count += 1
  return count
}

/** Undefined if the nesting is deeper than the stack: `JSON.stringify` has this limit, `JSON.parse` does not. */
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
