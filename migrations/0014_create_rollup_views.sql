-- The rollups as analysts read them: one row for each day or hour of the tenant's clock and each group, with rates.
--
-- * Counts and sums can be added up over any rows, rates cannot: add up what they are made of, and divide. Histograms are
--   added by analytics.sum_histogram; percentiles of them are approximate.
-- * Rows of an hour stand under several homes, and agents whom the reader must not tell apart under one key, so the hourly
--   views, and those of agents, add up.

create aggregate analytics.sum_histogram(bigint[]) (
  sfunc = rollup.add_histograms, stype = bigint[], combinefunc = rollup.add_histograms, parallel = safe);
comment on aggregate analytics.sum_histogram(bigint[]) is
  'Adds histograms slot by slot: analytics.percentile(analytics.sum_histogram(answer_histogram), 0.9).';

do $$
declare
  kind     text;
  grain    text;
  columns  text;
  grouping text;
  rates    text;
  table_id oid;
begin
  foreach kind in array array['session', 'queue', 'agent', 'virtual_agent', 'transfer', 'disposition'] loop
    rates := case kind
      when 'session' then
        'round(own.handled::numeric / nullif(own.sessions, 0), 4) as handled_share,
         round(own.with_transfer::numeric / nullif(own.handled, 0), 4) as transfer_rate,
         round(own.rating_sum / nullif(own.rated, 0), 4) as csat_mean,
         round(own.rated::numeric / nullif(own.sessions, 0), 4) as survey_response_rate'
      when 'queue' then
        'round(own.in_sla::numeric / nullif(own.in_sla + own.out_sla, 0), 4) as service_level,
         round(own.abandoned::numeric / nullif(own.entries, 0), 4) as abandon_rate,
         round((own.abandoned - own.abandoned_short)::numeric / nullif(own.entries, 0), 4) as abandon_rate_without_short,
         round(own.answer_sum::numeric / nullif(own.answer_waits, 0), 2) as asa,
         round(own.abandon_sum::numeric / nullif(own.abandon_waits, 0), 2) as average_abandon_time,
         analytics.percentile(own.answer_histogram, 0.5) as answer_seconds_p50,
         analytics.percentile(own.answer_histogram, 0.9) as answer_seconds_p90'
      when 'agent' then
        'round(own.handle_sum::numeric / nullif(own.handle_times, 0), 2) as aht,
         round(own.with_hold::numeric / nullif(own.interactions, 0), 4) as hold_rate,
         round(own.response_sum / nullif(own.responses, 0), 2) as agent_response_time,
         round(own.rating_last_sum / nullif(own.rated_last, 0), 4) as csat_mean_last,
         analytics.percentile(own.handle_histogram, 0.5) as handle_seconds_p50,
         analytics.percentile(own.handle_histogram, 0.9) as handle_seconds_p90'
      when 'virtual_agent' then
        'round(own.seconds_sum::numeric / nullif(own.interaction_times, 0), 2) as average_seconds,
         round(own.fallbacks::numeric / nullif(own.responses, 0), 4) as fallback_rate'
      when 'transfer' then
        'round(own.completed::numeric / nullif(own.transfers, 0), 4) as completed_share,
         round(own.wait_sum::numeric / nullif(own.waits, 0), 2) as average_wait'
      end;
    foreach grain in array array['hour', 'day'] loop
      table_id := format('rollup.%I', kind || '_' || grain)::regclass;
      with own as (
        select a.attname::text as name, a.attnum as place, a.atttypid::regtype::text as type,
               a.attname in ('source', 'local_hour', 'local_day', 'channel', 'direction', 'session_type', 'lang', 'outcome',
                             'first_menu_path_id', 'menu_path_id', 'is_first', 'agent_id', 'virtual_agent_id',
                             'escalation_reason', 'from_menu_path_id', 'target_kind', 'to_menu_path_id', 'is_cold', 'status',
                             'list', 'code') as is_dimension
        from pg_attribute a
        where a.attrelid = table_id and a.attnum > 0 and a.attname not in ('home_month', 'home_hour')
      )
      select string_agg(case
               when name = 'local_hour' then 'r.local_hour::date as local_day, r.local_hour'
               when name = 'agent_id' then
                 'case when (select are_shown from ingest.agent_visibility) then agent.agent_key end as agent_key'
               when is_dimension then format('r.%I', name)
               when name like '%\_max' then format('max(r.%I) as %1$I', name)
               when name like '%\_histogram' then format('analytics.sum_histogram(r.%I) as %1$I', name)
               else format('sum(r.%I)::%s as %1$I', name, type) end, ', ' order by place),
             string_agg(case
               when not is_dimension then null
               when name = 'local_hour' then 'r.local_hour::date, r.local_hour'
               when name = 'agent_id' then 'case when (select are_shown from ingest.agent_visibility) then agent.agent_key end'
               else format('r.%I', name) end, ', ' order by place)
        into columns, grouping
      from own;
      if grain = 'day' and kind <> 'agent' then
        execute format('create view analytics.%I as select own.*%s from rollup.%I own', kind || '_daily',
                       coalesce(', ' || rates, ''),
                       kind || '_day');
      else
        execute format(
          'create view analytics.%I as select own.*%s from (select %s from rollup.%I r%s group by %s) own',
          kind || case grain when 'day' then '_daily' else '_hourly' end, coalesce(', ' || rates, ''), columns, kind || '_' || grain,
          case kind when 'agent' then ' left join warehouse.agent on agent.source = r.source and agent.agent_id = r.agent_id'
                    else '' end,
          grouping);
      end if;
    end loop;
  end loop;
end
$$;

-- Is everything in? Reads the days, not their sessions. The ids between a session and the one before it in the sequence belong
-- to the day of the later one, so each missing id is on exactly one day, although around midnight ids and days are not in the
-- same order. Days that are not asked for may have ids among those of the asked days, and the id before all of them: so their
-- runs are read as well, by the index on ids, and the answer does not depend on the days that a query asks for. Heads are read
-- only where more than 1,000 ids are missing. plpgsql and force_custom_plan, because a SQL function of Postgres 17 and older is
-- planned without knowing the dates.
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
  with own_day as materialized (
    select own.*, own.local_day as day from rollup.arrival_day own where own.local_day between from_day - 29 and to_day + 1
  ),
  span as (
    select own.source, own.channel, max(own.highest_id) as highest_id,
           min(case when own.lowest_id > 0 then own.lowest_id
                    else (select min(one) from unnest(own.run_starts) one where one > 0) end) as lowest_id
    from own_day own
    group by own.source, own.channel
  ),
  other_day as (
    select span.source, span.channel, other.run_starts, other.run_ends
    from span
    -- offset 0: first the index alone, then the days that it finds, of which there are seldom any.
    cross join lateral (
      select near.local_day from rollup.arrival_day near
      where near.source = span.source and near.channel = span.channel and near.highest_id >= span.lowest_id
        and near.lowest_id <= span.highest_id and near.local_day not between from_day - 29 and to_day + 1
      offset 0
    ) near
    cross join lateral (
      select one.run_starts, one.run_ends from rollup.arrival_day one
      where one.source = span.source and one.channel = span.channel and one.local_day = near.local_day
      offset 0
    ) other
    union all
    select span.source, span.channel, array[below.highest_id], array[below.highest_id]
    from span
    cross join lateral (
      select one.highest_id from rollup.arrival_day one
      where one.source = span.source and one.channel = span.channel and one.highest_id < span.lowest_id
      order by one.highest_id desc
      limit 1
    ) below
  ),
  run as (
    select own.source, own.channel, own.day, one.first_id,
           -- The greatest of all, and not of the run before: while an hour waits, an id may be in two runs.
           max(one.last_id) over (partition by own.source, own.channel order by one.first_id
                                  rows between unbounded preceding and 1 preceding) as before_id
    from (
      select source, channel, day, run_starts, run_ends from own_day
      union all
      select source, channel, null::date, run_starts, run_ends from other_day
    ) own
    cross join lateral unnest(own.run_starts, own.run_ends) one (first_id, last_id)
  ),
  gap as (
    select own.source, own.channel, own.day, own.first_id - own.before_id - 1 as ids,
           case when own.first_id - own.before_id <= 1001 then true
                else ingest.can_be_missing(own.source, own.channel, own.before_id,
                                           (select head.created_at from ingest.session_head head
                                            where head.source = own.source and head.channel = own.channel
                                              and head.session_id = own.before_id),
                                           own.first_id,
                                           (select head.created_at from ingest.session_head head
                                            where head.source = own.source and head.channel = own.channel
                                              and head.session_id = own.first_id))
           end as is_missing
    from run own
    -- Compared as numeric: the greatest id has no next one.
    where own.day is not null and own.before_id > 0 and own.before_id + 1.0 < own.first_id
  ),
  day_gaps as (
    select source, channel, day, sum(ids) filter (where is_missing) as missing_ids,
           count(*) filter (where not is_missing) as id_jumps
    from gap group by source, channel, day
  ),
  day_shares as (
    select own.*, coalesce(gaps.missing_ids, 0) as missing_ids, coalesce(gaps.id_jumps, 0) as id_jumps,
           coalesce(gaps.missing_ids, 0) / (coalesce(gaps.missing_ids, 0) + own.sessions) as share
    from own_day own
    left join day_gaps gaps using (source, channel, day)
    where own.day between from_day - 28 and to_day
  ),
  usual as (
    select own.*, array_agg(share) over (
             partition by source, channel order by day
             range between interval '28 days' preceding and interval '1 day' preceding) as shares_before
    from day_shares own
  )
  select own.day, own.source, own.channel, own.sessions, own.by_event, own.by_backfill, own.by_reconcile,
         own.first_id, own.last_id, own.missing_ids::bigint, round(own.share, 4), round(median.share, 4),
         case when median.share is not null
              then greatest(0, round(own.missing_ids - median.share * (own.missing_ids + own.sessions)))::bigint end,
         own.id_jumps,
         round(own.within_1h::numeric / nullif(own.with_hours, 0), 4),
         round(own.within_6h::numeric / nullif(own.with_hours, 0), 4),
         round(own.within_24h::numeric / nullif(own.with_hours, 0), 4),
         round(own.within_72h::numeric / nullif(own.with_hours, 0), 4),
         round((own.with_hours - own.within_72h)::numeric / nullif(own.with_hours, 0), 4),
         round(own.hours_p50::numeric, 2), round(own.hours_p95::numeric, 2)
  from usual own
  cross join lateral (
    select percentile_cont(0.5) within group (order by one)::numeric as share from unnest(own.shares_before) one
  ) median
  where own.day >= from_day;
end
$$;

comment on function analytics.completeness(date, date) is
  'completeness_daily for these days, both included. Reads these days and the 28 before, and no session.';

-- From one month to the next that has a day, by the index on days: the days themselves are not read.
create or replace function ingest.session_months()
returns table (first_day date, last_day date)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  with recursive month (first_day) as (
    select date_trunc('month', min(local_day)::timestamp)::date from rollup.arrival_day
    union all
    select (select date_trunc('month', min(own.local_day)::timestamp)::date from rollup.arrival_day own
            where own.local_day >= (month.first_day + interval '1 month')::date)
    from month
    where month.first_day is not null
  )
  select first_day, (first_day + interval '1 month' - interval '1 day')::date from month where first_day is not null
$$;

comment on function ingest.session_months() is 'First and last day of every month of local days with sessions.';

create or replace view analytics.freshness as
select newest.source, newest.channel, newest.newest_session_created_at, newest.newest_loaded_at,
       coalesce(waiting.since, state.refreshed_at) as rollups_current_to,
       coalesce(waiting.hours, 0) as changed_hours_waiting
from (
  select source.name as source, own.channel, max(head.created_at) as newest_session_created_at,
         max(head.loaded_at) as newest_loaded_at
  from ingest.source
  cross join (values ('call'), ('chat')) own (channel)
  cross join lateral (
    select newest.created_at, newest.loaded_at from ingest.session_head newest
    where newest.source = source.name and newest.channel = own.channel
    order by newest.session_id desc
    limit 200
  ) head
  group by source.name, own.channel
) newest
cross join rollup.state
left join (
  select source, min(changed_at) as since, count(distinct (home_month, home_hour)) as hours
  from ingest.changed_hour group by source
) waiting using (source);

comment on column analytics.freshness.rollups_current_to is
  'What was stored until then is in the views by day and hour; later changes may be. Source: computed: '
  'ingest.changed_hour.changed_at, or the last refresh where nothing waits. Personal data: no.';
comment on column analytics.freshness.changed_hours_waiting is
  'Hours of the source whose counts by day and hour are to be made again. Unit: hours. Source: computed: '
  'ingest.changed_hour. Personal data: no.';

-- ------------------------------------------------------------------------------------------------------------ comments

do $$
declare
  own record;
begin
  for own in
    with said (column_name, meaning) as (values
      ('agent_key', 'Stands for the agent. Null without an agent, and for all where analytics.agents is hidden'),
      ('handled_share', 'handled / sessions'),
      ('transfer_rate', 'Handled sessions with a completed transfer: with_transfer / handled'),
      ('csat_mean', 'Mean rating: rating_sum / rated'),
      ('survey_response_rate', 'rated / sessions'),
      ('service_level', 'in_sla / (in_sla + out_sla)'),
      ('abandon_rate', 'abandoned / entries'),
      ('abandon_rate_without_short', '(abandoned - abandoned_short) / entries'),
      ('asa', 'Average speed of answer: answer_sum / answer_waits. Unit: seconds'),
      ('average_abandon_time', 'abandon_sum / abandon_waits. Unit: seconds'),
      ('answer_seconds_p50', 'Approximate median of the waits of answered entries, from answer_histogram. Unit: seconds'),
      ('answer_seconds_p90', 'Approximate 90th percentile of the waits of answered entries, from answer_histogram. Unit: '
       'seconds'),
      ('aht', 'Average handle time: handle_sum / handle_times. Unit: seconds'),
      ('hold_rate', 'with_hold / interactions'),
      ('agent_response_time', 'response_sum / responses. Unit: seconds'),
      ('csat_mean_last', 'Mean rating of the sessions that the agent handled last: rating_last_sum / rated_last'),
      ('handle_seconds_p50', 'Approximate median of handle times, from handle_histogram. Unit: seconds'),
      ('handle_seconds_p90', 'Approximate 90th percentile of handle times, from handle_histogram. Unit: seconds'),
      ('average_seconds', 'seconds_sum / interaction_times. Unit: seconds'),
      ('fallback_rate', 'fallbacks / responses'),
      ('completed_share', 'completed / transfers'),
      ('average_wait', 'wait_sum / waits. Unit: seconds')
    )
    select c.relname, a.attname,
           coalesce(format('%s. Source: computed: the columns of the row. Personal data: no.', said.meaning),
                    col_description(format('rollup.%I', regexp_replace(c.relname, '_(daily|hourly)$', '_hour'))::regclass, below.attnum),
                    case a.attname when 'local_day' then 'Day of the tenant''s clock on which the events began: bound it in '
                      'every query. Source: computed: from warehouse. Personal data: no.' end) as comment
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    left join said on said.column_name = a.attname
    left join pg_attribute below
      on below.attrelid = format('rollup.%I', regexp_replace(c.relname, '_(daily|hourly)$', '_hour'))::regclass
         and below.attname = a.attname
    where c.relnamespace = 'analytics'::regnamespace and c.relkind = 'v'
      and c.relname ~ '^(session|queue|agent|virtual_agent|transfer|disposition)_(daily|hourly)$'
  loop
    execute format('comment on column analytics.%I.%I is %L', own.relname, own.attname, own.comment);
  end loop;
  for own in
    select v.kind, v.what, g.suffix, g.word
    from (values
      ('session', 'Sessions by when they were created'), ('queue', 'Queue entries by when they began'),
      ('agent', 'Work of agents by when they accepted, transfers that they asked for, and dispositions'),
      ('virtual_agent', 'Handlings by virtual agents by when they began'), ('transfer', 'Transfers by when they were asked for'),
      ('disposition', 'Dispositions by when their handling began')) v (kind, what)
    cross join (values ('daily', 'day'), ('hourly', 'hour')) g (suffix, word)
  loop
    execute format('comment on view analytics.%I is %L', own.kind || '_' || own.suffix,
      format('%s: one row per %s of the tenant''s clock and group, exact but for hours that wait (see freshness). Counts and sums '
             'can be added up, rates and percentiles cannot.', own.what, own.word));
  end loop;
end
$$;

-- -------------------------------------------------------------------------------------------------------------- access

insert into ingest.access_rule (role_name, object_kind, object_name, privileges)
select reader, own.kind, own.name, own.privilege
from unnest(array['aftercall_operator', 'aftercall_analyst', 'aftercall_cleared', 'aftercall_supervisor']) reader
cross join (
  select 'table' as kind, format('analytics.%I', kind || '_' || suffix) as name, 'select' as privilege
  from unnest(array['session', 'queue', 'agent', 'virtual_agent', 'transfer', 'disposition']) kind,
       unnest(array['daily', 'hourly']) suffix
  union all
  select 'function', 'analytics.sum_histogram(bigint[])', 'execute'
) own;

select ingest.grant_access();
