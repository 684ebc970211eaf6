import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { MaintenanceStep } from './maintain.ts'

/** What a run removed: months of the source or the kind of data that lost most, and sessions of all sources. */
export type Removed = { months: number; sessions: number }

export async function startMaintenanceRun(db: Database, host: string): Promise<string> {
  const { runId } = await db
    .insertInto('ingest.maintenance_run')
    .values({ host })
    .returning('run_id as runId')
    .executeTakeFirstOrThrow()
  return runId
}

export async function endMaintenanceRun(
  db: Database,
  runId: string,
  { removed, halted }: { removed: Removed; halted: string | null },
): Promise<void> {
  await db
    .updateTable('ingest.maintenance_run')
    .set({
      ended_at: sql<Date>`now()`,
      months_removed: removed.months,
      sessions_removed: removed.sessions,
      halted,
    })
    .where('run_id', '=', runId)
    .execute()
}

/** How many months the last completed run removed that was not held back; 0 if there is none. */
export async function readLastRemovedMonths(db: Database): Promise<number> {
  const last = await db
    .selectFrom('ingest.maintenance_run')
    .select('months_removed')
    .where('ended_at', 'is not', null)
    .where('halted', 'is', null)
    .orderBy('run_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.months_removed ?? 0
}

/** Why the last run removed nothing; undefined if it was not held back, or none has ended yet. */
export async function readHaltOfLastRun(db: Database): Promise<{ code: string; endedAt: Date } | undefined> {
  const last = await db
    .selectFrom('ingest.maintenance_run')
    .select(['halted', 'ended_at'])
    .where('ended_at', 'is not', null)
    .orderBy('run_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (last === undefined || last.halted === null || last.ended_at === null) return undefined
  return { code: last.halted, endedAt: last.ended_at }
}

export function removedBy(steps: readonly MaintenanceStep[]): Removed {
  const bySource = new Map<string, Set<string>>()
  let sessions = 0
  for (const step of steps) {
    if (step.kind === 'emptied') {
      // No source has this name: sources have no space in theirs.
      const name = `all ${step.what}s`
      bySource.set(name, (bySource.get(name) ?? new Set()).add(step.month))
    }
    if (step.kind !== 'dropped' && step.kind !== 'deleted') continue
    sessions += step.sessions
    for (const source of step.kind === 'dropped' ? step.sources : [step.source]) {
      bySource.set(source, (bySource.get(source) ?? new Set()).add(step.month))
    }
  }
  return { months: Math.max(0, ...[...bySource.values()].map((months) => months.size)), sessions }
}
