import type { FileMetaData } from 'hyparquet'
import type { ParquetChunk } from './check-parquet-pages.ts'
import { ParquetBoundError } from './inventory-error.ts'

/** The byte range of one column in one row group. */
export type ParquetRange = ParquetChunk & { start: number; end: number }

/** S3's row groups have about 100,000 rows. */
const groupRowsMax = 2_000_000
/** The default size of a row group with all of its columns. */
const groupBytesMax = 134_217_728

/** The ranges of these columns, by `rangeKey`. No other range may be read. */
export function parquetChunks(
  { schema, row_groups }: FileMetaData,
  names: readonly string[],
  sizeBytes: number,
): ReadonlyMap<string, ParquetRange> {
  if (schema.slice(1).some(({ num_children }) => (num_children ?? 0) > 0)) {
    throw new ParquetBoundError('nested columns')
  }
  const elements = new Map(schema.slice(1).map((element) => [element.name, element]))
  const ranges = new Map<string, ParquetRange>()
  for (const group of row_groups) {
    const rows = Number(group.num_rows)
    if (rows < 0 || rows > groupRowsMax) throw new ParquetBoundError(`a row group of ${rows} rows`)
    let bytes = 0
    for (const { meta_data: found } of group.columns) {
      const element = elements.get(found?.path_in_schema.join('.') ?? '')
      if (found === undefined || element === undefined || !names.includes(element.name)) continue
      const start = Number(found.dictionary_page_offset || found.data_page_offset)
      const end = start + Number(found.total_compressed_size)
      if (start < 0 || end <= start || end > sizeBytes)
        throw new ParquetBoundError('a column outside the file')
      bytes += end - start
      if (element.repetition_type === 'REPEATED')
        throw new ParquetBoundError('a list where one value belongs')
      const isOptional = element.repetition_type === 'OPTIONAL'
      const isBoolean = element.type === 'BOOLEAN'
      ranges.set(rangeKey(start, end), {
        start,
        end,
        rows,
        isSnappy: found.codec === 'SNAPPY',
        isOptional,
        isBoolean,
      })
    }
    if (bytes > groupBytesMax) throw new ParquetBoundError(`a row group of ${bytes} bytes`)
  }
  return ranges
}

export function rangeKey(start: number, end: number): string {
  return `${start}-${end}`
}
