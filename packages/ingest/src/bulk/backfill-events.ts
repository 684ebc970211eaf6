import type { Counts } from '@aftercall/warehouse/ledger/backfill-runs'

/** What happens during a backfill. */
export type BackfillEvents = {
  /** A page of the listing was compared with the ledger. Its objects are loaded next. */
  pageRead(page: { listed: number; toLoad: number }): void
  /** Every object of a page has ended, and the position is saved. */
  pageDone(page: { shard: number; counts: Counts }): void
  shardDone(shard: { shard: number; done: number; shards: number }): void
  /** A shard could not be listed to its end, and stays open. */
  shardFailed(shard: { shard: number; error: unknown }): void
}
