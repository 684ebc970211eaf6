import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Config } from '@aftercall/runtime/config/config'
import { DocumentKeyError } from './document-key-error.ts'
import { decryptBytes, encryptBytes } from './encrypt-bytes.ts'

/** The customer's keys. They wrap data keys and encrypt nothing else. */
export type DocumentKeys = {
  /** Wraps new data keys; the others only unwrap. */
  currentId: string
  byId: ReadonlyMap<string, Buffer>
}

export type KeyPlace = {
  /** Empty for messages that name no source. */
  source: string
  /** `2026-03`, UTC. */
  month: string
}

const keyBytes = 32

/**
 * The configured keys, those of files read now; undefined if encryption is off.
 * @throws DocumentKeyError `document_key_unreadable`
 */
export function readDocumentKeys({ keys }: Config['encryption']): DocumentKeys | undefined {
  const [current] = keys
  if (current === undefined) return undefined
  return { currentId: current.id, byId: new Map(keys.map((one) => [one.id, bytesOf(one)])) }
}

function bytesOf({ id, key }: Config['encryption']['keys'][number]): Buffer {
  if (!key.startsWith('file:')) return Buffer.from(key, 'base64')
  const path = key.slice('file:'.length)
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw unreadable(id, `the file ${path} cannot be read`, error)
  }
  const bytes = Buffer.from(text, 'base64')
  if (bytes.byteLength === keyBytes) return bytes
  throw unreadable(
    id,
    `the file ${path} does not hold 32 bytes in base64; make them with: openssl rand -base64 32`,
  )
}

function unreadable(id: string, problem: string, cause?: unknown): DocumentKeyError {
  return new DocumentKeyError(
    'document_key_unreadable',
    `the key "${id}" of encryption.keys: ${problem}`,
    cause,
  )
}

/** A new data key, and the same encrypted by the current key. */
export function makeDataKey(keys: DocumentKeys, place: KeyPlace): { key: Buffer; wrapped: Buffer } {
  const key = randomBytes(keyBytes)
  return { key, wrapped: wrapDataKey(keys, place, key) }
}

export function wrapDataKey({ currentId, byId }: DocumentKeys, place: KeyPlace, dataKey: Uint8Array): Buffer {
  const wrapping = byId.get(currentId)
  if (wrapping === undefined) throw new TypeError('the current key is not one of the keys')
  return encryptBytes(wrapping, nameOf(place), dataKey)
}

/** @throws DocumentKeyError `document_key_missing` or `document_key_wrong` */
export function unwrapDataKey(
  keys: DocumentKeys | undefined,
  { keyId, place, wrapped }: { keyId: string; place: KeyPlace; wrapped: Buffer },
): Buffer {
  const wrapping = keys?.byId.get(keyId)
  if (wrapping === undefined) {
    const advice = 'add it again, or accept that what it encrypts cannot be read'
    throw new DocumentKeyError('document_key_missing', `encryption.keys has no key "${keyId}": ${advice}`)
  }
  try {
    return decryptBytes(wrapping, nameOf(place), wrapped)
  } catch (error) {
    const found = `the key "${keyId}" of encryption.keys is not the one that encrypted the data key of ${place.source} ${place.month}`
    throw new DocumentKeyError(
      'document_key_wrong',
      `${found}: give each key an id of its own, and never change it`,
      error,
    )
  }
}

/** A wrapped key works for its own place alone. */
function nameOf({ source, month }: KeyPlace): Buffer {
  return Buffer.from(JSON.stringify(['data key', source, month]))
}
