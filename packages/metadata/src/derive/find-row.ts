import type { Row } from '../map/map-object.ts'
import type { ColumnValue } from '../tables/columns.ts'

export type Key = ColumnValue | undefined

/** Finds the first row with a key. */
export type RowFinder = (key: Key) => Row | undefined

const searchedMax = 8

/**
 * Most arrays have a few rows, which are searched. For more, an index is made once: a document may have thousands, and
 * searching them for each other would take minutes (I8).
 */
export function rowFinder(rows: readonly Row[], keyOf: (row: Row) => Key): RowFinder {
  if (rows.length <= searchedMax) return (key) => rows.find((row) => keyOf(row) === key)
  let byKey: Map<Key, Row> | undefined
  return (key) => {
    byKey ??= indexRows(rows, keyOf)
    return byKey.get(key)
  }
}

function indexRows(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row> {
  const byKey = new Map<Key, Row>()
  for (const row of rows) {
    const key = keyOf(row)
    if (!byKey.has(key)) byKey.set(key, row)
  }
  return byKey
}
