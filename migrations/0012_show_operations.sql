-- What the console reads, and a role that reads it: what the pipeline does, and nothing of what sessions hold.

-- What was settled lately, in a ledger of any size: the few pages that the newest rows are in. It holds one small entry
-- for 64 pages, so it costs a loader next to nothing. Building it reads the ledger once, and loaders wait meanwhile: they
-- keep their messages.
create index object_by_time on ingest.object using brin (settled_at)
  with (pages_per_range = 64, autosummarize = on);

-- Rows of the months from one up to another that have no partition of their own, at most so many of a table. Which
-- partition is the default one is a matter of their owner, so this runs with its rights.
create function ingest.waiting_rows(from_month date, before_month date, rows_max integer)
returns table (table_name text, waiting bigint)
language plpgsql stable
security definer
set search_path = pg_catalog
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

-- Size and hash of what was kept of a rejected object or message, for who may not read it.
create function ingest.rejected_content(of_rejection bigint)
returns table (kept_bytes bigint, content_sha256 text)
language sql stable strict
security definer
set search_path = pg_catalog
as $$
  select octet_length(content), encode(sha256(content), 'hex')
  from ingest.rejection where rejection_id = of_rejection
$$;

comment on function ingest.waiting_rows(date, date, integer) is
  'Rows in the default partitions whose month is one of these, by table; counted up to rows_max.';
comment on function ingest.rejected_content(bigint) is
  'How many bytes of a rejection are kept, and their SHA-256. Null when none are.';

create or replace function ingest.make_roles() returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
  wanted text;
begin
  foreach wanted in array array['aftercall_owner', 'aftercall_loader', 'aftercall_analyst', 'aftercall_cleared',
                                'aftercall_operator'] loop
    continue when exists (select from pg_roles where rolname = wanted);
    begin
      execute format('create role %I nologin', wanted);
    exception
      -- Made meanwhile, by the migration of another database.
      when duplicate_object or unique_violation then null;
      when insufficient_privilege then null;
    end;
  end loop;
end
$$;

-- Of facts the keys alone, which tell how many rows a session has, and when sessions ended; of rejections all but the
-- bytes. A later migration that adds a table of ingest or a fact table ends with ingest.grant_access().
create function ingest.grant_to_operator(owner text) returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
  one     record;
  columns text;
begin
  perform ingest.grant_to_readers('aftercall_operator', array['analytics'], owner);
  grant usage on schema ingest, warehouse to aftercall_operator;
  grant execute on function ingest.fact_tables(), ingest.month_partitions(), ingest.waiting_rows(date, date, integer),
    ingest.rejected_content(bigint) to aftercall_operator;
  for one in
    select c.oid, c.oid::regclass as relation, n.nspname, c.relname
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'ingest' and c.relkind = 'r' or n.nspname = 'warehouse' and c.relkind = 'p'
  loop
    select string_agg(quote_ident(a.attname), ', ') into columns
    from pg_attribute a
    where a.attrelid = one.oid and a.attnum > 0 and not a.attisdropped and case
      when one.nspname = 'ingest' then (one.relname, a.attname) <> ('rejection', 'content')
      when one.relname = 'session_revision' then a.attname not in ('document', 'original_content')
      when one.relname = 'session' then a.attname in ('source', 'channel', 'session_id', 'created_at', 'ended_at')
      else a.attname in ('source', 'channel', 'session_id', 'session_created_at') end;
    execute format('grant select (%s) on %s to aftercall_operator', columns, one.relation);
  end loop;
end
$$;

create or replace function ingest.grant_access() returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
  owner text;
begin
  perform ingest.make_roles();
  perform ingest.hand_over();
  select pg_get_userbyid(nspowner) into owner from pg_namespace where nspname = 'ingest';
  revoke all on schema ingest, warehouse, analytics from public;
  revoke all on all tables in schema ingest, warehouse, analytics from public;
  revoke all on all functions in schema ingest, warehouse, analytics from public;
  if owner = 'aftercall_owner' then
    -- Of a schema alone this cannot be said, and another owner may have functions elsewhere in this database.
    alter default privileges for role aftercall_owner revoke execute on functions from public;
  end if;
  begin
    -- As databases have it that were made by Postgres 15 or newer.
    revoke create on schema public from public;
  exception when insufficient_privilege or invalid_schema_name then null;
  end;
  if to_regrole('aftercall_loader') is not null then
    perform ingest.grant_to_loader(owner);
    grant execute on function ingest.waiting_rows(date, date, integer), ingest.rejected_content(bigint)
      to aftercall_loader;
  end if;
  if to_regrole('aftercall_analyst') is not null then
    perform ingest.grant_to_readers('aftercall_analyst', array['analytics'], owner);
  end if;
  if to_regrole('aftercall_cleared') is not null then
    perform ingest.grant_to_readers('aftercall_cleared', array['analytics', 'warehouse'], owner);
  end if;
  if to_regrole('aftercall_operator') is not null then
    perform ingest.grant_to_operator(owner);
  end if;
end
$$;

-- Migrations run as the owner of the tables, who can make no role: whoever migrates may.
do $$
declare
  owner constant text := current_user;
begin
  perform set_config('role', 'none', true);
  perform ingest.make_roles();
  perform set_config('role', owner, true);
end
$$;

select ingest.grant_access();
