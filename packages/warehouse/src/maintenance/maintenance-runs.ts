import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { MaintenanceStep } from './maintain.ts'

/** What a run removed: of the source that lost most, so many months; of all, so many sessions. */
export type Removed = { months: number; sessions: number }

export async function startMaintenanceRun(db: Database, host: string): Promise<string> {
  const answer = await sql<{ runId: string }>`
    insert into ingest.maintenance_run (host) values (${host}) returning run_id::text as "runId"
  `.execute(db)
  return answer.rows[0]?.runId ?? ''
}

export async function endMaintenanceRun(
  db: Database,
  runId: string,
  { removed, halted }: { removed: Removed; halted: string | null },
): Promise<void> {
  await sql`
    update ingest.maintenance_run set
      ended_at         = now(),
      months_removed   = ${removed.months},
      sessions_removed = ${removed.sessions},
      halted           = ${halted}
    where run_id = ${runId}::bigint
  `.execute(db)
}

/** How many months the last run removed that came to its end and was not held back; 0 when there is none. */
export async function readLastRemovedMonths(db: Database): Promise<number> {
  const answer = await sql<{ months: number }>`
    select months_removed as months from ingest.maintenance_run
    where ended_at is not null and halted is null
    order by run_id desc limit 1
  `.execute(db)
  return answer.rows[0]?.months ?? 0
}

/** Why the last run removed nothing; undefined when it was not held back, or none has ended yet. */
export async function readHaltOfLastRun(db: Database): Promise<{ code: string; endedAt: Date } | undefined> {
  const answer = await sql<{ code: string | null; endedAt: Date }>`
    select halted as code, ended_at as "endedAt" from ingest.maintenance_run
    where ended_at is not null order by run_id desc limit 1
  `.execute(db)
  const [last] = answer.rows
  return last?.code == null ? undefined : { code: last.code, endedAt: last.endedAt }
}

export function removedBy(steps: readonly MaintenanceStep[]): Removed {
  const bySource = new Map<string, Set<string>>()
  let sessions = 0
  for (const step of steps) {
    if (step.kind !== 'dropped' && step.kind !== 'deleted') continue
    sessions += step.sessions
    for (const source of step.kind === 'dropped' ? step.sources : [step.source]) {
      bySource.set(source, (bySource.get(source) ?? new Set()).add(step.month))
    }
  }
  return { months: Math.max(0, ...[...bySource.values()].map((months) => months.size)), sessions }
}
