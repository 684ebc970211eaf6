import type { Database } from '@aftercall/warehouse/connection/database'
import type { BackfillShard, Counts } from '@aftercall/warehouse/ledger/backfill-runs'
import type { Choice } from './choose-objects.ts'
import { comparePage, type ListedObject } from './compare-page.ts'
import type { ShardPage } from './work-shard.ts'

export type CountObjectsOptions = {
  db: Database
  bucket: string
  choice: Choice
  shards: readonly BackfillShard[]
  openPages(shard: BackfillShard, signal: AbortSignal): AsyncIterable<ShardPage>
  listersMax: number
  /** Objects that are drawn to be measured. */
  sampleMax: number
  random(): number
  /** After each page. */
  counted(counts: Counts): void
}

export type ObjectCounts = {
  counts: Counts
  /** Pages of the listing, or of the inventory. */
  pages: number
  toLoad: number
  /** Of the objects to load, as far as the listing tells. */
  bytes: number
  /** Evenly drawn from the objects to load. */
  sample: ListedObject[]
}

/** What a bulk load would take, found as the load itself finds it, in constant memory; nothing is fetched. */
export async function countObjects(options: CountObjectsOptions, signal: AbortSignal): Promise<ObjectCounts> {
  const count: ObjectCounts = { counts: {}, pages: 0, toLoad: 0, bytes: 0, sample: [] }
  const waiting = options.shards.values()

  async function walk(): Promise<void> {
    for (const shard of waiting) {
      for await (const { objects } of options.openPages(shard, signal)) {
        signal.throwIfAborted()
        const { toLoad, counts } = await comparePage(options, objects)
        count.pages += 1
        for (const [name, number] of Object.entries(counts)) {
          count.counts[name] = (count.counts[name] ?? 0) + number
        }
        for (const object of toLoad) addToSample(count, object, options)
        options.counted(count.counts)
      }
    }
  }

  await Promise.all(Array.from({ length: options.listersMax }, walk))
  return count
}

/** Reservoir sampling: each object ends up in the sample with the same chance, however many there are. */
function addToSample(
  count: ObjectCounts,
  object: ListedObject,
  { sampleMax, random }: CountObjectsOptions,
): void {
  count.toLoad += 1
  count.bytes += object.sizeBytes ?? 0
  if (count.sample.length < sampleMax) {
    count.sample.push(object)
    return
  }
  const place = Math.floor(random() * count.toLoad)
  if (place < sampleMax) count.sample[place] = object
}
