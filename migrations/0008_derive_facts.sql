-- Facts that need the whole document, computed once at mapping (packages/metadata/src/derive), keys in place of persons, and
-- small tables of agents, queues and virtual agents, so that no question scans facts for a name
-- (docs/adr/0033-facts-are-derived-at-mapping.md, docs/adr/0034-keys-in-place-of-persons.md).
--
-- On a live database: every column is added nullable and without a default, which changes the catalog and rewrites nothing.
-- All tables are locked behind the gate of 0005, for as long as that change takes. Until the workers of this release run,
-- new rows have null in the new columns; `aftercall replay --from raw` fills all rows that have it.
--
-- For the migrations that make views:
--   * Who reads analytics: aftercall_operator, aftercall_analyst, aftercall_cleared and aftercall_supervisor. A view that the
--     analyst may read needs a row in ingest.access_rule for the supervisor, too.
--   * Agents (works councils): a view shows an agent_key only where they are shown, as in
--     `case when (select are_shown from ingest.agent_visibility) then agent.agent_key end`. The view's owner reads that, so
--     readers need no right on it.

-- The head comes first: loaders stop at their first statement, where they hold nothing yet.
do $$
begin
  perform ingest.lock_partitions(array['ingest.session_head'::regclass] || (
    select array_agg(c.oid::regclass order by c.relispartition, c.relname)
    from pg_catalog.pg_class c
    where c.relnamespace = 'warehouse'::regnamespace and c.relkind in ('r', 'p')
      and (c.relkind = 'p' or c.relispartition)));
end
$$;

alter table ingest.session_head add column mapping_settings integer;
comment on column ingest.session_head.mapping_settings is
  'Stands for the settings that the rows were made with: identity.key, analytics.customDataKeys and extra. After a change, '
  'a replay maps the same content again. Source: pipeline. Personal data: no.';

-- How the pipeline is set for readers; written by `aftercall migrate` from the configuration.
create table ingest.setting (
  name  text primary key,
  value text not null
);
comment on table ingest.setting is 'Settings that views depend on, as of the last `aftercall migrate`.';
comment on column ingest.setting.name is
  'Name of the setting in the configuration, such as analytics.agents. Source: pipeline. Personal data: no.';
comment on column ingest.setting.value is 'Its value. Source: pipeline. Personal data: no.';

create view ingest.agent_visibility as
select not exists (select from ingest.setting where name = 'analytics.agents' and value = 'hidden') as are_shown;
comment on view ingest.agent_visibility is 'Whether analytics may tell one agent from another. One row.';
comment on column ingest.agent_visibility.are_shown is
  'False where analytics.agents is hidden: then no view shows an agent_key. Source: pipeline. Personal data: no.';

-- ------------------------------------------------------------------------------------------------------------- session

alter table warehouse.session
  add column local_created_at     timestamp,
  add column customer_key         uuid,
  add column contact_key          uuid,
  add column key_version          integer,
  add column first_menu_path_id   bigint,
  add column first_menu_path      text,
  add column last_menu_path_id    bigint,
  add column last_menu_path       text,
  add column queue_entries        integer,
  add column handled_interactions integer,
  add column completed_transfers  integer,
  add column recording_count      integer,
  add column disposition_count    integer,
  add column answer_seconds       integer,
  add column queue_wait_seconds   integer,
  add column virtual_agent_first  boolean,
  add column outcome              text,
  add column custom               jsonb;

comment on column warehouse.session.local_created_at is
  'created_at on the tenant''s clock: the day and the hour that the session counts in. Source: computed: created_at plus '
  'utc_offset_minutes. Personal data: no.';
comment on column warehouse.session.customer_key is
  'Stands for the consumer in place of an id: equal for all sessions of one consumer of the source. Null without an '
  'end_user.id, or without identity.key. Source: computed: HMAC-SHA-256 of source and end_user.id under identity.key. '
  'Personal data: no.';
comment on column warehouse.session.contact_key is
  'Stands for the consumer''s phone number, or e-mail address where there is no number in international form. Null '
  'without either, for callers who hide their number, and without identity.key. Source: computed: HMAC-SHA-256 of '
  'source and the number in E.164 form or the e-mail address in lower case, under identity.key. Personal data: no.';
comment on column warehouse.session.key_version is
  'Stands for the identity.key that made customer_key and contact_key. Keys of different versions never match. Null '
  'where there was no identity.key. Source: computed: from identity.key. Personal data: no.';
comment on column warehouse.session.first_menu_path_id is
  'Queue that the session entered first, in the id space of the duration tables. Null when it entered none. Source: '
  'computed: menu_path_id of the first of queue_durations[] with a queue, by started_at. Personal data: no.';
comment on column warehouse.session.first_menu_path is
  'Names from the root of the menu down to the queue that it entered first. Source: computed: menu_path of the first of '
  'queue_durations[] with a queue, by started_at. Personal data: no.';
comment on column warehouse.session.last_menu_path_id is
  'Queue that the session entered last. Source: computed: menu_path_id of the last of queue_durations[] with a queue, by '
  'started_at. Personal data: no.';
comment on column warehouse.session.last_menu_path is
  'Names from the root of the menu down to the queue that it entered last. Source: computed: menu_path of the last of '
  'queue_durations[] with a queue, by started_at. Personal data: no.';
comment on column warehouse.session.queue_entries is
  'How often the session entered a queue, transfers included. Rows from agent to agent have no queue and do not count. '
  'Null when an element of the list is no row. Source: computed: number of queue_durations[] with a queue. '
  'Personal data: no.';
comment on column warehouse.session.handled_interactions is
  'How often an agent handled the consumer: rows of handle_duration that count as handled. Barges and campaign calls '
  'that reached no consumer do not count. Null when an element of the list is no row. Source: computed: number of '
  'handle_durations[] that count as handled. Personal data: no.';
comment on column warehouse.session.completed_transfers is
  'Transfers that were taken over. Null when an element of the list is no row. Source: computed: number of transfers[] '
  'with the status transferred. Personal data: no.';
comment on column warehouse.session.recording_count is
  'Recordings. Null when what was sent cannot be counted. Source: computed: number of elements of recordings[]. '
  'Personal data: no.';
comment on column warehouse.session.disposition_count is
  'Dispositions that agents chose. Null when what was sent cannot be counted. Source: computed: number of elements of '
  'dispositions[]. Personal data: no.';
comment on column warehouse.session.answer_seconds is
  'Wait in the first queue entry that an agent answered. Null when none was. Unit: seconds. Source: computed: '
  'queue_duration of the first of queue_durations[] with a queue and an agent, by started_at. Personal data: no.';
comment on column warehouse.session.queue_wait_seconds is
  'Wait in queues, without the waits from agent to agent that wait_seconds includes. 0 when the session entered no '
  'queue; null when an entry has no usable duration. Unit: seconds. Source: computed: sum of queue_duration over '
  'queue_durations[] with a queue. Personal data: no.';
comment on column warehouse.session.virtual_agent_first is
  'True when a virtual agent served the session before any agent or queue did. Source: computed: the earliest '
  'started_at of virtual_agent_handle_durations[], queue_durations[] and handle_durations[]. Personal data: no.';
comment on column warehouse.session.outcome is
  'How the session ended, one word for each session: open, handled, self_served, voicemail, deflected, '
  'abandoned_in_menu, abandoned_in_queue, abandoned_with_virtual_agent, no_contact, canceled, expired or failed; the '
  'first that applies. Source: computed: from the whole document; see ADR 33. Personal data: no.';
comment on column warehouse.session.custom is
  'Custom data under the keys that analytics.customDataKeys allows, key to value. Null when there is none. Source: '
  'computed: custom_data_not_secured, the allowed keys. Personal data: no.';

-- ------------------------------------------------------------------------------------------------------------ children

alter table warehouse.queue_duration
  add column local_started_at timestamp,
  add column direction        text,
  add column is_first         boolean,
  add column is_last          boolean,
  add column outcome          text,
  add column is_short_abandon boolean;

comment on column warehouse.queue_duration.is_first is
  'True for the first entry of the session into a queue: count these for distinct entries. Null without a queue. Source: '
  'computed: the first of queue_durations[] with a queue, by started_at. Personal data: no.';
comment on column warehouse.queue_duration.is_last is
  'True for the last entry of the session into a queue. Null without a queue. Source: computed: the last of '
  'queue_durations[] with a queue, by started_at. Personal data: no.';
comment on column warehouse.queue_duration.outcome is
  'How the stay ended, one word for each entry: answered, abandoned, canceled, returned, deflected, failed or open; null '
  'without a queue. Source: computed: agent_id, the transfer of the row, status and fail_reason of the session; see ADR '
  '33. Personal data: no.';
comment on column warehouse.queue_duration.is_short_abandon is
  'True when the entry was abandoned before the abandon threshold of its row; null when it was abandoned without a '
  'threshold or a duration, and without a queue. '
  'Source: computed: outcome, queue_duration and service_level_abandon_time_threshold. Personal data: no.';

alter table warehouse.handle_duration
  add column local_started_at                   timestamp,
  add column direction                          text,
  add column kind                               text,
  add column counts_as_handled                  boolean,
  add column interaction_talk_seconds           integer,
  add column interaction_hold_seconds           integer,
  add column interaction_acw_seconds            integer,
  add column interaction_bcw_seconds            integer,
  add column interaction_connect_seconds        integer,
  add column interaction_wait_seconds           integer,
  add column interaction_ended_at               timestamptz,
  add column interaction_response_count         integer,
  add column interaction_response_seconds_total numeric,
  add column interaction_response_seconds_max   numeric;

comment on column warehouse.handle_duration.kind is
  'talk, wrap_up, barge (another agent joined a running call) or attempt (a call whose consumer was never connected). '
  'Source: computed: barged, call_duration or chat_duration, acw_duration, and connected_at of the session. '
  'Personal data: no.';
comment on column warehouse.handle_duration.counts_as_handled is
  'True for one row of each handled interaction: count these, and nothing else. It is the earliest talk row of an agent '
  'and a transfer. Source: computed: kind, agent_id, transfer_id and started_at. Personal data: no.';
comment on column warehouse.handle_duration.interaction_talk_seconds is
  'Talk of the whole interaction, without hold. Set on its counted row, or on its earliest row where none counts; null '
  'when a row of the interaction cannot be counted. Unit: seconds. Source: computed: sum over the rows of the agent and the '
  'transfer, without barges, of call_duration or chat_duration, minus hold_duration. Personal data: no.';
comment on column warehouse.handle_duration.interaction_hold_seconds is
  'Hold of the whole interaction; on the same rows as interaction_talk_seconds. Unit: seconds. Source: computed: sum '
  'over the rows of the agent and the transfer, without barges, of hold_duration. Personal data: no.';
comment on column warehouse.handle_duration.interaction_acw_seconds is
  'Wrap-up of the whole interaction; on the same rows as interaction_talk_seconds. Unit: seconds. Source: computed: sum '
  'over the rows of the agent and the transfer, without barges, of acw_duration. Personal data: no.';
comment on column warehouse.handle_duration.interaction_bcw_seconds is
  'Before-call work of the whole interaction; on the same rows as interaction_talk_seconds. Unit: seconds. Source: '
  'computed: sum over the rows of the agent and the transfer, without barges, of bcw_duration. Personal data: no.';
comment on column warehouse.handle_duration.interaction_connect_seconds is
  'From assignment to accepting; no part of handle time as reports define it. On the same rows as '
  'interaction_talk_seconds. Unit: seconds. Source: computed: sum over the rows of the agent and the transfer, without '
  'barges, of assigned_connection_duration. Personal data: no.';
comment on column warehouse.handle_duration.interaction_wait_seconds is
  'Wait in the queue entry that a handled interaction came from. Null when it came from no queue. Unit: seconds. Source: '
  'computed: queue_duration of the last of queue_durations[] with a queue and the same agent and transfer. '
  'Personal data: no.';
comment on column warehouse.handle_duration.interaction_ended_at is
  'End of the whole interaction, wrap-up included; on the same rows as interaction_talk_seconds. Source: computed: the '
  'latest ended_at of the rows of the agent and the transfer, without barges. Personal data: no.';
comment on column warehouse.handle_duration.interaction_response_count is
  'The agent''s responses in the whole interaction of a chat; on the same rows as interaction_talk_seconds. Source: '
  'computed: sum over the rows of the agent and the transfer of response_count. Personal data: no.';
comment on column warehouse.handle_duration.interaction_response_seconds_total is
  'Time to respond in the whole interaction of a chat; divide it by interaction_response_count, never average averages. '
  'Unit: seconds. Source: computed: sum over the rows of the agent and the transfer of response_time_total. '
  'Personal data: no.';
comment on column warehouse.handle_duration.interaction_response_seconds_max is
  'Longest time to respond in the whole interaction of a chat; null when there was no response. Unit: seconds. Source: '
  'computed: the greatest response_time_max of the rows of the agent and the transfer. Personal data: no.';

alter table warehouse.transfer
  add column local_created_at timestamp,
  add column target_kind      text;

comment on column warehouse.transfer.local_created_at is
  'created_at on the tenant''s clock; that of the session where the transfer has no time. Source: computed: created_at '
  'with its own offset. Personal data: no.';
comment on column warehouse.transfer.target_kind is
  'What the transfer went to, the first that applies: virtual_agent, queue, agent or other. Source: computed: '
  'to_virtual_agent, to_menu_path, to_agent, and the elements of the durations that name the transfer. Personal data: no.';

alter table warehouse.virtual_agent_handle_duration
  add column local_started_at timestamp,
  add column direction        text,
  add column is_first         boolean,
  add column outcome          text;

comment on column warehouse.virtual_agent_handle_duration.is_first is
  'True for the first handling by a virtual agent in the session. Source: computed: the first of '
  'virtual_agent_handle_durations[], by started_at. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.outcome is
  'How the handling ended, one word for each row: resolved, escalated_answered, escalated_abandoned, '
  'escalated_deflected, escalated_other, left or failed; null while the session is open and nothing says more. Source: computed: finish_reason, the escalation, and what '
  'happened in the session later; see ADR 33. Personal data: no.';

alter table warehouse.disposition               add column local_at timestamp;
alter table warehouse.consumer_event_duration   add column local_at timestamp;
alter table warehouse.consumer_in_menu_duration add column local_at timestamp;
alter table warehouse.recording                 add column local_at timestamp;
alter table warehouse.escalation                add column local_at timestamp;
alter table warehouse.deflected_escalation      add column local_at timestamp;
alter table warehouse.deflection                add column local_at timestamp;
alter table warehouse.offer_event               add column local_at timestamp;
alter table warehouse.session_message           add column local_at timestamp;
alter table warehouse.wait_time_virtual_agent   add column local_at timestamp;

comment on column warehouse.disposition.local_at is
  'When the handling that it belongs to began, on the tenant''s clock; local_created_at of the session where no row of '
  'handle_duration fits. Source: computed: started_at of the first of handle_durations[] with the same agent and '
  'transfer. Personal data: no.';
comment on column warehouse.deflection.local_at is
  'When the deflected transfer was asked for, on the tenant''s clock; local_created_at of the session where it was no '
  'transfer. Source: computed: created_at of the transfer. Personal data: no.';

do $$
declare
  own record;
begin
  for own in
    select name, began from (values
      ('consumer_event_duration', 'started_at'), ('consumer_in_menu_duration', 'started_at'),
      ('recording', 'started_at'), ('escalation', 'created_at'), ('deflected_escalation', 'escalated_at'),
      ('offer_event', 'casting_time'), ('session_message', 'sent_at'), ('wait_time_virtual_agent', 'start')
    ) as at (name, began)
  loop
    execute format('comment on column warehouse.%I.local_at is %L', own.name, format(
      'Its time on the tenant''s clock; local_created_at of the session where it has none. Source: computed: %s with its'
      ' own offset. Personal data: no.', own.began));
  end loop;
  for own in
    select name from unnest(array['queue_duration', 'handle_duration', 'virtual_agent_handle_duration']) name
  loop
    execute format('comment on column warehouse.%I.local_started_at is %L', own.name,
      'started_at on the tenant''s clock: the interval that the row counts in; local_created_at of the session where it'
      ' has no time. Source: computed: started_at with its own offset. Personal data: no.');
    execute format('comment on column warehouse.%I.direction is %L', own.name,
      'inbound, outbound or internal. Source: computed: as in session. Personal data: no.');
  end loop;
end
$$;

-- ---------------------------------------------------------------------------------------------- what was said before

comment on table warehouse.handle_duration is
  'One row per agent handle or wrap-up, from handle_durations[]. One handled interaction is mostly two rows, talk and '
  'wrap-up: count rows where counts_as_handled is true, and sum the interaction_ columns of those.';
comment on table warehouse.queue_duration is
  'One row per stay in a queue, first entries and transfers, from queue_durations[]. Rows without a menu_path_id passed '
  'from agent to agent and have no outcome: leave them out of queue figures.';
comment on column warehouse.session.wait_seconds is
  'Total wait as the vendor counts it, stored as sent; waits from agent to agent are included: queue_wait_seconds is '
  'without them. Not the time from queued_at to assigned_at, and no base for speed of answer. Unit: seconds. Source: '
  'wait_duration or queue_duration. Personal data: no.';
comment on column warehouse.session.talk_seconds is
  'Time that agents talked, without hold, wrap-up and barges. Null when there is no handle row, or one that cannot be '
  'counted: a duration that is missing, negative or no number, or an element that is no row. Unit: seconds. Source: '
  'computed: sum over handle_durations[] that are not barged of call_duration or chat_duration, minus hold_duration. '
  'Personal data: no.';
comment on column warehouse.session.acw_seconds is
  'Wrap-up (after-call work) of all agents, without barges. Null when there is no handle row, or one that cannot be '
  'counted. Unit: seconds. Source: computed: sum over handle_durations[] that are not barged of acw_duration. '
  'Personal data: no.';
comment on column warehouse.session.bcw_seconds is
  'Work before a campaign call (before-call work) of all agents, without barges; rows that name none have none. Null '
  'when there is no handle row, or one that cannot be counted. Unit: seconds. Source: computed: sum over '
  'handle_durations[] that are not barged of bcw_duration. Personal data: no.';
comment on column warehouse.session.handle_seconds is
  'Handle time of the session as the vendor''s reports define it: from accepting to the end of wrap-up, so talk, hold, '
  'wrap-up and before-call work of all agents, without barges. No average handle time: that divides by handled '
  'interactions. Null when there is no handle row, or one that cannot be counted. Unit: seconds. Source: computed: sum '
  'over handle_durations[] that are not barged of call_duration or chat_duration (hold included), acw_duration and '
  'bcw_duration. Personal data: no.';
comment on column warehouse.session.handle_from_assignment_seconds is
  'Handle time as the vendor''s page on session metadata defines it: from assignment to the end of wrap-up, so '
  'handle_seconds and the time that agents took to accept. Null when there is no handle row, or one that cannot be '
  'counted. Unit: seconds. Source: computed: sum over handle_durations[] that are not barged of call_duration or '
  'chat_duration (hold included), acw_duration, bcw_duration and assigned_connection_duration. Personal data: no.';
comment on column warehouse.session.fail_reason is
  'Why the session failed or was given up: eu_abandoned is in a queue, eu_in_menu_abandoned in the IVR menu. Agents may '
  'have handled it before: count by outcome. Without failure nothing in calls, mostly null in chats. Source: '
  'fail_reason. Personal data: no.';
comment on column warehouse.session.agent_id is
  'Agent whom the document names: of a handled session the last handler. Null when it names a virtual agent or no '
  'agent. Not who handled the session: use handle_duration for that. Source: computed: agent_info.id where agent_info '
  'is a person. Personal data: yes.';
comment on column warehouse.session.average_response_seconds is
  'Mean time that agents took to respond in a chat; null when there was no response. An average of averages is wrong: '
  'use response_seconds_total and response_count of handle_duration. Unit: seconds. Source: average_response_time. '
  'Personal data: no.';
comment on column warehouse.handle_duration.response_seconds_avg is
  'Mean time to respond in a chat; null when there was no response. Unit: seconds. Source: '
  'handle_durations[].response_time_avg. Personal data: no.';
comment on column warehouse.consumer_handle_duration.response_seconds_avg is
  'Mean time the consumer took to respond in a chat; null when there was no response. Unit: seconds. Source: '
  'consumer_handle_durations[].response_time_avg. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.response_seconds_avg is
  'Mean time to respond in a chat; null when there was no response. Unit: seconds. Source: '
  'virtual_agent_handle_durations[].response_time_avg. Personal data: no.';
comment on column warehouse.escalation.status is
  'escalating, escalated, canceled, deflecting or deflected. deflected may be a redirection to another queue, where '
  'agents answer. Source: escalations[].status. Personal data: no.';
comment on column warehouse.transfer.from_menu_path_id is
  'Queue that the session came from, in the id space of the duration tables. Where it is not sent, it is that of the '
  'handling that from_agent or from_virtual_agent had begun last when the transfer was asked for. Source: '
  'transfers[].from_menu_path_id. Personal data: no.';
comment on column warehouse.transfer.to_menu_path_id is
  'Queue that the session went to, in the id space of the duration tables; null when it went straight to an agent. Where '
  'it is not sent, it is that of the element of queue_durations[] that names the transfer. Source: '
  'transfers[].to_menu_path_id. Personal data: no.';

-- ----------------------------------------------------------------------------------------- agents, queues, virtual agents

-- Written by loaders before the transaction of their facts, in a short statement of its own, so that no loader waits for
-- another's facts. agent_key is random: it tells nothing of the agent, and deleting the row forgets the agent for good.
create table warehouse.agent (
  source        text        not null,
  agent_id      bigint      not null,
  agent_key     uuid        not null default gen_random_uuid(),
  name          text,
  email         text,
  number        text,
  teams         jsonb,
  first_seen_at timestamptz not null,
  last_seen_at  timestamptz not null,
  primary key (source, agent_id),
  unique (agent_key)
);

comment on table warehouse.agent is
  'One row per agent that sessions name, with the key that stands for the agent in analytics. Deleting the row forgets '
  'the agent: a new row has another key.';
comment on column warehouse.agent.source is
  'Configured name of the bucket and prefix: the tenant. Source: computed: as in session. Personal data: no.';
comment on column warehouse.agent.agent_id is
  'Id of the agent, unique only within source. Source: computed: from every place of a document that names an agent. '
  'Personal data: yes.';
comment on column warehouse.agent.agent_key is
  'Stands for the agent in analytics. Source: computed: random. Personal data: no.';
comment on column warehouse.agent.name is
  'Name, as the newest session with one states it. Source: computed: participants[], agent_info and transfers[]. '
  'Personal data: yes.';
comment on column warehouse.agent.email is
  'E-mail address, as the newest session with one states it. Source: computed: participants[], agent_info and '
  'transfers[]. Personal data: yes.';
comment on column warehouse.agent.number is
  'The agent''s number, as the newest session with one states it. Source: computed: agent_info.agent_number. '
  'Personal data: yes.';
comment on column warehouse.agent.teams is
  'Teams, as the newest session with any states them; the items are not documented and may name persons. Source: '
  'computed: participants[].teams. Personal data: yes.';
comment on column warehouse.agent.first_seen_at is
  'created_at of the earliest session with the agent, at most a day too late. Source: computed: created_at. '
  'Personal data: no.';
comment on column warehouse.agent.last_seen_at is
  'created_at of the latest session with the agent, at most a day too early. Source: computed: created_at. '
  'Personal data: no.';

create table warehouse.queue (
  source          text        not null,
  menu_path_id    bigint      not null,
  menu_path       text,
  target_seconds  integer,
  target_percent  numeric,
  abandon_seconds integer,
  first_seen_at   timestamptz not null,
  last_seen_at    timestamptz not null,
  primary key (source, menu_path_id)
);

comment on table warehouse.queue is 'One row per queue that sessions name, in the id space of the duration tables.';
comment on column warehouse.queue.source is
  'Configured name of the bucket and prefix: the tenant. Source: computed: as in session. Personal data: no.';
comment on column warehouse.queue.menu_path_id is
  'Id of the queue, unique only within source. Source: computed: menu_path_id of the duration tables. Personal data: no.';
comment on column warehouse.queue.menu_path is
  'Names from the root of the menu down to the queue, as the newest session states them. Source: computed: menu_path of '
  'the duration tables. Personal data: no.';
comment on column warehouse.queue.target_seconds is
  'Newest target: time in the queue below which an entry meets it. Each entry has its own. Unit: seconds. Source: '
  'computed: service_level_target_time of queue_durations[]. Personal data: no.';
comment on column warehouse.queue.target_percent is
  'Newest share of entries that should meet the target. Unit: percent. Source: computed: service_level_target_percent '
  'of queue_durations[]. Personal data: no.';
comment on column warehouse.queue.abandon_seconds is
  'Newest threshold: time in the queue below which an abandon is short. Unit: seconds. Source: computed: '
  'service_level_abandon_time_threshold of queue_durations[]. Personal data: no.';
comment on column warehouse.queue.first_seen_at is
  'created_at of the earliest session with the queue, at most a day too late. Source: computed: created_at. '
  'Personal data: no.';
comment on column warehouse.queue.last_seen_at is
  'created_at of the latest session with the queue, at most a day too early. Source: computed: created_at. '
  'Personal data: no.';

create table warehouse.virtual_agent (
  source           text        not null,
  virtual_agent_id bigint      not null,
  name             text,
  alias            text,
  first_seen_at    timestamptz not null,
  last_seen_at     timestamptz not null,
  primary key (source, virtual_agent_id)
);

comment on table warehouse.virtual_agent is 'One row per virtual agent that sessions name.';
comment on column warehouse.virtual_agent.source is
  'Configured name of the bucket and prefix: the tenant. Source: computed: as in session. Personal data: no.';
comment on column warehouse.virtual_agent.virtual_agent_id is
  'Id of the virtual agent, unique only within source. Source: computed: virtual_agent_handle_durations[]. '
  'Personal data: no.';
comment on column warehouse.virtual_agent.name is
  'Name, as the newest session with one states it. Source: computed: virtual_agent_handle_durations[]. Personal data: no.';
comment on column warehouse.virtual_agent.alias is
  'Alias, as the newest session with one states it. Source: computed: virtual_agent_handle_durations[]. '
  'Personal data: no.';
comment on column warehouse.virtual_agent.first_seen_at is
  'created_at of the earliest session with the virtual agent, at most a day too late. Source: computed: created_at. '
  'Personal data: no.';
comment on column warehouse.virtual_agent.last_seen_at is
  'created_at of the latest session with the virtual agent, at most a day too early. Source: computed: created_at. '
  'Personal data: no.';

-- --------------------------------------------------------------------------------------------------------------- people

-- The only place where a key of analytics has a name. Apart from analytics, so that no right on that schema leads here.
create schema people;
comment on schema people is 'Names behind the keys of analytics, for aftercall_supervisor. Holds personal data.';

create view people.agent as
select source, agent_key, name, email, teams, first_seen_at, last_seen_at
from warehouse.agent
where (select are_shown from ingest.agent_visibility);

comment on view people.agent is
  'Who stands behind an agent_key of analytics. Empty where analytics.agents is hidden.';
comment on column people.agent.source is
  'Configured name of the bucket and prefix: the tenant. Source: computed: from warehouse.agent. Personal data: no.';
comment on column people.agent.agent_key is
  'The key that stands for the agent in analytics. Source: computed: from warehouse.agent. Personal data: no.';
comment on column people.agent.name is
  'Name of the agent. Source: computed: from warehouse.agent. Personal data: yes.';
comment on column people.agent.email is
  'E-mail address of the agent. Source: computed: from warehouse.agent. Personal data: yes.';
comment on column people.agent.teams is
  'Teams of the agent; the items are not documented and may name persons. Source: computed: from warehouse.agent. '
  'Personal data: yes.';
comment on column people.agent.first_seen_at is
  'created_at of the earliest session with the agent, at most a day too late. Source: computed: from warehouse.agent. '
  'Personal data: no.';
comment on column people.agent.last_seen_at is
  'created_at of the latest session with the agent, at most a day too early. Source: computed: from warehouse.agent. '
  'Personal data: no.';

-- --------------------------------------------------------------------------------------------------------------- access

create or replace function ingest.own_schemas() returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array['ingest', 'warehouse', 'analytics', 'people']
$$;

insert into ingest.access_rule (role_name, object_kind, object_name, privileges) values
  ('aftercall_loader', 'table', 'warehouse.agent', 'select, insert, update'),
  ('aftercall_loader', 'table', 'warehouse.queue', 'select, insert, update'),
  ('aftercall_loader', 'table', 'warehouse.virtual_agent', 'select, insert, update'),
  ('aftercall_loader', 'table', 'ingest.setting', 'select'),
  ('aftercall_operator', 'table', 'ingest.setting', 'select'),
  ('aftercall_cleared', 'table', 'warehouse.agent', 'select'),
  ('aftercall_cleared', 'table', 'warehouse.queue', 'select'),
  ('aftercall_cleared', 'table', 'warehouse.virtual_agent', 'select'),
  ('aftercall_supervisor', 'schema', 'people', 'usage'),
  ('aftercall_supervisor', 'table', 'people.agent', 'select');

select ingest.grant_access();
