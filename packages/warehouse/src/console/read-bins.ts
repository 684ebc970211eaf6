import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { LedgerOutcome } from '../ledger/ledger.ts'
import { settledSince } from '../ledger/settled-since.ts'
import { type Delay, isAnnounced, type Sample, type SampledDelay, sampleDelays } from './sample-delays.ts'

/** Ten minutes. Bins begin at the full hour. */
export const binMs = 600_000

/** The objects of one source that ended in ten minutes. */
export type Bin = {
  at: Date
  source: string
  outcomes: Partial<Record<LedgerOutcome, number>>
  /** Those that landed: announced by the store, or found by polling. */
  landed: number
  lastSettledAt: Date
  /** Of those that landed. */
  lastLandedAt: Date | null
  lastEventAt: Date | null
  delays: Delay[]
}

type Span = { fromMs: number; untilMs: number }

/** The bins of a span; bins without objects are left out. Both queries find the newest pages by the index `object_by_time`. */
export async function readBins(db: Database, span: Span): Promise<Bin[]> {
  const counts = await countSettled(db, span)
  const groups = Map.groupBy(counts, (row) => `${row.at.getTime()} ${row.source}`)
  const delays = Map.groupBy(
    await sampleDelays(db, { bin, recent: within(span) }, [...groups.values()].map(sampleOf)),
    (row) => `${row.at.getTime()} ${row.source}`,
  )
  return [...groups].flatMap(([key, rows]) => foldBin(rows, delays.get(key) ?? []))
}

type CountRow = {
  at: Date
  source: string
  outcome: LedgerOutcome
  way: 'event' | 'poll' | 'other'
  objects: number
  lastSettledAt: Date
  lastEventAt: Date | null
}

const bin = sql`date_bin(${sql.lit(`${binMs} milliseconds`)}, settled_at, timestamptz '2000-01-01Z')`

function within({ fromMs, untilMs }: Span) {
  const until = sql`${new Date(untilMs)}::timestamptz`
  return sql`
    ${settledSince(sql`${new Date(fromMs)}::timestamptz`)}
    and settled_at < ${until} and settled_by <= ${until} + interval '1 hour'`
}

async function countSettled(db: Database, span: Span): Promise<CountRow[]> {
  const answer = await sql<CountRow>`
    select ${bin} as at, source, outcome,
           case when ${isAnnounced} then 'event' when event_name = 'Poll' then 'poll' else 'other' end as way,
           count(*)::float8 as objects, max(settled_at) as "lastSettledAt", max(event_time) as "lastEventAt"
    from ingest.object
    where ${within(span)} and source is not null
    group by 1, 2, 3, 4
  `.execute(db)
  return answer.rows
}

/** The approximate size of the sample for each bin and source: every object costs two look-ups by primary key. */
const sampledOfBin = 25

function sampleOf(rows: readonly CountRow[]): Sample {
  const objects = countAll(rows.filter((row) => row.way === 'event'))
  const [first] = rows
  return {
    at: first?.at ?? new Date(0),
    source: first?.source ?? '',
    every_nth: Math.max(1, Math.ceil(objects / sampledOfBin)),
  }
}

function foldBin(rows: readonly CountRow[], delays: readonly SampledDelay[]): Bin[] {
  const [first] = rows
  if (first === undefined) return []
  const outcomes: Bin['outcomes'] = {}
  for (const { outcome, objects } of rows) outcomes[outcome] = (outcomes[outcome] ?? 0) + objects
  const landed = rows.filter((row) => row.way !== 'other')
  return [
    {
      ...{ at: first.at, source: first.source, outcomes, landed: countAll(landed) },
      lastSettledAt: newestOf(rows.map((row) => row.lastSettledAt)) ?? first.at,
      lastLandedAt: newestOf(landed.map((row) => row.lastSettledAt)),
      lastEventAt: newestOf(rows.map((row) => row.lastEventAt)),
      delays: delays.map(({ weight, lagSeconds, freshnessSeconds }) => ({
        weight,
        lagSeconds,
        freshnessSeconds,
      })),
    },
  ]
}

function countAll(rows: readonly { objects: number }[]): number {
  return rows.reduce((sum, row) => sum + row.objects, 0)
}

export function newestOf(times: readonly (Date | null)[]): Date | null {
  const known = times.flatMap((one) => one?.getTime() ?? [])
  return known.length === 0 ? null : new Date(Math.max(...known))
}
