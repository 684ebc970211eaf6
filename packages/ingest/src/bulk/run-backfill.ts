import {
  type BackfillRun,
  type BackfillShard,
  type Counts,
  closeBackfillRun,
} from '@aftercall/warehouse/ledger/backfill-runs'
import { type ShardWork, workShard } from './work-shard.ts'

export type BackfillEnd = {
  /**
   * `done`: everything; `stopped`: by the signal or the limit; `incomplete`: some objects or listings failed. All but
   * the first can be resumed.
   */
  kind: 'done' | 'stopped' | 'incomplete'
  /** Over all that was ever done of this run. */
  counts: Counts
  shardsOpen: number
}

export type BackfillWork = Omit<ShardWork, 'allow'> & {
  /** Parts that are walked at the same time. */
  listersMax: number
  /** Objects that this process takes at the most. */
  limit?: number | undefined
}

/** Walks all open parts of a run, some at a time, in their order. Never rejects for what a part runs into. */
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
      if (!(await isWalked({ ...work, allow: budget.allow }, shard, signal))) continue
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

async function isWalked(work: ShardWork, shard: BackfillShard, signal: AbortSignal): Promise<boolean> {
  try {
    return await workShard(work, shard, signal)
  } catch (error) {
    if (!signal.aborted) work.events.shardFailed({ shard: shard.shard, error })
    return false
  }
}

/** What a limit leaves. */
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
