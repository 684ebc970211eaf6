import { retryWithBackoff } from '@aftercall/runtime/limits/backoff'
import { thisProcess } from '@aftercall/runtime/process/process-identity'
import type { S3Client } from '@aftercall/storage/aws/aws-clients'
import {
  type Inventory,
  type InventoryFile,
  openInventory,
} from '@aftercall/storage/listing/inventory/open-inventory'
import { readInventoryFile } from '@aftercall/storage/listing/inventory/read-inventory-file'
import { listPages } from '@aftercall/storage/listing/list-objects'
import { ObjectFetchError } from '@aftercall/storage/objects/object-errors'
import type { Database } from '@aftercall/warehouse/connection/database'
import { openSortedObjects, type SortedObjects } from '@aftercall/warehouse/ledger/sorted-objects'
import type { BucketObjects } from './bucket-objects.ts'

/** The inventory cannot stand for the source's bucket. */
export class InventoryUnfitError extends Error {
  override readonly name = 'InventoryUnfitError'
  readonly code: 'inventory_of_other_bucket' | 'inventory_lacks_columns'
  readonly retryable = false
  constructor(code: InventoryUnfitError['code'], message: string) {
    super(message)
    this.code = code
  }
}

export type InventoryRequest = {
  client: S3Client
  source: { bucket: string; prefix: string }
  /** `s3://…/manifest.json` */
  url: string
  since: Date | undefined
  /** After each file. */
  onFile(file: { done: number; files: number }): void
  signal: AbortSignal
}

/**
 * What an inventory has of a source, in key order: its files have none, so Postgres keeps and sorts it until
 * `close`. Inventories may lack what was lately written and still have what was lately deleted
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html), and may be of a part of the bucket, so
 * an object is gone only if the bucket says so, too. Rejects with `InventoryError`, `InventoryUnfitError` or
 * `ObjectFetchError`.
 */
export async function openInventoryObjects(
  db: Database,
  request: InventoryRequest,
): Promise<BucketObjects & { close(): Promise<void> }> {
  const { client, source, url, signal } = request
  const inventory = await openInventory(client, url, { signal })
  checkFitness(inventory, request)
  const sorted = await openSortedObjects(db, { purpose: 'inventory_object', host: thisProcess() })
  // What is left behind, because the database is away, a later comparison deletes.
  const close = () => sorted.close().catch(() => {})
  try {
    for (const [index, file] of inventory.files.entries()) {
      await readFile(request, inventory, file, sorted)
      request.onFile({ done: index + 1, files: inventory.files.length })
    }
  } catch (error) {
    await close()
    throw error
  }
  return {
    close,
    pages: sorted.pages(),
    asOf: inventory.createdAt,
    isThere: (key, isThereSignal) => isThere(client, source.bucket, key, isThereSignal),
  }
}

function checkFitness(inventory: Inventory, { source, since }: InventoryRequest): void {
  const { sourceBucket, lacks, url } = inventory
  if (sourceBucket !== source.bucket) {
    const message = `${url} is an inventory of s3://${sourceBucket}, and the source is in s3://${source.bucket}`
    throw new InventoryUnfitError('inventory_of_other_bucket', message)
  }
  const lacksTime = lacks.includes('LastModifiedDate')
  if ((lacksTime && lacks.includes('ETag')) || (lacksTime && since !== undefined)) {
    const message = `${url} does not tell ${lacks.join(', ')}: add the columns to the inventory's configuration${since === undefined ? '' : ', or leave out --since'}`
    throw new InventoryUnfitError('inventory_lacks_columns', message)
  }
}

/** A connection that breaks goes on at the row where it did. */
async function readFile(
  { client, source, signal }: InventoryRequest,
  inventory: Inventory,
  file: InventoryFile,
  sorted: SortedObjects,
): Promise<void> {
  let startRow = 0
  const read = async (): Promise<void> => {
    for await (const { objects, rows } of readInventoryFile(client, inventory, file, { startRow, signal })) {
      await sorted.add(objects.filter(({ key }) => key.startsWith(source.prefix) && !key.includes('\0')))
      startRow = rows
    }
  }
  await retryWithBackoff(read, {
    baseMs: 500,
    capMs: 20_000,
    attemptsMax: 8,
    retryable: (error) => error instanceof ObjectFetchError && error.retryable,
    onRetry: () => {},
    signal,
  })
}

/** By a listing of that one key: it needs no permission but that which reconciling needs anyway. */
async function isThere(client: S3Client, bucket: string, key: string, signal: AbortSignal): Promise<boolean> {
  for await (const page of listPages(client, { bucket, prefix: key, upTo: key, signal })) {
    return page.some((object) => object.key === key)
  }
  return false
}
