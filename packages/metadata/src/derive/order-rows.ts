import type { Row } from '../map/map-object.ts'
import type { ColumnValue } from '../tables/columns.ts'
import { columnIndex, type TableSpec } from '../tables/table-spec.ts'
import { instantOfMoment, type Moment } from '../times/times.ts'

/** The columns that a table's rows are ordered by. */
export type Order = { time: number; id: number }

export function orderBy(table: TableSpec, time: string, id: string): Order {
  return { time: columnIndex(table, time), id: columnIndex(table, id) }
}

/** The rows by time, then by id. Rows without a time come last. Most arrays are in order, and are not copied. */
export function inOrder(rows: readonly Row[], order: Order): readonly Row[] {
  for (let index = 1; index < rows.length; index += 1) {
    const [before, row] = [rows[index - 1] ?? [], rows[index] ?? []]
    if (compareRows(before, row, order) > 0) {
      return rows.toSorted((one, other) => compareRows(one, other, order))
    }
  }
  return rows
}

function compareRows(one: Row, other: Row, { time, id }: Order): number {
  return compareMoments(momentOf(one[time]), momentOf(other[time])) || compareIds(one[id], other[id])
}

/** A time that is missing is later than any other. */
export function compareMoments(one: Moment | undefined, other: Moment | undefined): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined)
  return compareTexts(instantOfMoment(one), instantOfMoment(other))
}

/** The latest of a column's times. */
export function latestOf(rows: readonly Row[], time: number): Moment | undefined {
  let latest: Moment | undefined
  for (const row of rows) {
    const moment = momentOf(row[time])
    if (moment !== undefined && (latest === undefined || compareMoments(moment, latest) > 0)) latest = moment
  }
  return latest
}

export function momentOf(value: ColumnValue | undefined): Moment | undefined {
  return typeof value === 'number' || typeof value === 'string' ? value : undefined
}

/** An id is a number, or text if a double cannot hold it. */
function compareIds(one: ColumnValue | undefined, other: ColumnValue | undefined): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  const difference = idOf(one) - idOf(other)
  return difference === 0n ? 0 : difference < 0n ? -1 : 1
}

function idOf(value: ColumnValue | undefined): bigint {
  return typeof value === 'number' || typeof value === 'string' ? BigInt(value) : 0n
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
