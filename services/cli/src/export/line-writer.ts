import type { LakeRow } from '@aftercall/warehouse/lake/lake-view'
import type { PartWriter } from './part.ts'
import type { SpoolFile } from './spool-file.ts'

/** One line for each row. Holds one page of rows at a time. */
export function createLineWriter(
  file: SpoolFile,
  format: (row: LakeRow) => string,
  header?: string,
): PartWriter {
  let heldMax = 0
  let before = header === undefined ? '' : `${header}\n`
  return {
    async add(rows) {
      heldMax = Math.max(heldMax, rows.length)
      await file.append(Buffer.from(before + rows.map((row) => `${format(row)}\n`).join('')))
      before = ''
    },
    async finish() {},
    heldMax: () => heldMax,
  }
}
