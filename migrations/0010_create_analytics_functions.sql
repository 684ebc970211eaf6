-- Questions with parameters. docs/analytics.md lists them.
--
-- They run with the rights of their caller and read views of analytics only, so they open no door that the views do not
-- open already. Both bounds of the days go into one statement that is planned with their values
-- (plan_cache_mode = force_custom_plan). Days are days on the tenant's clock, both included.
--
-- Counts come first and can be added up over any rows; a rate is a quotient of sums and cannot.

create function analytics.service_level(
  from_day date, to_day date, target_seconds integer, short_seconds integer default null, count_abandons text default 'long'
)
returns table (
  source text, channel text, local_day date, menu_path_id bigint, menu_path text,
  entries bigint, answered bigint, answered_in_target bigint, abandoned bigint, abandoned_short bigint, counted bigint,
  service_level numeric
)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
  if target_seconds is null or target_seconds <= 0 then
    raise exception 'target_seconds must be a number of seconds above 0' using errcode = 'invalid_parameter_value';
  end if;
  if count_abandons is null or count_abandons not in ('none', 'long', 'all') then
    raise exception 'count_abandons must be none, long or all' using errcode = 'invalid_parameter_value';
  end if;
  return query
  select own.*, round(own.answered_in_target / nullif(own.counted, 0)::numeric, 4)
  from (
    select e.source, e.channel, e.local_day, e.menu_path_id, max(e.menu_path), count(*) as entries,
           count(*) filter (where e.answered = 1) as answered,
           count(*) filter (where e.answered = 1 and e.wait_seconds < service_level.target_seconds) as answered_in_target,
           count(*) filter (where e.abandoned = 1) as abandoned,
           count(*) filter (where short.is_short) as abandoned_short,
           count(*) filter (where e.answered = 1 and e.wait_seconds is not null
                               or e.abandoned = 1 and count_abandons = 'all'
                               or e.abandoned = 1 and count_abandons = 'long' and not short.is_short) as counted
    from analytics.queue_entry e
    cross join lateral (
      select e.abandoned = 1
             and coalesce(case when short_seconds is null then e.is_short_abandon else e.wait_seconds < short_seconds end, false)
             as is_short
    ) short
    where e.local_day between from_day and to_day
    group by e.source, e.channel, e.local_day, e.menu_path_id
  ) own;
end
$$;

comment on function analytics.service_level(date, date, integer, integer, text) is
  'Service level with a target of your own, by source, channel, local day and queue: entries that were answered with a wait '
  'below target_seconds, divided by those that count. Answered entries count; of the abandoned ones count_abandons says '
  'which: none, long (the default) or all. An abandon is short below short_seconds, or by the threshold of its row where '
  'that is null. The vendor''s own verdict is in_sla and out_sla of queue_entry. Over several rows: '
  'sum(answered_in_target)::numeric / sum(counted).';

create function analytics.abandons(
  from_day date, to_day date, short_seconds integer default null, with_canceled boolean default false
)
returns table (
  source text, channel text, local_day date, menu_path_id bigint, menu_path text,
  entries bigint, first_entries bigint, answered bigint, abandoned bigint, abandoned_first bigint, abandoned_short bigint,
  abandon_seconds bigint, abandon_rate numeric, abandon_rate_without_short numeric
)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
  return query
  select own.*, round(own.abandoned / nullif(own.entries, 0)::numeric, 4),
         round((own.abandoned - own.abandoned_short) / nullif(own.entries, 0)::numeric, 4)
  from (
    select e.source, e.channel, e.local_day, e.menu_path_id, max(e.menu_path), count(*) as entries,
           count(*) filter (where e.is_first) as first_entries,
           count(*) filter (where e.answered = 1) as answered,
           count(*) filter (where gone.up) as abandoned,
           count(*) filter (where gone.up and e.is_first) as abandoned_first,
           count(*) filter (where gone.up and case when short_seconds is null then e.is_short_abandon
                                                   else e.wait_seconds < short_seconds end) as abandoned_short,
           coalesce(sum(e.wait_seconds) filter (where gone.up), 0) as abandon_seconds
    from analytics.queue_entry e
    cross join lateral (
      select e.abandoned = 1 or with_canceled and coalesce(e.outcome = 'canceled', false) as up
    ) gone
    where e.local_day between from_day and to_day
    group by e.source, e.channel, e.local_day, e.menu_path_id
  ) own;
end
$$;

comment on function analytics.abandons(date, date, integer, boolean) is
  'Queue entries that the consumer gave up, by source, channel, local day and queue. abandon_rate is abandoned / entries, '
  'short ones included. An abandon is short below short_seconds, or by the threshold of its row where that is null. '
  'with_canceled also counts entries that the consumer canceled. abandon_seconds / abandoned is the mean time to give up.';

-- The time between two contacts is that between two instants, so a change of the clocks does not matter. The days before
-- from_day are read as far back as the window reaches. The key comes first in the window, because most rows differ in it.
create function analytics.repeat_contacts(
  from_day date, to_day date, within interval default '7 days', same_queue boolean default true, by text default 'customer'
)
returns table (
  source text, local_day date, menu_path_id bigint, menu_path text, contacts bigint, repeated bigint,
  first_contact_share numeric
)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
  days_back integer;
begin
  if by is null or by not in ('customer', 'contact') then
    raise exception 'by must be customer or contact' using errcode = 'invalid_parameter_value';
  end if;
  if within is null or within <= interval '0' then
    raise exception 'within must be an interval above 0' using errcode = 'invalid_parameter_value';
  end if;
  days_back := ceil(extract(epoch from within) / 86400)::integer + 1;
  if exists (select from analytics.session s where s.local_day between from_day and to_day)
     and not exists (select from analytics.session s where s.local_day between from_day and to_day
                     and case by when 'customer' then s.customer_key else s.contact_key end is not null) then
    raise exception 'no session of these days has a %_key', by
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'Set identity.key in the configuration, and run: aftercall replay --from raw';
  end if;
  return query
  with contact as materialized (
    select s.source, s.local_day, s.session_created_at, s.session_id, s.first_menu_path_id, s.first_menu_path,
           case by when 'customer' then s.customer_key else s.contact_key end as key
    from analytics.session s
    where s.local_day between from_day - days_back and to_day and s.direction = 'inbound'
      and (not same_queue or s.first_menu_path_id is not null)
  ),
  paired as (
    select contact.*, session_created_at - lag(session_created_at) over (
             partition by key, source, case when same_queue then first_menu_path_id end
             order by session_created_at, session_id) as since
    from contact where key is not null
  )
  select source, local_day, first_menu_path_id, max(first_menu_path), count(*),
         count(*) filter (where since <= within),
         round(1 - count(*) filter (where since <= within) / count(*)::numeric, 4)
  from paired
  where local_day >= from_day
  group by source, local_day, first_menu_path_id;
end
$$;

comment on function analytics.repeat_contacts(date, date, interval, boolean, text) is
  'Inbound sessions with a known consumer, by source, local day and first queue, and how many of them repeat one of the same '
  'consumer within the time before: to the same queue, or with same_queue false to any. by says what a consumer is: customer '
  '(customer_key) or contact (number or address). first_contact_share is no first-call resolution: files do not say '
  'whether a question was answered.';

-- Sweep: +1 where a stretch begins, -1 where it ends, and 0 at the begin of every bin so that no level spans two bins. All
-- changes at one instant count together, so a stretch that ends when another begins does not overlap it.
create function analytics.concurrency(
  from_ts timestamp, to_ts timestamp, what text, step interval default '30 minutes', by_key boolean default false
)
returns table (source text, channel text, key text, local_start timestamp, peak integer, mean numeric)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
  if what is null or what not in ('queue', 'agent', 'virtual_agent') then
    raise exception 'what must be queue, agent or virtual_agent' using errcode = 'invalid_parameter_value';
  end if;
  if step is null or step <= interval '0' or date_part('month', step) <> 0 or date_part('year', step) <> 0 then
    raise exception 'step must be an interval above 0 without months' using errcode = 'invalid_parameter_value';
  end if;
  if (to_ts - from_ts) / 10000 > step then
    raise exception 'at most 10000 steps: choose a longer step or less time' using errcode = 'invalid_parameter_value';
  end if;
  return query
  with stretch as (
    select e.source, e.channel, e.menu_path_id::text as key, e.local_started_at as began, e.wait_seconds as seconds
    from analytics.queue_entry e
    where what = 'queue' and e.local_day between from_ts::date - 1 and to_ts::date
    union all
    select h.source, h.channel, h.agent_key::text, h.local_started_at, h.talk_seconds + h.hold_seconds
    from analytics.handled_interaction h
    where what = 'agent' and h.local_day between from_ts::date - 1 and to_ts::date
    union all
    select v.source, v.channel, v.virtual_agent_id::text, v.local_started_at, v.seconds
    from analytics.virtual_agent_interaction v
    where what = 'virtual_agent' and v.local_day between from_ts::date - 1 and to_ts::date
  ),
  clipped as materialized (
    select source, channel, case when by_key then key else '' end as key,
           greatest(began, from_ts) as began, least(began + make_interval(secs => seconds), to_ts) as ended
    from stretch
    where began < to_ts and began + make_interval(secs => seconds) > from_ts and (key is not null or not by_key)
  ),
  -- Numbers, because all changes of a month are sorted by them.
  counted as materialized (
    select source, channel, key, row_number() over ()::integer as number from clipped group by source, channel, key
  ),
  change as (
    select number, at, sum(delta)::integer as delta
    from (
      select number, own.at, own.delta
      from clipped
      join counted using (source, channel, key)
      cross join lateral (values (began, 1), (ended, -1)) own (at, delta)
      union all
      select number, bin, 0
      from counted
      cross join generate_series(from_ts, to_ts - interval '1 microsecond', step) bin
    ) one
    group by number, at
  ),
  level as (
    select number, at, date_bin(step, at, from_ts) as local_start,
           sum(delta) over (partition by number order by at) as level,
           coalesce(lead(at) over (partition by number order by at), to_ts) - at as lasted
    from change
  ),
  binned as materialized (
    select number, local_start, max(level)::integer as peak, sum(level * extract(epoch from lasted)::float8) as sum
    from level
    where at < to_ts
    group by number, local_start
  )
  select source, channel, case when by_key then key end, local_start, peak,
         round((sum / extract(epoch from least(local_start + step, to_ts) - local_start)::float8)::numeric, 2)
  from binned
  join counted using (number);
end
$$;

comment on function analytics.concurrency(timestamp, timestamp, text, interval, boolean) is
  'How many were at the same time, by source, channel and step of local time, highest and mean: sessions that wait in queues '
  '(queue), interactions of agents, talk and hold without wrap-up (agent), or handlings by virtual agents (virtual_agent). '
  'With by_key for each queue, agent or virtual agent apart. A stretch that began more than a day before from_ts is not seen.';

create function analytics.csat(from_day date, to_day date, max_rating numeric default 5)
returns table (
  source text, channel text, local_day date, menu_path_id bigint, menu_path text,
  sessions bigint, handled_sessions bigint, rated bigint, rated_handled bigint, rating_sum numeric, rated_top_2 bigint,
  csat_mean numeric, csat_percent numeric, response_rate numeric, response_rate_of_handled numeric
)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
  if max_rating is null or max_rating <= 0 then
    raise exception 'max_rating must be above 0' using errcode = 'invalid_parameter_value';
  end if;
  return query
  select own.*, round(own.rating_sum / nullif(own.rated, 0), 4),
         round(own.rating_sum / nullif(own.rated, 0) / max_rating, 4),
         round(own.rated / nullif(own.sessions, 0)::numeric, 4),
         round(own.rated_handled / nullif(own.handled_sessions, 0)::numeric, 4)
  from (
    select s.source, s.channel, s.local_day, s.last_menu_path_id, max(s.last_menu_path), count(*) as sessions,
           count(*) filter (where s.handled_interactions > 0) as handled_sessions,
           count(s.rating) as rated, count(s.rating) filter (where s.handled_interactions > 0) as rated_handled,
           coalesce(sum(s.rating), 0) as rating_sum,
           count(*) filter (where s.rating >= max_rating - 1) as rated_top_2
    from analytics.session s
    where s.local_day between from_day and to_day
    group by s.source, s.channel, s.local_day, s.last_menu_path_id
  ) own;
end
$$;

comment on function analytics.csat(date, date, numeric) is
  'Satisfaction by source, channel, local day of the session and its last queue. csat_mean is the mean of the ratings, '
  'csat_percent that as a share of max_rating, from 0 to 1, rated_top_2 the ratings of at least max_rating - 1. Response '
  'rates are of all sessions and of handled ones. A session without a rating counts for nothing else.';

-- The begin of an interval on the tenant's clock. In the night in which clocks go back, the two passages of one hour are one.
-- Intervals with work are joined by hashes, however few the planner expects: a month of quarter hours has 3,000 for each queue,
-- and most have none.
create function analytics.interval_feed(from_day date, to_day date, minutes integer default 15)
returns table (
  source text, channel text, menu_path_id bigint, menu_path text, local_start timestamp,
  offered bigint, answered bigint, abandoned bigint, abandoned_short bigint, in_sla bigint, out_sla bigint,
  answer_seconds bigint, asa numeric, handled bigint, handle_seconds bigint, aht numeric
)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set enable_nestloop = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
begin
  if minutes is null or minutes <= 0 or 1440 % minutes <> 0 then
    raise exception 'minutes must divide a day: 5, 10, 15, 30, 60 and so on' using errcode = 'invalid_parameter_value';
  end if;
  return query
  -- One row for each entry and interaction, so that they are added up as integers and not as numeric.
  with work as materialized (
    select e.source, e.channel, e.menu_path_id, e.menu_path,
           date_bin(make_interval(mins => minutes), e.local_started_at, timestamp '2000-01-01') as local_start,
           1 as offered, e.answered, e.abandoned, e.is_short_abandon::integer as abandoned_short, e.in_sla, e.out_sla,
           case when e.answered = 1 then e.wait_seconds end as answer_seconds, 0 as handled, null::integer as handle_seconds
    from analytics.queue_entry e
    where e.local_day between from_day and to_day
    union all
    select h.source, h.channel, h.menu_path_id, h.menu_path,
           date_bin(make_interval(mins => minutes), h.local_started_at, timestamp '2000-01-01'),
           0, 0, 0, 0, 0, 0, null, 1, h.handle_seconds
    from analytics.handled_interaction h
    where h.local_day between from_day and to_day and h.menu_path_id is not null
  ),
  counted as materialized (
    select source, channel, menu_path_id, max(menu_path) as menu_path, local_start,
           sum(offered) as offered, sum(answered) as answered, sum(abandoned) as abandoned,
           sum(abandoned_short) as abandoned_short, sum(in_sla) as in_sla, sum(out_sla) as out_sla,
           sum(answer_seconds) as answer_seconds, round(avg(answer_seconds), 2) as asa,
           sum(handled) as handled, sum(handle_seconds) as handle_seconds, round(avg(handle_seconds), 2) as aht
    from work
    group by source, channel, menu_path_id, local_start
  )
  select source, channel, menu_path_id, queue.menu_path, local_start,
         coalesce(own.offered, 0), coalesce(own.answered, 0), coalesce(own.abandoned, 0), coalesce(own.abandoned_short, 0),
         coalesce(own.in_sla, 0), coalesce(own.out_sla, 0), coalesce(own.answer_seconds, 0), own.asa,
         coalesce(own.handled, 0), coalesce(own.handle_seconds, 0), own.aht
  from (select source, channel, menu_path_id, max(menu_path) as menu_path from counted group by 1, 2, 3) queue
  cross join generate_series(from_day::timestamp, to_day + interval '1 day' - interval '1 microsecond',
                             make_interval(mins => minutes)) every (local_start)
  left join counted own using (source, channel, menu_path_id, local_start);
end
$$;

comment on function analytics.interval_feed(date, date, integer) is
  'The feed for workforce management: one row for each queue that had any work in these days and each interval of local time, '
  'zeros included. Entries count in the interval in which they began, handled interactions in that in which the agent '
  'accepted; those without a queue are left out. asa is the mean wait of answered entries, aht the mean handle time '
  '(talk, hold, wrap-up and before-call work), both in seconds and null where there are none.';

create function analytics.timeline(source text, channel text, session_id bigint)
returns table (
  ordinal integer, started_at timestamptz, ended_at timestamptz, seconds integer, kind text, menu_path_id bigint,
  menu_path text, agent_key uuid, virtual_agent_id bigint, hold_seconds integer, transfer_id bigint
)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
  -- With it, the months without the session are pruned.
  month_key constant timestamptz := (
    select s.session_created_at from analytics.session s
    where s.source = timeline.source and s.channel = timeline.channel and s.session_id = timeline.session_id
    limit 1);
begin
  return query
  select own.ordinal, own.started_at, own.ended_at, own.seconds, own.kind, own.menu_path_id, own.menu_path, own.agent_key,
         own.virtual_agent_id, own.hold_seconds, own.transfer_id
  from analytics.segment own
  where own.source = timeline.source and own.channel = timeline.channel and own.session_id = timeline.session_id
    and own.session_created_at = month_key
  order by own.ordinal;
end
$$;

comment on function analytics.timeline(text, text, bigint) is
  'One session as a timeline: its segments in order. Stretches may overlap, as a transfer and the queue that it leads to.';

create function analytics.customers(from_day date, to_day date)
returns table (
  source text, channel text, sessions bigint, customers bigint, contact_keys bigint, sessions_without_customer bigint
)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
begin
  return query
  -- Bounded in a query of its own: before 18, Postgres prunes no months beside grouping sets.
  select s.source, coalesce(s.channel, 'all'), count(*), count(distinct s.customer_key), count(distinct s.contact_key),
         count(*) filter (where s.customer_key is null)
  from (
    select d.source, d.channel, d.customer_key, d.contact_key
    from analytics.session d
    where d.local_day between from_day and to_day
  ) s
  group by grouping sets ((s.source, s.channel), (s.source));
end
$$;

comment on function analytics.customers(date, date) is
  'Different consumers of these days, by source and channel, and for all channels together. Not additive: a consumer of two '
  'days, or of two channels, is one consumer. customers counts customer_key, contact_keys counts contact_key, so numbers and addresses.';

-- A value falls into the slot width_bucket(value, bounds): slot 1 below the first bound, slot 16 from the last one on.
create function analytics.percentile(histogram bigint[], p numeric) returns numeric
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  bounds constant numeric[] := array[0, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200];
  total  constant numeric := (select sum(one) from unnest(histogram) one);
  wanted constant numeric := total * p;
  before numeric := 0;
begin
  if p is null or p < 0 or p > 1 then
    raise exception 'p must be between 0 and 1' using errcode = 'invalid_parameter_value';
  end if;
  if cardinality(histogram) <> 16 then
    raise exception 'a histogram has 16 counts' using errcode = 'invalid_parameter_value';
  end if;
  if coalesce(total, 0) = 0 then
    return null;
  end if;
  for slot in 1 .. 15 loop
    if histogram[slot] > 0 and before + histogram[slot] >= wanted then
      return round(bounds[slot] + (bounds[slot + 1] - bounds[slot]) * (wanted - before) / histogram[slot], 1);
    end if;
    before := before + coalesce(histogram[slot], 0);
  end loop;
  return bounds[16];
end
$$;

comment on function analytics.percentile(bigint[], numeric) is
  'Approximate percentile in seconds of a histogram with the bounds 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600 '
  'and 1200 s, interpolated within its slot. 1200 means 1200 or more. Histograms can be added up, percentiles cannot.';

-- -------------------------------------------------------------------------------------------------------------- access

insert into ingest.access_rule (role_name, object_kind, object_name, privileges)
select reader, 'function', name, 'execute'
from unnest(array['aftercall_operator', 'aftercall_analyst', 'aftercall_cleared', 'aftercall_supervisor']) reader
cross join unnest(array[
  'analytics.service_level(date,date,integer,integer,text)', 'analytics.abandons(date,date,integer,boolean)',
  'analytics.repeat_contacts(date,date,interval,boolean,text)',
  'analytics.concurrency(timestamp,timestamp,text,interval,boolean)', 'analytics.csat(date,date,numeric)',
  'analytics.interval_feed(date,date,integer)', 'analytics.timeline(text,text,bigint)', 'analytics.customers(date,date)',
  'analytics.percentile(bigint[],numeric)']) name;

select ingest.grant_access();
