import type { DriftRow } from '@aftercall/warehouse/drift-recorder'

/** What was seen: a field without a column, or a word with the column that it is in. */
export function tellDrift({ path, type, vocabulary, word }: DriftRow): string {
  if (vocabulary === null) return `${path} (${type})`
  return word === null ? `${path} (${type})` : `${path}: the word "${word}" is unknown to ${vocabulary}`
}
