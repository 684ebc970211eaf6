import {
  type BackfillRun,
  type BackfillShard,
  type Counts,
  closeBackfillRun,
} from '@aftercall/warehouse/ledger/backfill-runs'
import { type ShardWork, workShard } from './work-shard.ts'

export type BackfillEnd = {
  /**
   * `done`: everything is loaded; `stopped`: by the signal or the limit; `incomplete`: some objects or listings failed. A run
   * that is not done can be resumed.
   */
  kind: 'done' | 'stopped' | 'incomplete'
  /** Since the run began, over all its processes. */
  counts: Counts
  shardsOpen: number
}

export type BackfillWork = Omit<ShardWork, 'allow'> & {
  /** Shards that are read at the same time. */
  listersMax: number
  /** The largest number of objects that this process loads. */
  limit?: number | undefined
}

/** Works on all open shards of a run in order, several at a time. A shard that fails does not make it reject. */
export async function runBackfill(
  work: BackfillWork,
  run: BackfillRun,
  signal: AbortSignal,
): Promise<BackfillEnd> {
  const budget = createBudget(work.limit)
  const isStopped = (): boolean => signal.aborted || budget.isSpent()
  const open = run.shards.filter(({ state }) => state === 'open')
  let left = open.length
  const waiting = open.values()

  async function walk(): Promise<void> {
    for (const shard of waiting) {
      if (isStopped()) return
      if (!(await isShardDone({ ...work, allow: budget.allow }, shard, signal))) continue
      left -= 1
      const shards = run.shards.length
      work.events.shardDone({ shard: shard.shard, done: shards - left, shards })
    }
  }

  await Promise.all(Array.from({ length: work.listersMax }, walk))
  const counts = await closeBackfillRun(work.db, run.runId)
  const kind = left === 0 ? 'done' : isStopped() ? 'stopped' : 'incomplete'
  return { kind, counts, shardsOpen: left }
}

async function isShardDone(work: ShardWork, shard: BackfillShard, signal: AbortSignal): Promise<boolean> {
  try {
    return await workShard(work, shard, signal)
  } catch (error) {
    if (!signal.aborted) work.events.shardFailed({ shard: shard.shard, error })
    return false
  }
}

/** Counts down the limit on objects. */
function createBudget(limit = Number.POSITIVE_INFINITY) {
  let left = limit
  return {
    allow(wanted: number): number {
      const allowed = Math.min(wanted, left)
      left -= allowed
      return allowed
    },
    isSpent: (): boolean => left === 0,
  }
}
