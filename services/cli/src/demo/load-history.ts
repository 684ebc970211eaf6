import { formatCount } from '@aftercall/operator/format/plural'
import { type HistoryPlan, numberAfterIds, planHistory } from '@aftercall/samples/sample-history'
import type { ReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import type { CliContext } from '../cli-context.ts'
import { backfillHistory } from './backfill-history.ts'
import { demoConfig } from './demo-config.ts'
import type { StartedDemo } from './start-demo.ts'
import { type WrittenHistory, writeHistory } from './write-history.ts'

export type LoadedHistory = WrittenHistory & {
  plan: HistoryPlan
  /** The number of the first session after the history. */
  next: number
  seconds: number
}

const seed = 'aftercall'
const sessionsPerDay = 50

/** Writes the history of an empty bucket, and loads it by backfill. Afterwards sessions go on with greater ids. */
export async function loadHistory(
  context: CliContext,
  demo: StartedDemo,
  database: ReadOnlySession,
  { days, until, signal }: { days: number; until: Date; signal: AbortSignal },
): Promise<LoadedHistory> {
  const startedAt = performance.now()
  const plan = planHistory({ seed, sessions: days * sessionsPerDay, days: Math.max(1, days), until })
  const isNew = demo.stack.aws.isEmpty(demo.bucket)
  const { stack, bucket } = demo
  let written: WrittenHistory = { sessions: [], keys: [], late: [] }
  if (isNew && days > 0) {
    context.stderr.write(
      `Writing ${formatCount(days, 'day')} of history into the bucket, as if it had been there.\n`,
    )
    written = await writeHistory(stack, bucket, plan, signal)
  }
  if (days > 0) {
    const config = demoConfig({ databaseUrl: demo.databaseUrl, queueUrl: demo.queueUrl, httpPort: 0 })
    await backfillHistory({ ...context, env: demo.env }, { config, signal })
  }
  const next = numberAfterIds(plan, isNew ? new Map() : await readGreatestIds(database))
  return { ...written, plan, next, seconds: (performance.now() - startedAt) / 1000 }
}

/** By `source/channel`. A demo that keeps its data has those of its last run. */
async function readGreatestIds(database: ReadOnlySession): Promise<Map<string, number>> {
  const [answer] = await database.query(
    `select source || '/' || channel, max(session_id) from warehouse.session group by source, channel`,
  )
  return new Map((answer?.rows ?? []).map(([group, id]) => [group ?? '', Number(id)]))
}
