import type { LakeColumn, LakeValue } from '@aftercall/warehouse/lake/lake-view'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { formatParquetSchema } from './parquet-schema.ts'
import type { PartWriter } from './part.ts'
import type { SpoolFile } from './spool-file.ts'

/** A row group ends with the row by which its values take this much. */
const groupBytesMax = 8 * 1_024 * 1_024
/** What a value takes beside its text: its place in the column, and itself. */
const bytesPerValue = 32
/** Of the longest Unicode text, in V8. */
const bytesPerCharacter = 2

/** About the memory that a value takes until its row group is written. */
function bytesOf(value: LakeValue): number {
  if (typeof value === 'string') return bytesPerValue + bytesPerCharacter * value.length
  if (!Array.isArray(value)) return bytesPerValue
  return value.reduce<number>((sum, element) => sum + bytesOf(element), bytesPerValue)
}

/**
 * Holds the rows of one row group, column by column, and writes it to the file before it takes more. Memory does not depend on
 * how many rows there are, how many columns they have, or how long their texts are.
 */
export function createParquetWriter(
  columns: readonly LakeColumn[],
  file: SpoolFile,
  bytesMax: number = groupBytesMax,
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
  let heldBytes = 0
  let heldMax = 0

  async function writeGroup(): Promise<void> {
    if (heldRows === 0) return
    const columnData = columns.map(({ name }, index) => ({ name, data: held[index] ?? [] }))
    await writer.write({ columnData, rowGroupSize: heldRows })
    held = columns.map(() => [])
    heldRows = 0
    heldBytes = 0
  }

  return {
    async add(rows) {
      for (const row of rows) {
        for (const [index, values] of held.entries()) {
          const value = row[index] ?? null
          values.push(value)
          heldBytes += bytesOf(value)
        }
        heldRows += 1
        heldMax = Math.max(heldMax, heldRows)
        if (heldBytes >= bytesMax) await writeGroup()
      }
    },
    async finish() {
      await writeGroup()
      await writer.finish()
    },
    heldMax: () => heldMax,
  }
}
