import type { Database } from '@aftercall/warehouse/connection/database'
import { type BackfillShard, type Counts, saveShardProgress } from '@aftercall/warehouse/ledger/backfill-runs'
import type { SourceOfObjects } from '@aftercall/warehouse/ledger/ledger-lookup'
import type { BackfillEvents } from './backfill-events.ts'
import type { Choice } from './choose-objects.ts'
import { comparePage, type ListedObject } from './compare-page.ts'
import { notePage } from './note-page.ts'
import { sumCounts } from './sum-counts.ts'
import { whenReachable } from './when-reachable.ts'

/** Some objects of a shard, and the position to save once they are done. */
export type ShardPage = { objects: readonly ListedObject[]; doneKey: string | null; doneRows: number }

/** The results of a page's objects. `isComplete` is false if any of them has to be loaded again. */
export type PageResult = { counts: Counts; isComplete: boolean }

/** Called with the number of objects that have ended, while others of their page are still loaded. */
export type CountEnded = (objects: number) => void

export type ShardWork = {
  db: Database
  runId: string
  source: SourceOfObjects
  choice: Choice
  /** From the shard's position on. */
  openPages(shard: BackfillShard, signal: AbortSignal): AsyncIterable<ShardPage>
  /** Loads or announces the objects. Rejects with the signal's reason when it fires before all of them have ended. */
  loadPage(objects: readonly ListedObject[], signal: AbortSignal, ended: CountEnded): Promise<PageResult>
  /** Resolves while this process holds the run. Rejects otherwise, and while the database is out of reach. */
  confirm(): Promise<void>
  /** How many of the `wanted` objects the limit still allows. */
  allow(wanted: number): number
  events: BackfillEvents
}

/**
 * Works through a shard from its position to its end, page by page: list, choose, compare with the ledger, load, save the
 * position. After a failure the position stays where it is, but the rest of the shard is still done: when the run is resumed,
 * only objects that the ledger does not have are loaded. True when the shard is done.
 */
export async function workShard(
  work: ShardWork,
  shard: BackfillShard,
  signal: AbortSignal,
): Promise<boolean> {
  let position = { doneKey: shard.doneKey, doneRows: shard.doneRows }
  let isComplete = true
  for await (const page of work.openPages(shard, signal)) {
    const { toLoad, counts } = await whenReachable(() => comparePage(work, page.objects), signal)
    work.events.pageRead({ listed: page.objects.length, toLoad: toLoad.length })
    const allowed = toLoad.slice(0, work.allow(toLoad.length))
    await whenReachable(work.confirm, signal)
    const listed = page.objects.length
    const notes = notePage(work.db, {
      ...{ runId: work.runId, shard: shard.shard, listed },
      ended: listed - toLoad.length,
    })
    const result = await work.loadPage(allowed, signal, notes.ended).finally(notes.stop)
    isComplete &&= result.isComplete && allowed.length === toLoad.length
    if (isComplete) position = { doneKey: page.doneKey, doneRows: page.doneRows }
    const progress = { ...position, isDone: false, counts: sumCounts(counts, result.counts) }
    await whenReachable(() => save(work, shard, progress), signal)
    if (allowed.length < toLoad.length) break
    signal.throwIfAborted()
  }
  await whenReachable(() => save(work, shard, { ...position, isDone: isComplete, counts: {} }), signal)
  return isComplete
}

async function save(
  { db, runId, events, confirm }: ShardWork,
  { shard }: BackfillShard,
  progress: { doneKey: string | null; doneRows: number; isDone: boolean; counts: Counts },
): Promise<void> {
  await confirm()
  await saveShardProgress(db, { runId, shard, ...progress })
  events.pageDone({ shard, counts: progress.counts })
}
