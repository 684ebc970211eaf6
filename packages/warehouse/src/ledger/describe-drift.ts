import type { DriftRow } from '../load/drift-recorder.ts'

const jsonTypes = new Set(['string', 'number', 'boolean', 'object'])

/** A field without a column, a word with its column, or what is odd about a field or the whole document. */
export function describeDrift({ path, type, vocabulary, word }: DriftRow): string {
  if (vocabulary !== null && word !== null) return `${path}: the word "${word}" is unknown to ${vocabulary}`
  if (path === '*') return type
  return vocabulary !== null || !jsonTypes.has(type) ? `${type} in ${path}` : `${path} (${type})`
}
