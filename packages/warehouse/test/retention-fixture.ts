import { sql } from 'kysely'
import type { Database } from '../src/connection/database.ts'
import type { RetentionSettings } from '../src/maintenance/retention/retention-kinds.ts'
import type { Draft } from './document.ts'
import { settlementOfSource, store } from './maintenance-fixture.ts'

/** The periods of a new configuration, but for the bytes of rejections. */
export const keptForAWhile: RetentionSettings = {
  rejectionContentDays: 30,
  rejectionDays: 365,
  driftDays: 365,
  actionDays: 365,
  runDays: 365,
  workerDays: 7,
}

/** `acme` keeps half a year, `beta` everything. */
export const halfYear = {
  sources: [
    { name: 'acme', retentionMonths: 6 },
    { name: 'beta', retentionMonths: null },
  ],
}

export const draftOf = (month: string, id: number): Draft => ({
  id: Number(`${month.replace('-', '')}${id}`),
  createdAt: `${month}-02T10:00:00Z`,
  participants: [1, 2],
  transfers: [1],
})

/** Stores this many sessions of a source in a month, with a loader that makes no months. */
export async function load(db: Database, source: string, month: string, count = 5): Promise<void> {
  const drafts = Array.from({ length: count }, (_, index) => draftOf(month, index + 1))
  await store(
    db,
    drafts.map((draft) => settlementOfSource(source, draft)),
  )
}

/** How many sessions there are, by source and month. */
export async function sourcesLeft(db: Database): Promise<Record<string, number>> {
  const answer = await sql<{ place: string; sessions: number }>`
    select source || ' ' || to_char(created_at at time zone 'UTC', 'YYYY-MM') as place, count(*)::integer as sessions
    from warehouse.session group by 1 order by 1
  `.execute(db)
  return Object.fromEntries(answer.rows.map((row) => [row.place, row.sessions]))
}
