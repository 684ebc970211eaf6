import { sql } from 'kysely'
import { expect } from 'vitest'
import type { Database } from '../src/connection/database.ts'

/** `analytics.completeness` has to be what the sessions, heads and ledger say, read one by one. Returns how many rows it has. */
export async function expectCompletenessOfFacts(
  db: Database,
  fromDay: string,
  toDay: string,
): Promise<number> {
  const facts = sql`
    with session as materialized (
      -- No offset reaches a day, so a day's sessions lie between the day before and the day after in UTC.
      select s.source, s.channel, s.session_id, s.created_at, s.ended_at, s.bucket, s.object_key,
             (s.created_at at time zone 'UTC' + make_interval(mins => coalesce(s.utc_offset_minutes, 0)))::date as day
      from warehouse.session s
      where s.created_at >= (${fromDay}::date - 29)::timestamp at time zone 'UTC'
        and s.created_at < (${toDay}::date + 2)::timestamp at time zone 'UTC'
    ),
    neighbour as (
      select session.*, lag(session_id) over (partition by source, channel order by session_id) as near_id
      from session
    ),
    counted as (
      select own.source, own.channel, own.day, own.session_id, own.created_at,
             own.session_id - before.session_id - 1 as gap,
             case when own.session_id - before.session_id <= 1001 then true
                  else ingest.can_be_missing(own.source, own.channel, before.session_id, before.created_at,
                                             own.session_id, own.created_at)
             end as is_missing
      from neighbour own
      left join lateral (
        select head.session_id, head.created_at from ingest.session_head head
        where own.near_id + 1 is distinct from own.session_id
          and head.source = own.source and head.channel = own.channel
          and head.session_id > 0 and head.session_id < own.session_id
        order by head.session_id desc
        limit 1
      ) before on true
    ),
    day_ids as (
      select source, channel, day, count(*) as sessions, array_agg(session_id order by created_at, session_id) as ids,
             coalesce(sum(gap) filter (where is_missing), 0) as missing_ids,
             count(*) filter (where not is_missing) as id_jumps
      from counted
      group by source, channel, day
      having day between ${fromDay}::date - 28 and ${toDay}::date
    ),
    day_shares as (
      select day_ids.*, missing_ids / (missing_ids + sessions) as share,
             array_agg(missing_ids / (missing_ids + sessions)) over (
               partition by source, channel order by day
               range between interval '28 days' preceding and interval '1 day' preceding) as shares_before
      from day_ids
    ),
    arrival as (
      select own.source, own.channel, own.day,
             case when coalesce(own.ended_at, head.latest_event_at) between own.created_at - interval '1 day'
                   and least(head.latest_event_at, head.first_loaded_at + interval '1 day')
                  then greatest(0, extract(epoch from head.first_loaded_at - coalesce(own.ended_at, head.latest_event_at))::float8
                              / 3600)
             end as hours,
             case when ledger.event_name in ('ObjectCreated:Backfill', 'Backfill', 'Load') then 'backfill'
                  when ledger.event_name in ('Reconcile', 'Poll') then 'reconcile'
                  when ledger.event_name like 'ObjectCreated:%' or ledger.event_name = 'Object Created' then 'event'
             end as way
      from session own
      join ingest.session_head head using (source, channel, session_id)
      -- lateral and limit: a join might read the whole ledger.
      left join lateral (
        select object.event_name from ingest.object
        where object.bucket = own.bucket collate "C" and object.object_key = own.object_key collate "C"
        limit 1
      ) ledger on true
      where own.day >= ${fromDay}::date
    ),
    day_arrivals as (
      select source, channel, day,
             count(*) filter (where way = 'event') as by_event,
             count(*) filter (where way = 'backfill') as by_backfill,
             count(*) filter (where way = 'reconcile') as by_reconcile,
             round(avg((hours <= 1)::integer) filter (where way = 'event'), 4) as within_1h,
             round(avg((hours <= 6)::integer) filter (where way = 'event'), 4) as within_6h,
             round(avg((hours <= 24)::integer) filter (where way = 'event'), 4) as within_24h,
             round(avg((hours <= 72)::integer) filter (where way = 'event'), 4) as within_72h,
             round(avg((hours > 72)::integer) filter (where way = 'event'), 4) as later,
             percentile_cont(array[0.5, 0.95]) within group (order by hours) filter (where way = 'event') as hours
      from arrival
      group by source, channel, day
    )
    select day, source, channel, own.sessions, by_event as sessions_by_event, by_backfill as sessions_by_backfill,
           by_reconcile as sessions_by_reconcile,
           own.ids[1] as first_session_id, own.ids[own.sessions::integer] as last_session_id,
           own.missing_ids::bigint as missing_ids, round(own.share, 4) as missing_id_share,
           round(usual.share, 4) as usual_missing_id_share,
           case when usual.share is not null
                then greatest(0, round(own.missing_ids - usual.share * (own.missing_ids + own.sessions)))::bigint end
             as implausible_missing_ids,
           own.id_jumps, within_1h as stored_within_1h_share, within_6h as stored_within_6h_share,
           within_24h as stored_within_24h_share, within_72h as stored_within_72h_share, later as stored_later_share,
           round(arrivals.hours[1]::numeric, 2) as hours_to_store_p50, round(arrivals.hours[2]::numeric, 2) as hours_to_store_p95
    from day_shares own
    join day_arrivals arrivals using (source, channel, day)
    cross join lateral (
      select percentile_cont(0.5) within group (order by one)::numeric as share from unnest(own.shares_before) one
    ) usual
    where day >= ${fromDay}::date`
  const read = async (rows: typeof facts) => {
    const answer = await sql<{ row: unknown }>`
      select to_jsonb(own) as row from (${rows}) own order by day, source, channel`.execute(db)
    return answer.rows.map(({ row }) => row)
  }
  const found = await read(sql`select * from analytics.completeness(${fromDay}::date, ${toDay}::date)`)
  expect(found).toEqual(await read(facts))
  return found.length
}
