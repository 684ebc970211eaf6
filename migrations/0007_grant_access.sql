-- Who may do what: seven roles that no one logs in as, and nothing for PUBLIC. docs/access.md says how logins get them.
--
--   aftercall_owner       owns our schemas and everything in them; migrations run as it
--   aftercall_loader      what worker, backfill, reconcile, load, replay and maintain do
--   aftercall_analyst     reads analytics, which holds no personal data
--   aftercall_supervisor  reads analytics, and who stands behind the keys of agents (0008)
--   aftercall_cleared     reads analytics and warehouse, raw documents included
--   aftercall_operator    reads what the pipeline does, and nothing of what sessions hold: the console
--   aftercall_actor       may ask the workers for actions; for logins that are operators, too (0015)
--   aftercall_publisher   keeps what `aftercall publish` knows about its places (0017), beside aftercall_analyst
--
-- ingest.access_rule lists each role's rights by name, and ingest.grant_access() makes the database agree with the list: a
-- role has no right that is not on it. There are no default privileges, so a table that is made later belongs to its
-- owner alone until a migration adds its rows here. Month partitions have no rows: they are read through their parent. A
-- migration that adds a table, a view, or a function that a role calls inserts its rows and ends with
-- `select ingest.grant_access();`.
--
-- Roles belong to the cluster, not to the database: another database of it may be migrated at this moment, and its roles
-- may exist already. The login that migrates may have no right to make roles. Then these steps are skipped, the tables stay
-- with that login, and `aftercall doctor` prints what an administrator has to run. A later call of ingest.grant_access()
-- makes up for it.

create table ingest.access_rule (
  role_name    text   not null,
  object_kind  text   not null check (object_kind in ('schema', 'table', 'function')),
  object_name  text   not null,
  privileges   text   not null check (privileges ~ '^[a-z]+(, [a-z]+)*$'),
  column_names text[],
  primary key (role_name, object_kind, object_name)
);

comment on table ingest.access_rule is 'What each role may do, by name. ingest.grant_access() grants exactly this.';
comment on column ingest.access_rule.role_name is 'The role. Source: pipeline. Personal data: no.';
comment on column ingest.access_rule.object_kind is
  'schema, table (a view is one, too) or function. Source: pipeline. Personal data: no.';
comment on column ingest.access_rule.object_name is
  'Its name with the schema; of a function with the types of its arguments. Source: pipeline. Personal data: no.';
comment on column ingest.access_rule.privileges is
  'What is granted, for example select, insert. Source: pipeline. Personal data: no.';
comment on column ingest.access_rule.column_names is
  'The columns that it is granted on. Null: the whole table. Source: pipeline. Personal data: no.';

-- Everything the loader does beside reading. DELETE on facts: a newer revision replaces all rows of the one before. DELETE
-- on runs, rejections and lists: old ones go. Retention is the loader's too, through functions that check whether a month may
-- go; it can drop no table itself.
insert into ingest.access_rule (role_name, object_kind, object_name, privileges) values
  ('aftercall_loader', 'schema', 'ingest', 'usage'),
  ('aftercall_loader', 'schema', 'warehouse', 'usage'),
  ('aftercall_loader', 'table', 'ingest.source', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.session_head', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.object', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.rejection', 'select, insert, update, delete'),
  ('aftercall_loader', 'table', 'ingest.rejected_content', 'select, insert, update, delete'),
  ('aftercall_loader', 'table', 'ingest.schema_drift', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.backfill_run', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.backfill_shard', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.reconcile_run', 'select, insert, update, delete'),
  ('aftercall_loader', 'table', 'ingest.object_list', 'select, insert, update, delete'),
  ('aftercall_loader', 'table', 'ingest.listed_object', 'select, insert, delete'),
  ('aftercall_loader', 'table', 'ingest.maintenance_run', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.lease', 'select, insert, update, delete'),
  ('aftercall_loader', 'table', 'ingest.worker', 'select, insert, update'),
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

-- The operator reads the keys of facts, which tell how many rows a session has, and when sessions ended; of rejections
-- everything but the bytes; of collisions and revisions everything but the documents.
insert into ingest.access_rule (role_name, object_kind, object_name, privileges, column_names) values
  ('aftercall_operator', 'schema', 'ingest', 'usage', null),
  ('aftercall_operator', 'schema', 'warehouse', 'usage', null),
  ('aftercall_operator', 'table', 'ingest.source', 'select', null),
  ('aftercall_operator', 'table', 'ingest.session_head', 'select', null),
  ('aftercall_operator', 'table', 'ingest.object', 'select', null),
  ('aftercall_operator', 'table', 'ingest.rejection', 'select', array[
    'rejection_id', 'fingerprint', 'source', 'bucket', 'object_key', 'version_id', 'message_id', 'code', 'detail',
    'content_bytes', 'content_is_cut', 'state', 'first_seen_at', 'last_seen_at', 'seen_count', 'content_sha256']),
  ('aftercall_operator', 'table', 'ingest.rejected_content', 'select', array[
    'content_sha256', 'first_seen_at', 'last_seen_at']),
  ('aftercall_operator', 'table', 'ingest.schema_drift', 'select', null),
  ('aftercall_operator', 'table', 'ingest.backfill_run', 'select', null),
  ('aftercall_operator', 'table', 'ingest.backfill_shard', 'select', null),
  ('aftercall_operator', 'table', 'ingest.reconcile_run', 'select', null),
  ('aftercall_operator', 'table', 'ingest.maintenance_run', 'select', null),
  ('aftercall_operator', 'table', 'ingest.lease', 'select', null),
  ('aftercall_operator', 'table', 'ingest.worker', 'select', null),
  ('aftercall_operator', 'table', 'ingest.migration', 'select', null),
  ('aftercall_operator', 'function', 'ingest.fact_tables()', 'execute', null),
  ('aftercall_operator', 'function', 'ingest.month_partitions()', 'execute', null),
  ('aftercall_operator', 'function', 'ingest.waiting_rows(date,date,integer)', 'execute', null),
  ('aftercall_operator', 'function', 'ingest.rejected_content(bigint)', 'execute', null);

-- The tables and views of warehouse as they are now, by their names: the facts, the words, what changed.
insert into ingest.access_rule (role_name, object_kind, object_name, privileges, column_names)
select own.role_name, 'table', format('warehouse.%I', c.relname), own.privileges, own.column_names
from pg_catalog.pg_class c
cross join lateral (values
  ('aftercall_loader', case c.relkind when 'p' then 'select, insert, update, delete' else 'select' end, null::text[]),
  ('aftercall_cleared', 'select', null),
  ('aftercall_operator', 'select', case c.relname
    when 'session' then array['source', 'channel', 'session_id', 'created_at', 'ended_at', 'updated_at', 'bucket', 'object_key']
    when 'session_revision' then array[
      'source', 'channel', 'session_id', 'session_created_at', 'content_sha256', 'revision_updated_at', 'latest_event_at',
      'object_last_modified', 'bucket', 'object_key', 'loaded_at']
    when 'session_collision' then array[
      'source', 'channel', 'session_id', 'session_created_at', 'content_sha256', 'uuid', 'revision_updated_at',
      'latest_event_at', 'object_last_modified', 'bucket', 'object_key', 'first_seen_at', 'last_seen_at', 'seen_count']
    else array['source', 'channel', 'session_id', 'session_created_at'] end)
) own (role_name, privileges, column_names)
where c.relnamespace = 'warehouse'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition
  and (own.role_name <> 'aftercall_operator' or c.relkind = 'p');

-- Views of analytics read with their owner's rights, so their readers need no right on what is below. Only functions are
-- called with the reader's rights: session_months is reached through its view alone, because its schema is not granted.
insert into ingest.access_rule (role_name, object_kind, object_name, privileges)
select reader, kind, name, privilege
from unnest(array['aftercall_operator', 'aftercall_analyst', 'aftercall_supervisor', 'aftercall_cleared']) reader
cross join (values
  ('schema', 'analytics', 'usage'),
  ('table', 'analytics.completeness_daily', 'select'),
  ('table', 'analytics.object_outcome_daily', 'select'),
  ('function', 'analytics.completeness(date,date)', 'execute'),
  ('function', 'ingest.session_months()', 'execute')
) own (kind, name, privilege);
insert into ingest.access_rule (role_name, object_kind, object_name, privileges)
values ('aftercall_cleared', 'schema', 'warehouse', 'usage');

-- Size and hash of the kept bytes, for readers who may not read the bytes.
create function ingest.rejected_content(of_rejection bigint)
returns table (kept_bytes bigint, content_sha256 text)
language sql stable strict
security definer
set search_path = pg_catalog, pg_temp
as $$
  select octet_length(kept.content), encode(kept.content_sha256, 'hex')
  from ingest.rejection left join ingest.rejected_content as kept on kept.content_sha256 = rejection.content_sha256
  where rejection.rejection_id = of_rejection
$$;

comment on function ingest.rejected_content(bigint) is
  'How many bytes of a rejection are kept, and their SHA-256. Null when none are.';

-- A later migration that adds a schema replaces this function.
create function ingest.own_schemas() returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array['ingest', 'warehouse', 'analytics']
$$;

comment on function ingest.own_schemas() is 'The schemas whose objects belong to aftercall_owner.';

create function ingest.make_roles() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  wanted text;
begin
  foreach wanted in array array['aftercall_owner', 'aftercall_loader', 'aftercall_analyst', 'aftercall_supervisor',
                                'aftercall_cleared', 'aftercall_operator', 'aftercall_actor', 'aftercall_publisher'] loop
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

-- The functions that make and drop partitions run with their owner's rights: the rights to the three schemas and no more,
-- and all tables have to belong to that owner. So everything that the caller owns there becomes aftercall_owner's, if the
-- caller may act as it. The head table goes first and is locked as loaders lock it first: they wait there, where they hold
-- nothing yet. Where everything has its owner already, nothing is locked.
create function ingest.hand_over() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  owner constant oid := to_regrole('aftercall_owner')::oid;
  one   record;
begin
  if owner is null then
    return;
  end if;
  if not pg_has_role(current_user, owner, 'usage') then
    begin
      execute format('grant aftercall_owner to %I', current_user);
    exception
      when insufficient_privilege then null;
      -- The same user is granted it at this moment by the migration of another database ("tuple concurrently updated").
      when unique_violation or internal_error then null;
    end;
    if not pg_has_role(current_user, owner, 'usage') then
      return;
    end if;
  end if;
  begin
    -- For the schemas that later migrations may make.
    execute format('grant create on database %I to aftercall_owner', current_database());
  exception when insufficient_privilege then null;
  end;
  for one in
    select n.nspname from pg_namespace n
    where n.nspname = any (ingest.own_schemas())
      and n.nspowner <> owner and pg_has_role(current_user, n.nspowner, 'usage')
  loop
    execute format('alter schema %I owner to aftercall_owner', one.nspname);
  end loop;
  for one in
    select c.oid::regclass as relation from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any (ingest.own_schemas()) and c.relkind in ('r', 'p', 'v', 'm', 'S')
      and c.relowner <> owner and pg_has_role(current_user, c.relowner, 'usage')
      -- The sequence of an identity column goes with its table.
      and not exists (
        select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
          and d.refclassid = 'pg_class'::regclass and c.relkind = 'S')
    order by c.relname <> 'session_head', n.nspname <> 'warehouse', c.relname <> 'session', c.relname
  loop
    execute format('alter table %s owner to aftercall_owner', one.relation);
  end loop;
  for one in
    select p.oid::regprocedure as routine from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = any (ingest.own_schemas())
      and p.proowner <> owner and pg_has_role(current_user, p.proowner, 'usage')
  loop
    execute format('alter routine %s owner to aftercall_owner', one.routine);
  end loop;
end
$$;

-- What the list does not hold is revoked, so rights that were granted to these roles by hand go too. Rules about an object
-- that is gone, or a role that could not be made, are skipped.
create function ingest.grant_rules() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  rule    record;
  roles   text;
  schemas constant text := (select string_agg(quote_ident(name), ', ') from unnest(ingest.own_schemas()) name);
begin
  select string_agg(quote_ident(rolname), ', ') into roles
  from pg_catalog.pg_roles where rolname in (select role_name from ingest.access_rule);
  if roles is not null then
    execute format('revoke all on all tables in schema %s from %s', schemas, roles);
    execute format('revoke all on all sequences in schema %s from %s', schemas, roles);
    execute format('revoke all on all routines in schema %s from %s', schemas, roles);
    execute format('revoke all on schema %s from %s', schemas, roles);
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


create function ingest.grant_access() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  owner   text;
  schemas constant text := (select string_agg(quote_ident(name), ', ') from unnest(ingest.own_schemas()) name);
begin
  perform ingest.make_roles();
  perform ingest.hand_over();
  select pg_get_userbyid(nspowner) into owner from pg_catalog.pg_namespace where nspname = 'ingest';
  execute format('revoke all on schema %s from public', schemas);
  execute format('revoke all on all tables in schema %s from public', schemas);
  execute format('revoke all on all routines in schema %s from public', schemas);
  if owner = 'aftercall_owner' then
    -- Of a schema alone this cannot be said, and another owner may have functions elsewhere in this database.
    alter default privileges for role aftercall_owner revoke execute on functions from public;
  end if;
  perform ingest.grant_rules();
end
$$;

comment on function ingest.grant_access() is
  'Makes the roles, hands everything to aftercall_owner and grants each role what ingest.access_rule says, as far as '
  'the caller may. May be called again; a migration that adds an object with rules ends with it.';

select ingest.grant_access();
