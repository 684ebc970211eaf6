import type { InventoryColumn } from './inventory-columns.ts'

/** Consecutive rows of a file, at most `rowsPerPage`. */
export type RowBatch = {
  count: number
  /** `row` counts from 0 within the batch. */
  valueAt(row: number, column: InventoryColumn): unknown
}

/** The same as a page of a bucket's listing. */
export const rowsPerPage = 1_000
