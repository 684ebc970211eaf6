import type { Counts } from '@aftercall/warehouse/ledger/backfill-runs'

/** What a bulk load tells while it goes on. */
export type BackfillEvents = {
  /** A page of the listing was compared with the ledger; what it needs is loaded next. */
  pageRead(page: { listed: number; toLoad: number }): void
  /** Everything of a page has ended, and its position is written. */
  pageDone(page: { shard: number; counts: Counts }): void
  shardDone(shard: { shard: number; done: number; shards: number }): void
  /** A part could not be listed to its end; it stays open. */
  shardFailed(shard: { shard: number; error: unknown }): void
}
