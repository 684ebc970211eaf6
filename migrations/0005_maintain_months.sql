-- Partitions of months: made beside running loaders, the default partition drained, retention.
--
-- Every function names its schemas and ends its search_path with pg_temp. Without that, pg_temp is searched first, and a
-- caller's temporary view stands in for a table of the catalogue with the rights of the function's owner
-- (docs/adr/0020-definer-functions-and-locks-trust-no-caller.md). Bounds of months depend on no setting of the session.
--
-- Order of locks. A loader's transaction takes heads, then facts, then the ledger, and its first statement is the one on
-- ingest.session_head. What changes the set of partitions takes ingest.made_month, then the gate, then facts.
--
-- The lock on ingest.made_month lets one process at a time change the set of partitions. Only the owner has a right on that
-- table, so only the functions below can lock it.
--
-- The gate is SHARE ROW EXCLUSIVE on ingest.session_head. It is granted once no loader is under way. Until commit, the next
-- loaders wait at their first statement, where they hold nothing yet. So no loader can be part of a deadlock, and none has a
-- statement under way while partitions change. That matters: an INSERT that has chosen the default partition and then waits
-- for it fails with 23514 once the row's month has a partition of its own, and a loader cannot tell that from bad data. The
-- comment on lock_partitions says how readers are kept out of deadlocks.

-- The partitioned tables, `session` first, as loaders go. A table without a default partition stands for it itself: ONLY the
-- table never holds a row. Children are not keyed by their source: their rows always lie in the month of their session's row,
-- so the sources of a month are those of the session, its revisions and its collisions. A document lies with its revision.
create function ingest.fact_tables()
returns table (
  name text, relation regclass, month_column text, default_partition regclass, is_keyed_by_source boolean
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select c.relname::text, c.oid::regclass, a.attname::text, coalesce(nullif(p.partdefid, 0), p.partrelid)::regclass,
         exists (select from pg_index i join pg_attribute first on first.attrelid = i.indrelid and first.attnum = i.indkey[0]
                 where i.indrelid = c.oid and i.indisprimary and first.attname = 'source')
  from pg_partitioned_table p
  join pg_class c on c.oid = p.partrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum = p.partattrs[0]
  where n.nspname = 'warehouse'
  order by c.relname <> 'session', c.relname
$$;

-- A partition whose bounds differ from its name is found by its rows' times, but is never dropped as a whole.
create function ingest.month_partitions()
returns table (table_name text, month date, partition regclass, has_month_bounds boolean)
language sql stable
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD'
set timezone = 'UTC'
set standard_conforming_strings = on
as $$
  select fact.name, own.month, child.oid::regclass,
         pg_get_expr(child.relpartbound, child.oid) = format('FOR VALUES FROM (%L) TO (%L)',
           to_char(own.month, 'YYYY-MM-DD') || ' 00:00:00+00',
           to_char(own.month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00')
  from ingest.fact_tables() fact
  join pg_catalog.pg_inherits i on i.inhparent = fact.relation
  join pg_catalog.pg_class child on child.oid = i.inhrelid
  cross join lateral (select to_date(right(child.relname, 7), 'YYYY_MM') as month) own
  where child.relname ~ '_[0-9]{4}_[0-9]{2}$'
$$;

comment on function ingest.month_partitions() is
  'Every partition of a month, and whether its bounds are the first instants (UTC) of this month and of the next.';

-- The sources in a table whose primary key begins with the source, one index probe each.
create function ingest.sources_of(relation regclass) returns setof text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  found_source text := '';
begin
  loop
    execute format('select min(source) from %s where source > $1', relation) into found_source using found_source;
    exit when found_source is null;
    return next found_source;
  end loop;
end
$$;

-- Waits longer than for a table: a process that waits here holds nothing, and each one before it needs half a second.
create function ingest.take_turn() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  patience constant text := current_setting('lock_timeout');
begin
  perform set_config('lock_timeout', '20s', true);
  lock table ingest.made_month in exclusive mode;
  perform set_config('lock_timeout', patience, true);
end
$$;

comment on function ingest.take_turn() is
  'Lets in one at a time who changes the set of partitions, until its transaction ends.';

-- The gate, and ACCESS EXCLUSIVE on all of these relations, or nothing. It waits only for the first of them, and not for
-- long, because loaders stand before the gate meanwhile. When one of the others is in use, it releases everything, lets
-- loaders and readers pass, and begins again. So a reader that holds the second table and wants the first is never in a
-- deadlock with it, and no analyst's query is killed for it. Gives up after about lock_timeout.
create function ingest.lock_partitions(relations regclass[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  patience   constant text := current_setting('lock_timeout');
  give_up_at constant timestamptz := clock_timestamp() + coalesce(nullif(patience, '0'), '5s')::interval;
  relation   regclass;
begin
  loop
    begin
      lock table ingest.session_head in share row exclusive mode;
      perform set_config('lock_timeout', '250ms', true);
      execute format('lock table only %s in access exclusive mode', relations[1]);
      foreach relation in array relations[2:] loop
        execute format('lock table only %s in access exclusive mode nowait', relation);
      end loop;
      perform set_config('lock_timeout', patience, true);
      return;
    exception when lock_not_available then
      if clock_timestamp() > give_up_at then
        raise;
      end if;
    end;
    perform pg_sleep(0.1);
  end loop;
end
$$;

-- Makes the missing partitions of one month. Each partition is built apart and then attached, because ATTACH does not block
-- writers of the parent as CREATE ... PARTITION OF does. Where the default partition holds rows of the month, `draining`
-- moves them into the new partition before it is attached; without it that table is left to maintenance.
create function ingest.make_month(month date, draining boolean)
returns table (table_name text, moved_rows bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD'
set timezone = 'UTC'
set standard_conforming_strings = on
as $$
declare
  first_day   constant date := date_trunc('month', month::timestamp)::date;
  month_start constant timestamptz := first_day::timestamp at time zone 'UTC';
  month_end   constant timestamptz := (first_day + interval '1 month') at time zone 'UTC';
  start_text  constant text := to_char(first_day, 'YYYY-MM-DD"T00:00:00Z"');
  end_text    constant text := to_char(first_day + interval '1 month', 'YYYY-MM-DD"T00:00:00Z"');
  suffix      constant text := to_char(first_day, '"_"YYYY"_"MM');
  missing     text[];
  fact        record;
  columns     text;
  has_made    boolean := false;
begin
  perform ingest.take_turn();
  select array_agg(f.name) into missing
  from ingest.fact_tables() f where to_regclass(format('warehouse.%I', f.name || suffix)) is null;
  if missing is null then
    return;
  end if;
  perform ingest.lock_partitions(array_agg(f.default_partition))
  from ingest.fact_tables() f where f.name = any (missing);
  for fact in select * from ingest.fact_tables() f where f.name = any (missing) loop
    table_name := fact.name;
    execute format('select count(*) from only %s where %I >= $1 and %2$I < $2', fact.default_partition, fact.month_column)
      into moved_rows using month_start, month_end;
    continue when moved_rows > 0 and not draining;
    execute format('create table warehouse.%I (like warehouse.%I including all)', fact.name || suffix, fact.name);
    if moved_rows > 0 then
      select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into columns
      from pg_catalog.pg_attribute a
      where a.attrelid = fact.default_partition and a.attnum > 0 and not a.attisdropped and a.attgenerated = '';
      execute format(
        'with moved as (delete from %s where %I >= $1 and %2$I < $2 returning %s)
         insert into warehouse.%I (%3$s) select %3$s from moved',
        fact.default_partition, fact.month_column, columns, fact.name || suffix) using month_start, month_end;
    end if;
    execute format('alter table warehouse.%I attach partition warehouse.%I for values from (%L) to (%L)',
                   fact.name, fact.name || suffix, start_text, end_text);
    has_made := true;
    return next;
  end loop;
  if has_made then
    insert into ingest.made_month as known (month, made_at) values (first_day, clock_timestamp())
    on conflict on constraint made_month_pkey do update set made_at = excluded.made_at;
  end if;
end
$$;

create function ingest.create_month(month date) returns integer
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  select count(*)::integer from ingest.make_month(month, false)
$$;

comment on function ingest.create_month(date) is
  'Makes the partitions of one month for every fact table, whatever the month. Maintenance and workers of earlier '
  'releases call it.';

-- What a worker asks for when a document needs a month. Two bounds keep documents from filling the catalogue: the span of
-- months, by the database's clock, and the months that all workers together made in the last hour. A month that is not made
-- now is left to the default partition.
create function ingest.ensure_month(wanted date, years_back integer, months_ahead integer, made_per_hour_max integer)
returns table (verdict text, partitions integer, first_month date, last_month date)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD'
set timezone = 'UTC'
set standard_conforming_strings = on
as $$
declare
  this_month constant date := date_trunc('month', clock_timestamp() at time zone 'UTC')::date;
  month_day  constant date := date_trunc('month', wanted::timestamp)::date;
begin
  partitions := 0;
  first_month := (this_month - make_interval(years => years_back))::date;
  last_month := (this_month + make_interval(months => months_ahead))::date;
  if month_day < first_month or month_day > last_month then
    verdict := 'outside';
    return next;
    return;
  end if;
  verdict := 'there';
  -- Without the lock, because this is how nearly every call ends.
  if (select count(*) from ingest.month_partitions() p where p.month = month_day)
     < (select count(*) from ingest.fact_tables()) then
    perform ingest.take_turn();
    if (select count(*) from ingest.made_month m
        where m.made_at > clock_timestamp() - interval '1 hour' and m.month <> month_day) >= made_per_hour_max then
      verdict := 'too_many';
    else
      select count(*)::integer into partitions from ingest.make_month(month_day, false);
    end if;
  end if;
  return next;
end
$$;

comment on function ingest.ensure_month(date, integer, integer, integer) is
  'Makes the partitions of a month, unless it lies outside the span (verdict outside) or too many were made within the '
  'hour (verdict too_many).';

-- All of a month or nothing: an interrupted call leaves every row where it was. Loaders and readers across months wait
-- meanwhile, so callers keep statement_timeout at or below that of the loaders: this call then gives up first.
create function ingest.drain_month(month date)
returns table (table_name text, moved_rows bigint)
language sql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
  select * from ingest.make_month(month, true)
$$;

comment on function ingest.drain_month(date) is
  'Makes the partitions of one month and moves its rows out of the default partitions into them, in one transaction.';

-- The shortest retention keeps the current month and the one before. These never go, whatever the caller's clock says.
create function ingest.require_old_month(month date) returns date
language plpgsql stable
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD'
set timezone = 'UTC'
as $$
declare
  first_day constant date := date_trunc('month', month::timestamp)::date;
begin
  if first_day >= date_trunc('month', clock_timestamp() at time zone 'UTC') - interval '1 month' then
    raise exception 'month % is too recent to be removed: by the clock of the database it is %',
      to_char(first_day, 'YYYY-MM'), to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI')
      using errcode = 'invalid_parameter_value';
  end if;
  return first_day;
end
$$;

comment on function ingest.require_old_month(date) is
  'The first day of a month that retention may remove; fails for the current month, the one before it, and coming ones.';

-- Heads go with their rows: a head without rows would call a replay a duplicate. The price: a late re-export of a dropped
-- session is new to the loader and is loaded again, until the next maintenance. The ledger and the rejections stay.
create function ingest.drop_month(month date, sources text[]) returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD'
set timezone = 'UTC'
set standard_conforming_strings = on
set lock_timeout = '5s'
as $$
declare
  month_start constant date := ingest.require_old_month(month);
  partitions  regclass[];
  partition   regclass;
  gone        integer;
begin
  perform ingest.take_turn();
  -- Before any partition: no refresh of rollups reads a month that goes. Of a month that is kept after all, retention
  -- deletes these sources' sessions next.
  perform rollup.freeze_month(month_start, sources);
  select array_agg(p.partition order by p.table_name <> 'session', p.table_name) into partitions
  from ingest.month_partitions() p where p.month = month_start and p.has_month_bounds;
  if partitions is null or cardinality(partitions) < (select count(*) from ingest.fact_tables()) then
    return null;
  end if;
  perform ingest.lock_partitions(array_agg(f.relation) || array_agg(f.default_partition) || partitions)
  from ingest.fact_tables() f;
  -- Behind the gate: no row of another source can arrive between this look and the drop.
  if exists (
    select from ingest.month_sources(month_start) as present where present <> all (sources)
  ) then
    return null;
  end if;
  execute format(
    'delete from ingest.session_head head using %s gone
     where (head.source, head.channel, head.session_id) = (gone.source, gone.channel, gone.session_id)
       and head.created_at = gone.created_at', partitions[1]);
  get diagnostics gone = row_count;
  foreach partition in array partitions loop
    execute format('drop table %s', partition);
  end loop;
  return gone;
end
$$;

comment on function ingest.drop_month(date, text[]) is
  'Drops the partitions of a month and the heads of its sessions, if no other source has rows in it and each has the '
  'bounds of the month. Returns how many sessions went, or null if it did nothing.';

-- Rows of a month whose session is in another month by now (earlier revisions), of at most batch_size sessions in a call.
-- They have no head here. Documents go before the revisions that they are found by. Rows that are locked are skipped, so this
-- never waits for a loader, and no document is left without its revision.
create function ingest.delete_left_over(
  month_start timestamptz, month_end timestamptz, of_source text, batch_size integer
)
returns table (deleted_rows bigint, is_done boolean)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  fact     record;
  key      record;
  of_month text;
  found    integer := 0;
  changed  bigint;
begin
  deleted_rows := 0;
  for key in
    select distinct r.channel, r.session_id
    from warehouse.session_revision r
    join warehouse.session_document d using (session_id, session_created_at, source, channel, content_sha256)
    where r.source = of_source and r.session_created_at >= month_start and r.session_created_at < month_end
      and d.session_created_at >= month_start and d.session_created_at < month_end and not exists (
        select from warehouse.session s
        where (s.source, s.channel, s.session_id, s.created_at)
          = (r.source, r.channel, r.session_id, r.session_created_at))
    limit batch_size
  loop
    found := found + 1;
    with left_over as (
      select d.tableoid as partition, d.ctid as place from warehouse.session_document d
      where d.source = of_source and d.channel = key.channel and d.session_id = key.session_id
        and d.session_created_at >= month_start and d.session_created_at < month_end and not exists (
          select from warehouse.session s
          where (s.source, s.channel, s.session_id, s.created_at)
            = (d.source, d.channel, d.session_id, d.session_created_at))
      for update of d skip locked
    )
    delete from warehouse.session_document d using left_over l
    where d.tableoid = l.partition and d.ctid = l.place and d.session_id = key.session_id
      and d.session_created_at >= month_start and d.session_created_at < month_end;
    get diagnostics changed = row_count;
    deleted_rows := deleted_rows + changed;
  end loop;
  is_done := found < batch_size;
  for fact in select * from ingest.fact_tables() f where f.name <> 'session' and f.is_keyed_by_source loop
    found := 0;
    of_month := format(
      'r.source = $1 and r.%1$I >= $2 and r.%1$I < $3 and not exists (
         select from warehouse.session s
         where (s.source, s.channel, s.session_id, s.created_at) = (r.source, r.channel, r.session_id, r.%1$I))
       and not exists (
         select from warehouse.session_document d
         where (d.session_id, d.session_created_at, d.source, d.channel, d.content_sha256)
           = (r.session_id, r.%1$I, r.source, r.channel, r.content_sha256))', fact.month_column);
    for key in
      execute format('select distinct r.channel, r.session_id from %s r where %s limit $4', fact.relation, of_month)
        using of_source, month_start, month_end, batch_size
    loop
      found := found + 1;
      execute format(
        'with left_over as (
           select r.tableoid as partition, r.ctid as place from %1$s r
           where %3$s and r.channel = $4 and r.session_id = $5 for update of r skip locked
         )
         delete from %1$s r using left_over l
         where r.tableoid = l.partition and r.ctid = l.place and r.session_id = $5 and r.%2$I >= $2 and r.%2$I < $3',
        fact.relation, fact.month_column, of_month)
        using of_source, month_start, month_end, key.channel, key.session_id;
      get diagnostics changed = row_count;
      deleted_rows := deleted_rows + changed;
    end loop;
    is_done := is_done and found < batch_size;
  end loop;
  return next;
end
$$;

comment on function ingest.delete_left_over(timestamptz, timestamptz, text, integer) is
  'Deletes rows of one source in a month that have no session there. Call it until is_done.';

-- For a month that some source keeps: the sessions of the others, at most batch_size in a call, and at the end what is left
-- over. The heads are locked first, in the loaders' order of keys, each by a statement of its own (ADR 41). What a session's
-- head says is read only under that lock, so a session that a loader moves to another month at this moment keeps its head.
create function ingest.delete_from_month(month date, of_source text, batch_size integer)
returns table (sessions integer, deleted_rows bigint, is_done boolean)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD'
set timezone = 'UTC'
set standard_conforming_strings = on
set lock_timeout = '5s'
as $$
declare
  month_start constant timestamptz := ingest.require_old_month(month)::timestamp at time zone 'UTC';
  month_end   constant timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC';
  channels    text[];
  ids         bigint[];
  fact        record;
  key         record;
  changed     bigint;
begin
  -- Before any fact, like a loader: see the order of locks at the top.
  lock table ingest.session_head in row exclusive mode;
  select coalesce(array_agg(s.channel), '{}'), coalesce(array_agg(s.session_id), '{}') into channels, ids
  from (
    select channel, session_id from warehouse.session
    where source = of_source and created_at >= month_start and created_at < month_end
    order by channel, session_id limit batch_size
  ) s;
  sessions := 0;
  deleted_rows := 0;
  is_done := cardinality(ids) < batch_size;
  for key in
    select k.channel, k.session_id from unnest(channels, ids) as k (channel, session_id)
    order by concat_ws('/', k.channel, k.session_id) collate "C"
  loop
    perform from ingest.session_head head
    where head.source = of_source and head.channel = key.channel and head.session_id = key.session_id for update;
  end loop;
  insert into ingest.changed_hour (source, home_month, home_hour)
  select distinct s.source, date_trunc('month', s.created_at at time zone 'UTC')::date, date_trunc('hour', s.local_created_at)
  from warehouse.session s
  join unnest(channels, ids) as k (channel, session_id) on s.channel = k.channel and s.session_id = k.session_id
  where s.source = of_source and s.created_at >= month_start and s.created_at < month_end
    and s.local_created_at is not null;
  for fact in select * from ingest.fact_tables() loop
    execute format(
      'delete from %s as r using unnest($1, $2) as k (channel, session_id)
       where r.source = $3 and r.channel = k.channel and r.session_id = k.session_id and r.%I >= $4 and r.%2$I < $5',
      fact.relation, fact.month_column) using channels, ids, of_source, month_start, month_end;
    get diagnostics changed = row_count;
    deleted_rows := deleted_rows + changed;
    if fact.name = 'session' then
      sessions := changed;
    end if;
  end loop;
  delete from ingest.session_head head using unnest(channels, ids) as k (channel, session_id)
  where head.source = of_source and head.channel = k.channel and head.session_id = k.session_id
    and head.created_at >= month_start and head.created_at < month_end;
  if is_done then
    select gone.deleted_rows, gone.is_done into changed, is_done
    from ingest.delete_left_over(month_start, month_end, of_source, batch_size) gone;
    deleted_rows := deleted_rows + changed;
  end if;
  return next;
end
$$;

comment on function ingest.delete_from_month(date, text, integer) is
  'Deletes a batch of one source''s sessions of a month, with their heads. Call it until is_done.';

-- What maintenance plans by. With the owner's rights, so that no role needs a right on a single partition.
create function ingest.month_sources(of_month date) returns setof text
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select distinct source
  from ingest.fact_tables() f, ingest.month_partitions() p, ingest.sources_of(p.partition) as source
  where f.is_keyed_by_source and p.table_name = f.name and p.month = date_trunc('month', of_month::timestamp)::date
$$;

comment on function ingest.month_sources(date) is 'The sources that have rows in the partitions of a month.';

-- Years of five digits and infinity are never written, and are left out.
create function ingest.default_rows()
returns table (table_name text, month date, source text, row_count bigint)
language plpgsql stable
security definer
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD'
set timezone = 'UTC'
set standard_conforming_strings = on
as $$
declare
  fact record;
begin
  for fact in select * from ingest.fact_tables() loop
    return query execute format(
      'select $1, date_trunc(''month'', %I at time zone ''UTC'')::date, source, count(*) from only %s
       where %1$I >= $2 and %1$I < $3 group by 2, 3', fact.month_column, fact.default_partition)
      using fact.name, timestamptz '0001-01-01T00:00:00Z', timestamptz '9999-12-31T23:59:59.999999Z';
  end loop;
end
$$;

comment on function ingest.default_rows() is 'Rows in the default partitions, by table, month and source.';

-- Which partition is the default partition is known to the owner alone, so this runs with the owner's rights.
create function ingest.waiting_rows(from_month date, before_month date, rows_max integer)
returns table (table_name text, waiting bigint)
language plpgsql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  fact record;
begin
  for fact in select * from ingest.fact_tables() loop
    table_name := fact.name;
    execute format(
      'select count(*) from (select from only %s where %I >= $1 and %2$I < $2 limit $3) found',
      fact.default_partition, fact.month_column)
      into waiting
      using from_month::timestamp at time zone 'UTC', before_month::timestamp at time zone 'UTC', rows_max;
    if waiting > 0 then
      return next;
    end if;
  end loop;
end
$$;

comment on function ingest.waiting_rows(date, date, integer) is
  'Rows in the default partitions whose month is one of these, by table; counted up to rows_max.';
