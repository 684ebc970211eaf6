import type { LakeView } from '@aftercall/warehouse/lake/lake-view'
import { createLineWriter } from './line-writer.ts'
import { createParquetWriter } from './parquet-writer.ts'
import type { PartFormat, PartWriter } from './part.ts'
import type { SpoolFile } from './spool-file.ts'
import { formatCsvHeader, formatCsvRow, formatJsonRow } from './text-rows.ts'

export function createPartWriter(format: PartFormat, { columns }: LakeView, file: SpoolFile): PartWriter {
  switch (format) {
    case 'parquet':
      return createParquetWriter(columns, file)
    case 'csv':
      return createLineWriter(file, (row) => formatCsvRow(row, columns), formatCsvHeader(columns))
    case 'ndjson':
      return createLineWriter(file, (row) => formatJsonRow(row, columns))
  }
}
