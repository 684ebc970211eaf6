/** The columns that we read, named as in CSV reports. Parquet reports have `last_modified_date` or `e_tag`. */
export const inventoryColumns = [
  'Key',
  'VersionId',
  'IsLatest',
  'IsDeleteMarker',
  'Size',
  'LastModifiedDate',
  'ETag',
] as const

export type InventoryColumn = (typeof inventoryColumns)[number]

/**
 * The names of the columns in the order of `fileSchema`: a list (`Bucket, Key, Size`) for CSV, a message type
 * (`message s3.inventory { required binary key (UTF8); … }`) for Parquet
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html#storage-inventory-location-manifest).
 */
export function parseFileSchema(format: 'CSV' | 'Parquet', fileSchema: string): string[] {
  switch (format) {
    case 'CSV':
      return fileSchema.split(',').map((name) => name.trim())
    case 'Parquet':
      return [...fileSchema.matchAll(/\b(?:required|optional)\s+\w+\s+(\w+)/g)].map(([, name]) => name ?? '')
  }
}

/** The index of a column, or -1. */
export function findColumn(columns: readonly string[], wanted: InventoryColumn): number {
  return columns.findIndex((name) => normalize(name) === normalize(wanted))
}

function normalize(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}
