-- What `aftercall publish` keeps about its places. docs/adr/0044-a-lake-knows-its-changed-days.md says why it misses no change.
--
-- * A refresh of rollups takes hours off ingest.changed_hour. A trigger notes them here in the same transaction, so when a note
--   is seen, the sessions and the counts by hour and day are both as the note needs them. Without a place nothing is noted.
-- * lake.find_days turns noted hours into local days: those on which rows of the hour's sessions fall now, and those on which
--   they fell when it was last looked at (lake.hour_day).
-- * A day of a place has the number of its last change and of the last change that is published. A publisher reads the first,
--   then the rows, and writes the second, so a change that comes meanwhile stays.
-- * A day that has lost rows to retention is closed: its files stay as they are.
--
-- Lock order: rollup.state, then lake.hour_day, then the rest.

create schema lake;
comment on schema lake is 'What aftercall publish keeps about the places that it publishes to.';

create table lake.place (
  place         text        primary key check (length(place) between 1 and 2000),
  lake_id       uuid        not null default gen_random_uuid(),
  shape         text,
  cycle         bigint      not null default 0,
  every_seconds integer     not null,
  added_at      timestamptz not null default clock_timestamp(),
  published_at  timestamptz,
  failed_at     timestamptz,
  failure       text        check (length(failure) <= 1000)
);
comment on table lake.place is 'A folder or bucket that aftercall publish keeps up to date.';
comment on column lake.place.place is 'As --to names it. Source: pipeline. Personal data: no.';
comment on column lake.place.lake_id is
  'Also in the file _published.json of the place: no other database publishes there. Source: pipeline. Personal data: no.';
comment on column lake.place.shape is
  'Hash of what all days depend on: views, words, whether agents are shown. Source: pipeline. Personal data: no.';
comment on column lake.place.cycle is 'Counts what was published, also in _published.json. Source: pipeline. Personal data: no.';
comment on column lake.place.every_seconds is
  'How often it is published. Unit: seconds. Source: pipeline. Personal data: no.';
comment on column lake.place.added_at is 'When it was added. Source: pipeline. Personal data: no.';
comment on column lake.place.published_at is
  'When a publisher last had no changed day left. Source: pipeline. Personal data: no.';
comment on column lake.place.failed_at is
  'When publishing failed; null once it has succeeded again. Source: pipeline. Personal data: no.';
comment on column lake.place.failure is 'Why: the code of the error. Source: pipeline. Personal data: no.';

-- Append-only and without a unique key, so that a refresh and a publisher never wait for each other.
create table lake.changed_hour (
  change_id  bigint      generated always as identity primary key,
  source     text        not null,
  home_month date        not null,
  home_hour  timestamp   not null,
  changed_at timestamptz not null
);
comment on table lake.changed_hour is 'Hours that a refresh of rollups has made again, and whose days are to be found.';
comment on column lake.changed_hour.change_id is 'Order of writing. Source: pipeline. Personal data: no.';

create table lake.hour_day (
  source     text      not null,
  home_month date      not null,
  home_hour  timestamp not null,
  local_day  date      not null,
  primary key (source, home_month, home_hour, local_day)
);
create index hour_day_by_local_day on lake.hour_day (source, local_day);
comment on table lake.hour_day is 'The local days on which rows of an hour''s sessions fall, as they were last looked at.';

create table lake.day (
  place      text        not null references lake.place on delete cascade,
  source     text        not null,
  local_day  date        not null,
  change     bigint      not null default 1,
  published  bigint      not null default 0,
  changed_at timestamptz not null,
  stale_at   timestamptz,
  primary key (place, source, local_day)
);
create index day_to_publish on lake.day (place, local_day desc) where change > published;
comment on table lake.day is 'The local days of a place, and which of them have changed since they were published.';
comment on column lake.day.place is 'The place. Source: pipeline. Personal data: no.';
comment on column lake.day.local_day is 'Day of the tenant''s clock. Source: pipeline. Personal data: no.';
comment on column lake.day.change is 'Number of its last change. Source: pipeline. Personal data: no.';
comment on column lake.day.published is 'Number of the last change that is published. Source: pipeline. Personal data: no.';
comment on column lake.day.changed_at is
  'When the oldest change was stored that is not published. Source: pipeline. Personal data: no.';
comment on column lake.day.stale_at is
  'When a change could not be published, because retention had removed rows of the day. Source: pipeline. Personal data: no.';

create table lake.file (
  place     text   not null references lake.place on delete cascade,
  view_name text   not null,
  source    text   not null,
  local_day date   not null,
  row_count bigint not null default 0,
  sha256    text,
  primary key (place, source, local_day, view_name)
);
comment on table lake.file is 'The days of views as they were published, so that equal files are not written again.';
comment on column lake.file.place is 'The place. Source: pipeline. Personal data: no.';
comment on column lake.file.view_name is 'The view of analytics. Source: pipeline. Personal data: no.';
comment on column lake.file.local_day is 'Day of the tenant''s clock. Source: pipeline. Personal data: no.';
comment on column lake.file.row_count is 'Rows of the file; 0: there is none. Unit: rows. Source: pipeline. Personal data: no.';
comment on column lake.file.sha256 is
  'Hash of the file; null while it is written, after a kill, and without rows. Source: pipeline. Personal data: no.';

create table lake.lease (
  name       text        primary key,
  holder     text        not null,
  host       text        not null,
  taken_at   timestamptz not null default clock_timestamp(),
  renewed_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
) with (fillfactor = 50);
comment on table lake.lease is
  'Who publishes to a place. As ingest.lease, but apart, because publishers have no right on the leases of loaders.';

-- The columns that other tables have under the same name.
do $$
declare
  own record;
begin
  for own in
    select c.relname, a.attname, case a.attname
      when 'source' then 'Configured name of the bucket and prefix: the tenant'
      when 'home_month' then 'First day of the UTC month in which the sessions were created'
      when 'home_hour' then 'Hour of the tenant''s clock in which the sessions were created'
      when 'changed_at' then 'When the oldest of these changes was stored'
      when 'local_day' then 'Day of the tenant''s clock'
      when 'name' then 'What is leased: "publish PLACE"'
      when 'holder' then 'Made up when the lease is taken'
      when 'host' then 'Machine and process'
      when 'taken_at' then 'When it was taken, by the database''s clock'
      when 'renewed_at' then 'When it was last renewed, by the database''s clock'
      when 'expires_at' then 'When another process may take it' end as meaning
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relnamespace = 'lake'::regnamespace and c.relkind = 'r' and col_description(c.oid, a.attnum) is null
  loop
    execute format('comment on column lake.%I.%I is %L', own.relname, own.attname,
                   own.meaning || '. Source: pipeline. Personal data: no.');
  end loop;
end
$$;

-- ------------------------------------------------------------------------------------------------------- changed hours

-- Runs in the transaction of rollup.refresh, which no other refresh and no lake.add_place overlaps: both write rollup.state.
create function lake.note_hours() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into lake.changed_hour (source, home_month, home_hour, changed_at)
  select gone.source, gone.home_month, gone.home_hour, min(gone.changed_at)
  from gone
  where exists (select from lake.place)
  group by gone.source, gone.home_month, gone.home_hour;
  return null;
end
$$;
comment on function lake.note_hours() is 'Notes hours whose rollups were made again.';

create trigger note_hours after delete on ingest.changed_hour
referencing old table as gone for each statement execute function lake.note_hours();

-- The first statement makes refreshes wait, and those that have begun fail and begin again: each later one sees the place.
-- Hours that still wait for a refresh are noted by it.
create function lake.add_place(of_place text, every_seconds integer) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  is_first boolean;
begin
  update rollup.state set refreshed_at = refreshed_at;
  lock table lake.hour_day in share row exclusive mode;
  is_first := not exists (select from lake.place);
  if is_first then
    delete from lake.changed_hour;
    delete from lake.hour_day;
    insert into lake.changed_hour (source, home_month, home_hour, changed_at)
    select distinct own.source, own.home_month, own.home_hour, clock_timestamp() from rollup.home own;
  end if;
  insert into lake.place (place, every_seconds) values (of_place, add_place.every_seconds)
  on conflict (place) do update set every_seconds = excluded.every_seconds;
  insert into lake.day (place, source, local_day, changed_at)
  select distinct of_place, own.source, own.local_day, clock_timestamp() from lake.hour_day own
  on conflict do nothing;
end
$$;
comment on function lake.add_place(text, integer) is
  'Adds a place, for which all days are to be published; says of one that exists how often it is published.';

-- The local days on which rows of a home's sessions fall, whatever view shows them.
create function lake.days_of(of_source text, of_month date, of_hour timestamp) returns setof date
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
declare
  month_start constant timestamptz := of_month::timestamp at time zone 'UTC';
  month_end   constant timestamptz := (of_month + interval '1 month') at time zone 'UTC';
  fact        record;
begin
  return query select of_hour::date where exists (
    select from warehouse.session s
    where s.source = of_source and date_trunc('hour', s.local_created_at) = of_hour
      and s.created_at >= month_start and s.created_at < month_end);
  if not found then
    return;
  end if;
  for fact in
    select own.name, own.clock from (values
      ('queue_duration', 'local_started_at'), ('handle_duration', 'local_started_at'), ('transfer', 'local_created_at'),
      ('disposition', 'local_at'), ('virtual_agent_handle_duration', 'local_started_at'), ('escalation', 'local_at'),
      ('deflected_escalation', 'local_at'), ('deflection', 'local_at'), ('consumer_event_duration', 'local_at'),
      ('consumer_in_menu_duration', 'local_at'), ('recording', 'local_at'), ('session_message', 'local_at'),
      ('offer_event', 'local_at')) own (name, clock)
  loop
    return query execute format(
      'select distinct r.%1$I::date
       from warehouse.session s
       join warehouse.%2$I r
         on r.session_id = s.session_id and r.session_created_at = s.created_at and r.source = s.source and r.channel = s.channel
       where s.source = $1 and date_trunc(''hour'', s.local_created_at) = $2
         and s.created_at >= $3 and s.created_at < $4 and r.session_created_at >= $3 and r.session_created_at < $4
         and r.%1$I is not null and r.%1$I::date <> $2::date', fact.clock, fact.name)
      using of_source, of_hour, month_start, month_end;
  end loop;
end
$$;
comment on function lake.days_of(text, date, timestamp) is 'The local days on which rows of a home''s sessions fall.';

-- A day may be published because of one hour while rows of another hour are on it whose note is still to come. If those rows are
-- gone when that note is looked at, nothing would say that they were on the day. So before and after a publisher reads a day, the
-- waiting hours that have rows on it are noted. A row of a session that began more than a month earlier is not found.
-- It waits for lake.find_days; if that has looked at the hour meanwhile, the day is only marked once more than needed.
create function lake.note_waiting(of_source text, of_day date) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into lake.hour_day (source, home_month, home_hour, local_day)
  select waiting.source, waiting.home_month, waiting.home_hour, of_day
  from (
    select own.source, own.home_month, own.home_hour from ingest.changed_hour own where own.source = of_source
    union select own.source, own.home_month, own.home_hour from lake.changed_hour own where own.source = of_source) waiting
  where waiting.home_hour >= of_day - 31 and waiting.home_hour < of_day + 2
    and of_day in (select lake.days_of(waiting.source, waiting.home_month, waiting.home_hour))
  on conflict do nothing;
end
$$;
comment on function lake.note_waiting(text, date) is
  'Notes which hours that wait to be looked at have rows on this day, so that it is marked when they lose them.';

-- In read committed: each statement sees what was committed before it, so what is read of the facts is never older than the
-- notes that go. Notes that come meanwhile stay. Of a month that retention has removed, the rows are no longer here: what is
-- noted of it marks its days only if it was stored before, and publishers then say that it is missing.
create function lake.find_days(hours_max integer) returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  home      record;
  now_days  date[];
  all_days  date[];
  frozen_at timestamptz;
  found_hours integer := 0;
begin
  lock table lake.hour_day in share row exclusive mode;
  for home in
    select c.source, c.home_month, c.home_hour, min(c.changed_at) as changed_at, array_agg(c.change_id) as ids
    from lake.changed_hour c
    group by c.source, c.home_month, c.home_hour
    order by c.home_hour desc, c.source, c.home_month
    limit hours_max
  loop
    found_hours := found_hours + 1;
    delete from lake.changed_hour c where c.change_id = any (home.ids);
    select array_agg(own.local_day) into all_days from lake.hour_day own
    where own.source = home.source and own.home_month = home.home_month and own.home_hour = home.home_hour;
    select f.frozen_at into frozen_at from rollup.frozen_month f
    where f.source = home.source and f.home_month = home.home_month;
    if frozen_at is null then
      select array_agg(distinct own.day) into now_days
      from lake.days_of(home.source, home.home_month, home.home_hour) own (day);
      delete from lake.hour_day own
      where own.source = home.source and own.home_month = home.home_month and own.home_hour = home.home_hour;
      insert into lake.hour_day (source, home_month, home_hour, local_day)
      select home.source, home.home_month, home.home_hour, own.day from unnest(now_days) own (day);
    elsif all_days is null then
      -- Never looked at while it was here: its counts are left.
      select array_agg(distinct own.day) into now_days from (
        select h.local_hour::date from rollup.session_hour h
        where h.source = home.source and h.home_month = home.home_month and h.home_hour = home.home_hour
        union all select h.local_hour::date from rollup.queue_hour h
        where h.source = home.source and h.home_month = home.home_month and h.home_hour = home.home_hour
        union all select h.local_hour::date from rollup.agent_hour h
        where h.source = home.source and h.home_month = home.home_month and h.home_hour = home.home_hour
        union all select h.local_hour::date from rollup.virtual_agent_hour h
        where h.source = home.source and h.home_month = home.home_month and h.home_hour = home.home_hour
        union all select h.local_hour::date from rollup.transfer_hour h
        where h.source = home.source and h.home_month = home.home_month and h.home_hour = home.home_hour
        union all select h.local_hour::date from rollup.disposition_hour h
        where h.source = home.source and h.home_month = home.home_month and h.home_hour = home.home_hour) own (day);
      insert into lake.hour_day (source, home_month, home_hour, local_day)
      select home.source, home.home_month, home.home_hour, own.day from unnest(now_days) own (day);
    elsif home.changed_at >= frozen_at then
      -- Retention itself, or a copy that came after it.
      continue;
    else
      now_days := null;
    end if;
    insert into lake.day as kept (place, source, local_day, changed_at)
    select own.place, home.source, changed.day, home.changed_at
    from lake.place own
    cross join (select distinct day from unnest(all_days || now_days) known (day) where day is not null) changed
    order by 1, 2, 3
    on conflict (place, source, local_day) do update set
      change = kept.change + 1,
      changed_at = case when kept.change > kept.published then least(kept.changed_at, excluded.changed_at)
                        else excluded.changed_at end;
  end loop;
  return found_hours;
end
$$;
comment on function lake.find_days(integer) is
  'Marks the days of noted hours as changed, at most hours_max of them, the newest first. Returns how many hours.';

create function lake.is_closed(of_source text, of_day date) returns boolean
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from lake.hour_day own
    join rollup.frozen_month f on f.source = own.source and f.home_month = own.home_month
    where own.source = of_source and own.local_day = of_day)
$$;
comment on function lake.is_closed(text, date) is
  'Whether retention has removed, or is removing, rows of this day: what is published of it stays.';

create function lake.removed_months() returns table (source text, month date)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select f.source, f.home_month from rollup.frozen_month f
$$;
comment on function lake.removed_months() is 'The months of each source (UTC) that retention has removed.';

-- pg_get_viewdef writes names by the search path, which is fixed here.
create function lake.shape() returns text
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select md5(concat_ws(' ',
    (select string_agg(c.relname || pg_get_viewdef(c.oid), ' ' order by c.relname)
     from pg_class c where c.relnamespace = 'analytics'::regnamespace and c.relkind in ('v', 'm')),
    (select md5(string_agg(own::text, ' ' order by own::text)) from analytics.word own),
    (select are_shown from ingest.agent_visibility)))
$$;
comment on function lake.shape() is 'Hash of what every day depends on: views, words, whether agents are shown.';

create function lake.waiting()
returns table (place text, days bigint, oldest_seconds double precision, every_seconds integer, published_at timestamptz,
               failed_at timestamptz, failure text, stale_days bigint)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  with noted as (
    select min(own.changed_at) as oldest from (
      select changed_at from lake.changed_hour union all select changed_at from ingest.changed_hour) own
  )
  select p.place, coalesce(d.days, 0),
         coalesce(extract(epoch from clock_timestamp() - least(d.oldest, noted.oldest))::double precision, 0),
         p.every_seconds, p.published_at, p.failed_at, p.failure, coalesce(d.stale_days, 0)
  from lake.place p
  cross join noted
  left join lateral (
    select count(*) filter (where own.change > own.published) as days,
           min(own.changed_at) filter (where own.change > own.published) as oldest,
           count(*) filter (where own.stale_at is not null) as stale_days
    from lake.day own where own.place = p.place
  ) d on true
$$;
comment on function lake.waiting() is
  'For each place: how many changed days wait, how old the oldest change is that is not published, and how the last try ended.';

-- -------------------------------------------------------------------------------------------------------------- access

create or replace function ingest.own_schemas() returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array['ingest', 'warehouse', 'analytics', 'people', 'rollup', 'lake']
$$;

-- The publisher reads nothing of the sessions by this role: its login is one of aftercall_analyst, too.
insert into ingest.access_rule (role_name, object_kind, object_name, privileges) values
  ('aftercall_publisher', 'schema', 'lake', 'usage'),
  ('aftercall_publisher', 'table', 'lake.place', 'select, update, delete'),
  ('aftercall_publisher', 'table', 'lake.day', 'select, update'),
  ('aftercall_publisher', 'table', 'lake.file', 'select, insert, update'),
  ('aftercall_publisher', 'table', 'lake.lease', 'select, insert, update, delete'),
  ('aftercall_publisher', 'function', 'lake.add_place(text,integer)', 'execute'),
  ('aftercall_publisher', 'function', 'lake.find_days(integer)', 'execute'),
  ('aftercall_publisher', 'function', 'lake.is_closed(text,date)', 'execute'),
  ('aftercall_publisher', 'function', 'lake.note_waiting(text,date)', 'execute'),
  ('aftercall_publisher', 'function', 'lake.removed_months()', 'execute'),
  ('aftercall_publisher', 'function', 'lake.shape()', 'execute'),
  ('aftercall_publisher', 'function', 'lake.waiting()', 'execute'),
  ('aftercall_loader', 'schema', 'lake', 'usage'),
  ('aftercall_loader', 'function', 'lake.waiting()', 'execute'),
  ('aftercall_operator', 'schema', 'lake', 'usage'),
  ('aftercall_operator', 'function', 'lake.waiting()', 'execute');

select ingest.grant_access();
