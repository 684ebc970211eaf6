import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { LedgerOutcome } from '../ledger/ledger.ts'
import { settledSince } from '../ledger/settled-since.ts'

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

/** One sampled object that was announced when it landed. */
export type Delay = {
  /** How many objects it represents. */
  weight: number
  /** Announced → committed. */
  lagSeconds: number
  /** Session's end → first committed; null if it was stored before. */
  freshnessSeconds: number | null
}

type Span = { fromMs: number; untilMs: number }

/** The bins of a span; bins without objects are left out. Both queries find the newest pages by the index `object_by_time`. */
export async function readBins(db: Database, span: Span): Promise<Bin[]> {
  const counts = await countSettled(db, span)
  const groups = Map.groupBy(counts, (row) => `${row.at.getTime()} ${row.source}`)
  const delays = Map.groupBy(
    await sampleDelays(db, span, [...groups.values()].map(sampleOf)),
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

/** By the store when it landed; not by a backfill, a reconcile, or a command that names a file. */
export const isAnnounced = sql`
  (event_name like 'ObjectCreated:%' and event_name <> 'ObjectCreated:Backfill' or event_name = 'Object Created')`

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

type Sample = { at: Date; source: string; every_nth: number }

function sampleOf(rows: readonly CountRow[]): Sample {
  const objects = countAll(rows.filter((row) => row.way === 'event'))
  const [first] = rows
  return {
    at: first?.at ?? new Date(0),
    source: first?.source ?? '',
    every_nth: Math.max(1, Math.ceil(objects / sampledOfBin)),
  }
}

type DelayRow = Delay & { at: Date; source: string }

/**
 * The keys decide which objects are in the sample, so that nothing has to be sorted. Freshness is measured when a session is
 * stored for the first time. A session that was stored more than an hour before is left out, and so is one with an
 * impossible end: 1970 or 2099 would distort the percentiles.
 */
async function sampleDelays(db: Database, span: Span, samples: readonly Sample[]): Promise<DelayRow[]> {
  if (samples.length === 0) return []
  const answer = await sql<DelayRow>`
    with sampled as materialized (
      select ${bin} as at, ledger.source, ledger.outcome, ledger.content_sha256, ledger.channel, ledger.session_id,
             ledger.settled_at, ledger.lag_ms, sample.every_nth
      from ingest.object as ledger
      join json_to_recordset(${JSON.stringify(samples)}::json) as sample (at timestamptz, source text, every_nth integer)
        on sample.source = ledger.source and sample.at = ${bin}
       and mod(hashtext(ledger.object_key), sample.every_nth) = 0
      where ${within(span)} and ledger.outcome in ('stored', 'superseded', 'duplicate') and ${isAnnounced}
        and ledger.lag_ms is not null
    )
    select sampled.at, sampled.source, sampled.every_nth as weight, sampled.lag_ms / 1000.0::float8 as "lagSeconds",
           case when coalesce(session.ended_at, head.latest_event_at) between head.created_at - interval '1 day'
                 and least(head.latest_event_at, head.first_loaded_at + interval '1 day')
                then greatest(0, extract(epoch from head.first_loaded_at - coalesce(session.ended_at, head.latest_event_at)))
           end::float8 as "freshnessSeconds"
    from sampled
    left join ingest.session_head as head
      on sampled.outcome = 'stored'
     and (head.source, head.channel, head.session_id) = (sampled.source, sampled.channel, sampled.session_id)
     and head.content_sha256 = sampled.content_sha256
     and head.first_loaded_at >= sampled.settled_at - interval '1 hour'
    left join warehouse.session
      on (session.source, session.channel, session.session_id, session.created_at)
       = (head.source, head.channel, head.session_id, head.created_at)
  `.execute(db)
  return answer.rows
}

function foldBin(rows: readonly CountRow[], delays: readonly DelayRow[]): Bin[] {
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
