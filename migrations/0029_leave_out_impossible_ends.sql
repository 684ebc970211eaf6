-- How late a session was stored is not told from an end that cannot be true: 1970 was later than 72 hours, 2099 within one. An
-- end is believed from a day before created_at up to latest_event_at, which leaves out times that its object could not know,
-- and not more than a day after it was stored. Otherwise the function is as in 0009.

create or replace function analytics.completeness(from_day date, to_day date)
returns table (
  day                     date,
  source                  text,
  channel                 text,
  sessions                bigint,
  sessions_by_event       bigint,
  sessions_by_backfill    bigint,
  sessions_by_reconcile   bigint,
  first_session_id        bigint,
  last_session_id         bigint,
  missing_ids             bigint,
  missing_id_share        numeric,
  usual_missing_id_share  numeric,
  implausible_missing_ids bigint,
  id_jumps                bigint,
  stored_within_1h_share  numeric,
  stored_within_6h_share  numeric,
  stored_within_24h_share numeric,
  stored_within_72h_share numeric,
  stored_later_share      numeric,
  hours_to_store_p50      numeric,
  hours_to_store_p95      numeric
)
language plpgsql stable
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
  return query
  with session as materialized (
    -- No offset reaches a day, so a day's sessions lie between the day before and the day after in UTC.
    select s.source, s.channel, s.session_id, s.created_at, s.ended_at,
           (s.created_at at time zone 'UTC' + make_interval(mins => coalesce(s.utc_offset_minutes, 0)))::date as day
    from warehouse.session s
    where s.created_at >= (from_day - 29)::timestamp at time zone 'UTC'
      and s.created_at < (to_day + 2)::timestamp at time zone 'UTC'
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
    having day between from_day - 28 and to_day
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
                then greatest(0, extract(epoch from head.first_loaded_at - coalesce(own.ended_at, head.latest_event_at))
                            / 3600)
           end as hours,
           case when ledger.event_name in ('ObjectCreated:Backfill', 'Backfill', 'Load') then 'backfill'
                when ledger.event_name in ('Reconcile', 'Poll') then 'reconcile'
                when ledger.event_name like 'ObjectCreated:%' or ledger.event_name = 'Object Created' then 'event'
           end as way
    from session own
    join ingest.session_head head using (source, channel, session_id)
    left join ingest.object ledger
      on ledger.bucket = head.bucket collate "C" and ledger.object_key = head.object_key collate "C"
    where own.day >= from_day
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
  select day, source, channel, own.sessions, by_event, by_backfill, by_reconcile,
         own.ids[1], own.ids[own.sessions::integer], own.missing_ids::bigint, round(own.share, 4), round(usual.share, 4),
         case when usual.share is not null
              then greatest(0, round(own.missing_ids - usual.share * (own.missing_ids + own.sessions)))::bigint end,
         own.id_jumps, within_1h, within_6h, within_24h, within_72h, later,
         round(arrivals.hours[1]::numeric, 2), round(arrivals.hours[2]::numeric, 2)
  from day_shares own
  join day_arrivals arrivals using (source, channel, day)
  cross join lateral (
    select percentile_cont(0.5) within group (order by one)::numeric as share from unnest(own.shares_before) one
  ) usual
  where day >= from_day;
end
$$;

comment on column analytics.completeness_daily.stored_within_1h_share is
  'Share of sessions_by_event that was first stored within an hour of the end. Sessions whose end cannot be true are left out. Null without other such sessions. Unit: share (0 to 1). Source: computed: first_loaded_at - ended_at. Personal data: no.';
comment on column warehouse.session_revision.original_content is
  'The bytes as they came, only for a document with characters that Postgres cannot store; of an object with several documents with the first of them. With raw: latest they go when a newer revision of that first session comes, also for the others. Source: computed: the object. Personal data: yes.';
