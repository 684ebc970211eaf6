import type { Row } from '../map/map-object.ts'
import type { ColumnValue } from '../tables/columns.ts'
import { columnIndex, type TableSpec } from '../tables/table-spec.ts'
import type { Key } from './find-row.ts'
import { compareMoments, momentOf } from './order-rows.ts'

/** The queue of the stay that an agent had begun last at a time. Null if there is none. */
export type StayFinder = (who: Key, at: Key) => ColumnValue

/** `whoColumn` names the agent or virtual agent of a stay. */
export function stayFinder(table: TableSpec, whoColumn: string, stays: readonly Row[]): StayFinder {
  const who = columnIndex(table, whoColumn)
  const startedAt = columnIndex(table, 'started_at')
  const menuPathId = columnIndex(table, 'menu_path_id')
  let byPerson: Map<Key, Row[]> | undefined
  return (person, at) => {
    const moment = momentOf(at)
    if (person === undefined || person === null || moment === undefined) return null
    byPerson ??= Map.groupBy(
      stays.toSorted((one, other) => compareMoments(momentOf(one[startedAt]), momentOf(other[startedAt]))),
      (row) => row[who],
    )
    const own = byPerson.get(person) ?? []
    return own[countUntil(own, startedAt, moment) - 1]?.[menuPathId] ?? null
  }
}

/** How many of the rows, which are in order of time, began at that moment or before. */
function countUntil(rows: readonly Row[], startedAt: number, moment: string | number): number {
  let from = 0
  let to = rows.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if (compareMoments(momentOf(rows[middle]?.[startedAt]), moment) <= 0) from = middle + 1
    else to = middle
  }
  return from
}
