import { dayOfKey } from '@aftercall/metadata/read/key-day'
import type { S3Client } from '@aftercall/storage/aws/aws-clients'
import { findShards, type Shard } from '@aftercall/storage/listing/find-shards'
import type { Inventory } from '@aftercall/storage/listing/inventory/open-inventory'
import { ObjectListError } from '@aftercall/storage/objects/object-errors'
import type { ShardBounds } from '@aftercall/warehouse/ledger/backfill-runs'

export type PlanOptions = {
  client: S3Client
  bucket: string
  prefix: string
  inventory: Inventory | undefined
  order: 'newest' | 'oldest'
  signal: AbortSignal
}

/** Enough that a shard of some years is weeks long, so that `newest` has an effect. Each costs some calls to find. */
const shardsMax = 64

/**
 * The shards of a backfill, in the order in which they are worked on: by the day in their first key, or else by the last
 * modification of that object. The files of an inventory are not sorted, and keep their order.
 */
export async function planShards(options: PlanOptions): Promise<ShardBounds[]> {
  const { client, bucket, prefix, inventory, order, signal } = options
  if (inventory !== undefined) {
    return inventory.files.map(({ key }) => ({ afterKey: null, upToKey: null, fileKey: key }))
  }
  const found = await findShards(client, { bucket, prefix, shardsMax, signal }).catch(asOneShard)
  const direction = order === 'newest' ? -1 : 1
  return found
    .map((shard, position) => ({ shard, position, time: timeOf(shard) }))
    .toSorted((one, other) => direction * (one.time - other.time || one.position - other.position))
    .map(({ shard: { afterKey, upToKey } }) => ({ afterKey, upToKey, fileKey: null }))
}

function timeOf({
  firstKey,
  firstModified,
}: {
  firstKey: string | null
  firstModified: Date | null
}): number {
  const day = firstKey === null ? null : dayOfKey(firstKey)
  return day === null ? (firstModified?.getTime() ?? 0) : Date.parse(day)
}

/** A store that refuses the keys by which shards are found is listed as one shard. */
function asOneShard(error: unknown): Shard[] {
  if (!(error instanceof ObjectListError) || error.code !== 'invalid_request') throw error
  return [{ afterKey: null, upToKey: null, firstKey: null, firstModified: null }]
}
