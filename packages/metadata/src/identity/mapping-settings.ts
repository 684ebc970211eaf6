import { hash, type KeyObject } from 'node:crypto'
import { keyedHash } from './keyed-hash.ts'

/** What the configuration decides about rows. A change makes stored rows differ from those of new documents. */
export type MappingSettings = {
  /** Makes `customer_key` and `contact_key`. Without it they are null. */
  identityKey: KeyObject | undefined
  /** Keys of custom data that `session.custom` holds. */
  customDataKeys: readonly string[]
  /** Which fields without a column stay in `extra`: all, or those that the data contract does not document. */
  extra: 'all' | 'undocumented'
}

export const noSettings: MappingSettings = { identityKey: undefined, customDataKeys: [], extra: 'all' }

/**
 * Stands for an identity key: two keys have different versions, and a version tells nothing of the key. Null without one.
 * (docs/adr/0034-keys-in-place-of-persons.md)
 */
export function keyVersionOf({ identityKey }: MappingSettings): number | null {
  if (identityKey === undefined) return null
  const known = versions.get(identityKey)
  if (known !== undefined) return known
  const version = Number.parseInt(keyedHash(identityKey)('key version').slice(0, 8), 16) >>> 1
  versions.set(identityKey, version)
  return version
}

const versions = new WeakMap<KeyObject, number>()

/** Stands for all settings, as the head of a session keeps it: a replay maps a document again when it changes. */
export function settingsVersionOf(settings: MappingSettings): number {
  const known = settingsVersions.get(settings)
  if (known !== undefined) return known
  const text = JSON.stringify([keyVersionOf(settings), settings.customDataKeys.toSorted(), settings.extra])
  const version = Number.parseInt(hash('sha256', text).slice(0, 8), 16) >>> 1
  settingsVersions.set(settings, version)
  return version
}

const settingsVersions = new WeakMap<MappingSettings, number>()
