import type { S3Client } from '@aws-sdk/client-s3'
import { md5Of } from '../../aws/md5.ts'
import { describeIssues } from '../../notifications/describe-issues.ts'
import { fetchObject } from '../../objects/fetch-object.ts'
import { getObjectBySdk } from '../../objects/get-object-by-sdk.ts'
import { findColumn, type InventoryColumn, parseFileSchema } from './inventory-columns.ts'
import { InventoryError } from './inventory-error.ts'
import { type Manifest, manifestSchema } from './manifest-schema.ts'

/** One S3 Inventory report: the objects of a bucket at one time, in files. */
export type Inventory = {
  /** Address of the manifest. */
  url: string
  /** The bucket whose objects are listed. */
  sourceBucket: string
  /** The bucket with the manifest and its files. */
  destinationBucket: string
  /** When S3 began to list. Objects written around that time may be missing, and later ones are. */
  createdAt: Date
  format: 'CSV' | 'Parquet'
  /** Names as in the report, in the order of its fields. */
  columns: string[]
  /** Wanted columns that the report does not include. Its objects lack these fields. */
  lacks: WantedColumn[]
  files: InventoryFile[]
}

export type InventoryFile = {
  key: string
  /** Compressed size. */
  sizeBytes: number
  /** Of the compressed file, in lower-case hex. */
  md5: string
}

/** Used to filter by date, to show progress, and to skip objects that are already loaded. */
export type WantedColumn = Extract<InventoryColumn, 'LastModifiedDate' | 'Size' | 'ETag'>

const wantedColumns: readonly WantedColumn[] = ['LastModifiedDate', 'Size', 'ETag']

/** A report of 10,000 files has a manifest of 2 MB. */
const manifestBytesMax = 32 * 1024 * 1024
/** Commas and opening brackets. A file has four, so this allows a report of 150,000 files. */
const manifestMarksMax = 600_000

type ManifestAddress = { url: string; bucket: string; key: string }

/**
 * Reads the manifest of a report, `s3://BUCKET/…/manifest.json`, and checks it against the `manifest.checksum` beside it
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html). The files are taken from the
 * manifest's own bucket, so a copied report can be read too. Rejects with `InventoryError`, or with `ObjectFetchError` if
 * S3 fails.
 */
export async function openInventory(
  client: S3Client,
  url: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Inventory> {
  const address = parseManifestUrl(url)
  const bytes = await fetchManifest(client, address, options.signal)
  await verifyChecksum(client, address, bytes, options.signal)
  const manifest = parseManifest(address, bytes)
  const format = readFormat(address, manifest.fileFormat)
  const columns = parseFileSchema(format, manifest.fileSchema)
  if (findColumn(columns, 'Key') === -1) {
    throw new InventoryError(
      'column_missing',
      address,
      'its fileSchema has no column Key; choose another report',
    )
  }
  return {
    url,
    sourceBucket: manifest.sourceBucket,
    destinationBucket: address.bucket,
    createdAt: manifest.creationTimestamp,
    format,
    columns,
    lacks: wantedColumns.filter((column) => findColumn(columns, column) === -1),
    files: manifest.files.map(({ key, size, MD5checksum }) => ({
      key,
      sizeBytes: size,
      md5: MD5checksum.toLowerCase(),
    })),
  }
}

function parseManifestUrl(url: string): ManifestAddress {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/((?:.*\/)?manifest\.json)$/s.exec(url) ?? []
  if (bucket === undefined || key === undefined) {
    throw new InventoryError(
      'url_invalid',
      { url },
      'give the address of a report’s manifest, s3://BUCKET/…/manifest.json',
    )
  }
  return { url, bucket, key }
}

async function fetchManifest(
  client: S3Client,
  address: ManifestAddress,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const answer = await fetchObject(getObjectBySdk(client), address, { bytesMax: manifestBytesMax, signal })
  switch (answer.kind) {
    case 'found':
      return answer.bytes
    case 'missing':
      throw new InventoryError(
        'manifest_missing',
        address,
        'there is no such object; list the report’s folder to see its dates',
      )
    case 'too-large':
      throw new InventoryError(
        'manifest_invalid',
        address,
        `it is larger than the ${manifestBytesMax} bytes allowed, so it is probably not a manifest; check the address`,
      )
  }
}

async function verifyChecksum(
  client: S3Client,
  address: ManifestAddress,
  manifest: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const key = address.key.replace(/json$/, 'checksum')
  const answer = await fetchObject(
    getObjectBySdk(client),
    { bucket: address.bucket, key },
    { bytesMax: 1_024, signal },
  )
  if (answer.kind === 'missing') {
    throw new InventoryError(
      'checksum_missing',
      address,
      'there is no manifest.checksum next to it; wait until S3 has published the whole report, or copy that file too',
    )
  }
  const declared =
    answer.kind === 'found' ? Buffer.from(answer.bytes).toString('latin1').trim().toLowerCase() : ''
  if (declared !== (md5Of(manifest) ?? declared)) {
    throw new InventoryError(
      'checksum_mismatch',
      address,
      'its MD5 does not match manifest.checksum: it was changed or partly overwritten; choose another report',
    )
  }
}

function parseManifest(address: ManifestAddress, bytes: Uint8Array): Manifest {
  if (countMarks(bytes) > manifestMarksMax) {
    throw new InventoryError(
      'manifest_invalid',
      address,
      `it has more than ${manifestMarksMax} values, so it is probably not a manifest; check the address`,
    )
  }
  let content: unknown
  try {
    content = JSON.parse(Buffer.from(bytes).toString())
  } catch (error) {
    throw new InventoryError('manifest_invalid', address, 'it is not JSON; check the address', error)
  }
  const parsed = manifestSchema.safeParse(content)
  if (parsed.success) return parsed.data
  throw new InventoryError(
    'manifest_invalid',
    address,
    `it is not the manifest of an inventory (${describeIssues(parsed.error)}); check the address`,
  )
}

/** Checked before parsing: two bytes can become an object that takes thirty times as much memory. */
function countMarks(json: Uint8Array): number {
  let marks = 0
  for (const byte of json) if (byte === 0x2c || byte === 0x5b || byte === 0x7b) marks += 1
  return marks
}

function readFormat(address: ManifestAddress, written: string): Inventory['format'] {
  if (written === 'CSV' || written === 'Parquet') return written
  throw new InventoryError(
    'format_unsupported',
    address,
    `its files are ${written}; configure the inventory to write CSV or Parquet`,
  )
}
