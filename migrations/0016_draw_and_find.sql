-- What the console needs to draw one session and to find others.
--
-- One session as the console draws it, for aftercall_operator: everything of it that has a time, and which parts of the
-- document changed from one revision to the next. docs/adr/0046-the-console-draws-one-session.md
--
-- The views of analytics hold no moment in UTC but those of segment, and no number of an agent within a session; the
-- documents behind session_change are closed to operators. So both functions run with their owner's rights, for one session
-- at a time, and return nothing that a person said, is called or can be reached by. Both only read and take no lock.

-- Agents are numbered in the order in which they appear, so that tracks have names although keys of agents may be hidden.
-- The month comes from the head, and each plan is made for it (force_custom_plan), so that one partition of each table is
-- opened, planned and read, by primary key.
create function ingest.session_parts(of_source text, of_channel text, of_session bigint, part_limit integer)
returns table (
  kind text, row_id text, started_at timestamptz, ended_at timestamptz, seconds double precision,
  hold_seconds integer, acw_seconds integer, agent integer, to_agent integer, virtual_agent_id bigint,
  to_virtual_agent_id bigint, menu_path text, transfer_id bigint, word text, target_seconds integer
)
language plpgsql stable strict
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
  of_time timestamptz;
begin
  select h.created_at into of_time
  from ingest.session_head h
  where h.source = of_source and h.channel = of_channel and h.session_id = of_session;
  return query
  with part as (
    select 'menu' as kind, p.consumer_in_menu_duration_id::text as row_id, p.started_at, p.ended_at,
           p.duration_seconds::float8 as seconds, null::integer as hold_seconds, null::integer as acw_seconds,
           null::bigint as agent_id, null::bigint as to_agent_id, null::bigint as virtual_agent_id,
           null::bigint as to_virtual_agent_id, p.menu_path, null::bigint as transfer_id, p.event as word,
           null::integer as target_seconds
    from warehouse.consumer_in_menu_duration p
    where (p.source, p.channel, p.session_id, p.session_created_at) = (of_source, of_channel, of_session, of_time)
    union all
    select 'virtual_agent', p.virtual_agent_handle_duration_id::text, p.started_at, p.ended_at, p.duration_seconds,
           null, null, null, null, p.virtual_agent_id, null, p.menu_path, p.transfer_id, p.outcome, null
    from warehouse.virtual_agent_handle_duration p
    where (p.source, p.channel, p.session_id, p.session_created_at) = (of_source, of_channel, of_session, of_time)
    union all
    select 'hold_virtual_agent', p.ordinal::text, p.started_at, p.ended_at, p.duration_seconds::float8,
           null, null, null, null, null, null, null, null, null, null
    from warehouse.wait_time_virtual_agent p
    where (p.source, p.channel, p.session_id, p.session_created_at) = (of_source, of_channel, of_session, of_time)
    union all
    select 'queue', p.queue_duration_id::text, p.started_at, p.ended_at, p.duration_seconds,
           null, null, p.agent_id, null, null, null, p.menu_path, p.transfer_id, p.service_level_event,
           p.service_level_target_seconds
    from warehouse.queue_duration p
    where (p.source, p.channel, p.session_id, p.session_created_at) = (of_source, of_channel, of_session, of_time)
    union all
    select p.kind, p.handle_duration_id::text, p.started_at, p.ended_at, p.duration_seconds,
           p.hold_seconds, p.acw_seconds, p.agent_id, null, null, null, p.menu_path, p.transfer_id, null, null
    from warehouse.handle_duration p
    where (p.source, p.channel, p.session_id, p.session_created_at) = (of_source, of_channel, of_session, of_time)
    union all
    select 'transfer', p.transfer_id::text, p.created_at, p.connected_at, p.wait_seconds,
           null, null, p.from_agent_id, p.to_agent_id, p.from_virtual_agent_id, p.to_virtual_agent_id,
           p.to_menu_path, p.transfer_id, coalesce(nullif(p.fail_reason, 'nothing'), p.status), null
    from warehouse.transfer p
    where (p.source, p.channel, p.session_id, p.session_created_at) = (of_source, of_channel, of_session, of_time)
    union all
    select 'consumer', p.consumer_handle_duration_id::text, p.started_at, p.ended_at, p.duration_seconds,
           p.hold_seconds, null, null, null, null, null, null, null, null, null
    from warehouse.consumer_handle_duration p
    where (p.source, p.channel, p.session_id, p.session_created_at) = (of_source, of_channel, of_session, of_time)
    union all
    select 'survey', p.consumer_event_duration_id::text, p.started_at, p.ended_at, p.duration_seconds,
           null, null, null, null, null, null, p.menu_path, null, p.event, null
    from warehouse.consumer_event_duration p
    where (p.source, p.channel, p.session_id, p.session_created_at) = (of_source, of_channel, of_session, of_time)
    union all
    select 'recording', p.recording_id::text, p.started_at, p.ended_at, p.duration_seconds::float8,
           null, null, null, null, null, null, null, null, p.recording_type, null
    from warehouse.recording p
    where (p.source, p.channel, p.session_id, p.session_created_at) = (of_source, of_channel, of_session, of_time)
    union all
    select 'escalation', p.escalation_id::text, coalesce(p.escalated_at, p.created_at), null, null,
           null, null, p.to_agent_id, null, p.from_virtual_agent_id, null, p.to_menu_path, null,
           coalesce(p.reason, p.status), null
    from warehouse.escalation p
    where (p.source, p.channel, p.session_id, p.session_created_at) = (of_source, of_channel, of_session, of_time)
    union all
    select 'deflected_escalation', p.deflected_escalation_id::text, p.escalated_at, null, null,
           null, null, null, null, p.virtual_agent_id, null, p.menu_path, null, p.deflection, null
    from warehouse.deflected_escalation p
    where (p.source, p.channel, p.session_id, p.session_created_at) = (of_source, of_channel, of_session, of_time)
    union all
    -- A deflection has no time of its own: that of its transfer.
    select 'deflection', p.deflection_id::text, t.created_at, null, null,
           null, null, null, null, null, null, p.from_menu_path, p.transfer_id, p.deflection, null
    from warehouse.deflection p
    left join warehouse.transfer t using (source, channel, session_id, session_created_at, transfer_id)
    where (p.source, p.channel, p.session_id, p.session_created_at) = (of_source, of_channel, of_session, of_time)
    union all
    select 'offer', p.ordinal::text, p.casting_at, null, null,
           null, null, null, null, null, null, null, null, p.group_name, null
    from warehouse.offer_event p
    where (p.source, p.channel, p.session_id, p.session_created_at) = (of_source, of_channel, of_session, of_time)
    union all
    select 'sms', p.phase || '-' || p.ordinal, p.sent_at, null, null,
           null, null, null, null, null, null, null, null, p.status, null
    from warehouse.session_message p
    where (p.source, p.channel, p.session_id, p.session_created_at) = (of_source, of_channel, of_session, of_time)
  ),
  agents as (
    select own.agent_id, row_number() over (order by min(own.started_at) nulls last, own.agent_id)::integer as number
    from (
      select p.agent_id, p.started_at from part p
      union all
      select p.to_agent_id, p.started_at from part p
    ) own
    where own.agent_id is not null
    group by own.agent_id
  )
  select p.kind, p.row_id, p.started_at, p.ended_at, p.seconds, p.hold_seconds, p.acw_seconds,
         agent.number, to_agent.number, p.virtual_agent_id, p.to_virtual_agent_id, p.menu_path, p.transfer_id, p.word,
         p.target_seconds
  from part p
  left join agents agent on agent.agent_id = p.agent_id
  left join agents to_agent on to_agent.agent_id = p.to_agent_id
  order by p.started_at nulls last, p.ended_at, p.kind, p.row_id
  limit part_limit;
end
$$;

comment on function ingest.session_parts(text, text, bigint, integer) is
  'Everything of one session that has a time, in order: stays in menu and queues, virtual agents, handlings, transfers, '
  'surveys, recordings, escalations, deflections, offers, SMS. Agents are numbers within the session.';

-- Two documents at a time are compared, the newest first, because a document can have megabytes. Keys at the top of the
-- document are the vendor's names of fields, never their values.
create function ingest.session_changes(of_source text, of_channel text, of_session bigint, revision_limit integer)
returns table (content_sha256 bytea, is_known boolean, column_names text[])
language sql stable strict
security definer
set search_path = pg_catalog, pg_temp
as $$
  select later.content_sha256, later.document is not null and before.document is not null,
         (select array_agg(left(change.key, 100) order by change.key)
          from (
            select key from jsonb_each(before.document::jsonb) old full join jsonb_each(later.document::jsonb) new using (key)
            where old.value is distinct from new.value
            order by key limit 50
          ) change)
  from (
    select kept.*, own.document,
           lag(kept.content_sha256) over revisions as before_sha256,
           lag(kept.session_created_at) over revisions as before_created_at
    from (
      select r.source, r.channel, r.session_id, r.session_created_at, r.content_sha256, r.revision_updated_at,
             r.latest_event_at, r.object_last_modified
      from warehouse.session_revision r
      where r.source = of_source and r.channel = of_channel and r.session_id = of_session
      order by r.revision_updated_at desc, r.latest_event_at desc, r.object_last_modified desc, r.content_sha256 desc
      limit revision_limit + 1
    ) kept
    left join warehouse.session_document own using (source, channel, session_id, session_created_at, content_sha256)
    window revisions as (order by kept.revision_updated_at, kept.latest_event_at, kept.object_last_modified,
                                  kept.content_sha256)
  ) later
  left join warehouse.session_document before
    on (before.source, before.channel, before.session_id, before.session_created_at, before.content_sha256)
     = (later.source, later.channel, later.session_id, later.before_created_at, later.before_sha256)
  where later.before_sha256 is not null
$$;

comment on function ingest.session_changes(text, text, bigint, integer) is
  'Which keys at the top of the document changed with each of the newest revisions of a session. is_known is false where '
  'raw keeps too little to say. Values are not told.';

-- ---------------------------------------------------------------------------------------------------------------- find

-- Objects that are rejected, missing or failed, a page at a time in the order of their keys. The keys never change and the
-- outcome was in this index before, so the loader's updates stay as cheap as they were (HOT). Loaders wait at their first
-- statement while it is built, where they hold nothing yet; readers do not wait.
lock table ingest.session_head in share row exclusive mode;
drop index ingest.object_by_trouble;
create index object_by_trouble on ingest.object (outcome, bucket, object_key)
  where outcome in ('rejected', 'missing', 'failed');

-- The open rejections with one code of one source, the most recent first.
create index rejection_by_source on ingest.rejection (source, state, code, last_seen_at);

insert into ingest.access_rule (role_name, object_kind, object_name, privileges) values
  ('aftercall_operator', 'function', 'ingest.session_parts(text,text,bigint,integer)', 'execute'),
  ('aftercall_operator', 'function', 'ingest.session_changes(text,text,bigint,integer)', 'execute');

select ingest.grant_access();
