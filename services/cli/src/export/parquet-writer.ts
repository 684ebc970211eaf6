import type { LakeColumn, LakeValue } from '@aftercall/warehouse/lake/lake-view'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { formatParquetSchema } from './parquet-schema.ts'
import type { PartWriter } from './part.ts'
import type { SpoolFile } from './spool-file.ts'

/** Rows of a row group, unless they are so wide that it would have more values than `groupValuesMax`. */
const groupRowsMax = 100_000
const groupValuesMax = 600_000

/** How many rows of a view make a row group, which is what the writer holds in memory. */
export function groupRowsOf(columns: readonly LakeColumn[]): number {
  return Math.min(groupRowsMax, Math.ceil(groupValuesMax / Math.max(1, columns.length)))
}

/** Holds the rows of one row group, column by column, and writes it to the file before it takes more. */
export function createParquetWriter(
  columns: readonly LakeColumn[],
  file: SpoolFile,
  groupRows: number = groupRowsOf(columns),
): PartWriter {
  const bytes = new ByteWriter()
  const flush = async (): Promise<void> => {
    // A copy: the writer uses its buffer again.
    const written = new Uint8Array(bytes.getBuffer())
    bytes.index = 0
    if (written.byteLength > 0) await file.append(written)
  }
  const writer = new ParquetWriter({
    writer: Object.assign(bytes, { flush, finish: flush }),
    schema: formatParquetSchema(columns),
    createdBy: 'aftercall',
  })
  let held: LakeValue[][] = columns.map(() => [])
  let heldRows = 0
  let heldMax = 0

  async function writeGroup(): Promise<void> {
    if (heldRows === 0) return
    const columnData = columns.map(({ name }, index) => ({ name, data: held[index] ?? [] }))
    await writer.write({ columnData, rowGroupSize: heldRows })
    held = columns.map(() => [])
    heldRows = 0
  }

  return {
    async add(rows) {
      for (const row of rows) {
        for (const [index, values] of held.entries()) values.push(row[index] ?? null)
        heldRows += 1
        heldMax = Math.max(heldMax, heldRows)
        if (heldRows >= groupRows) await writeGroup()
      }
    },
    async finish() {
      await writeGroup()
      await writer.finish()
    },
    heldMax: () => heldMax,
  }
}
