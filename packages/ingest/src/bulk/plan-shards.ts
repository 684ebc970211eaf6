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

/** Enough that a part of some years is weeks, so that newest first means something; finding them takes some calls each. */
const shardsMax = 64

/**
 * The parts of a bulk load, in the order in which they are taken up: by the day that their first key tells, else by when
 * its object was last modified. An inventory is not sorted; its files are taken as they come.
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

/** A store that does not take the keys by which parts are looked for is listed in one go. */
function asOneShard(error: unknown): Shard[] {
  if (!(error instanceof ObjectListError) || error.code !== 'invalid_request') throw error
  return [{ afterKey: null, upToKey: null, firstKey: null, firstModified: null }]
}
