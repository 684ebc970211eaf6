import type { Database } from '@aftercall/warehouse/connection/database'
import type { BackfillShard, Counts } from '@aftercall/warehouse/ledger/backfill-runs'
import type { SourceOfObjects } from '@aftercall/warehouse/ledger/ledger-lookup'
import type { Choice } from './choose-objects.ts'
import { comparePage, type ListedObject } from './compare-page.ts'
import type { ShardPage } from './work-shard.ts'

export type CountObjectsOptions = {
  db: Database
  source: SourceOfObjects
  choice: Choice
  shards: readonly BackfillShard[]
  openPages(shard: BackfillShard, signal: AbortSignal): AsyncIterable<ShardPage>
  listersMax: number
  /** The number of objects to measure. */
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
  /** Of the objects to load, as far as the listing has sizes. */
  bytes: number
  /** A uniform random sample of the objects to load. */
  sample: ListedObject[]
}

/** Counts what a backfill would load, by the same rules and in constant memory. Fetches nothing. */
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

/** Reservoir sampling: every object has the same chance to end up in the sample. */
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
