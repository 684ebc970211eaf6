import type { Day } from '@aftercall/warehouse/lake/read-day'
import { z } from 'zod'
import type { ColumnSum } from './column-sums.ts'
import { type PartFormat, partFormats } from './part.ts'

/** What a day has, for readers that check what they read. Written after the part that it names. */
export type Manifest = {
  version: 1
  view: string
  source: string
  local_day: string
  format: PartFormat
  written_at: string
  rows: number
  /** Empty for a day without rows. */
  files: { name: string; rows: number; bytes: number; sha256: string }[]
  columns: ColumnSum[]
}

/** Hive's layout, which every engine prunes by: a bound on source or local_day reads only the folders that match. */
export function folderOf({ view, source, localDay }: Day): string {
  return `view=${view.name}/source=${source}/local_day=${localDay}`
}

/**
 * One file a day, always of the same name: replacing it is one step for every reader, also for one that lists the folder and
 * reads no manifest (ADR 42).
 */
export function partNameOf(format: PartFormat): string {
  return `part.${format}`
}

/** Engines leave out files that begin with `_`. */
export const manifestName = '_manifest.json'

const written = z.object({ format: z.enum(partFormats), rows: z.int().nonnegative() })

/** The format of the day that a manifest is about; undefined if there is none, or none that we can read. */
export function readFormat(text: string | undefined): PartFormat | undefined {
  return parse(text)?.format
}

/** The rows of the day; 0 if there is no manifest, or none that we can read. */
export function readRows(text: string | undefined): number {
  return parse(text)?.rows ?? 0
}

function parse(text: string | undefined): z.infer<typeof written> | undefined {
  if (text === undefined) return undefined
  try {
    return written.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
