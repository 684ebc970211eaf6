import type { DriftRow } from '@aftercall/warehouse/load/drift-recorder'

const jsonTypes = new Set(['string', 'number', 'boolean', 'object'])

/** A field without a column, a word with its column, or what is unusual about a field or the whole document. */
export function describeDrift({ path, type, vocabulary, word }: DriftRow): string {
  if (vocabulary !== null && word !== null) return `${path}: the word "${word}" is unknown to ${vocabulary}`
  if (path === '*') return type
  return vocabulary !== null || !jsonTypes.has(type) ? `${type} in ${path}` : `${path} (${type})`
}

/** The same in fewer words, for a list within a sentence. */
export function nameDrift({ path, type, word }: DriftRow): string {
  if (word !== null) return `the word "${word}" of ${path}`
  if (path === '*') return type
  return jsonTypes.has(type) ? path : `${type} in ${path}`
}
