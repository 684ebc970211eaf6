import type { KeyObject } from 'node:crypto'
import { internationalNumber, isHiddenNumber } from '../identity/international-number.ts'
import { keyedHash } from '../identity/keyed-hash.ts'
import { keyVersionOf } from '../identity/mapping-settings.ts'

/** What a digest stands for. `person`: what a person was named by, in the record of the erasure. */
export type ErasedKind =
  | 'customer'
  | 'contact'
  | 'agent'
  | 'session'
  | 'key'
  | 'object'
  | 'content'
  | 'person'

/** What was erased, or may have been. The value is an id, a contact in its normal form, a session's key, and so on. */
export type ErasedValue = { kind: ErasedKind; source: string; value: string }

/** In hex, of 64 digits. Without the identity key, a number cannot be found by trying all (docs/adr/0034-keys-in-place-of-persons.md). */
export function erasureDigest(key: KeyObject, { kind, source, value }: ErasedValue): string {
  return keyedHash(key)(`erased\x1f${kind}\x1f${source}\x1f${value}`)
}

/** Stands for the key in the database: digests of another key never match. */
export function erasureKeyVersion(identityKey: KeyObject): number {
  return keyVersionOf({ identityKey, customDataKeys: [], extra: 'all' }) ?? 0
}

/**
 * A number, address, or identifier in the form that all of its spellings have: E.164, else in lower case without blanks
 * around it. Undefined for what many people share: short texts, words such as `anonymous`, and hidden numbers.
 */
export function normalContact(text: string): string | undefined {
  const trimmed = text.trim()
  if (trimmed.length < contactLengthMin || !/[\d@]/.test(trimmed) || isHiddenNumber(trimmed)) return undefined
  return internationalNumber(trimmed) ?? trimmed.toLowerCase()
}

const contactLengthMin = 5

export function sessionValue(channel: string, sessionId: string): string {
  return `${channel}/${sessionId}`
}

export function objectValue(bucket: string, key: string): string {
  return `${bucket}\x1f${key}`
}

/** In place of a key that named a person. No prefix of a source begins like this. */
export const erasedKeyPrefix = 'aftercall-erased:'

export function erasedKeyOf(digest: string): string {
  return `${erasedKeyPrefix}${digest.slice(0, 32)}`
}
