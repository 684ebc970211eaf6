-- Actions: what an operator asks the workers to do (ADR 47). A row is the request, its progress and the audit. Only the
-- functions below make one, so who asks needs no right on any other table: the role aftercall_actor, which logins have beside
-- aftercall_operator. Workers carry actions out as aftercall_loader.

create table ingest.action (
  action_id        bigint      generated always as identity primary key,
  kind             text        not null check (kind in (
    'replay', 'ignore', 'reopen', 'backfill', 'pause', 'resume', 'reconcile', 'maintain')),
  source           text,
  arguments        jsonb       not null,
  form_key         uuid        not null unique,
  asked_by         text        not null check (length(asked_by) between 1 and 200),
  asked_login      text        not null,
  asked_at         timestamptz not null default now(),
  confirmed_count  bigint      check (confirmed_count >= 0),
  state            text        not null default 'waiting' check (state in (
    'waiting', 'running', 'done', 'failed', 'cancelled')),
  cancel_asked_by  text        check (length(cancel_asked_by) between 1 and 200),
  taken_by         text        check (length(taken_by) <= 500),
  take_count       integer     not null default 0,
  run_id           bigint,
  counts           jsonb       not null default '{}',
  error            text        check (length(error) <= 1000),
  started_at       timestamptz,
  updated_at       timestamptz not null default now(),
  ended_at         timestamptz
);

create index action_open on ingest.action (action_id) where state in ('waiting', 'running');

comment on table ingest.action is
  'One row per action that someone asked the workers for: who, what, how many were confirmed, and how it ended.';
comment on column ingest.action.action_id is 'The number of the action. Source: pipeline. Personal data: no.';
comment on column ingest.action.kind is
  'replay, ignore, reopen (rejections); backfill, pause, resume (runs); reconcile; maintain. Source: pipeline. Personal data: no.';
comment on column ingest.action.source is
  'The source that it works on. Null: not one source alone. Source: pipeline. Personal data: no.';
comment on column ingest.action.arguments is
  'What was asked for, with the names of the function''s arguments. Source: pipeline. Personal data: no.';
comment on column ingest.action.form_key is
  'Of the form or command that asked: the same one asks once. Source: pipeline. Personal data: no.';
comment on column ingest.action.asked_by is
  'The person, as the console or the command names it. Source: pipeline. Personal data: yes.';
comment on column ingest.action.asked_login is 'The database login that asked. Source: pipeline. Personal data: no.';
comment on column ingest.action.asked_at is 'When it was asked for. Source: pipeline. Personal data: no.';
comment on column ingest.action.confirmed_count is
  'The number that the person saw and confirmed. Null: none was shown. Source: pipeline. Personal data: no.';
comment on column ingest.action.state is
  'waiting, running, done, failed or cancelled. Source: pipeline. Personal data: no.';
comment on column ingest.action.cancel_asked_by is
  'The person who cancelled it. Source: pipeline. Personal data: yes.';
comment on column ingest.action.taken_by is
  'Machine and process of the worker that took it last. Source: pipeline. Personal data: no.';
comment on column ingest.action.take_count is
  'How many workers have taken it: 2 if the first one died. Source: pipeline. Personal data: no.';
comment on column ingest.action.run_id is 'The backfill run that it started or resumes. Source: pipeline. Personal data: no.';
comment on column ingest.action.counts is 'What became of it so far, by outcome. Source: pipeline. Personal data: no.';
comment on column ingest.action.error is 'Why it failed. Source: pipeline. Personal data: no.';
comment on column ingest.action.started_at is 'When a worker first took it. Source: pipeline. Personal data: no.';
comment on column ingest.action.updated_at is 'When its state or counts last changed. Source: pipeline. Personal data: no.';
comment on column ingest.action.ended_at is 'When it ended. Null before. Source: pipeline. Personal data: no.';

-- A pause holds for the run, not for one process: workers and commands ask for it while they load.
alter table ingest.backfill_run add column paused_by text check (length(paused_by) between 1 and 200);
comment on column ingest.backfill_run.paused_by is
  'Who paused the run: no process works on it until someone resumes it. Null: it is not paused. Source: pipeline. Personal data: yes.';

-- Every refusal has this SQLSTATE and a message for the person who asked.
create function ingest.refuse_action(message text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using errcode = 'AC001', message = message;
end
$$;

comment on function ingest.refuse_action(text) is 'Refuses an action: an error with the SQLSTATE AC001.';

-- Not granted to anyone: the functions below call it with their owner's rights. The same form asks once, however often it is
-- sent: the second insert waits for the first one's transaction, and then finds its row. The bound on waiting actions is not
-- exact for callers at the same moment, and need not be.
create function ingest.add_action(
  of_kind text, of_source text, with_arguments jsonb, by_person text, confirmed bigint, with_key uuid) returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  added bigint;
  known ingest.action%rowtype;
begin
  if by_person is null or length(by_person) not between 1 and 200 or by_person ~ '[[:cntrl:]]' then
    perform ingest.refuse_action('asked_by must be a name of 1 to 200 characters.');
  end if;
  if with_key is null then
    perform ingest.refuse_action('form_key must be a uuid.');
  end if;
  if confirmed < 0 then
    perform ingest.refuse_action('confirmed must be 0 or more.');
  end if;
  if of_source is not null and not exists (select from ingest.source s where s.name = of_source) then
    perform ingest.refuse_action('There is no source with this name. A source is known once a worker with it has started.');
  end if;
  if (select count(*) from (
        select from ingest.action a where a.state in ('waiting', 'running') limit 1000) as open_actions) >= 1000 then
    perform ingest.refuse_action('1,000 actions are waiting or running. Ask again when some have ended.');
  end if;
  insert into ingest.action (kind, source, arguments, form_key, asked_by, asked_login, confirmed_count)
  values (of_kind, of_source, with_arguments, with_key, by_person, session_user, confirmed)
  on conflict (form_key) do nothing
  returning action_id into added;
  if added is not null then
    return added;
  end if;
  select * into known from ingest.action a where a.form_key = with_key;
  if (known.kind, known.arguments, known.asked_by) is distinct from (of_kind, with_arguments, by_person) then
    perform ingest.refuse_action('This form has asked for something else already. Open the page again.');
  end if;
  return known.action_id;
end
$$;

comment on function ingest.add_action(text,text,jsonb,text,bigint,uuid) is
  'Adds an action after the checks that all kinds have in common. Returns its number, for the same form the same one.';

-- What rejections an action is about: either some by their numbers, or all open ones with a code, of a source or of all.
create function ingest.rejections_asked(
  ids bigint[], code text, source text, since timestamptz, until timestamptz) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  unknown bigint;
begin
  if ids is not null then
    if coalesce(code, source, since::text, until::text) is not null then
      perform ingest.refuse_action('Choose rejections either by their numbers, or by code, source and time.');
    end if;
    if cardinality(ids) not between 1 and 500 or array_ndims(ids) <> 1 or array_position(ids, null) is not null then
      perform ingest.refuse_action('ids must be 1 to 500 numbers of rejections.');
    end if;
    select id into unknown from unnest(ids) id
    where not exists (select from ingest.rejection r where r.rejection_id = id) limit 1;
    if unknown is not null then
      perform ingest.refuse_action(format('There is no rejection %s.', unknown));
    end if;
    return jsonb_build_object('ids', (select jsonb_agg(distinct id::text) from unnest(ids) id));
  end if;
  if code is null and source is null then
    perform ingest.refuse_action('Choose rejections by their numbers, by code, or by source.');
  end if;
  if length(code) not between 1 and 100 then
    perform ingest.refuse_action('code must have 1 to 100 characters.');
  end if;
  if since >= until then
    perform ingest.refuse_action('since must be before until.');
  end if;
  return jsonb_strip_nulls(jsonb_build_object('code', code, 'since', since, 'until', until));
end
$$;

comment on function ingest.rejections_asked(bigint[],text,text,timestamptz,timestamptz) is
  'Checks which rejections an action is about, and returns them as arguments.';

create function ingest.ask_replay(
  ids bigint[], code text, source text, since timestamptz, until timestamptz, from_kept boolean,
  asked_by text, confirmed bigint, form_key uuid) returns bigint
language sql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
  select ingest.add_action('replay', source,
    ingest.rejections_asked(ids, code, source, since, until) || jsonb_build_object('fromKept', coalesce(from_kept, false)),
    asked_by, confirmed, form_key)
$$;

comment on function ingest.ask_replay(bigint[],text,text,timestamptz,timestamptz,boolean,text,bigint,uuid) is
  'Asks for a replay of open rejections, from the bucket or from the kept bytes. Returns the number of the action.';

create function ingest.ask_ignore(
  ids bigint[], code text, source text, reopen boolean, asked_by text, confirmed bigint, form_key uuid) returns bigint
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  select ingest.add_action(case when reopen then 'reopen' else 'ignore' end, source,
    ingest.rejections_asked(ids, code, source, null, null), asked_by, confirmed, form_key)
$$;

comment on function ingest.ask_ignore(bigint[],text,text,boolean,text,bigint,uuid) is
  'Asks to ignore open rejections, or to reopen ignored ones. Returns the number of the action.';

create function ingest.ask_reconcile(
  source text, since timestamptz, fix boolean, asked_by text, confirmed bigint, form_key uuid) returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
begin
  if source is null then
    perform ingest.refuse_action('source must name a source.');
  end if;
  return ingest.add_action('reconcile', source,
    jsonb_strip_nulls(jsonb_build_object('since', since, 'fix', coalesce(fix, false))), asked_by, confirmed, form_key);
end
$$;

comment on function ingest.ask_reconcile(text,timestamptz,boolean,text,bigint,uuid) is
  'Asks to compare bucket and ledger of a source, and with fix to load what is missing. Returns the number of the action.';

create function ingest.ask_backfill(
  source text, prefix text, since timestamptz, until timestamptz, max_rate integer, dry_run boolean,
  asked_by text, confirmed bigint, form_key uuid) returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
begin
  if source is null then
    perform ingest.refuse_action('source must name a source.');
  end if;
  if length(prefix) > 1024 or prefix ~ '[[:cntrl:]]' then
    perform ingest.refuse_action('prefix must have at most 1,024 characters, and no control characters.');
  end if;
  if not starts_with(prefix, (select s.prefix from ingest.source s where s.name = ask_backfill.source)) then
    perform ingest.refuse_action('prefix must begin with the prefix of the source.');
  end if;
  if since >= until then
    perform ingest.refuse_action('since must be before until.');
  end if;
  if max_rate not between 1 and 100000 then
    perform ingest.refuse_action('max_rate must be 1 to 100,000 objects per second.');
  end if;
  return ingest.add_action('backfill', source,
    jsonb_strip_nulls(jsonb_build_object('prefix', prefix, 'since', since, 'until', until, 'maxRate', max_rate,
                                         'dryRun', coalesce(dry_run, false))), asked_by, confirmed, form_key);
end
$$;

comment on function ingest.ask_backfill(text,text,timestamptz,timestamptz,integer,boolean,text,bigint,uuid) is
  'Asks for a backfill of a source, or with dry_run for what it would load and cost. Returns the number of the action.';

create function ingest.ask_run(run bigint, pause boolean, asked_by text, form_key uuid) returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  known ingest.backfill_run%rowtype;
begin
  select * into known from ingest.backfill_run r where r.run_id = run;
  if known.run_id is null then
    perform ingest.refuse_action('There is no backfill run with this number.');
  end if;
  if known.state = 'done' then
    perform ingest.refuse_action('This run is done.');
  end if;
  return ingest.add_action(case when pause then 'pause' else 'resume' end, known.source,
                           jsonb_build_object('run', run::text), asked_by, null, form_key);
end
$$;

comment on function ingest.ask_run(bigint,boolean,text,uuid) is
  'Asks to pause a backfill run, or to resume it. Returns the number of the action.';

create function ingest.ask_pause(run bigint, asked_by text, form_key uuid) returns bigint
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$ select ingest.ask_run(run, true, asked_by, form_key) $$;

comment on function ingest.ask_pause(bigint,text,uuid) is
  'Asks to pause a backfill run: the process that loads it stops within seconds. Returns the number of the action.';

create function ingest.ask_resume(run bigint, asked_by text, form_key uuid) returns bigint
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$ select ingest.ask_run(run, false, asked_by, form_key) $$;

comment on function ingest.ask_resume(bigint,text,uuid) is
  'Asks a worker to continue a backfill run where it stopped. Returns the number of the action.';

create function ingest.ask_maintain(asked_by text, form_key uuid) returns bigint
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$ select ingest.add_action('maintain', null, '{}', asked_by, null, form_key) $$;

comment on function ingest.ask_maintain(text,uuid) is
  'Asks for what aftercall maintain does, within its limits. Returns the number of the action.';

-- Locks the row of the action, as the worker does that takes or ends it: so it either never starts, or is told to stop.
create function ingest.cancel_action(of_action bigint, asked_by text) returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  known ingest.action%rowtype;
begin
  if asked_by is null or length(asked_by) not between 1 and 200 or asked_by ~ '[[:cntrl:]]' then
    perform ingest.refuse_action('asked_by must be a name of 1 to 200 characters.');
  end if;
  select * into known from ingest.action a where a.action_id = of_action for update;
  if known.action_id is null then
    perform ingest.refuse_action('There is no action with this number.');
  end if;
  if known.state not in ('waiting', 'running') then
    return known.state;
  end if;
  update ingest.action a set
    cancel_asked_by = coalesce(a.cancel_asked_by, cancel_action.asked_by),
    state = case a.state when 'waiting' then 'cancelled' else a.state end,
    ended_at = case a.state when 'waiting' then now() end,
    updated_at = now()
  where a.action_id = of_action
  returning a.state into known.state;
  return known.state;
end
$$;

comment on function ingest.cancel_action(bigint,text) is
  'Cancels an action that waits, and asks the worker of a running one to stop. Returns the state.';

insert into ingest.access_rule (role_name, object_kind, object_name, privileges) values
  ('aftercall_loader', 'table', 'ingest.action', 'select, update, delete'),
  ('aftercall_operator', 'table', 'ingest.action', 'select'),
  ('aftercall_actor', 'schema', 'ingest', 'usage'),
  ('aftercall_actor', 'table', 'ingest.action', 'select');

insert into ingest.access_rule (role_name, object_kind, object_name, privileges)
select asker, 'function', name, 'execute'
from unnest(array['aftercall_loader', 'aftercall_actor']) asker
cross join unnest(array[
  'ingest.ask_replay(bigint[],text,text,timestamptz,timestamptz,boolean,text,bigint,uuid)',
  'ingest.ask_ignore(bigint[],text,text,boolean,text,bigint,uuid)',
  'ingest.ask_reconcile(text,timestamptz,boolean,text,bigint,uuid)',
  'ingest.ask_backfill(text,text,timestamptz,timestamptz,integer,boolean,text,bigint,uuid)',
  'ingest.ask_pause(bigint,text,uuid)',
  'ingest.ask_resume(bigint,text,uuid)',
  'ingest.ask_maintain(text,uuid)',
  'ingest.cancel_action(bigint,text)']) name;

select ingest.grant_access();
