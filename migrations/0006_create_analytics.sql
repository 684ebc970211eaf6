-- Is everything in? Per source, channel and local day: ids that no session has, and how late sessions were stored.
-- docs/completeness.md says how to read the numbers. Since migration 0014 analytics.completeness reads rollups instead.
--
-- The functions run with their owner's rights: a reader of the schema analytics needs no right on warehouse or ingest, and
-- gets only counts and ids.

-- Whether more than 1,000 ids between two neighbours can all have been given out, so that they are missing, or the sequence
-- jumps there (a test session with a huge id, ids that start again). They can if the later session is not a day older than
-- the earlier one, and the sequence would have to run at most twenty times faster than before. "Before" is the up to 1,000
-- earlier sessions without their first and last tenth, over ten minutes or more. Twenty, because nights are slow and not
-- every id becomes a session. The time between the two counts as a day or more. Reads only the heads, so the answer does not
-- depend on the days that a query asks for.
create function ingest.can_be_missing(
  of_source text, of_channel text, earlier_id bigint, earlier_at timestamptz, later_id bigint, later_at timestamptz
) returns boolean
language sql stable strict
set search_path = pg_catalog, pg_temp
as $$
  select later_at > earlier_at - interval '1 day'
     and later_id - earlier_id - 1 <= 20 * count(*)
         * extract(epoch from greatest(later_at - earlier_at, interval '1 day'))
         / extract(epoch from greatest(
             percentile_disc(0.9) within group (order by before.created_at)
             - percentile_disc(0.1) within group (order by before.created_at), interval '10 minutes'))
  from (
    select head.created_at from ingest.session_head head
    where head.source = of_source and head.channel = of_channel and head.session_id between 1 and earlier_id
    order by head.session_id desc
    limit 1000
  ) before
$$;

comment on function ingest.can_be_missing(text, text, bigint, timestamptz, bigint, timestamptz) is
  'Whether the ids between two neighbouring sessions can all have been given out; otherwise the sequence jumps there.';

-- Every month that may have sessions, by the partitions that exist and by what the default partition holds.
create function ingest.session_months()
returns table (first_day date, last_day date)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select distinct date_trunc('month', day::timestamp)::date,
                  (date_trunc('month', day::timestamp) + interval '1 month' - interval '1 day')::date
  from (
    select p.month + day from ingest.month_partitions() p, (values (-1), (0), (31)) near (day)
    where p.table_name = 'session'
    union all
    select (created_at at time zone 'UTC' + make_interval(mins => coalesce(utc_offset_minutes, 0)))::date
    from warehouse.session_default
  ) days (day)
$$;

comment on function ingest.session_months() is
  'First and last day of every month that may have sessions, from the partitions and the default partition.';

-- Reads the partitions of these days and of the 28 before, once. The ids between a session and the one before it in the
-- sequence belong to the day of the later one, so each missing id is on exactly one day, although around midnight ids and
-- days are not in the same order. Most sessions have their neighbour among these rows; only for the others is the head
-- before looked up, by primary key. What was stored when is looked up for the asked days alone, by primary key. An end is
-- believed from a day before created_at up to latest_event_at, and not more than a day after the session was stored: 1970
-- and 2099 are left out. plpgsql and force_custom_plan, because a SQL function of Postgres 17 and older is planned without
-- knowing the dates.
create function analytics.completeness(from_day date, to_day date)
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
    select s.source, s.channel, s.session_id, s.created_at, s.ended_at, s.bucket, s.object_key,
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

comment on function analytics.completeness(date, date) is
  'completeness_daily for these days, both included. Reads only the partitions of these days and of the 28 before.';

-- A month is computed once, and only if a filter on the day leaves one of its days: the outer side of the LEFT JOIN is asked
-- first, and the window makes sure of that. Only a filter on what the window is partitioned by gets below it. A filter on
-- another column would turn the LEFT JOIN into a join that may begin with the function.
create view analytics.completeness_daily as
select day, source, channel, sessions, sessions_by_event, sessions_by_backfill, sessions_by_reconcile,
       first_session_id, last_session_id, missing_ids, missing_id_share, usual_missing_id_share,
       implausible_missing_ids, id_jumps, stored_within_1h_share, stored_within_6h_share, stored_within_24h_share,
       stored_within_72h_share, stored_later_share, hours_to_store_p50, hours_to_store_p95
from ingest.session_months() calendar
cross join lateral (
  select own.day, found.source, found.channel, found.sessions, found.sessions_by_event, found.sessions_by_backfill,
         found.sessions_by_reconcile, found.first_session_id, found.last_session_id, found.missing_ids,
         found.missing_id_share, found.usual_missing_id_share, found.implausible_missing_ids, found.id_jumps,
         found.stored_within_1h_share, found.stored_within_6h_share, found.stored_within_24h_share,
         found.stored_within_72h_share, found.stored_later_share, found.hours_to_store_p50, found.hours_to_store_p95,
         count(found.day) over (partition by own.day) as found_rows
  from (
    select calendar.first_day + number as day
    from generate_series(0, calendar.last_day - calendar.first_day) number
  ) own
  left join analytics.completeness(calendar.first_day, calendar.last_day) found on found.day = own.day
) month_days
where found_rows > 0;

comment on view analytics.completeness_daily is
  'One row per source, channel and local day with sessions: which ids are missing, and how late sessions were stored. '
  'Filter on day.';
comment on column analytics.completeness_daily.day is
  'Local day of created_at, by the offset that it was written with. Source: computed: created_at at utc_offset_minutes. '
  'Personal data: no.';
comment on column analytics.completeness_daily.source is
  'Configured name of the bucket and prefix: the tenant. Source: computed: as in session. Personal data: no.';
comment on column analytics.completeness_daily.channel is
  'call or chat. Calls and chats have a sequence of ids each. Source: computed: as in session. Personal data: no.';
comment on column analytics.completeness_daily.sessions is
  'Sessions that are stored. Unit: sessions. Source: computed: count of session. Personal data: no.';
comment on column analytics.completeness_daily.sessions_by_event is
  'Of these, announced by the store as they came. Unit: sessions. Source: computed: event of the object that holds the '
  'stored revision. Personal data: no.';
comment on column analytics.completeness_daily.sessions_by_backfill is
  'Of these, loaded in bulk. Unit: sessions. Source: computed: event of the object that holds the stored revision. '
  'Personal data: no.';
comment on column analytics.completeness_daily.sessions_by_reconcile is
  'Of these, found by listing the bucket: no announcement came, or the source has none. Unit: sessions. Source: '
  'computed: event of the object that holds the stored revision. Personal data: no.';
comment on column analytics.completeness_daily.first_session_id is
  'Id of the session that was created first. Source: computed: by created_at. Personal data: no.';
comment on column analytics.completeness_daily.last_session_id is
  'Id of the session that was created last. Source: computed: by created_at. Personal data: no.';
comment on column analytics.completeness_daily.missing_ids is
  'Ids between each session of the day and the session with the next lower id, whatever its day. Some never get a file; '
  'jumps of the sequence are left out. Unit: ids. Source: computed: from the ids that are stored. Personal data: no.';
comment on column analytics.completeness_daily.missing_id_share is
  'missing_ids of missing_ids and sessions together. Unit: share (0 to 1). Source: computed: missing_ids / (missing_ids '
  '+ sessions). Personal data: no.';
comment on column analytics.completeness_daily.usual_missing_id_share is
  'Median of missing_id_share over the days with sessions among the 28 before. Null where there is none. Unit: share (0 '
  'to 1). Source: computed: from missing_id_share. Personal data: no.';
comment on column analytics.completeness_daily.implausible_missing_ids is
  'Missing ids beyond the usual share, not below 0. Null where nothing is usual yet. Unit: ids. Source: computed: '
  'missing_ids - usual_missing_id_share * (missing_ids + sessions). Personal data: no.';
comment on column analytics.completeness_daily.id_jumps is
  'Gaps that are too wide to be missing ids: a stray id, or a sequence that starts again. Unit: gaps. Source: computed: '
  'ingest.can_be_missing. Personal data: no.';
comment on column analytics.completeness_daily.stored_within_1h_share is
  'Share of sessions_by_event that was first stored within an hour of the end. Sessions whose end cannot be true are '
  'left out. Null without other such sessions. Unit: share (0 to 1). Source: computed: first_loaded_at - ended_at. '
  'Personal data: no.';
comment on column analytics.completeness_daily.stored_within_6h_share is
  'The same within 6 hours. Unit: share (0 to 1). Source: computed: first_loaded_at - ended_at. Personal data: no.';
comment on column analytics.completeness_daily.stored_within_24h_share is
  'The same within 24 hours. Unit: share (0 to 1). Source: computed: first_loaded_at - ended_at. Personal data: no.';
comment on column analytics.completeness_daily.stored_within_72h_share is
  'The same within 72 hours. Unit: share (0 to 1). Source: computed: first_loaded_at - ended_at. Personal data: no.';
comment on column analytics.completeness_daily.stored_later_share is
  'Share of sessions_by_event that was first stored after more than 72 hours. Unit: share (0 to 1). Source: computed: '
  'first_loaded_at - ended_at. Personal data: no.';
comment on column analytics.completeness_daily.hours_to_store_p50 is
  'Median time from the end of a session to its first storing, over sessions_by_event. Unit: hours. Source: computed: '
  'first_loaded_at - ended_at. Personal data: no.';
comment on column analytics.completeness_daily.hours_to_store_p95 is
  'The same for the slowest twentieth: 95th percentile. Unit: hours. Source: computed: first_loaded_at - ended_at. '
  'Personal data: no.';

-- Only what the index object_by_trouble holds: for the other outcomes the whole ledger would have to be read.
create view analytics.object_outcome_daily as
select (coalesce(last_modified, event_time, first_seen_at) at time zone 'UTC')::date as day,
       source, outcome, code, count(*) as objects
from ingest.object
where outcome in ('rejected', 'missing', 'failed')
group by 1, source, outcome, code;

comment on view analytics.object_outcome_daily is
  'One row per UTC day, source, outcome and code: announced objects that gave no session because they were rejected, '
  'missing or failed.';
comment on column analytics.object_outcome_daily.day is
  'UTC day on which the object was last modified, else announced, else first seen. Source: computed: last_modified or '
  'event_time or first_seen_at. Personal data: no.';
comment on column analytics.object_outcome_daily.source is
  'Configured name of the bucket and prefix: the tenant. Source: computed: as in the ledger. Personal data: no.';
comment on column analytics.object_outcome_daily.outcome is
  'rejected, missing, or failed while it is tried again. Source: computed: as in the ledger. Personal data: no.';
comment on column analytics.object_outcome_daily.code is 'Why. Source: computed: as in the ledger. Personal data: no.';
comment on column analytics.object_outcome_daily.objects is
  'Objects. Unit: objects. Source: computed: count of the ledger. Personal data: no.';
