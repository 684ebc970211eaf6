-- Counts and sums by hour and by day, so that a year of a dashboard reads thousands of rows, not millions of facts. They are
-- exact at any time but for hours that wait in ingest.changed_hour; docs/adr/0043-rollups-are-exact.md has the argument.
--
-- * A home is a source, the UTC month in which sessions were created (their partition), and the hour of the tenant's clock
--   in which they were. All that a session adds to any row stands under its home, wherever its events fall, so replacing
--   the rows of a home replaces just that. The month keeps what retention has dropped apart from what is there.
-- * local_hour is the hour of the tenant's clock in which the event itself began, as local_day of the views.
-- * Loaders write the homes of the rows that they delete and of those that they insert, in the same transaction, once where both
--   are the same.
-- * rollup.refresh makes the rows of changed homes again. Its first statement updates the one row of rollup.state, so of two
--   refreshes at once the second fails (40001) and is tried again: their snapshots are those of one after the other.
--   Lock order: rollup.state, then partitions. ingest.drop_month takes them in the same order.
--
-- On a live database, loaders wait at their first statement while the index is built and the homes of all sessions are
-- listed. Loaders of an earlier release do not list what they change: after the last of them has stopped, run
-- `aftercall rollup --rebuild`.

create schema rollup;
comment on schema rollup is
  'Counts and sums by hour and day, made from warehouse. Read by the views of analytics with their owner''s rights.';

lock table ingest.session_head in share row exclusive mode;

-- Sessions of an hour have equal entries, which share their key: some 8 bytes a row. New rows go to its end.
create index session_by_home_hour on warehouse.session (source, date_trunc('hour', local_created_at));

-- Append-only and without any key: an upsert would make loaders wait for each other, and a refresh reads all of it. With the
-- replica identity, its deletes can also be published where all tables are.
create table ingest.changed_hour (
  source     text        not null,
  home_month date        not null,
  home_hour  timestamp   not null,
  changed_at timestamptz not null default clock_timestamp()
);
alter table ingest.changed_hour replica identity full;
comment on table ingest.changed_hour is
  'Hours whose rollups are to be made again. Written by the transaction that changed the sessions, deleted by the refresh.';
comment on column ingest.changed_hour.source is
  'Configured name of the bucket and prefix: the tenant. Source: pipeline. Personal data: no.';
comment on column ingest.changed_hour.home_month is
  'First day of the UTC month in which the sessions were created. Source: pipeline. Personal data: no.';
comment on column ingest.changed_hour.home_hour is
  'Hour of the tenant''s clock in which the sessions were created. Source: pipeline. Personal data: no.';
comment on column ingest.changed_hour.changed_at is
  'When it was written, shortly before the commit. Source: pipeline. Personal data: no.';

create table rollup.state (
  is_only      boolean     primary key default true check (is_only),
  refreshed_at timestamptz not null default clock_timestamp()
);
insert into rollup.state default values;
comment on table rollup.state is 'One row, which each refresh updates first: refreshes come one after the other.';
comment on column rollup.state.is_only is 'True. Source: pipeline. Personal data: no.';
comment on column rollup.state.refreshed_at is 'When the last refresh began. Source: pipeline. Personal data: no.';

create table rollup.last_check (
  is_only     boolean     primary key default true check (is_only),
  checked_at  timestamptz not null default clock_timestamp(),
  local_day   date,
  differences bigint      not null default 0
);
insert into rollup.last_check default values;
comment on table rollup.last_check is 'One row: the day that a worker compared with the facts last.';
comment on column rollup.last_check.is_only is 'True. Source: pipeline. Personal data: no.';
comment on column rollup.last_check.checked_at is 'When it was compared; at first when this table was made. Source: pipeline. Personal data: no.';
comment on column rollup.last_check.local_day is 'The day; null before the first check. Source: pipeline. Personal data: no.';
comment on column rollup.last_check.differences is 'Rows that differed. Source: pipeline. Personal data: no.';

create table rollup.frozen_month (
  source     text        not null,
  home_month date        not null,
  frozen_at  timestamptz not null default clock_timestamp(),
  primary key (source, home_month)
);
comment on table rollup.frozen_month is
  'Months whose sessions retention has removed: their rollups stay as they are.';
comment on column rollup.frozen_month.source is
  'Configured name of the bucket and prefix: the tenant. Source: pipeline. Personal data: no.';
comment on column rollup.frozen_month.home_month is
  'First day of the UTC month in which the sessions were created. Source: pipeline. Personal data: no.';
comment on column rollup.frozen_month.frozen_at is 'When retention came to it. Source: pipeline. Personal data: no.';

-- ----------------------------------------------------------------------------------------------------------- hourly tables

create table rollup.session_hour (
  source text not null, home_month date not null, home_hour timestamp not null, local_hour timestamp not null,
  channel text not null, direction text, session_type text, lang text, first_menu_path_id bigint, outcome text,
  sessions            bigint  not null,
  handled             bigint  not null,
  virtual_agent_first bigint  not null,
  queued              bigint  not null,
  with_transfer       bigint  not null,
  completed_transfers bigint  not null,
  queue_wait_sum      bigint  not null,
  handle_sum          bigint  not null,
  rated               bigint  not null,
  rated_handled       bigint  not null,
  rating_sum          numeric not null,
  rated_1             bigint  not null,
  rated_2             bigint  not null,
  rated_3             bigint  not null,
  rated_4             bigint  not null,
  rated_5             bigint  not null,
  feedbacks           bigint  not null,
  consent_granted     bigint  not null,
  consent_denied      bigint  not null,
  consent_not_asked   bigint  not null,
  recorded            bigint  not null,
  verified            bigint  not null,
  messages            bigint  not null
);

create table rollup.queue_hour (
  source text not null, home_month date not null, home_hour timestamp not null, local_hour timestamp not null,
  channel text not null, direction text, menu_path_id bigint not null, lang text, is_first boolean,
  entries                bigint   not null,
  answered               bigint   not null,
  abandoned              bigint   not null,
  abandoned_short        bigint   not null,
  abandoned_no_threshold bigint   not null,
  canceled               bigint   not null,
  returned               bigint   not null,
  deflected              bigint   not null,
  failed                 bigint   not null,
  in_sla                 bigint   not null,
  out_sla                bigint   not null,
  answer_waits           bigint   not null,
  answer_sum             bigint   not null,
  answer_max             integer,
  abandon_waits          bigint   not null,
  abandon_sum            bigint   not null,
  abandon_max            integer,
  answer_histogram       bigint[] not null,
  abandon_histogram      bigint[] not null
);

create table rollup.agent_hour (
  source text not null, home_month date not null, home_hour timestamp not null, local_hour timestamp not null,
  channel text not null, direction text, agent_id bigint, menu_path_id bigint,
  interactions       bigint   not null,
  attempts           bigint   not null,
  barges             bigint   not null,
  talk_sum           bigint   not null,
  hold_sum           bigint   not null,
  with_hold          bigint   not null,
  acw_sum            bigint   not null,
  bcw_sum            bigint   not null,
  connect_sum        bigint   not null,
  handle_times       bigint   not null,
  handle_sum         bigint   not null,
  attempt_handle_sum bigint   not null,
  handle_histogram   bigint[] not null,
  responses          bigint   not null,
  response_sum       numeric  not null,
  rated              bigint   not null,
  rating_sum         numeric  not null,
  rated_last         bigint   not null,
  rating_last_sum    numeric  not null,
  transfers_out      bigint   not null,
  transfers_out_cold bigint   not null,
  dispositions       bigint   not null
);

create table rollup.virtual_agent_hour (
  source text not null, home_month date not null, home_hour timestamp not null, local_hour timestamp not null,
  channel text not null, direction text, virtual_agent_id bigint, menu_path_id bigint, is_first boolean, outcome text,
  escalation_reason text,
  interactions      bigint not null,
  interaction_times bigint not null,
  seconds_sum       bigint not null,
  responses         bigint not null,
  fallbacks         bigint not null
);

create table rollup.transfer_hour (
  source text not null, home_month date not null, home_hour timestamp not null, local_hour timestamp not null,
  channel text not null, from_menu_path_id bigint, target_kind text, to_menu_path_id bigint, is_cold boolean, status text,
  transfers bigint not null,
  completed bigint not null,
  waits     bigint not null,
  wait_sum  bigint not null
);

-- A session counts once for each code, at its first.
create table rollup.disposition_hour (
  source text not null, home_month date not null, home_hour timestamp not null, local_hour timestamp not null,
  channel text not null, list text, code text, menu_path_id bigint,
  dispositions bigint not null,
  sessions     bigint not null
);

-- What analytics.completeness needs of an hour: ids as runs without a gap, from run_starts[n] to run_ends[n], both included,
-- and how many hours after its end each session was stored that an event announced.
create table rollup.arrival_hour (
  source text not null, home_month date not null, home_hour timestamp not null, local_hour timestamp not null,
  channel text not null,
  sessions       bigint      not null,
  run_starts     bigint[]    not null,
  run_ends       bigint[]    not null,
  first_at       timestamptz not null,
  first_id       bigint      not null,
  last_at        timestamptz not null,
  last_id        bigint      not null,
  by_event       bigint      not null,
  by_backfill    bigint      not null,
  by_reconcile   bigint      not null,
  hours_to_store double precision[] not null
);

create table rollup.arrival_day (
  source text not null, local_day date not null, channel text not null,
  sessions       bigint   not null,
  run_starts     bigint[] not null,
  run_ends       bigint[] not null,
  lowest_id      bigint   not null,
  highest_id     bigint   not null,
  first_id       bigint   not null,
  last_id        bigint   not null,
  by_event       bigint   not null,
  by_backfill    bigint   not null,
  by_reconcile   bigint   not null,
  with_hours     bigint   not null,
  within_1h      bigint   not null,
  within_6h      bigint   not null,
  within_24h     bigint   not null,
  within_72h     bigint   not null,
  hours_p50      double precision,
  hours_p95      double precision
);

-- Times fall into the slots of analytics.percentile.
create function rollup.histogram(seconds integer[]) returns bigint[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(coalesce(own.counted, 0) order by slot)
  from generate_series(0, 15) slot
  left join (
    select width_bucket(one, array[1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200]) as slot, count(*) as counted
    from unnest(seconds) one where one is not null group by 1
  ) own using (slot)
$$;
comment on function rollup.histogram(integer[]) is
  'How many of these times are in each of the 16 slots of analytics.percentile; nulls are left out.';

create function rollup.add_histograms(one bigint[], other bigint[]) returns bigint[]
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(a + b order by slot) from unnest(one, other) with ordinality as pair (a, b, slot)
$$;
comment on function rollup.add_histograms(bigint[], bigint[]) is 'Adds two histograms slot by slot.';

create aggregate rollup.sum_histogram(bigint[]) (
  sfunc = rollup.add_histograms, stype = bigint[], combinefunc = rollup.add_histograms, parallel = safe);
comment on aggregate rollup.sum_histogram(bigint[]) is 'Adds histograms slot by slot.';

-- ---------------------------------------------------------------------------------- what the rows of a home have to be

-- One function for each table, used by the refresh and by the check: all rows of these homes of a month, source and hour by
-- their place in the arrays. Each is planned with its arguments and reads one month: the sessions of an hour by their index,
-- what belongs to them by primary key. `offset 0` keeps the planner from another order, because a table that was just filled
-- has no statistics.

create function rollup.session_hour_rows(of_month date, sources text[], hours timestamp[])
returns setof rollup.session_hour
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  month_start constant timestamptz := of_month::timestamp at time zone 'UTC';
  month_end   constant timestamptz := (of_month + interval '1 month') at time zone 'UTC';
begin
  return query
  select home.source, of_month, home.hour, home.hour,
         s.channel, s.direction, s.session_type, s.lang, s.first_menu_path_id, s.outcome,
         count(*), count(*) filter (where s.handled_interactions > 0), count(*) filter (where s.virtual_agent_first),
         count(*) filter (where s.queue_entries > 0), count(*) filter (where s.completed_transfers > 0),
         coalesce(sum(s.completed_transfers), 0)::bigint, coalesce(sum(s.queue_wait_seconds), 0)::bigint,
         coalesce(sum(s.handle_seconds), 0)::bigint,
         count(s.rating), count(s.rating) filter (where s.handled_interactions > 0), coalesce(sum(s.rating), 0),
         count(*) filter (where round(s.rating) = 1), count(*) filter (where round(s.rating) = 2),
         count(*) filter (where round(s.rating) = 3), count(*) filter (where round(s.rating) = 4),
         count(*) filter (where round(s.rating) = 5),
         count(*) filter (where s.has_feedback),
         count(*) filter (where s.recording_permission = 'granted'), count(*) filter (where s.recording_permission = 'denied'),
         count(*) filter (where s.recording_permission = 'not_asked'),
         count(*) filter (where s.recording_count > 0), count(*) filter (where s.verified),
         coalesce(sum(s.message_count), 0)::bigint
  from unnest(sources, hours) as home (source, hour)
  cross join lateral (
    select * from warehouse.session own
    where own.source = home.source and date_trunc('hour', own.local_created_at) = home.hour
      and own.created_at >= month_start and own.created_at < month_end
    offset 0
  ) s
  group by home.source, home.hour, s.channel, s.direction, s.session_type, s.lang, s.first_menu_path_id, s.outcome;
end
$$;
comment on function rollup.session_hour_rows(date, text[], timestamp[]) is
  'The rows of session_hour for homes of a month, from the facts.';

create function rollup.queue_hour_rows(of_month date, sources text[], hours timestamp[])
returns setof rollup.queue_hour
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  month_start constant timestamptz := of_month::timestamp at time zone 'UTC';
  month_end   constant timestamptz := (of_month + interval '1 month') at time zone 'UTC';
begin
  return query
  select home.source, of_month, home.hour, date_trunc('hour', q.local_started_at),
         q.channel, q.direction, q.menu_path_id, q.lang, q.is_first,
         count(*), count(*) filter (where q.outcome = 'answered'), count(*) filter (where q.outcome = 'abandoned'),
         count(*) filter (where q.is_short_abandon),
         count(*) filter (where q.outcome = 'abandoned' and q.service_level_abandon_seconds is null),
         count(*) filter (where q.outcome = 'canceled'), count(*) filter (where q.outcome = 'returned'),
         count(*) filter (where q.outcome = 'deflected'), count(*) filter (where q.outcome = 'failed'),
         count(*) filter (where q.service_level_event = 'in_sla'),
         count(*) filter (where q.service_level_event = 'not_in_sla'),
         count(q.duration_seconds) filter (where q.outcome = 'answered'),
         coalesce(sum(q.duration_seconds) filter (where q.outcome = 'answered'), 0)::bigint,
         max(q.duration_seconds) filter (where q.outcome = 'answered'),
         count(q.duration_seconds) filter (where q.outcome = 'abandoned'),
         coalesce(sum(q.duration_seconds) filter (where q.outcome = 'abandoned'), 0)::bigint,
         max(q.duration_seconds) filter (where q.outcome = 'abandoned'),
         rollup.histogram(array_agg(q.duration_seconds) filter (where q.outcome = 'answered')),
         rollup.histogram(array_agg(q.duration_seconds) filter (where q.outcome = 'abandoned'))
  from unnest(sources, hours) as home (source, hour)
  cross join lateral (
    select * from warehouse.session own
    where own.source = home.source and date_trunc('hour', own.local_created_at) = home.hour
      and own.created_at >= month_start and own.created_at < month_end
    offset 0
  ) s
  cross join lateral (
    select * from warehouse.queue_duration own
    where own.source = s.source and own.channel = s.channel and own.session_id = s.session_id
      and own.session_created_at = s.created_at
      and own.session_created_at >= month_start and own.session_created_at < month_end
    offset 0
  ) q
  where q.menu_path_id is not null and q.local_started_at is not null
  group by home.source, home.hour, date_trunc('hour', q.local_started_at), q.channel, q.direction, q.menu_path_id, q.lang,
           q.is_first;
end
$$;
comment on function rollup.queue_hour_rows(date, text[], timestamp[]) is
  'The rows of queue_hour for homes of a month, from the facts.';

-- Work by its own queue; transfers and dispositions by theirs: the queue that was left, and the last queue of the session.
create function rollup.agent_hour_rows(of_month date, sources text[], hours timestamp[])
returns setof rollup.agent_hour
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  month_start constant timestamptz := of_month::timestamp at time zone 'UTC';
  month_end   constant timestamptz := (of_month + interval '1 month') at time zone 'UTC';
begin
  return query
  with own as materialized (
    select s.source, home.hour as home_hour, s.channel, s.session_id, s.created_at, s.direction, s.last_menu_path_id, s.rating
    from unnest(sources, hours) as home (source, hour)
    cross join lateral (
      select * from warehouse.session own
      where own.source = home.source and date_trunc('hour', own.local_created_at) = home.hour
        and own.created_at >= month_start and own.created_at < month_end
      offset 0
    ) s
  ),
  work as (
    select s.source, s.home_hour, h.local_started_at as at, h.channel, h.direction, h.agent_id, h.menu_path_id,
           coalesce(h.counts_as_handled, false) as is_handled, coalesce(h.kind = 'barge', false) as is_barge,
           coalesce(not h.counts_as_handled and h.kind <> 'barge'
             and num_nonnulls(h.interaction_ended_at, h.interaction_talk_seconds, h.interaction_acw_seconds) > 0, false)
             as is_attempt,
           h.interaction_talk_seconds as talk, h.interaction_hold_seconds as hold, h.interaction_acw_seconds as acw,
           h.interaction_bcw_seconds as bcw, h.interaction_connect_seconds as connect,
           h.interaction_talk_seconds + h.interaction_hold_seconds + h.interaction_acw_seconds + h.interaction_bcw_seconds
             as handle,
           h.interaction_response_count as responses, h.interaction_response_seconds_total as response_seconds,
           s.rating,
           h.counts_as_handled and row_number() over (
             partition by h.source, h.channel, h.session_id, h.session_created_at, h.counts_as_handled
             order by h.local_started_at desc, h.handle_duration_id desc) = 1 as is_last
    from own s
    cross join lateral (
      select * from warehouse.handle_duration own
      where own.source = s.source and own.channel = s.channel and own.session_id = s.session_id
        and own.session_created_at = s.created_at
        and own.session_created_at >= month_start and own.session_created_at < month_end
      offset 0
    ) h
    where h.local_started_at is not null
  ),
  part as (
    select w.source, w.home_hour, date_trunc('hour', w.at) as hour, w.channel, w.direction, w.agent_id, w.menu_path_id,
           count(*) filter (where w.is_handled) as interactions, count(*) filter (where w.is_attempt) as attempts,
           count(*) filter (where w.is_barge) as barges,
           sum(w.talk) filter (where w.is_handled) as talk, sum(w.hold) filter (where w.is_handled) as hold,
           count(*) filter (where w.is_handled and w.hold > 0) as with_hold,
           sum(w.acw) filter (where w.is_handled) as acw, sum(w.bcw) filter (where w.is_handled) as bcw,
           sum(w.connect) filter (where w.is_handled) as connect,
           count(w.handle) filter (where w.is_handled) as handles, sum(w.handle) filter (where w.is_handled) as handle,
           sum(w.handle) filter (where w.is_attempt) as attempt_handle,
           rollup.histogram(array_agg(w.handle) filter (where w.is_handled)) as histogram,
           sum(w.responses) filter (where w.is_handled) as responses,
           sum(w.response_seconds) filter (where w.is_handled) as response_seconds,
           count(w.rating) filter (where w.is_handled) as rated, sum(w.rating) filter (where w.is_handled) as rating,
           count(w.rating) filter (where w.is_last) as rated_last, sum(w.rating) filter (where w.is_last) as rating_last,
           0::bigint as transfers_out, 0::bigint as transfers_out_cold, 0::bigint as dispositions
    from work w
    where w.is_handled or w.is_attempt or w.is_barge
    group by 1, 2, 3, 4, 5, 6, 7
    union all
    select s.source, s.home_hour, date_trunc('hour', t.local_created_at), t.channel, s.direction, t.from_agent_id,
           t.from_menu_path_id,
           0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, rollup.histogram(null), 0, 0, 0, 0, 0, 0,
           count(*), count(*) filter (where t.is_cold), 0
    from own s
    cross join lateral (
      select * from warehouse.transfer own
      where own.source = s.source and own.channel = s.channel and own.session_id = s.session_id
        and own.session_created_at = s.created_at
        and own.session_created_at >= month_start and own.session_created_at < month_end
      offset 0
    ) t
    where t.local_created_at is not null and t.from_agent_id is not null
    group by 1, 2, 3, 4, 5, 6, 7
    union all
    select s.source, s.home_hour, date_trunc('hour', d.local_at), d.channel, s.direction, d.user_id, s.last_menu_path_id,
           0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, rollup.histogram(null), 0, 0, 0, 0, 0, 0, 0, 0, count(*)
    from own s
    cross join lateral (
      select * from warehouse.disposition own
      where own.source = s.source and own.channel = s.channel and own.session_id = s.session_id
        and own.session_created_at = s.created_at
        and own.session_created_at >= month_start and own.session_created_at < month_end
      offset 0
    ) d
    where d.local_at is not null and d.user_id is not null
    group by 1, 2, 3, 4, 5, 6, 7
  )
  select p.source, of_month, p.home_hour, p.hour, p.channel, p.direction, p.agent_id, p.menu_path_id,
         sum(p.interactions)::bigint, sum(p.attempts)::bigint, sum(p.barges)::bigint, coalesce(sum(p.talk), 0)::bigint,
         coalesce(sum(p.hold), 0)::bigint, sum(p.with_hold)::bigint, coalesce(sum(p.acw), 0)::bigint,
         coalesce(sum(p.bcw), 0)::bigint, coalesce(sum(p.connect), 0)::bigint, sum(p.handles)::bigint,
         coalesce(sum(p.handle), 0)::bigint, coalesce(sum(p.attempt_handle), 0)::bigint, rollup.sum_histogram(p.histogram),
         coalesce(sum(p.responses), 0)::bigint, coalesce(sum(p.response_seconds), 0), sum(p.rated)::bigint,
         coalesce(sum(p.rating), 0), sum(p.rated_last)::bigint, coalesce(sum(p.rating_last), 0),
         sum(p.transfers_out)::bigint, sum(p.transfers_out_cold)::bigint, sum(p.dispositions)::bigint
  from part p
  group by p.source, p.home_hour, p.hour, p.channel, p.direction, p.agent_id, p.menu_path_id;
end
$$;
comment on function rollup.agent_hour_rows(date, text[], timestamp[]) is
  'The rows of agent_hour for homes of a month, from the facts.';

create function rollup.virtual_agent_hour_rows(of_month date, sources text[], hours timestamp[])
returns setof rollup.virtual_agent_hour
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  month_start constant timestamptz := of_month::timestamp at time zone 'UTC';
  month_end   constant timestamptz := (of_month + interval '1 month') at time zone 'UTC';
begin
  return query
  select home.source, of_month, home.hour, date_trunc('hour', v.local_started_at),
         v.channel, v.direction, v.virtual_agent_id, v.menu_path_id, v.is_first, v.outcome, v.escalation_reason,
         count(*), count(v.duration_seconds), coalesce(sum(v.duration_seconds), 0)::bigint,
         coalesce(sum(v.response_count), 0)::bigint, coalesce(sum(v.fallback_response_count), 0)::bigint
  from unnest(sources, hours) as home (source, hour)
  cross join lateral (
    select * from warehouse.session own
    where own.source = home.source and date_trunc('hour', own.local_created_at) = home.hour
      and own.created_at >= month_start and own.created_at < month_end
    offset 0
  ) s
  cross join lateral (
    select * from warehouse.virtual_agent_handle_duration own
    where own.source = s.source and own.channel = s.channel and own.session_id = s.session_id
      and own.session_created_at = s.created_at
      and own.session_created_at >= month_start and own.session_created_at < month_end
    offset 0
  ) v
  where v.local_started_at is not null
  group by home.source, home.hour, date_trunc('hour', v.local_started_at), v.channel, v.direction, v.virtual_agent_id,
           v.menu_path_id, v.is_first, v.outcome, v.escalation_reason;
end
$$;
comment on function rollup.virtual_agent_hour_rows(date, text[], timestamp[]) is
  'The rows of virtual_agent_hour for homes of a month, from the facts.';

create function rollup.transfer_hour_rows(of_month date, sources text[], hours timestamp[])
returns setof rollup.transfer_hour
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  month_start constant timestamptz := of_month::timestamp at time zone 'UTC';
  month_end   constant timestamptz := (of_month + interval '1 month') at time zone 'UTC';
begin
  return query
  select home.source, of_month, home.hour, date_trunc('hour', t.local_created_at),
         t.channel, t.from_menu_path_id, t.target_kind, t.to_menu_path_id, t.is_cold, t.status,
         count(*), count(*) filter (where t.status = 'transferred'), count(t.wait_seconds),
         coalesce(sum(t.wait_seconds), 0)::bigint
  from unnest(sources, hours) as home (source, hour)
  cross join lateral (
    select * from warehouse.session own
    where own.source = home.source and date_trunc('hour', own.local_created_at) = home.hour
      and own.created_at >= month_start and own.created_at < month_end
    offset 0
  ) s
  cross join lateral (
    select * from warehouse.transfer own
    where own.source = s.source and own.channel = s.channel and own.session_id = s.session_id
      and own.session_created_at = s.created_at
      and own.session_created_at >= month_start and own.session_created_at < month_end
    offset 0
  ) t
  where t.local_created_at is not null
  group by home.source, home.hour, date_trunc('hour', t.local_created_at), t.channel, t.from_menu_path_id, t.target_kind,
           t.to_menu_path_id, t.is_cold, t.status;
end
$$;
comment on function rollup.transfer_hour_rows(date, text[], timestamp[]) is
  'The rows of transfer_hour for homes of a month, from the facts.';

create function rollup.disposition_hour_rows(of_month date, sources text[], hours timestamp[])
returns setof rollup.disposition_hour
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  month_start constant timestamptz := of_month::timestamp at time zone 'UTC';
  month_end   constant timestamptz := (of_month + interval '1 month') at time zone 'UTC';
begin
  return query
  select d.source, of_month, d.home_hour, date_trunc('hour', d.local_at), d.channel, d.list, d.code, d.last_menu_path_id,
         count(*), count(*) filter (where d.is_first)
  from (
    select s.source, home.hour as home_hour, d.local_at, d.channel, d.list, d.code, s.last_menu_path_id,
           row_number() over (
             partition by d.source, d.channel, d.session_id, d.session_created_at, d.list, d.code
             order by d.local_at, d.ordinal) = 1 as is_first
    from unnest(sources, hours) as home (source, hour)
    cross join lateral (
      select * from warehouse.session own
      where own.source = home.source and date_trunc('hour', own.local_created_at) = home.hour
        and own.created_at >= month_start and own.created_at < month_end
      offset 0
    ) s
    cross join lateral (
      select * from warehouse.disposition own
      where own.source = s.source and own.channel = s.channel and own.session_id = s.session_id
        and own.session_created_at = s.created_at
        and own.session_created_at >= month_start and own.session_created_at < month_end
      offset 0
    ) d
    where d.local_at is not null
  ) d
  group by d.source, d.home_hour, date_trunc('hour', d.local_at), d.channel, d.list, d.code, d.last_menu_path_id;
end
$$;
comment on function rollup.disposition_hour_rows(date, text[], timestamp[]) is
  'The rows of disposition_hour for homes of a month, from the facts.';

-- An end is believed from a day before created_at up to latest_event_at, and not more than a day after the session was
-- stored: 1970 and 2099 are left out.
create function rollup.arrival_hour_rows(of_month date, sources text[], hours timestamp[])
returns setof rollup.arrival_hour
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  month_start constant timestamptz := of_month::timestamp at time zone 'UTC';
  month_end   constant timestamptz := (of_month + interval '1 month') at time zone 'UTC';
begin
  return query
  with own as materialized (
    select s.source, home.hour as home_hour, s.channel, s.session_id, s.created_at, s.ended_at, s.bucket, s.object_key
    from unnest(sources, hours) as home (source, hour)
    cross join lateral (
      select * from warehouse.session own
      where own.source = home.source and date_trunc('hour', own.local_created_at) = home.hour
        and own.created_at >= month_start and own.created_at < month_end
      offset 0
    ) s
  ),
  arrival as (
    select own.source, own.home_hour, own.channel, own.session_id, own.created_at,
           lag(own.session_id) over ids + 1 is distinct from own.session_id as starts_run,
           lead(own.session_id) over ids - 1 is distinct from own.session_id as ends_run,
           case when coalesce(own.ended_at, head.latest_event_at) between own.created_at - interval '1 day'
                 and least(head.latest_event_at, head.first_loaded_at + interval '1 day')
                then greatest(0, extract(epoch from head.first_loaded_at - coalesce(own.ended_at, head.latest_event_at))::float8
                            / 3600)
           end as hours,
           case when ledger.event_name in ('ObjectCreated:Backfill', 'Backfill', 'Load') then 'backfill'
                when ledger.event_name in ('Reconcile', 'Poll') then 'reconcile'
                when ledger.event_name like 'ObjectCreated:%' or ledger.event_name = 'Object Created' then 'event'
           end as way
    from own
    left join ingest.session_head head
      on head.source = own.source and head.channel = own.channel and head.session_id = own.session_id
    -- lateral and limit: a join might read the whole ledger.
    left join lateral (
      select object.event_name from ingest.object
      where object.bucket = own.bucket collate "C" and object.object_key = own.object_key collate "C"
      limit 1
    ) ledger on head.session_id is not null
    window ids as (partition by own.source, own.home_hour, own.channel order by own.session_id)
  )
  select a.source, of_month, a.home_hour, a.home_hour, a.channel, count(*),
         array_agg(a.session_id order by a.session_id) filter (where a.starts_run),
         array_agg(a.session_id order by a.session_id) filter (where a.ends_run),
         min(a.created_at), (array_agg(a.session_id order by a.created_at, a.session_id))[1],
         max(a.created_at), (array_agg(a.session_id order by a.created_at desc, a.session_id desc))[1],
         count(*) filter (where a.way = 'event'), count(*) filter (where a.way = 'backfill'),
         count(*) filter (where a.way = 'reconcile'),
         coalesce(array_agg(a.hours order by a.hours) filter (where a.way = 'event' and a.hours is not null), '{}')
  from arrival a
  group by a.source, a.home_hour, a.channel;
end
$$;
comment on function rollup.arrival_hour_rows(date, text[], timestamp[]) is
  'The rows of arrival_hour for homes of a month, from the facts, the heads and the ledger.';

-- Runs of neighbouring hours become one. Compared as numeric, because while an hour waits, an id may be in two of them, and
-- the greatest has no next one.
create function rollup.arrival_day_rows(sources text[], days date[])
returns setof rollup.arrival_day
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
  return query
  with own as materialized (
    select h.*, wanted.day
    from unnest(sources, days) as wanted (source, day)
    join rollup.arrival_hour h on h.source = wanted.source and h.local_hour::date = wanted.day
  ),
  run as (
    select own.source, own.day, own.channel, one.first_id, one.last_id,
           lag(one.last_id) over ids + 1.0 is distinct from one.first_id as starts_run,
           lead(one.first_id) over ids - 1.0 is distinct from one.last_id as ends_run
    from own
    cross join lateral unnest(own.run_starts, own.run_ends) as one (first_id, last_id)
    window ids as (partition by own.source, own.day, own.channel order by one.first_id)
  ),
  runs as (
    select run.source, run.day, run.channel,
           array_agg(run.first_id order by run.first_id) filter (where run.starts_run) as starts,
           array_agg(run.last_id order by run.first_id) filter (where run.ends_run) as ends,
           min(run.first_id) as lowest_id, max(run.last_id) as highest_id
    from run group by run.source, run.day, run.channel
  ),
  delay as (
    select own.source, own.day, own.channel, count(*) as known, count(*) filter (where hours <= 1) as in_1h,
           count(*) filter (where hours <= 6) as in_6h, count(*) filter (where hours <= 24) as in_24h,
           count(*) filter (where hours <= 72) as in_72h,
           percentile_cont(array[0.5, 0.95]) within group (order by hours) as spread
    from own cross join lateral unnest(own.hours_to_store) hours
    group by own.source, own.day, own.channel
  ),
  added as (
    select own.source, own.day, own.channel, sum(own.sessions)::bigint as sessions,
           (array_agg(own.first_id order by own.first_at, own.first_id))[1] as first_id,
           (array_agg(own.last_id order by own.last_at desc, own.last_id desc))[1] as last_id,
           sum(own.by_event)::bigint as by_event, sum(own.by_backfill)::bigint as by_backfill,
           sum(own.by_reconcile)::bigint as by_reconcile
    from own group by own.source, own.day, own.channel
  )
  select a.source, a.day, a.channel, a.sessions, runs.starts, runs.ends, runs.lowest_id, runs.highest_id, a.first_id, a.last_id,
         a.by_event, a.by_backfill, a.by_reconcile, coalesce(d.known, 0), coalesce(d.in_1h, 0), coalesce(d.in_6h, 0),
         coalesce(d.in_24h, 0), coalesce(d.in_72h, 0), d.spread[1], d.spread[2]
  from added a join runs using (source, day, channel) left join delay d using (source, day, channel);
end
$$;
comment on function rollup.arrival_day_rows(text[], date[]) is
  'The rows of arrival_day for days of sources, from their hours.';

create index arrival_hour_by_home on rollup.arrival_hour (source, home_hour, home_month);
create index arrival_hour_by_local_day on rollup.arrival_hour ((local_hour::date), source);
create index arrival_day_by_local_day on rollup.arrival_day (local_day, source);
-- Which days have ids between two others: analytics.completeness asks for those that are far from its own days.
create index arrival_day_by_ids on rollup.arrival_day (source, channel, highest_id, lowest_id, local_day);

-- ------------------------------------------------------------------------------------------------------- daily tables

-- A row of a day is the sum over the hours of its local day: of names that end in _max the maximum, of histograms slot by
-- slot. A dimension is a column before the first count, which is bigint and not an id. The day of an agent is not split by queue:
-- with the five or more queues of an agent it had nearly as many rows as the agent had handlings. Their hours say it.
do $$
declare
  kind     text;
  measures text[];
  dims     text;
  summed   text;
begin
  foreach kind in array array['session', 'queue', 'agent', 'virtual_agent', 'transfer', 'disposition'] loop
    execute format('create index %I on rollup.%I (source, home_hour, home_month)', kind || '_hour_by_home', kind || '_hour');
    -- Of queues, boards ask for hours over months: the index has what they show, in a quarter of the blocks of the table.
    execute format('create index %I on rollup.%I ((local_hour::date), source) %s', kind || '_hour_by_local_day', kind || '_hour',
                   case kind when 'queue' then 'include (local_hour, channel, direction, menu_path_id, lang, is_first, entries,
                                                         answered, abandoned, in_sla, out_sla)' else '' end);
    select array_agg(a.attname::text order by a.attnum) into measures
    from pg_catalog.pg_attribute a
    where a.attrelid = format('rollup.%I', kind || '_hour')::regclass
      and a.attnum >= (select min(m.attnum) from pg_catalog.pg_attribute m
                       where m.attrelid = a.attrelid and m.attname = case kind
                         when 'session' then 'sessions' when 'queue' then 'entries' when 'transfer' then 'transfers'
                         when 'disposition' then 'dispositions' else 'interactions' end);
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into dims
    from pg_catalog.pg_attribute a
    where a.attrelid = format('rollup.%I', kind || '_hour')::regclass and a.attnum > 4
      and a.attname <> all (measures) and (kind, a.attname) <> ('agent', 'menu_path_id');
    select string_agg(
             case when a.attname like '%\_max' then format('max(h.%I)', a.attname)
                  when a.attname like '%\_histogram' then format('rollup.sum_histogram(h.%I)', a.attname)
                  else format('sum(h.%I)::%s', a.attname, a.atttypid::regtype) end, ', ' order by a.attnum)
      into summed
    from pg_catalog.pg_attribute a
    where a.attrelid = format('rollup.%I', kind || '_hour')::regclass and a.attname = any (measures);
    execute format('create table rollup.%I as select source, local_hour::date as local_day, %s, %s from rollup.%I with no data',
                   kind || '_day', dims, array_to_string(measures, ', '), kind || '_hour');
    execute format('create index %I on rollup.%I (local_day, source)', kind || '_day_by_local_day', kind || '_day');
    execute format($function$
      create function rollup.%I(sources text[], days date[]) returns setof rollup.%I
      language plpgsql stable
      set search_path = pg_catalog, pg_temp
      set plan_cache_mode = force_custom_plan
      as $body$
      begin
        return query
        select wanted.source, wanted.day, %s, %s
        from unnest(sources, days) as wanted (source, day)
        join rollup.%I h on h.source = wanted.source and h.local_hour::date = wanted.day
        group by wanted.source, wanted.day, %3$s;
      end
      $body$ $function$,
      kind || '_day_rows', kind || '_day', regexp_replace(dims, '(\w+)', 'h.\1', 'g'), summed, kind || '_hour');
    execute format('comment on function rollup.%I(text[], date[]) is %L', kind || '_day_rows',
                   format('The rows of %s_day for days of sources, from their hours.', kind));
  end loop;
end
$$;

-- ------------------------------------------------------------------------------------------------------------ refresh

create view rollup.home as
select source, home_month, home_hour, local_hour from rollup.session_hour
union all select source, home_month, home_hour, local_hour from rollup.queue_hour
union all select source, home_month, home_hour, local_hour from rollup.agent_hour
union all select source, home_month, home_hour, local_hour from rollup.virtual_agent_hour
union all select source, home_month, home_hour, local_hour from rollup.transfer_hour
union all select source, home_month, home_hour, local_hour from rollup.disposition_hour
union all select source, home_month, home_hour, local_hour from rollup.arrival_hour;
comment on view rollup.home is 'Homes and local hours of all hourly rows; a pair may be there several times.';

-- In repeatable read, so that all it reads and deletes is of one snapshot. Takes homes whose changes rest or are old. Of each
-- eight, seven are the newest hours, and one has waited longest: changes that come later cannot overtake it, so it is made
-- again however long newer hours keep changing. First come eight, then twice as many, and so on, each lot with one statement for
-- each table and month, until some time has passed. So a lot costs about as much as all before it, and hours of many sessions do
-- not make a transaction endless. Deletes every change of a taken home that it sees; a change that it does not see stays, and so
-- does the work for it. Rows that stay as they are are not written again: groups of equal rows, of which those that are there
-- only once differ.
create function rollup.refresh(
  hours_max integer, quiet interval default '5 seconds', patience interval default '30 seconds', of_month date default null
) returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
declare
  stop_at  constant timestamptz := clock_timestamp() + interval '3 seconds';
  due      record;
  lot      record;
  touched  record;
  lot_size integer := 8;
  taken    integer := 0;
  upto     integer;
  kind     text;
  kinds    text[] := '{}';
  sources  text[] := '{}';
  days     date[] := '{}';
begin
  if current_setting('transaction_isolation') not in ('repeatable read', 'serializable') then
    raise exception 'rollup.refresh needs a transaction of isolation level repeatable read'
      using errcode = 'invalid_transaction_state';
  end if;
  update rollup.state set refreshed_at = clock_timestamp();
  delete from ingest.changed_hour c using rollup.frozen_month f
  where c.source = f.source and c.home_month = f.home_month;
  select coalesce(array_agg(own.source), '{}') as sources, array_agg(own.home_month) as months,
         array_agg(own.home_hour) as hours into due
  from (
    select one.source, one.home_month, one.home_hour
    from (
      select c.source, c.home_month, c.home_hour,
             row_number() over (order by c.home_hour desc, c.source, c.home_month) as by_age,
             row_number() over (order by min(c.changed_at), c.home_hour, c.source, c.home_month) as by_wait
      from ingest.changed_hour c
      where of_month is null or c.home_month = of_month
      group by c.source, c.home_month, c.home_hour
      having max(c.changed_at) <= clock_timestamp() - quiet or min(c.changed_at) <= clock_timestamp() - patience
    ) one
    order by least(one.by_age, 8 * one.by_wait), one.by_wait
    limit hours_max
  ) own;
  while taken < cardinality(due.sources) and (taken = 0 or clock_timestamp() < stop_at) loop
    upto := least(taken + lot_size, cardinality(due.sources));
    for lot in
      select own.month, array_agg(own.source) as sources, array_agg(own.hour) as hours
      from unnest(due.sources[taken + 1:upto], due.months[taken + 1:upto], due.hours[taken + 1:upto])
        as own (source, month, hour)
      group by own.month
    loop
      foreach kind in array array['session', 'queue', 'agent', 'virtual_agent', 'transfer', 'disposition', 'arrival'] loop
        execute format(
          'with everything as materialized (
             select own, null::tid as place from rollup.%2$I($1, $2, $3) own
             union all
             select own, own.ctid from unnest($2, $3) as home (source, hour)
             join rollup.%1$I own on own.source = home.source and own.home_hour = home.hour and own.home_month = $1
           ), differing as materialized (
             select own, (array_agg(place))[1] as place from everything group by own having count(*) = 1
           ), gone as (
             delete from rollup.%1$I where ctid = any (array(select place from differing where place is not null))
           ), made as (
             insert into rollup.%1$I select (own).* from differing where place is null
           )
           select coalesce(array_agg(source), ''{}'') as sources, coalesce(array_agg(day), ''{}'') as days from (
             select distinct (own).source, (own).local_hour::date as day from everything) one',
          kind || '_hour', kind || '_hour_rows')
          into touched using lot.month, lot.sources, lot.hours;
        kinds := kinds || array_fill(kind, array[cardinality(touched.days)]);
        sources := sources || touched.sources;
        days := days || touched.days;
      end loop;
    end loop;
    taken := upto;
    lot_size := lot_size * 2;
  end loop;
  -- The list may be long: it is read once, beside a hash of what was taken.
  perform set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true);
  delete from ingest.changed_hour c
  using unnest(due.sources[:taken], due.months[:taken], due.hours[:taken]) as own (source, home_month, home_hour)
  where c.source = own.source and c.home_month = own.home_month and c.home_hour = own.home_hour;
  perform set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true);
  for touched in
    select own.kind, array_agg(own.source) as sources, array_agg(own.day) as days
    from (select distinct * from unnest(kinds, sources, days) as one (kind, source, day)) own
    group by own.kind
  loop
    execute format(
      'with differing as materialized (
         select own, (array_agg(place))[1] as place from (
           select own, null::tid as place from rollup.%2$I($1, $2) own
           union all
           select own, own.ctid from unnest($1, $2) as wanted (source, day)
           join rollup.%1$I own on own.source = wanted.source and own.local_day = wanted.day
         ) one group by own having count(*) = 1
       ), gone as (
         delete from rollup.%1$I where ctid = any (array(select place from differing where place is not null))
       )
       insert into rollup.%1$I select (own).* from differing where place is null',
      touched.kind || '_day', touched.kind || '_day_rows')
      using touched.sources, touched.days;
  end loop;
  return taken;
end
$$;
comment on function rollup.refresh(integer, interval, interval, date) is
  'Makes the rollups of changed hours again, at most hours_max of them, and of the days that they touch. Returns how many '
  'hours. Needs repeatable read.';

create function rollup.mark_changed(from_day date, to_day date) returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  marked integer;
begin
  insert into ingest.changed_hour (source, home_month, home_hour)
  select own.source, own.home_month, own.home_hour
  from (
    select s.source, date_trunc('month', s.created_at at time zone 'UTC')::date as home_month,
           date_trunc('hour', s.local_created_at) as home_hour
    from warehouse.session s
    where s.local_created_at::date between from_day and to_day
    union
    select h.source, h.home_month, h.home_hour from rollup.home h
    where h.home_hour >= from_day and h.home_hour < to_day + 1
       or h.local_hour::date between from_day and to_day
  ) own
  where not exists (
    select from rollup.frozen_month f where f.source = own.source and f.home_month = own.home_month);
  get diagnostics marked = row_count;
  return marked;
end
$$;
comment on function rollup.mark_changed(date, date) is
  'Has the rollups made again of all hours of these local days, and of those whose sessions have an event on them. Hours of '
  'months that retention has removed stay as they are. Returns how many hours.';

-- Daily rows follow hourly ones by themselves. This is for a daily row that something else has changed, whose hours retention
-- may have frozen.
create function rollup.sum_days(from_day date, to_day date) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  kind text;
begin
  if current_setting('transaction_isolation') not in ('repeatable read', 'serializable') then
    raise exception 'rollup.sum_days needs a transaction of isolation level repeatable read'
      using errcode = 'invalid_transaction_state';
  end if;
  update rollup.state set refreshed_at = refreshed_at;
  foreach kind in array array['session', 'queue', 'agent', 'virtual_agent', 'transfer', 'disposition', 'arrival'] loop
    execute format('delete from rollup.%I where local_day between $1 and $2', kind || '_day') using from_day, to_day;
    execute format(
      'insert into rollup.%I
       select own.* from (
         select array_agg(source) as sources, array_agg(local_day) as days from (
           select distinct source, local_hour::date as local_day from rollup.%I where local_hour::date between $1 and $2) one
       ) h cross join lateral rollup.%I(h.sources, h.days) own', kind || '_day', kind || '_hour', kind || '_day_rows')
      using from_day, to_day;
  end loop;
end
$$;
comment on function rollup.sum_days(date, date) is
  'Makes all daily rows of these days again, as sums of their hours. Needs repeatable read.';

-- Hours that wait for a refresh, and those of frozen months, are not compared with the facts. In repeatable read, so that no
-- refresh comes between.
create function rollup.differences(of_source text, of_day date)
returns table (table_name text, missing bigint, unexpected bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  homes record;
  kind  text;
begin
  if current_setting('transaction_isolation') not in ('repeatable read', 'serializable') then
    raise exception 'rollup.differences needs a transaction of isolation level repeatable read'
      using errcode = 'invalid_transaction_state';
  end if;
  select array_agg(own.home_month) as months, array_agg(own.home_hour) as hours into homes
  from (
    select date_trunc('month', s.created_at at time zone 'UTC')::date as home_month,
           date_trunc('hour', s.local_created_at) as home_hour
    from warehouse.session s
    where s.source = of_source and s.local_created_at::date = of_day
    union
    select h.home_month, h.home_hour from rollup.home h
    where h.source = of_source and h.home_hour >= of_day and h.home_hour < of_day + 1
  ) own
  where not exists (
    select from rollup.frozen_month f where f.source = of_source and f.home_month = own.home_month)
    and not exists (
      select from ingest.changed_hour c
      where c.source = of_source and c.home_month = own.home_month and c.home_hour = own.home_hour);
  foreach kind in array array['session', 'queue', 'agent', 'virtual_agent', 'transfer', 'disposition', 'arrival'] loop
    table_name := kind || '_hour';
    execute format(
      'with home as (select * from unnest($2::date[], $3::timestamp[]) as own (month, hour)),
            kept as materialized (
              select h.* from rollup.%I h join home on h.home_month = home.month and h.home_hour = home.hour
              where h.source = $1),
            made as materialized (
              select own.* from (
                select home.month, array_agg($1) as sources, array_agg(home.hour) as hours from home group by home.month) month
              cross join lateral rollup.%I(month.month, month.sources, month.hours) own)
       select (select count(*) from (select * from made except all select * from kept) one),
              (select count(*) from (select * from kept except all select * from made) one)',
      kind || '_hour', kind || '_hour_rows')
      into missing, unexpected using of_source, homes.months, homes.hours;
    return next;
    table_name := kind || '_day';
    execute format(
      'with kept as materialized (select * from rollup.%I where source = $1 and local_day = $2),
            made as materialized (select * from rollup.%I(array[$1], array[$2]))
       select (select count(*) from (select * from made except all select * from kept) one),
              (select count(*) from (select * from kept except all select * from made) one)',
      kind || '_day', kind || '_day_rows')
      into missing, unexpected using of_source, of_day;
    return next;
  end loop;
end
$$;
comment on function rollup.differences(text, date) is
  'Compares the hourly rows of one day''s sessions with the facts, and the daily rows of that day with the hourly ones: rows '
  'that should be there and are not, and rows that should not be there, by table. All 0 where the rollups are exact. Needs '
  'repeatable read.';

-- Called by retention before it removes anything. Takes the row of rollup.state first, so that no refresh reads a month
-- while it goes.
create function rollup.freeze_month(of_month date, sources text[]) returns void
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  update rollup.state set refreshed_at = refreshed_at;
  insert into rollup.frozen_month (source, home_month)
  select own, date_trunc('month', of_month::timestamp)::date from unnest(sources) own
  on conflict do nothing
$$;
comment on function rollup.freeze_month(date, text[]) is
  'Keeps the rollups of a month as they are from now on, for these sources, whatever becomes of its sessions.';

create function rollup.waiting()
returns table (hours bigint, oldest_seconds double precision)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select count(*), coalesce(extract(epoch from clock_timestamp() - min(own.oldest))::double precision, 0)
  from (select min(c.changed_at) as oldest from ingest.changed_hour c group by c.source, c.home_month, c.home_hour) own
$$;
comment on function rollup.waiting() is 'How many changed hours wait for a refresh, and how old the oldest change is.';

-- Of the days that have sessions: between the first and the last one there may be decades without any.
create function rollup.day_to_check() returns date
language sql volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select case when last.differences > 0 then last.local_day
              else (select own.local_day from (select distinct local_day from rollup.session_day) own order by random() limit 1)
         end
  from rollup.last_check last
  where last.checked_at <= clock_timestamp()
    - case when last.differences > 0 then interval '1 hour' else interval '1 day' end
$$;
comment on function rollup.day_to_check() is
  'A random day with sessions, once in 24 hours; the same day again each hour while it differs; else null.';

create function rollup.record_check(of_day date, differences bigint) returns void
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  update rollup.last_check set checked_at = clock_timestamp(), local_day = of_day, differences = record_check.differences
$$;
comment on function rollup.record_check(date, bigint) is 'Keeps what a check of a day found.';

create function rollup.checked() returns table (checked_at timestamptz, local_day date, differences bigint)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select own.checked_at, own.local_day, own.differences from rollup.last_check own where own.local_day is not null
$$;
comment on function rollup.checked() is 'The last check of a day; no row before the first.';

-- What is stored already.
insert into ingest.changed_hour (source, home_month, home_hour)
select distinct source, date_trunc('month', created_at at time zone 'UTC')::date, date_trunc('hour', local_created_at)
from warehouse.session
where local_created_at is not null;

-- ----------------------------------------------------------------------------------------------------------- comments

do $$
declare
  own record;
begin
  for own in
    with said (column_name, meaning) as (values
      ('source', 'Configured name of the bucket and prefix: the tenant'),
      ('home_month', 'First day of the UTC month in which the sessions were created'),
      ('home_hour', 'Hour of the tenant''s clock in which the sessions were created'),
      ('local_hour', 'Hour of the tenant''s clock in which the events began'),
      ('local_day', 'Day of the tenant''s clock on which the events began'),
      ('channel', 'call or chat'),
      ('direction', 'inbound, outbound or internal, as the session'),
      ('session_type', 'Type of the session'),
      ('lang', 'Language, as sent'),
      ('first_menu_path_id', 'Queue that the sessions entered first'),
      ('menu_path_id', 'Queue; of dispositions the last queue of the session, of transfers the queue that was left'),
      ('from_menu_path_id', 'Queue that the session came from'),
      ('to_menu_path_id', 'Queue that it went to'),
      ('outcome', 'How it ended'),
      ('is_first', 'First of the session'),
      ('is_cold', 'Transfers without notice to the receiver'),
      ('agent_id', 'Agent'),
      ('virtual_agent_id', 'Virtual agent'),
      ('escalation_reason', 'Why it handed over'),
      ('target_kind', 'What the transfers went to'),
      ('status', 'Status of the transfers'),
      ('list', 'List that the code is from'),
      ('code', 'Disposition code'),
      ('sessions', 'Sessions; in the tables of dispositions each counts once for each code, at its first'),
      ('handled', 'Sessions that an agent handled'),
      ('virtual_agent_first', 'Sessions that a virtual agent served before any queue or agent did'),
      ('queued', 'Sessions that entered a queue'),
      ('with_transfer', 'Sessions with a completed transfer'),
      ('completed_transfers', 'Completed transfers of the sessions'),
      ('queue_wait_sum', 'Sum of queue_wait_seconds. Unit: seconds'),
      ('handle_sum', 'Sum of handle_seconds. Unit: seconds'),
      ('rated', 'Sessions with a rating; in the tables of agents, handled interactions of such sessions'),
      ('rated_handled', 'Handled sessions with a rating'),
      ('rating_sum', 'Sum of these ratings'),
      ('rated_1', 'Ratings that round to 1'), ('rated_2', 'Ratings that round to 2'), ('rated_3', 'Ratings that round to 3'),
      ('rated_4', 'Ratings that round to 4'), ('rated_5', 'Ratings that round to 5'),
      ('feedbacks', 'Sessions with a feedback'),
      ('consent_granted', 'Sessions whose recording was agreed to'),
      ('consent_denied', 'Sessions whose recording was refused'),
      ('consent_not_asked', 'Sessions whose consumer was not asked about recording'),
      ('recorded', 'Sessions with a recording'),
      ('verified', 'Sessions whose consumer was verified'),
      ('messages', 'Messages of chats'),
      ('entries', 'Queue entries'),
      ('answered', 'Entries that an agent answered'),
      ('abandoned', 'Entries that the consumer gave up, short ones included'),
      ('abandoned_short', 'Abandoned entries with a wait below the threshold of their row'),
      ('abandoned_no_threshold', 'Abandoned entries without a threshold'),
      ('canceled', 'Entries that the consumer canceled'),
      ('returned', 'Entries that went back'),
      ('deflected', 'Entries that were deflected'),
      ('failed', 'Entries that failed'),
      ('in_sla', 'Entries that the vendor counts as in the service level'),
      ('out_sla', 'Entries that the vendor counts as out of the service level'),
      ('answer_waits', 'Answered entries with a wait'),
      ('answer_sum', 'Sum of their waits. Unit: seconds'),
      ('answer_max', 'Longest of them. Unit: seconds'),
      ('abandon_waits', 'Abandoned entries with a wait'),
      ('abandon_sum', 'Sum of their waits. Unit: seconds'),
      ('abandon_max', 'Longest of them. Unit: seconds'),
      ('answer_histogram', 'Their waits in the 16 slots of analytics.percentile'),
      ('abandon_histogram', 'Their waits in the 16 slots of analytics.percentile'),
      ('interactions', 'Handled interactions; in the tables of virtual agents, their handlings'),
      ('interaction_times', 'Handlings with a duration'),
      ('attempts', 'Work without a consumer, as agent_attempt'),
      ('barges', 'Barges'),
      ('talk_sum', 'Sum of talk_seconds of handled interactions. Unit: seconds'),
      ('hold_sum', 'Sum of hold_seconds of handled interactions. Unit: seconds'),
      ('with_hold', 'Handled interactions with hold'),
      ('acw_sum', 'Sum of acw_seconds of handled interactions. Unit: seconds'),
      ('bcw_sum', 'Sum of bcw_seconds of handled interactions. Unit: seconds'),
      ('connect_sum', 'Sum of connect_seconds of handled interactions. Unit: seconds'),
      ('handle_times', 'Handled interactions with a handle time'),
      ('attempt_handle_sum', 'Sum of handle_seconds of attempts. Unit: seconds'),
      ('handle_histogram', 'Their handle times in the 16 slots of analytics.percentile'),
      ('responses', 'Responses in chats'),
      ('response_sum', 'Time to respond, all responses together. Unit: seconds'),
      ('rated_last', 'Handled interactions that were the last of a session with a rating'),
      ('rating_last_sum', 'Sum of these ratings'),
      ('transfers_out', 'Transfers that the agent asked for'),
      ('transfers_out_cold', 'Those without notice to the receiver'),
      ('dispositions', 'Dispositions'),
      ('seconds_sum', 'Sum of their durations. Unit: seconds'),
      ('fallbacks', 'Responses that did not understand'),
      ('transfers', 'Transfers'),
      ('completed', 'Transfers that were taken over'),
      ('waits', 'Transfers with a wait'),
      ('wait_sum', 'Sum of their waits. Unit: seconds'),
      ('run_starts', 'Ids of sessions as runs without a gap: the first of each run'),
      ('run_ends', 'The last of each run'),
      ('first_at', 'When the first session was created'),
      ('lowest_id', 'The lowest id of these sessions'),
      ('highest_id', 'The highest id of these sessions'),
      ('first_id', 'Id of the session that was created first'),
      ('last_at', 'When the last session was created'),
      ('last_id', 'Id of the session that was created last'),
      ('by_event', 'Sessions whose object an event announced'),
      ('by_backfill', 'Sessions whose object a bulk load brought'),
      ('by_reconcile', 'Sessions whose object a listing brought'),
      ('hours_to_store', 'Of sessions by event, from the end to when they were first stored, in order. Unit: hours'),
      ('with_hours', 'Sessions by event with a credible end'),
      ('within_1h', 'Those stored within an hour of it'), ('within_6h', 'Those stored within 6 hours'),
      ('within_24h', 'Those stored within 24 hours'), ('within_72h', 'Those stored within 72 hours'),
      ('hours_p50', 'Median of the hours between. Unit: hours'), ('hours_p95', '95th percentile of them. Unit: hours')
    )
    select c.relname, a.attname, said.meaning
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    join said on said.column_name = a.attname
    where c.relnamespace = 'rollup'::regnamespace and (c.relname ~ '_(hour|day)$' and c.relkind = 'r' or c.relname = 'home')
  loop
    execute format('comment on column rollup.%I.%I is %L', own.relname, own.attname,
      format('%s. Source: computed: from warehouse. Personal data: %s.', own.meaning,
             case own.attname when 'agent_id' then 'yes' else 'no' end));
  end loop;
  for own in
    select c.relname, split_part(c.relname, '_hour', 1) as kind from pg_class c
    where c.relnamespace = 'rollup'::regnamespace and c.relkind = 'r' and c.relname ~ '_(hour|day)$'
  loop
    execute format('comment on table rollup.%I is %L', own.relname,
      case when own.relname ~ '_hour$' then 'Counts and sums by home and local hour; see the migration.'
           else 'The same by local day: sums over the hours of the day.' end);
  end loop;
end
$$;

-- -------------------------------------------------------------------------------------------------------------- access

create or replace function ingest.own_schemas() returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array['ingest', 'warehouse', 'analytics', 'people', 'rollup']
$$;

insert into ingest.access_rule (role_name, object_kind, object_name, privileges) values
  ('aftercall_loader', 'table', 'ingest.changed_hour', 'insert'),
  ('aftercall_loader', 'schema', 'rollup', 'usage'),
  ('aftercall_loader', 'function', 'rollup.refresh(integer,interval,interval,date)', 'execute'),
  ('aftercall_loader', 'function', 'rollup.mark_changed(date,date)', 'execute'),
  ('aftercall_loader', 'function', 'rollup.sum_days(date,date)', 'execute'),
  ('aftercall_loader', 'function', 'rollup.differences(text,date)', 'execute'),
  ('aftercall_loader', 'function', 'rollup.freeze_month(date,text[])', 'execute'),
  ('aftercall_loader', 'function', 'rollup.waiting()', 'execute'),
  ('aftercall_loader', 'function', 'rollup.day_to_check()', 'execute'),
  ('aftercall_loader', 'function', 'rollup.record_check(date,bigint)', 'execute'),
  ('aftercall_loader', 'function', 'rollup.checked()', 'execute'),
  ('aftercall_operator', 'function', 'rollup.checked()', 'execute'),
  ('aftercall_operator', 'schema', 'rollup', 'usage'),
  ('aftercall_operator', 'function', 'rollup.waiting()', 'execute');

select ingest.grant_access();
