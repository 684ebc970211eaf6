import { sql } from 'kysely'
import type { Database } from '../../connection/database.ts'
import { monthFrom } from '../months.ts'
import { type MonthlyKind, type MonthlySettings, monthlyKinds, monthsOfKind } from './retention-kinds.ts'

/** The rows of a kind that go from one month, of all sources. */
export type EmptyStep = { month: string; kind: MonthlyKind; rows: number; bytes: number }

/** Months of documents and revisions that are due. Reads, and changes nothing. */
export async function planEmptyMonths(
  db: Database,
  { now, settings }: { now: Date; settings: MonthlySettings },
): Promise<EmptyStep[]> {
  const steps: EmptyStep[] = []
  for (const kind of monthlyKinds) {
    const months = monthsOfKind(kind, settings)
    if (months === null) continue
    const answer = await sql<EmptyStep>`
      select to_char(month, 'YYYY-MM') as month, ${kind}::text as kind, row_count::float8 as rows,
             partition_bytes::float8 as bytes
      from ingest.months_of_kind(${kind}, ${`${monthFrom(now, -months)}-01`}::date)
    `.execute(db)
    steps.push(...answer.rows)
  }
  return steps
}

/** Returns how many rows went: 0 if they have gone meanwhile. */
export async function emptyMonth(
  db: Database,
  { kind, month }: Pick<EmptyStep, 'kind' | 'month'>,
  batchSize: number,
): Promise<number> {
  let removed = 0
  for (let isDone = false; !isDone; ) {
    const answer = await sql<{ removed: number; isDone: boolean }>`
      select removed::float8, is_done as "isDone"
      from ingest.empty_month(${kind}, ${`${month}-01`}::date, ${batchSize}::integer)
    `.execute(db)
    const [batch] = answer.rows
    removed += batch?.removed ?? 0
    isDone = batch?.isDone ?? true
  }
  return removed
}
