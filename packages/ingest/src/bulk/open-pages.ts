import type { S3Client } from '@aftercall/storage/aws/aws-clients'
import type { Inventory } from '@aftercall/storage/listing/inventory/open-inventory'
import { readInventoryFile } from '@aftercall/storage/listing/inventory/read-inventory-file'
import { type ListOptions, listPages } from '@aftercall/storage/listing/list-objects'
import type { BackfillShard } from '@aftercall/warehouse/ledger/backfill-runs'
import type { ShardPage } from './work-shard.ts'

export type PageSource = {
  client: S3Client
  bucket: string
  prefix: string
  /** Read instead of a listing. */
  inventory: Inventory | undefined
  /** The store refused a page of the listing for now. */
  onRetry: NonNullable<ListOptions['onRetry']>
}

/** The rest of a shard, page by page, from the bucket's listing or from a file of its inventory. */
export async function* openPages(
  source: PageSource,
  shard: Pick<BackfillShard, 'afterKey' | 'upToKey' | 'fileKey' | 'doneKey' | 'doneRows'>,
  signal: AbortSignal,
): AsyncGenerator<ShardPage> {
  const { client, inventory, bucket, prefix, onRetry } = source
  if (shard.fileKey !== null) {
    const file = inventory?.files.find(({ key }) => key === shard.fileKey)
    if (inventory === undefined || file === undefined) throw new InventoryChangedError(shard.fileKey)
    const options = { startRow: shard.doneRows, signal }
    for await (const { objects, rows } of readInventoryFile(client, inventory, file, options)) {
      yield { objects, doneKey: null, doneRows: rows }
    }
    return
  }
  const range = { startAfter: shard.doneKey ?? shard.afterKey ?? undefined, upTo: shard.upToKey ?? undefined }
  for await (const objects of listPages(client, { bucket, prefix, ...range, signal, onRetry })) {
    yield { objects, doneKey: objects.at(-1)?.key ?? null, doneRows: 0 }
  }
}

export class InventoryChangedError extends Error {
  override readonly name = 'InventoryChangedError'
  readonly code = 'inventory_changed'
  readonly retryable = false
  constructor(fileKey: string) {
    super(
      `the inventory no longer names ${fileKey}: its manifest was replaced; begin a new run with the dated manifest`,
    )
  }
}
