import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { S3Client } from '@aws-sdk/client-s3'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { putObject } from '../../src/objects/fetch-object.ts'
import { encodeFormKey } from '../../src/objects/object-key.ts'

/** A row by the column names of a CSV report. Missing fields are empty. */
export type Row = {
  Key: string
  VersionId?: string
  IsLatest?: boolean
  IsDeleteMarker?: boolean
  Size?: number
  LastModifiedDate?: Date
  ETag?: string
  StorageClass?: string
}

export type Column = 'Bucket' | keyof Row

export type Format = 'CSV' | 'Parquet'

export const sourceBucket = 'sessions'

export const allColumns: Column[] = [
  'Bucket',
  'Key',
  'VersionId',
  'IsLatest',
  'IsDeleteMarker',
  'Size',
  'LastModifiedDate',
  'ETag',
  'StorageClass',
]

const parquetColumns = {
  Bucket: ['bucket', 'STRING'],
  Key: ['key', 'STRING'],
  VersionId: ['version_id', 'STRING'],
  IsLatest: ['is_latest', 'BOOLEAN'],
  IsDeleteMarker: ['is_delete_marker', 'BOOLEAN'],
  Size: ['size', 'INT64'],
  LastModifiedDate: ['last_modified_date', 'TIMESTAMP'],
  ETag: ['e_tag', 'STRING'],
  StorageClass: ['storage_class', 'STRING'],
} as const

export function writeFile(format: Format, rows: Row[], columns: Column[] = allColumns): Buffer {
  return format === 'CSV' ? writeCsv(rows, columns) : writeParquet(rows, columns)
}

/** Like S3: every field quoted, keys encoded, no header. */
function writeCsv(rows: Row[], columns: Column[]): Buffer {
  const lines = rows.map((row) => columns.map((column) => `"${csvField(row, column)}"`).join(','))
  return gzipSync(lines.map((line) => `${line}\n`).join(''), { level: 1 })
}

function csvField(row: Row, column: Column): string {
  const value = cellOf(row, column)
  if (column === 'Key') return encodeFormKey(row.Key)
  return value instanceof Date ? value.toISOString() : String(value ?? '').replaceAll('"', '""')
}

export function writeParquet(
  rows: Row[],
  columns: Column[] = allColumns,
  options: { rowGroupSize?: number; codec?: 'SNAPPY' | 'UNCOMPRESSED'; offsetIndex?: boolean } = {},
): Buffer {
  const { rowGroupSize = 500, codec = 'SNAPPY', offsetIndex = true } = options
  const bytes = parquetWriteBuffer({
    codec,
    rowGroupSize,
    columnData: columns.map((column) => {
      const [name, type] = parquetColumns[column]
      const data = rows.map((row) => parquetValue(cellOf(row, column)))
      return { name, type, data, offsetIndex, nullable: column !== 'Bucket' && column !== 'Key' }
    }),
  })
  return Buffer.from(bytes)
}

function parquetValue(value: string | boolean | number | Date | undefined): unknown {
  return typeof value === 'number' ? BigInt(value) : value
}

function cellOf(row: Row, column: Column): string | boolean | number | Date | undefined {
  return column === 'Bucket' ? sourceBucket : row[column]
}

export function writeFileSchema(format: Format, columns: Column[]): string {
  if (format === 'CSV') return columns.join(', ')
  const types = { STRING: 'binary', BOOLEAN: 'boolean', INT64: 'int64', TIMESTAMP: 'int64' }
  const notes = { STRING: ' (STRING)', BOOLEAN: '', INT64: '', TIMESTAMP: ' (TIMESTAMP(MILLIS,true))' }
  const fields = columns.map((column) => {
    const [name, type] = parquetColumns[column]
    const presence = column === 'Bucket' || column === 'Key' ? 'required' : 'optional'
    return `  ${presence} ${types[type]} ${name}${notes[type]};`
  })
  return `message s3.inventory {${fields.join('')}}`
}

export type Report = {
  bucket: string
  format: Format
  columns?: Column[]
  files: Buffer[]
  /** Replaces fields of the manifest before its checksum is computed. */
  manifest?: Record<string, unknown>
}

/** Puts a whole report into a bucket, and returns the address of its manifest. */
export async function publishReport(s3: S3Client, report: Report): Promise<string> {
  const { bucket, format, columns = allColumns, files } = report
  const folder = `inventory/${sourceBucket}/daily`
  const extension = format === 'CSV' ? 'csv.gz' : 'parquet'
  const entries = files.map((bytes, place) => ({
    key: `${folder}/data/${place}.${extension}`,
    size: bytes.byteLength,
    MD5checksum: md5(bytes),
  }))
  const manifest = JSON.stringify({
    sourceBucket,
    destinationBucket: `arn:aws:s3:::${bucket}`,
    version: '2016-11-30',
    creationTimestamp: '1514944800000',
    fileFormat: format,
    fileSchema: writeFileSchema(format, columns),
    files: entries,
    ...report.manifest,
  })
  const key = `${folder}/2018-01-03T02-00Z/manifest.json`
  await Promise.all([
    ...files.map((bytes, place) => putObject(s3, { bucket, key: entries[place]?.key ?? '', bytes })),
    putObject(s3, { bucket, key, bytes: Buffer.from(manifest) }),
    putObject(s3, {
      bucket,
      key: key.replace('.json', '.checksum'),
      bytes: Buffer.from(`${md5(Buffer.from(manifest))}\n`),
    }),
  ])
  return `s3://${bucket}/${key}`
}

export function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}
