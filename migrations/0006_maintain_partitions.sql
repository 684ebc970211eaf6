-- Partition maintenance: months made beside running loaders, the default partition drained, retention.
--
-- Order of locks. A loader's transaction takes heads -> facts -> ledger, and its first statement is the one on
-- ingest.session_head. What changes the set of partitions takes: the advisory lock of create_month (one at a time), then
-- the gate, then facts. The gate is SHARE ROW EXCLUSIVE on ingest.session_head: it is granted once no loader is under
-- way, and until commit the next ones wait at their first statement, where they hold nothing yet. So no loader can be
-- part of a circle, and none has a statement under way while partitions change. That matters: an INSERT that has chosen
-- the default partition and then waits for it fails with 23514 once that row's month has a partition of its own, which a
-- loader cannot tell from bad data. How readers are kept out of circles is said at lock_partitions.

-- The partitioned tables, `session` first as loaders go. One without a default partition stands for it itself: ONLY it
-- never holds a row.
create function ingest.fact_tables()
returns table (name text, relation regclass, month_column text, default_partition regclass)
language sql stable
set search_path = pg_catalog
as $$
  select c.relname::text, c.oid::regclass, a.attname::text, coalesce(nullif(p.partdefid, 0), p.partrelid)::regclass
  from pg_partitioned_table p
  join pg_class c on c.oid = p.partrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum = p.partattrs[0]
  where n.nspname = 'warehouse'
  order by c.relname <> 'session', c.relname
$$;

create function ingest.month_partitions()
returns table (table_name text, month date, partition regclass)
language sql stable
set search_path = pg_catalog
as $$
  select fact.name, to_date(right(c.relname, 7), 'YYYY_MM'), c.oid::regclass
  from ingest.fact_tables() fact
  join pg_inherits i on i.inhparent = fact.relation
  join pg_class c on c.oid = i.inhrelid
  where c.relname ~ '_\d{4}_\d{2}$'
$$;

-- The sources in a table, one index probe each: every primary key begins with the source.
create function ingest.sources_of(relation regclass) returns setof text
language plpgsql stable
set search_path = pg_catalog
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

-- The gate, and ACCESS EXCLUSIVE on all of these, or nothing. Of these only the first is waited for, and not for long,
-- because loaders stand before the gate meanwhile; of the others one that is in use makes it let go of everything, give
-- way to loaders and readers, and begin again. A reader that holds the second table and wants the first is therefore
-- never in a circle with this, and no query of an analyst is killed for it. Gives up after about lock_timeout.
create function ingest.lock_partitions(relations regclass[]) returns void
language plpgsql
set search_path = pg_catalog
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

-- Makes what is missing of one month's partitions. Where the default partition holds rows of the month, `draining` moves
-- them into the new partition before it is attached; without it that table is left for maintenance.
create function ingest.make_month(month date, draining boolean)
returns table (table_name text, moved_rows bigint)
language plpgsql
set search_path = pg_catalog
as $$
declare
  month_start constant timestamptz := (date_trunc('month', month::timestamp) at time zone 'UTC');
  month_end   constant timestamptz := ((date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC');
  suffix      constant text := to_char(month, '"_"YYYY"_"MM');
  missing     text[];
  fact        record;
  columns     text;
begin
  perform pg_advisory_xact_lock(hashtextextended('aftercall.create_month', 0));
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
      from pg_attribute a
      where a.attrelid = fact.default_partition and a.attnum > 0 and not a.attisdropped and a.attgenerated = '';
      execute format(
        'with moved as (delete from %s where %I >= $1 and %2$I < $2 returning %s)
         insert into warehouse.%I (%3$s) select %3$s from moved',
        fact.default_partition, fact.month_column, columns, fact.name || suffix) using month_start, month_end;
    end if;
    execute format('alter table warehouse.%I attach partition warehouse.%I for values from (%L) to (%L)',
                   fact.name, fact.name || suffix, month_start, month_end);
    return next;
  end loop;
end
$$;

create or replace function ingest.create_month(month date) returns integer
language sql
security definer
set search_path = pg_catalog
as $$
  select count(*)::integer from ingest.make_month(month, false)
$$;

-- All of a month or nothing of it: an interrupted call leaves every row where it was. Loaders and those who read across
-- months wait meanwhile, so callers keep statement_timeout at or below that of the loaders: then this one gives up before
-- any of theirs does.
create function ingest.drain_month(month date)
returns table (table_name text, moved_rows bigint)
language sql
security definer
set search_path = pg_catalog
set lock_timeout = '5s'
as $$
  select * from ingest.make_month(month, true)
$$;

comment on function ingest.drain_month(date) is
  'Makes the partitions of one month and moves its rows out of the default partitions into them, in one transaction.';

-- Heads go with their rows: a head without rows would call an asked-for replay a duplicate. The price: a late re-export
-- of a dropped session is new to the loader and would be loaded again, until the next maintenance. The ledger and the
-- rejections stay.
create function ingest.drop_month(month date, sources text[]) returns integer
language plpgsql
security definer
set search_path = pg_catalog
set lock_timeout = '5s'
as $$
declare
  month_start constant date := date_trunc('month', month::timestamp)::date;
  partitions  regclass[];
  partition   regclass;
  gone        integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('aftercall.create_month', 0));
  select array_agg(p.partition order by p.table_name <> 'session', p.table_name) into partitions
  from ingest.month_partitions() p where p.month = month_start;
  if partitions is null or cardinality(partitions) < (select count(*) from ingest.fact_tables()) then
    return null;
  end if;
  perform ingest.lock_partitions(array_agg(f.relation) || array_agg(f.default_partition) || partitions)
  from ingest.fact_tables() f;
  -- Behind the gate: no row of another source can arrive between this look and the drop.
  if exists (
    select from unnest(partitions) one, ingest.sources_of(one) as present where present <> all (sources)
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
  'Drops the partitions of a month and the heads of its sessions, if no other source has rows in it. Returns how many sessions went, or null if it did nothing.';

-- For a month that some source keeps: the sessions of the others, at most batch_size a call. The heads are locked first
-- and in the loaders' order of keys; what a session's head says is only looked at under that lock, so that a revision
-- that a loader moves to another month at this moment keeps its head. Rows whose session lives in another month by now
-- (earlier revisions) have no head here; they go last, without waiting for anybody.
create function ingest.delete_from_month(month date, of_source text, batch_size integer)
returns table (sessions integer, deleted_rows bigint, is_done boolean)
language plpgsql
security definer
set search_path = pg_catalog
set lock_timeout = '5s'
as $$
declare
  month_start constant timestamptz := (date_trunc('month', month::timestamp) at time zone 'UTC');
  month_end   constant timestamptz := ((date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC');
  channels    text[];
  ids         bigint[];
  fact        record;
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
  perform from ingest.session_head head
  join unnest(channels, ids) as k (channel, session_id) on head.channel = k.channel and head.session_id = k.session_id
  where head.source = of_source
  order by concat_ws('/', head.channel, head.session_id) collate "C"
  for update of head;
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
    for fact in select * from ingest.fact_tables() f where f.name <> 'session' loop
      execute format(
        'with left_over as (
           select r.tableoid as partition, r.ctid as place from %s r
           where r.source = $1 and r.%I >= $2 and r.%2$I < $3 and not exists (
             select from warehouse.session s
             where (s.source, s.channel, s.session_id, s.created_at) = (r.source, r.channel, r.session_id, r.%2$I))
           limit $4 for update of r skip locked
         )
         delete from %1$s r using left_over l
         where r.tableoid = l.partition and r.ctid = l.place and r.%2$I >= $2 and r.%2$I < $3',
        fact.relation, fact.month_column) using of_source, month_start, month_end, batch_size;
      get diagnostics changed = row_count;
      deleted_rows := deleted_rows + changed;
      is_done := is_done and changed < batch_size;
    end loop;
  end if;
  return next;
end
$$;

comment on function ingest.delete_from_month(date, text, integer) is
  'Deletes a batch of one source''s sessions of a month, with their heads. Call it until is_done.';

-- Nobody but the owner and who is granted it: these remove data, or run without the owner''s rights and are of no use.
revoke all on function ingest.make_month(date, boolean) from public;
revoke all on function ingest.lock_partitions(regclass[]) from public;
revoke all on function ingest.drain_month(date) from public;
revoke all on function ingest.drop_month(date, text[]) from public;
revoke all on function ingest.delete_from_month(date, text, integer) from public;
