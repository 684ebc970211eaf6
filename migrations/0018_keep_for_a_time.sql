-- Retention of everything that is not a whole month of sessions (ADR 51): the raw documents and revisions of a month, and
-- rows that have one time each. ingest.retention_rules() is the one place that knows the rows; which period applies to
-- which kind is in the configuration (retention.…), and packages/warehouse/src/maintenance/retention/ puts both together.

create table ingest.retention (
  kind          text        not null,
  source        text        not null default '',
  kept_days     integer     check (kept_days > 0),
  kept_months   integer     check (kept_months > 0),
  row_count     bigint      check (row_count >= 0),
  is_estimate   boolean     not null default false,
  oldest_at     timestamptz,
  measured_at   timestamptz not null default now(),
  removed_count bigint      default 0,
  tidied_at     timestamptz,
  primary key (kind, source)
);

comment on table ingest.retention is
  'One row per kind of data, and for sessions one per source: how long it is kept, how much there is, and when aftercall '
  'maintain last removed what was older. Written at the end of each run.';
comment on column ingest.retention.kind is
  'session, document, revision, ledger, rejection, rejection_content, drift, action, backfill_run, reconcile_run, '
  'maintenance_run or worker. Source: pipeline. Personal data: no.';
comment on column ingest.retention.source is
  'The source, for sessions; empty for all sources together. Source: pipeline. Personal data: no.';
comment on column ingest.retention.kept_days is
  'How many days it is kept; null where months count, or everything is kept. Source: pipeline. Personal data: no.';
comment on column ingest.retention.kept_months is
  'How many whole months it is kept beside the current one; null where days count, or everything is kept. Source: '
  'pipeline. Personal data: no.';
comment on column ingest.retention.row_count is
  'How many there were when it was measured. Null where counting took too long. Source: pipeline. Personal data: no.';
comment on column ingest.retention.is_estimate is
  'Whether row_count is the estimate of Postgres, because counting took too long. Source: pipeline. Personal data: no.';
comment on column ingest.retention.oldest_at is
  'The time of the oldest; null where there is none, or looking took too long. Source: pipeline. Personal data: no.';
comment on column ingest.retention.measured_at is
  'When rows and oldest were read. Source: pipeline. Personal data: no.';
comment on column ingest.retention.removed_count is
  'How many the last run removed that was not held back. Null where a month of several sources was dropped at once. '
  'Source: pipeline. Personal data: no.';
comment on column ingest.retention.tidied_at is
  'When a run last removed what was due. Null: none has. Source: pipeline. Personal data: no.';

-- Which rows of a kind count, what tells their age, and which of them may go once they are old enough:
--   ledger             not while it is tried again or a rejection of it is open: a replay needs its row. Its age is that of
--                      settled_by, which has the index, and is up to an hour later
--   rejection          only once it is closed; an open one stays, without its bytes
--   rejection_content  the bytes in any state, because they are personal data
--   action             only once it has ended
--   …_run              not the last good one of its kind: the next run compares itself with it
-- `k` is the row.
create function ingest.retention_rules()
returns table (kind text, relation regclass, key_columns text, dated text, counted text, may_go text, change text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  values
    ('ledger', 'ingest.object'::regclass, 'bucket, object_key', 'k.settled_by', 'true',
     'k.outcome <> ''failed'' and not exists (select from ingest.rejection r
        where r.bucket = k.bucket and r.object_key = k.object_key and r.state = ''open'')', 'delete from %2$s as k'),
    ('rejection', 'ingest.rejection', 'rejection_id', 'k.last_seen_at', 'true',
     'k.state in (''replayed'', ''ignored'')', 'delete from %2$s as k'),
    ('rejection_content', 'ingest.rejection', 'rejection_id', 'k.last_seen_at', 'k.content_sha256 is not null',
     'true', 'update %2$s as k set content_sha256 = null'),
    ('drift', 'ingest.schema_drift', 'source, channel, json_path, json_type', 'k.last_seen_at', 'true',
     'true', 'delete from %2$s as k'),
    ('action', 'ingest.action', 'action_id', 'coalesce(k.ended_at, k.asked_at)', 'true',
     'k.state in (''done'', ''failed'', ''cancelled'')', 'delete from %2$s as k'),
    ('backfill_run', 'ingest.backfill_run', 'run_id', 'coalesce(k.ended_at, k.updated_at)', 'true',
     'k.state = ''done''', 'delete from %2$s as k'),
    ('reconcile_run', 'ingest.reconcile_run', 'run_id', 'coalesce(k.ended_at, k.started_at)', 'true',
     'exists (select from ingest.reconcile_run n where n.source = k.source and n.purpose = k.purpose
        and n.run_id > k.run_id and n.ended_at is not null and n.error is null)', 'delete from %2$s as k'),
    ('maintenance_run', 'ingest.maintenance_run', 'run_id', 'coalesce(k.ended_at, k.started_at)', 'true',
     'exists (select from ingest.maintenance_run n
        where n.run_id > k.run_id and n.ended_at is not null and n.halted is null)', 'delete from %2$s as k'),
    ('worker', 'ingest.worker', 'worker_id', 'k.beat_at', 'true', 'true', 'delete from %2$s as k')
$$;

comment on function ingest.retention_rules() is
  'The kinds of rows that are removed by their own time: which rows count, what their time is, which may go, and how. The '
  'second argument of format() in change is the relation.';

-- One look at all rows of the kind; the ledger's age is found through its BRIN index only when rows are removed.
create function ingest.count_kept(of_kind text, kept_days integer)
returns table (row_count bigint, oldest_at timestamptz, due_count bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  rule record;
begin
  select * into strict rule from ingest.retention_rules() r where r.kind = of_kind;
  return query execute format(
    'select count(*), min(%1$s), count(*) filter (where %1$s < $1 and (%2$s)) from %3$s as k where %4$s',
    rule.dated, rule.may_go, rule.relation, rule.counted)
    using clock_timestamp() - make_interval(days => kept_days);
end
$$;

comment on function ingest.count_kept(text, integer) is
  'How many rows of a kind there are, the time of the oldest, and how many are due after this many days.';

-- A batch of the oldest day that has some. Rows that another transaction has locked are skipped, and this one waits for
-- none: so it is part of no deadlock, in any order of its rows, and a loader waits for one batch at most. What it
-- skipped goes with the next run. A day at a time, because each call finds its rows beside those that earlier calls have
-- deleted. The caller passes resume_at to the next call, until it is null.
create function ingest.tidy(of_kind text, kept_days integer, batch_size integer, since timestamptz)
returns table (removed bigint, resume_at timestamptz)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
  rule    record;
  cutoff  constant timestamptz := clock_timestamp() - make_interval(days => kept_days);
  oldest  timestamptz;
  day_end timestamptz;
begin
  if kept_days is null or kept_days < 1 or batch_size is null or batch_size < 1 then
    raise exception 'a period has at least one day, and a batch at least one row' using errcode = 'invalid_parameter_value';
  end if;
  select * into strict rule from ingest.retention_rules() r where r.kind = of_kind;
  removed := 0;
  execute format('select min(%1$s) from %2$s as k where %1$s >= $1 and %1$s < $2 and (%3$s) and (%4$s)',
    rule.dated, rule.relation, rule.counted, rule.may_go)
    into oldest using coalesce(since, '-infinity'), cutoff;
  if oldest is not null then
    day_end := least(cutoff, oldest + interval '1 day');
    execute format(
      'with old as materialized (
         select %1$s from %2$s as k where %3$s >= $1 and %3$s < $2 and (%4$s) and (%5$s)
         limit $3 for update of k skip locked
       )
       ' || rule.change || ' where (%1$s) in (select %1$s from old)',
      rule.key_columns, rule.relation, rule.dated, rule.counted, rule.may_go)
      using oldest, day_end, batch_size;
    get diagnostics removed = row_count;
    resume_at := case when removed < batch_size then day_end else oldest end;
  end if;
  return next;
end
$$;

comment on function ingest.tidy(text, integer, integer, timestamptz) is
  'Removes a batch of rows of a kind that are older than this many days, the oldest first. Call it with resume_at until '
  'that is null.';

-- The tables that hold a monthly kind. A document is found by its revision, so it goes with it at the latest. A session
-- that lost its id to another one is kept as a document, too.
create function ingest.tables_of_kind(of_kind text) returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case of_kind
    when 'document' then array['session_collision', 'session_document']
    when 'revision' then array['session_collision', 'session_document', 'session_revision'] end
$$;

comment on function ingest.tables_of_kind(text) is 'The tables of warehouse whose rows of a month go with a kind.';

create function ingest.row_count(relation regclass) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  found bigint;
begin
  execute format('select count(*) from %s', relation) into found;
  return found;
end
$$;

comment on function ingest.row_count(regclass) is 'How many rows a relation has, by counting them.';

-- With the owner's rights, because no role has a right on a single partition. Empty partitions are not read.
create function ingest.months_of_kind(of_kind text, before_month date)
returns table (month date, row_count bigint, partition_bytes bigint)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select held.month, sum(held.row_count)::bigint, sum(held.partition_bytes)::bigint
  from (
    select p.month, ingest.row_count(p.partition) as row_count, pg_total_relation_size(p.partition) as partition_bytes
    from ingest.month_partitions() p
    where p.table_name = any (ingest.tables_of_kind(of_kind)) and p.month < before_month
      and pg_relation_size(p.partition) > 0
    union all
    select d.month, d.row_count, 0
    from ingest.default_rows() d
    where d.table_name = any (ingest.tables_of_kind(of_kind)) and d.month < before_month
  ) held
  group by held.month
  having sum(held.row_count) > 0
  order by held.month
$$;

comment on function ingest.months_of_kind(text, date) is
  'The months before one that have rows of a monthly kind, with how many, and the size of their partitions.';

-- Behind the gate, like drop_month, and with its order of locks; no other transaction of ours locks two of these tables
-- against that order. A partition is emptied and stays: months have partitions of every table. Rows outside of a partition
-- with the bounds of the month are deleted in batches, those that are locked are skipped.
create function ingest.empty_month(of_kind text, month date, batch_size integer)
returns table (removed bigint, is_done boolean)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD'
set timezone = 'UTC'
set standard_conforming_strings = on
set lock_timeout = '5s'
as $$
declare
  first_day   constant date := ingest.require_old_month(month);
  month_start constant timestamptz := first_day::timestamp at time zone 'UTC';
  month_end   constant timestamptz := (first_day + interval '1 month') at time zone 'UTC';
  wanted      constant text[] := ingest.tables_of_kind(of_kind);
  partitions  regclass[];
  partition   regclass;
  fact        record;
  changed     bigint;
begin
  if wanted is null then
    raise exception 'there is no kind %', of_kind using errcode = 'invalid_parameter_value';
  end if;
  removed := 0;
  is_done := true;
  select array_agg(p.partition order by p.table_name) into partitions
  from ingest.month_partitions() p
  where p.month = first_day and p.has_month_bounds and p.table_name = any (wanted) and pg_relation_size(p.partition) > 0;
  if partitions is not null then
    perform ingest.take_turn();
    -- Counted before the gate, so that loaders do not wait for it.
    select sum(ingest.row_count(p.partition)) into removed from unnest(partitions) as p (partition);
    perform ingest.lock_partitions(partitions);
    foreach partition in array partitions loop
      execute format('truncate table %s', partition);
    end loop;
  end if;
  -- Before any fact, like a loader.
  lock table ingest.session_head in row exclusive mode;
  for fact in select * from ingest.fact_tables() f where f.name = any (wanted) loop
    execute format(
      'with old as (
         select r.tableoid as partition, r.ctid as place from %1$s as r
         where r.%2$I >= $1 and r.%2$I < $2 limit $3 for update of r skip locked
       )
       delete from %1$s as r using old
       where r.tableoid = old.partition and r.ctid = old.place and r.%2$I >= $1 and r.%2$I < $2',
      fact.relation, fact.month_column) using month_start, month_end, batch_size;
    get diagnostics changed = row_count;
    removed := removed + changed;
    is_done := is_done and changed < batch_size;
  end loop;
  return next;
end
$$;

comment on function ingest.empty_month(text, date, integer) is
  'Removes the rows of a monthly kind (document, revision) of a month that may be removed. Call it until is_done.';

insert into ingest.access_rule (role_name, object_kind, object_name, privileges) values
  ('aftercall_loader', 'table', 'ingest.retention', 'select, insert, update, delete'),
  ('aftercall_loader', 'function', 'ingest.retention_rules()', 'execute'),
  ('aftercall_loader', 'function', 'ingest.count_kept(text,integer)', 'execute'),
  ('aftercall_loader', 'function', 'ingest.months_of_kind(text,date)', 'execute'),
  ('aftercall_loader', 'function', 'ingest.tidy(text,integer,integer,timestamp with time zone)', 'execute'),
  ('aftercall_loader', 'function', 'ingest.empty_month(text,date,integer)', 'execute'),
  ('aftercall_operator', 'table', 'ingest.retention', 'select');
-- Old actions now go through ingest.tidy.
update ingest.access_rule set privileges = 'select, update'
where role_name = 'aftercall_loader' and object_name = 'ingest.action';

select ingest.grant_access();
