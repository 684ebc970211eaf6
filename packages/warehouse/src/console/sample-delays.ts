import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** One sampled object that was announced when it landed. */
export type Delay = {
  /** How many objects it represents. */
  weight: number
  /** Announced → committed. */
  lagSeconds: number
  /** Session's end → first committed; null if it was stored before. */
  freshnessSeconds: number | null
}

export type SampledDelay = Delay & { at: Date; source: string }

/** Every nth object of a bin and source. */
export type Sample = { at: Date; source: string; every_nth: number }

/** By the store when it landed; not by a backfill, a reconcile, or a command that names a file. */
export const isAnnounced = sql`
  (event_name like 'ObjectCreated:%' and event_name <> 'ObjectCreated:Backfill' or event_name = 'Object Created')`

/** Of a sampled object that stored a session for the first time, what its freshness is made of; otherwise null. */
type SampledRow = Omit<SampledDelay, 'freshnessSeconds'> & { head: SampledHead | null }

/** Times in seconds since 1970; `createdAt` as text, with all its digits. */
type SampledHead = {
  source: string
  channel: string
  sessionId: string
  createdAt: string
  created: number
  latestEvent: number
  firstLoaded: number
}

/**
 * The keys decide which objects are in the sample, so that nothing has to be sorted. Freshness is measured when a session is
 * stored for the first time. A session that was stored more than an hour before is left out, and so is one with an
 * impossible end: 1970 or 2099 would distort the percentiles. `bin` and `recent` are of `settled_at`.
 */
export async function sampleDelays(
  db: Database,
  { bin, recent }: { bin: RawBuilder<unknown>; recent: RawBuilder<unknown> },
  samples: readonly Sample[],
): Promise<SampledDelay[]> {
  if (samples.length === 0) return []
  const answer = await sql<SampledRow>`
    with sampled as materialized (
      select ${bin} as at, ledger.source, ledger.outcome, ledger.content_sha256, ledger.channel, ledger.session_id,
             ledger.settled_at, ledger.lag_ms, sample.every_nth
      from ingest.object as ledger
      join json_to_recordset(${JSON.stringify(samples)}::json) as sample (at timestamptz, source text, every_nth integer)
        on sample.source = ledger.source and sample.at = ${bin}
       and mod(hashtext(ledger.object_key), sample.every_nth) = 0
      where ${recent} and ledger.outcome in ('stored', 'superseded', 'duplicate') and ${isAnnounced}
        and ledger.lag_ms is not null
    )
    select sampled.at, sampled.source, sampled.every_nth as weight, sampled.lag_ms / 1000.0::float8 as "lagSeconds",
           case when head.session_id is not null then json_build_object(
             'source', head.source, 'channel', head.channel, 'sessionId', head.session_id::text,
             'createdAt', head.created_at::text, 'created', extract(epoch from head.created_at),
             'latestEvent', extract(epoch from head.latest_event_at),
             'firstLoaded', extract(epoch from head.first_loaded_at)) end as head
    from sampled
    left join ingest.session_head as head
      on sampled.outcome = 'stored'
     and (head.source, head.channel, head.session_id) = (sampled.source, sampled.channel, sampled.session_id)
     and head.content_sha256 = sampled.content_sha256
     and head.first_loaded_at >= sampled.settled_at - interval '1 hour'
  `.execute(db)
  const ends = await readEnds(
    db,
    answer.rows.flatMap(({ head }) => head ?? []),
  )
  return answer.rows.map(({ head, ...row }) => {
    return { ...row, freshnessSeconds: head === null ? null : freshnessOf(head, ends.get(keyOf(head))) }
  })
}

const daySeconds = 86_400

function freshnessOf({ created, latestEvent, firstLoaded }: SampledHead, end = latestEvent): number | null {
  const isPossible = end >= created - daySeconds && end <= Math.min(latestEvent, firstLoaded + daySeconds)
  return isPossible ? Math.max(0, firstLoaded - end) : null
}

/**
 * When sessions ended; those that do not say it are left out. By primary key. The first and the last month are parameters, so
 * that only their partitions are planned: the sessions of ten minutes are of one or two months, and there may be hundreds.
 */
async function readEnds(db: Database, heads: readonly SampledHead[]): Promise<Map<string, number>> {
  if (heads.length === 0) return new Map()
  const times = heads.map(({ created }) => created)
  const answer = await sql<{ source: string; channel: string; sessionId: string; ended: number }>`
    select own.source, own.channel, own.session_id::text as "sessionId", extract(epoch from own.ended_at)::float8 as ended
    from json_to_recordset(${JSON.stringify(heads)}::json)
      as head (source text, channel text, "sessionId" bigint, "createdAt" timestamptz)
    join warehouse.session as own
      on (own.source, own.channel, own.session_id, own.created_at)
       = (head.source, head.channel, head."sessionId", head."createdAt")
    where own.ended_at is not null
      and own.created_at between to_timestamp(${Math.floor(Math.min(...times))}) and to_timestamp(${Math.ceil(Math.max(...times))})
  `.execute(db)
  return new Map(answer.rows.map((row) => [keyOf(row), row.ended]))
}

function keyOf({
  source,
  channel,
  sessionId,
}: Pick<SampledHead, 'source' | 'channel' | 'sessionId'>): string {
  return `${source} ${channel} ${sessionId}`
}
