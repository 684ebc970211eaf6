import type { LakeRow } from '@aftercall/warehouse/lake/lake-view'

export const partFormats = ['parquet', 'csv', 'ndjson'] as const
export type PartFormat = (typeof partFormats)[number]

/** Writes the rows of one day in one format. */
export type PartWriter = {
  /** Returns when as many rows are written as must be, so that few are held. */
  add(rows: readonly LakeRow[]): Promise<void>
  /** Writes the rest. Does not close the file. */
  finish(): Promise<void>
  /** The most rows that were ever held in memory at once. */
  heldMax(): number
}
