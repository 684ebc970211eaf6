-- Each role's rights, by name. ingest.access_rule lists them, and ingest.grant_access() makes the database agree with the
-- list: what is not on it, no role has. There are no default privileges, so a table that is made later is its
-- owner's alone until a migration adds its rows here. Month partitions have no rows: they are read through their parent.
--
-- A later migration that adds a table, a view, or a function that a role calls inserts its rows and then ends with
-- `select ingest.grant_access();`.

create table ingest.access_rule (
  role_name    text   not null,
  object_kind  text   not null check (object_kind in ('schema', 'table', 'function')),
  object_name  text   not null,
  privileges   text   not null check (privileges ~ '^[a-z]+(, [a-z]+)*$'),
  column_names text[],
  primary key (role_name, object_kind, object_name)
);

comment on table ingest.access_rule is
  'What each role may do, by name. ingest.grant_access() grants exactly this.';
comment on column ingest.access_rule.role_name is 'The role. Source: pipeline. Personal data: no.';
comment on column ingest.access_rule.object_kind is 'schema, table (a view is one, too) or function. Source: pipeline. Personal data: no.';
comment on column ingest.access_rule.object_name is
  'Its name with the schema; of a function with the types of its arguments. Source: pipeline. Personal data: no.';
comment on column ingest.access_rule.privileges is 'What is granted, for example select, insert. Source: pipeline. Personal data: no.';
comment on column ingest.access_rule.column_names is
  'The columns that it is granted on. Null: the whole table. Source: pipeline. Personal data: no.';

-- Everything the loader does beside reading. DELETE on facts: a newer revision takes the place of all rows of the one
-- before; on comparisons, rejections and lists: old ones go. Retention is the loader's too, by functions that look whether
-- a month may go; it can drop no table itself.
insert into ingest.access_rule (role_name, object_kind, object_name, privileges) values
  ('aftercall_loader', 'schema', 'ingest', 'usage'),
  ('aftercall_loader', 'schema', 'warehouse', 'usage'),
  ('aftercall_loader', 'table', 'ingest.source', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.session_head', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.object', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.rejection', 'select, insert, update, delete'),
  ('aftercall_loader', 'table', 'ingest.schema_drift', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.backfill_run', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.backfill_shard', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.reconcile_run', 'select, insert, update, delete'),
  ('aftercall_loader', 'table', 'ingest.maintenance_run', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.object_list', 'select, insert, update, delete'),
  ('aftercall_loader', 'table', 'ingest.listed_object', 'select, insert, delete'),
  ('aftercall_loader', 'table', 'ingest.migration', 'select'),
  ('aftercall_loader', 'function', 'ingest.create_month(date)', 'execute'),
  ('aftercall_loader', 'function', 'ingest.ensure_month(date,integer,integer,integer)', 'execute'),
  ('aftercall_loader', 'function', 'ingest.drain_month(date)', 'execute'),
  ('aftercall_loader', 'function', 'ingest.drop_month(date,text[])', 'execute'),
  ('aftercall_loader', 'function', 'ingest.delete_from_month(date,text,integer)', 'execute'),
  ('aftercall_loader', 'function', 'ingest.fact_tables()', 'execute'),
  ('aftercall_loader', 'function', 'ingest.month_partitions()', 'execute'),
  ('aftercall_loader', 'function', 'ingest.month_sources(date)', 'execute'),
  ('aftercall_loader', 'function', 'ingest.default_rows()', 'execute'),
  ('aftercall_loader', 'function', 'ingest.waiting_rows(date,date,integer)', 'execute'),
  ('aftercall_loader', 'function', 'ingest.rejected_content(bigint)', 'execute');

-- Of facts the keys alone, which tell how many rows a session has, and when sessions ended; of rejections all but the bytes.
insert into ingest.access_rule (role_name, object_kind, object_name, privileges) values
  ('aftercall_operator', 'schema', 'ingest', 'usage'),
  ('aftercall_operator', 'schema', 'warehouse', 'usage'),
  ('aftercall_operator', 'table', 'ingest.source', 'select'),
  ('aftercall_operator', 'table', 'ingest.session_head', 'select'),
  ('aftercall_operator', 'table', 'ingest.object', 'select'),
  ('aftercall_operator', 'table', 'ingest.schema_drift', 'select'),
  ('aftercall_operator', 'table', 'ingest.backfill_run', 'select'),
  ('aftercall_operator', 'table', 'ingest.backfill_shard', 'select'),
  ('aftercall_operator', 'table', 'ingest.reconcile_run', 'select'),
  ('aftercall_operator', 'table', 'ingest.maintenance_run', 'select'),
  ('aftercall_operator', 'table', 'ingest.migration', 'select'),
  ('aftercall_operator', 'function', 'ingest.fact_tables()', 'execute'),
  ('aftercall_operator', 'function', 'ingest.month_partitions()', 'execute'),
  ('aftercall_operator', 'function', 'ingest.waiting_rows(date,date,integer)', 'execute'),
  ('aftercall_operator', 'function', 'ingest.rejected_content(bigint)', 'execute');
insert into ingest.access_rule (role_name, object_kind, object_name, privileges, column_names) values
  ('aftercall_operator', 'table', 'ingest.rejection', 'select', array[
    'rejection_id', 'fingerprint', 'source', 'bucket', 'object_key', 'version_id', 'message_id', 'code', 'detail',
    'content_bytes', 'content_is_cut', 'state', 'first_seen_at', 'last_seen_at', 'seen_count']);

-- The tables and views of warehouse as they are now, by their names: the facts, the words, what changed.
insert into ingest.access_rule (role_name, object_kind, object_name, privileges, column_names)
select own.role_name, 'table', format('warehouse.%I', c.relname), own.privileges, own.column_names
from pg_catalog.pg_class c
cross join lateral (values
  ('aftercall_loader', case c.relkind when 'p' then 'select, insert, update, delete' else 'select' end, null::text[]),
  ('aftercall_cleared', 'select', null),
  ('aftercall_operator', 'select', case c.relname
    when 'session' then array['source', 'channel', 'session_id', 'created_at', 'ended_at']
    when 'session_revision' then array[
      'source', 'channel', 'session_id', 'session_created_at', 'content_sha256', 'revision_updated_at', 'latest_event_at',
      'object_last_modified', 'bucket', 'object_key', 'loaded_at']
    else array['source', 'channel', 'session_id', 'session_created_at'] end)
) own (role_name, privileges, column_names)
where c.relnamespace = 'warehouse'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition
  and (own.role_name <> 'aftercall_operator' or c.relkind = 'p');

-- Views of analytics read with their owner's rights, so who reads them needs none on what is below. Only functions are
-- called with the reader's: session_months is reached through its view alone, because its schema is not granted.
insert into ingest.access_rule (role_name, object_kind, object_name, privileges)
select reader, kind, name, privilege
from unnest(array['aftercall_operator', 'aftercall_analyst', 'aftercall_cleared']) reader
cross join (values
  ('schema', 'analytics', 'usage'),
  ('table', 'analytics.completeness_daily', 'select'),
  ('table', 'analytics.object_outcome_daily', 'select'),
  ('function', 'analytics.completeness(date,date)', 'execute'),
  ('function', 'ingest.session_months()', 'execute')
) own (kind, name, privilege);
insert into ingest.access_rule (role_name, object_kind, object_name, privileges)
values ('aftercall_cleared', 'schema', 'warehouse', 'usage');

-- What the list does not hold is revoked, so rights that were granted to these roles by hand go, too. Of an object that
-- is gone, or a role that could not be made, there is nothing to grant.
create function ingest.grant_rules() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  rule  record;
  roles text;
begin
  select string_agg(quote_ident(rolname), ', ') into roles
  from pg_catalog.pg_roles where rolname in (select role_name from ingest.access_rule);
  if roles is not null then
    execute format('revoke all on all tables in schema ingest, warehouse, analytics from %s', roles);
    execute format('revoke all on all sequences in schema ingest, warehouse, analytics from %s', roles);
    execute format('revoke all on all routines in schema ingest, warehouse, analytics from %s', roles);
    execute format('revoke all on schema ingest, warehouse, analytics from %s', roles);
  end if;
  for rule in
    select r.* from ingest.access_rule r
    where to_regrole(r.role_name) is not null
      and case r.object_kind when 'schema' then to_regnamespace(r.object_name) is not null
                             when 'table' then to_regclass(r.object_name) is not null
                             else to_regprocedure(r.object_name) is not null end
    order by r.role_name, r.object_kind, r.object_name
  loop
    execute format('grant %s%s on %s %s to %I', rule.privileges,
      (select format(' (%s)', string_agg(quote_ident(name), ', ')) from unnest(rule.column_names) as name
       having count(*) > 0),
      rule.object_kind,
      case rule.object_kind when 'schema' then to_regnamespace(rule.object_name)::text
                            when 'table' then to_regclass(rule.object_name)::text
                            else to_regprocedure(rule.object_name)::text end,
      rule.role_name);
  end loop;
end
$$;

comment on function ingest.grant_rules() is 'Makes the rights of our roles what ingest.access_rule says, and no more.';

create or replace function ingest.grant_access() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  owner text;
begin
  perform ingest.make_roles();
  perform ingest.hand_over();
  select pg_get_userbyid(nspowner) into owner from pg_catalog.pg_namespace where nspname = 'ingest';
  revoke all on schema ingest, warehouse, analytics from public;
  revoke all on all tables in schema ingest, warehouse, analytics from public;
  revoke all on all routines in schema ingest, warehouse, analytics from public;
  if owner = 'aftercall_owner' then
    -- Of a schema alone this cannot be said, and another owner may have functions elsewhere in this database.
    alter default privileges for role aftercall_owner revoke execute on functions from public;
  end if;
  perform ingest.grant_rules();
end
$$;

comment on function ingest.grant_access() is
  'Makes the roles, hands everything to aftercall_owner and grants each role what ingest.access_rule says, as far as the caller may. May be called again; a migration that adds an object with rules ends with it.';

drop function ingest.grant_to_operator(text);
drop function ingest.grant_to_readers(text, text[], text);
drop function ingest.grant_to_loader(text);

-- What 0010 and 0012 granted on tables and functions to come.
do $$
declare
  one   record;
  roles text;
begin
  select string_agg(quote_ident(rolname), ', ') into roles
  from pg_catalog.pg_roles where rolname in (select role_name from ingest.access_rule);
  for one in
    select distinct pg_get_userbyid(d.defaclrole) as owner, n.nspname,
           case d.defaclobjtype when 'r' then 'tables' else 'functions' end as kind
    from pg_catalog.pg_default_acl d join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
    where n.nspname in ('ingest', 'warehouse', 'analytics') and d.defaclobjtype in ('r', 'f')
      and pg_has_role(current_user, d.defaclrole, 'member')
  loop
    execute format('alter default privileges for role %I in schema %I revoke all on %s from %s',
                   one.owner, one.nspname, one.kind, roles);
  end loop;
end
$$;

select ingest.grant_access();
