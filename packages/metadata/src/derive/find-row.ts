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

/** Finds the first row of an agent and a transfer, which is null or absent for the handling that a session begins with. */
export type PairFinder = (agent: Key, transfer: Key) => Row | undefined

export type PairColumns = { agent: number; transfer: number }

export function pairFinder(rows: readonly Row[], { agent, transfer }: PairColumns): PairFinder {
  if (rows.length <= searchedMax) {
    return (who, id) =>
      rows.find((row) => (row[agent] ?? null) === (who ?? null) && (row[transfer] ?? null) === (id ?? null))
  }
  const find = rowFinder(rows, (row) => pairKey(row[agent], row[transfer]))
  return (who, id) => find(pairKey(who, id))
}

function pairKey(agent: Key, transfer: Key): string {
  return `${agent ?? null}/${transfer ?? null}`
}
