-- Who may do what: four roles that nobody logs in as, and nothing for PUBLIC. docs/access.md says how logins get them.
--
--   aftercall_owner    owns the three schemas and all that is in them; migrations run as it
--   aftercall_loader   what worker, backfill, reconcile, load, replay and maintain do
--   aftercall_analyst  reads analytics, which holds no personal data
--   aftercall_cleared  reads analytics and warehouse, raw documents included
--
-- Roles belong to the cluster, not to the database: another database of it may be migrated at this moment, and its
-- roles may be there already. Who migrates may be nobody who can make roles. Then all of this is passed by, the tables
-- stay with whoever migrates, and `aftercall doctor` says what an administrator has to run; ingest.grant_access() makes
-- up for it.

create function ingest.make_roles() returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
  wanted text;
begin
  foreach wanted in array array['aftercall_owner', 'aftercall_loader', 'aftercall_analyst', 'aftercall_cleared'] loop
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

-- The functions that make and drop partitions run with their owner's rights: these should be the rights to the three
-- schemas and no more, and all tables have to be that owner's. So whatever the one who calls this owns there becomes
-- aftercall_owner's, if he may act as it. The head table goes first and is locked as loaders would lock it first: they
-- wait there, where they hold nothing yet. Where everything has its owner already, nothing is locked.
create function ingest.hand_over() returns void
language plpgsql
set search_path = pg_catalog
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
    where n.nspname in ('ingest', 'warehouse', 'analytics')
      and n.nspowner <> owner and pg_has_role(current_user, n.nspowner, 'usage')
  loop
    execute format('alter schema %I owner to aftercall_owner', one.nspname);
  end loop;
  for one in
    select c.oid::regclass as relation from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('ingest', 'warehouse', 'analytics') and c.relkind in ('r', 'p', 'v', 'm', 'S')
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
    where n.nspname in ('ingest', 'warehouse', 'analytics')
      and p.proowner <> owner and pg_has_role(current_user, p.proowner, 'usage')
  loop
    execute format('alter routine %s owner to aftercall_owner', one.routine);
  end loop;
end
$$;

-- Everything the loader does beside reading. DELETE on facts: a newer revision takes the place of all rows of the one
-- before; on comparisons and rejections: old ones go. Retention is the loader's too, by functions that look whether a
-- month may go; it can drop no table itself. What it would do to a partition it could do through the parent, so the
-- default privileges, which new months get, are not more than it has.
create function ingest.grant_to_loader(owner text) returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
  fact record;
begin
  grant usage on schema ingest, warehouse to aftercall_loader;
  grant select, insert, update on all tables in schema ingest to aftercall_loader;
  revoke insert, update on ingest.migration from aftercall_loader;
  grant delete on ingest.reconcile_run, ingest.rejection to aftercall_loader;
  grant select on all tables in schema warehouse to aftercall_loader;
  for fact in select * from ingest.fact_tables() loop
    execute format('grant insert, update, delete on %s to aftercall_loader', fact.relation);
  end loop;
  grant execute on function ingest.create_month(date), ingest.drain_month(date), ingest.drop_month(date, text[]),
    ingest.delete_from_month(date, text, integer), ingest.fact_tables(), ingest.month_partitions(),
    ingest.sources_of(regclass) to aftercall_loader;
  execute format('alter default privileges for role %I in schema ingest
                    grant select, insert, update on tables to aftercall_loader', owner);
  execute format('alter default privileges for role %I in schema warehouse
                    grant select, insert, update, delete on tables to aftercall_loader', owner);
end
$$;

-- A view reads with its owner's rights, so who reads analytics needs none on what is below. Only functions are called
-- with the reader's: those of ingest that some view calls are granted, but not the schema, so only views reach them.
create function ingest.grant_to_readers(reader text, schemas text[], owner text) returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
  one text;
begin
  foreach one in array schemas loop
    execute format('grant usage on schema %I to %I', one, reader);
    execute format('grant select on all tables in schema %I to %I', one, reader);
    execute format('grant execute on all functions in schema %I to %I', one, reader);
    execute format('alter default privileges for role %I in schema %I grant select on tables to %I', owner, one, reader);
    execute format('alter default privileges for role %I in schema %I grant execute on functions to %I',
                   owner, one, reader);
  end loop;
  for one in
    select distinct p.oid::regprocedure::text
    from pg_class v
    join pg_rewrite r on r.ev_class = v.oid
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_proc'::regclass
    join pg_proc p on p.oid = d.refobjid
    where v.relnamespace = 'analytics'::regnamespace and p.pronamespace = 'ingest'::regnamespace
  loop
    execute format('grant execute on function %s to %I', one, reader);
  end loop;
end
$$;

create function ingest.grant_access() returns void
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
  end if;
  if to_regrole('aftercall_analyst') is not null then
    perform ingest.grant_to_readers('aftercall_analyst', array['analytics'], owner);
  end if;
  if to_regrole('aftercall_cleared') is not null then
    perform ingest.grant_to_readers('aftercall_cleared', array['analytics', 'warehouse'], owner);
  end if;
end
$$;

comment on function ingest.grant_access() is
  'Makes the roles, hands everything to aftercall_owner and grants each role what it needs, as far as the caller may. May be called again; later migrations that add a fact table or a function for a view end with it.';

select ingest.grant_access();
