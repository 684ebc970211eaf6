-- What analysts and BI tools read: one view for each kind of thing in a session, over one fact table and small dimensions.
-- docs/analytics.md says how to count with them; docs/adr/0035-views-prune-by-local-day.md says why they are as they are.
--
-- * No column of analytics holds a person: agents and consumers are keys, and no name, number, address, free text, url or
--   raw id is shown. packages/warehouse/test/analytics-walk.test.ts compares what each view reads with a list.
-- * `local_day` is the day on the tenant's clock on which the row itself began. It is always written as the cast of a local
--   time to date, because migration 0011 has an index on that very expression in every month: a bound on it reads the
--   months that have such days, and costs one probe of the index in every other month.
-- * The keys source, channel, session_id, session_created_at are those of the tables. A bound on session_created_at prunes
--   months when the query is planned.
-- * Dimensions are joined from the left by a unique key, so Postgres leaves a join out when no column of it is asked for.
-- * Views read with their owner's rights, so their readers need no right on what is below. They hide columns, not rows, so
--   an expression of a reader can learn nothing from rows that a view leaves out: no security_barrier, which would keep
--   bounds from being pushed down. Views that do hide rows (agent, people.agent) do it by a condition on no row.

-- --------------------------------------------------------------------------------------------------------------- words

-- One view for each vocabulary, with a row for each channel. distinct on tells Postgres that a join finds one row.
do $$
declare
  vocabulary text;
begin
  foreach vocabulary in array array[
    'answer_type', 'answer_type_path', 'consumer_event', 'deflection_kind', 'disconnected_by', 'entry_type',
    'escalation_reason', 'escalation_status', 'fail_reason', 'finish_reason', 'initiated_by', 'menu_type', 'offer_type',
    'participant_status', 'participant_type', 'photo_type', 'provider_type', 'recording_permission', 'recording_type',
    'service_level_event', 'session_type', 'status', 'transfer_fail_reason', 'transfer_status',
    'virtual_agent_finish_reason', 'voicemail_reason']
  loop
    execute format($view$
      create view analytics.%I as
      select distinct on (own.channel, word.value)
             own.channel, word.value, word.code, word.label, word.meaning, word.certainty
      from warehouse.%I word
      join (values ('call'), ('chat')) own (channel) on word.channel in (own.channel, 'any')
      order by own.channel, word.value, word.channel$view$, vocabulary || '_word', vocabulary);
    execute format('comment on view analytics.%I is %L', vocabulary || '_word',
      format('The words of the vocabulary %s, with a row for each channel. A word that is missing here was stored as sent: '
             'join from the left, on channel and value.', vocabulary));
  end loop;
end
$$;

create view analytics.word as
select 'answer_type' as vocabulary, own.*                 from analytics.answer_type_word own
union all select 'answer_type_path', own.*                from analytics.answer_type_path_word own
union all select 'consumer_event', own.*                  from analytics.consumer_event_word own
union all select 'deflection_kind', own.*                 from analytics.deflection_kind_word own
union all select 'disconnected_by', own.*                 from analytics.disconnected_by_word own
union all select 'entry_type', own.*                      from analytics.entry_type_word own
union all select 'escalation_reason', own.*               from analytics.escalation_reason_word own
union all select 'escalation_status', own.*               from analytics.escalation_status_word own
union all select 'fail_reason', own.*                     from analytics.fail_reason_word own
union all select 'finish_reason', own.*                   from analytics.finish_reason_word own
union all select 'initiated_by', own.*                    from analytics.initiated_by_word own
union all select 'menu_type', own.*                       from analytics.menu_type_word own
union all select 'offer_type', own.*                      from analytics.offer_type_word own
union all select 'participant_status', own.*              from analytics.participant_status_word own
union all select 'participant_type', own.*                from analytics.participant_type_word own
union all select 'photo_type', own.*                      from analytics.photo_type_word own
union all select 'provider_type', own.*                   from analytics.provider_type_word own
union all select 'recording_permission', own.*            from analytics.recording_permission_word own
union all select 'recording_type', own.*                  from analytics.recording_type_word own
union all select 'service_level_event', own.*             from analytics.service_level_event_word own
union all select 'session_type', own.*                    from analytics.session_type_word own
union all select 'status', own.*                          from analytics.status_word own
union all select 'transfer_fail_reason', own.*            from analytics.transfer_fail_reason_word own
union all select 'transfer_status', own.*                 from analytics.transfer_status_word own
union all select 'virtual_agent_finish_reason', own.*     from analytics.virtual_agent_finish_reason_word own
union all select 'voicemail_reason', own.*                from analytics.voicemail_reason_word own;

comment on view analytics.word is 'The words of all vocabularies, with a row for each channel.';

-- ---------------------------------------------------------------------------------------------------------- dimensions

create view analytics.source as
select name as source, time_zone, first_seen_at
from ingest.source;

comment on view analytics.source is 'One row per source: the tenant.';

create view analytics.queue as
select source, menu_path_id, menu_path,
       split_part(menu_path, '/', -1) as name,
       nullif(split_part(menu_path, '/', 1), '') as level_1,
       nullif(split_part(menu_path, '/', 2), '') as level_2,
       nullif(split_part(menu_path, '/', 3), '') as level_3,
       nullif(split_part(menu_path, '/', 4), '') as level_4,
       target_seconds, target_percent, abandon_seconds as abandon_threshold_seconds, first_seen_at, last_seen_at
from warehouse.queue;

comment on view analytics.queue is 'One row per queue that sessions named, by its newest name.';

-- Empty where agents are hidden: the condition is asked once, before any row is read.
create view analytics.agent with (security_barrier) as
select source, agent_key, first_seen_at, last_seen_at
from warehouse.agent
where (select are_shown from ingest.agent_visibility);

comment on view analytics.agent is
  'One row per agent, without a name: people.agent has that for supervisors. Empty where analytics.agents is hidden.';

create view analytics.virtual_agent as
select source, virtual_agent_id, name, alias, first_seen_at, last_seen_at
from warehouse.virtual_agent;

comment on view analytics.virtual_agent is 'One row per virtual agent that sessions named.';

create view analytics.calendar as
select own.day::date as local_day,
       date_trunc('week', own.day)::date as week_start,
       date_trunc('month', own.day)::date as month_start,
       date_trunc('quarter', own.day)::date as quarter_start,
       extract(isoyear from own.day)::integer as iso_year,
       extract(week from own.day)::integer as iso_week,
       extract(isodow from own.day)::integer as weekday,
       (array['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])
         [extract(isodow from own.day)::integer] as weekday_name,
       extract(isodow from own.day) > 5 as is_weekend
from generate_series(timestamp '2015-01-01', date_trunc('year', localtimestamp) + interval '2 years' - interval '1 day',
                     interval '1 day') own (day);

comment on view analytics.calendar is
  'One row per day from 2015 to the end of next year: join facts to it from the right to see days without any.';

create view analytics.half_hour as
select (time '00:00' + own.number * interval '30 minutes') as local_time, own.number as half_hour
from generate_series(0, 47) own (number);

comment on view analytics.half_hour is 'The 48 half hours of a day.';

-- ------------------------------------------------------------------------------------------------------------ sessions

create view analytics.session as
select s.source, s.channel, s.session_id, s.created_at as session_created_at,
       s.local_created_at, s.local_created_at::date as local_day,
       date_bin('30 minutes', s.local_created_at, timestamp '2000-01-01') as local_half_hour,
       extract(isodow from s.local_created_at)::integer as weekday,
       s.direction, s.session_type, type_word.label as type_label,
       coalesce(s.session_type ilike '%campaign%', false) as is_campaign, s.lang,
       s.status, status_word.label as status_label, s.outcome,
       s.fail_reason, fail_word.label as fail_label,
       s.deflection, deflection_word.label as deflection_label, s.voicemail_reason, s.after_hours, s.disconnected_by,
       s.first_menu_path_id, s.first_menu_path, s.last_menu_path_id, s.last_menu_path,
       s.virtual_agent_first, s.queue_entries, s.handled_interactions, s.completed_transfers,
       s.answer_seconds, s.queue_wait_seconds, s.wait_seconds, s.talk_seconds, s.hold_seconds, s.acw_seconds, s.bcw_seconds,
       s.handle_seconds, s.handle_from_assignment_seconds, s.duration_seconds,
       s.rating, s.has_feedback, s.recording_permission, s.verified, s.photo_count, s.video_count, s.message_count,
       s.recording_count, s.disposition_count,
       s.customer_key, s.contact_key, s.key_version,
       -- Of other sessions, and of types that are not known yet, it may be an agent's own number, or the consumer's.
       case when s.direction = 'inbound' and type_word.value is not null
                 and s.session_type !~* 'direct|extension|ucaas|internal' then s.support_number
       end as line,
       s.queue_priority, s.parent_id, s.scheduled_at, s.connected_at, s.ended_at, s.custom, s.updated_at, s.loaded_at
from warehouse.session s
left join analytics.session_type_word type_word on type_word.channel = s.channel and type_word.value = s.session_type
left join analytics.status_word on status_word.channel = s.channel and status_word.value = s.status
left join analytics.fail_reason_word fail_word on fail_word.channel = s.channel and fail_word.value = s.fail_reason
left join analytics.deflection_kind_word deflection_word
  on deflection_word.channel = s.channel and deflection_word.value = s.deflection;

comment on view analytics.session is
  'One row per session, by its newest revision. It counts on the day and in the half hour in which it was created.';

-- -------------------------------------------------------------------------------------------------------------- queues

create view analytics.queue_entry as
select q.source, q.channel, q.session_id, q.session_created_at, q.queue_duration_id,
       q.local_started_at, q.local_started_at::date as local_day,
       q.menu_path_id, q.menu_path, q.lang, q.direction,
       case when (select are_shown from ingest.agent_visibility) then agent.agent_key end as agent_key,
       q.duration_seconds as wait_seconds, q.is_first, q.is_last, q.is_transfer, q.is_transfer_cold as is_cold,
       q.transfer_id, q.outcome, q.is_short_abandon, q.service_level_event,
       q.service_level_target_seconds as target_seconds, q.service_level_target_percent as target_percent,
       q.service_level_abandon_seconds as abandon_threshold_seconds,
       1 as entries,
       coalesce((q.outcome = 'answered')::integer, 0) as answered,
       coalesce((q.outcome = 'abandoned')::integer, 0) as abandoned,
       coalesce((q.service_level_event = 'in_sla')::integer, 0) as in_sla,
       coalesce((q.service_level_event = 'not_in_sla')::integer, 0) as out_sla
from warehouse.queue_duration q
left join warehouse.agent on agent.source = q.source and agent.agent_id = q.agent_id
where q.menu_path_id is not null;

comment on view analytics.queue_entry is
  'One row per stay of a session in a queue, first entries and transfers. It counts in the interval in which it began, '
  'however it ended. Waits from agent to agent have no queue and are left out.';

-- -------------------------------------------------------------------------------------------------------------- agents

create view analytics.handled_interaction as
select h.source, h.channel, h.session_id, h.session_created_at, h.handle_duration_id,
       h.local_started_at, h.local_started_at::date as local_day,
       case when (select are_shown from ingest.agent_visibility) then agent.agent_key end as agent_key,
       h.menu_path_id, h.menu_path, h.lang, h.direction, h.is_transfer, h.is_transfer_cold as is_cold, h.transfer_id,
       h.interaction_talk_seconds as talk_seconds, h.interaction_hold_seconds as hold_seconds,
       h.interaction_acw_seconds as acw_seconds, h.interaction_bcw_seconds as bcw_seconds,
       h.interaction_wait_seconds as wait_seconds,
       h.interaction_connect_seconds as connect_seconds,
       h.interaction_talk_seconds + h.interaction_hold_seconds + h.interaction_acw_seconds + h.interaction_bcw_seconds
         as handle_seconds,
       h.interaction_talk_seconds + h.interaction_hold_seconds + h.interaction_acw_seconds + h.interaction_bcw_seconds
         + h.interaction_connect_seconds as handle_from_assignment_seconds,
       h.interaction_response_count as response_count,
       h.interaction_response_seconds_total as response_seconds_total,
       h.interaction_response_seconds_max as response_seconds_max
from warehouse.handle_duration h
left join warehouse.agent on agent.source = h.source and agent.agent_id = h.agent_id
where h.counts_as_handled;

comment on view analytics.handled_interaction is
  'One row per handling of the consumer by an agent: count these, and divide handle time by them. Barges and calls that '
  'reached no consumer are left out: barge and agent_attempt have them.';

-- Of the rows of one agent and transfer, one has the sums.
create view analytics.agent_attempt as
select h.source, h.channel, h.session_id, h.session_created_at, h.handle_duration_id,
       h.local_started_at, h.local_started_at::date as local_day, h.kind,
       case when (select are_shown from ingest.agent_visibility) then agent.agent_key end as agent_key,
       h.menu_path_id, h.menu_path, h.lang, h.direction, h.is_transfer, h.is_transfer_cold as is_cold, h.transfer_id,
       h.interaction_talk_seconds as talk_seconds, h.interaction_hold_seconds as hold_seconds,
       h.interaction_acw_seconds as acw_seconds, h.interaction_bcw_seconds as bcw_seconds,
       h.interaction_connect_seconds as connect_seconds,
       h.interaction_talk_seconds + h.interaction_hold_seconds + h.interaction_acw_seconds + h.interaction_bcw_seconds
         as handle_seconds,
       h.interaction_talk_seconds + h.interaction_hold_seconds + h.interaction_acw_seconds + h.interaction_bcw_seconds
         + h.interaction_connect_seconds as handle_from_assignment_seconds
from warehouse.handle_duration h
left join warehouse.agent on agent.source = h.source and agent.agent_id = h.agent_id
where not h.counts_as_handled and h.kind <> 'barge'
  and num_nonnulls(h.interaction_ended_at, h.interaction_talk_seconds, h.interaction_acw_seconds) > 0;

comment on view analytics.agent_attempt is
  'One row per work of an agent that handled no consumer: a call that reached none, mostly of a campaign, or a wrap-up '
  'without a talk. With handled_interaction it has all handle time but that of barges.';

create view analytics.barge as
select h.source, h.channel, h.session_id, h.session_created_at, h.handle_duration_id,
       h.local_started_at, h.local_started_at::date as local_day,
       case when (select are_shown from ingest.agent_visibility) then agent.agent_key end as agent_key,
       h.menu_path_id, h.menu_path, h.lang, h.direction, h.transfer_id,
       h.duration_seconds - coalesce(h.hold_seconds, 0) as talk_seconds, h.hold_seconds, h.acw_seconds
from warehouse.handle_duration h
left join warehouse.agent on agent.source = h.source and agent.agent_id = h.agent_id
where h.kind = 'barge';

comment on view analytics.barge is 'One row per agent who joined a running call of another agent.';

create view analytics.transfer as
select t.source, t.channel, t.session_id, t.session_created_at, t.transfer_id,
       t.local_created_at, t.local_created_at::date as local_day,
       t.from_menu_path_id, t.from_menu_path, t.to_menu_path_id, t.to_menu_path,
       case when (select are_shown from ingest.agent_visibility) then from_agent.agent_key end as from_agent_key,
       case when (select are_shown from ingest.agent_visibility) then to_agent.agent_key end as to_agent_key,
       t.from_virtual_agent_id, t.to_virtual_agent_id, t.target_kind, t.is_cold,
       t.status, status_word.label as status_label, t.fail_reason, fail_word.label as fail_label,
       t.deflection, deflection_word.label as deflection_label,
       t.wait_seconds, t.duration_seconds as talk_seconds,
       coalesce((t.status = 'transferred')::integer, 0) as completed
from warehouse.transfer t
left join warehouse.agent from_agent on from_agent.source = t.source and from_agent.agent_id = t.from_agent_id
left join warehouse.agent to_agent on to_agent.source = t.source and to_agent.agent_id = t.to_agent_id
left join analytics.transfer_status_word status_word on status_word.channel = t.channel and status_word.value = t.status
left join analytics.transfer_fail_reason_word fail_word
  on fail_word.channel = t.channel and fail_word.value = t.fail_reason
left join analytics.deflection_kind_word deflection_word
  on deflection_word.channel = t.channel and deflection_word.value = t.deflection;

comment on view analytics.transfer is 'One row per transfer, completed or not. It counts when it was asked for.';

create view analytics.disposition as
select d.source, d.channel, d.session_id, d.session_created_at, d.ordinal,
       d.local_at, d.local_at::date as local_day,
       case when (select are_shown from ingest.agent_visibility) then agent.agent_key end as agent_key,
       d.transfer_id, d.code, d.ujet_code_id, d.custom_code_id, d.list, d.list_path, d.ujet_list_id, d.custom_list_id
from warehouse.disposition d
left join warehouse.agent on agent.source = d.source and agent.agent_id = d.user_id;

comment on view analytics.disposition is
  'One row per disposition code that an agent gave, without its note. A session may have several: count distinct sessions.';

-- ------------------------------------------------------------------------------------------------------- virtual agents

create view analytics.virtual_agent_interaction as
select v.source, v.channel, v.session_id, v.session_created_at, v.virtual_agent_handle_duration_id,
       v.local_started_at, v.local_started_at::date as local_day,
       v.virtual_agent_id, v.virtual_agent_name, v.virtual_agent_alias, v.direction, v.lang, v.menu_path_id, v.menu_path,
       v.is_first, v.is_transfer, v.transfer_id, v.outcome,
       v.finish_reason, finish_word.label as finish_label,
       v.escalation_reason, escalation_word.label as escalation_label, v.initiated_by,
       v.duration_seconds as seconds, v.sentiment, v.response_count, v.fallback_response_count as fallback_count
from warehouse.virtual_agent_handle_duration v
left join analytics.virtual_agent_finish_reason_word finish_word
  on finish_word.channel = v.channel and finish_word.value = v.finish_reason
left join analytics.escalation_reason_word escalation_word
  on escalation_word.channel = v.channel and escalation_word.value = v.escalation_reason;

comment on view analytics.virtual_agent_interaction is 'One row per handling by a virtual agent.';

create view analytics.escalation as
select e.source, e.channel, e.session_id, e.session_created_at, e.escalation_id,
       e.local_at, e.local_at::date as local_day,
       e.status, status_word.label as status_label, e.reason, reason_word.label as reason_label,
       e.deflection, deflection_word.label as deflection_label,
       e.from_virtual_agent_id, e.from_virtual_agent_name,
       case when (select are_shown from ingest.agent_visibility) then agent.agent_key end as to_agent_key,
       e.from_menu_path, e.to_menu_path, extract(epoch from e.escalated_at - e.created_at)::integer as seconds
from warehouse.escalation e
left join warehouse.agent on agent.source = e.source and agent.agent_id = e.to_agent_id
left join analytics.escalation_status_word status_word
  on status_word.channel = e.channel and status_word.value = e.status
left join analytics.escalation_reason_word reason_word
  on reason_word.channel = e.channel and reason_word.value = e.reason
left join analytics.deflection_kind_word deflection_word
  on deflection_word.channel = e.channel and deflection_word.value = e.deflection;

comment on view analytics.escalation is 'One row per escalation from a virtual agent to a person or a queue.';

create view analytics.deflected_escalation as
select d.source, d.channel, d.session_id, d.session_created_at, d.deflected_escalation_id,
       d.local_at, d.local_at::date as local_day, d.escalation_id,
       d.escalation_reason, reason_word.label as reason_label, d.deflection, deflection_word.label as deflection_label,
       d.virtual_agent_id, d.virtual_agent_name, d.menu_path_id, d.menu_path, d.lang
from warehouse.deflected_escalation d
left join analytics.escalation_reason_word reason_word
  on reason_word.channel = d.channel and reason_word.value = d.escalation_reason
left join analytics.deflection_kind_word deflection_word
  on deflection_word.channel = d.channel and deflection_word.value = d.deflection;

comment on view analytics.deflected_escalation is
  'One row per escalation of a virtual agent that was deflected, such as after hours.';

-- -------------------------------------------------------------------------------------------------- other parts of a session

create view analytics.deflection as
select d.source, d.channel, d.session_id, d.session_created_at, d.deflection_id,
       d.local_at, d.local_at::date as local_day, d.transfer_id,
       d.deflection, deflection_word.label as deflection_label, d.from_menu_path
from warehouse.deflection d
left join analytics.deflection_kind_word deflection_word
  on deflection_word.channel = d.channel and deflection_word.value = d.deflection;

comment on view analytics.deflection is
  'One row per deflection of a call or of one of its transfers. Seldom sent: session.deflection tells more sessions.';

create view analytics.survey as
select e.source, e.channel, e.session_id, e.session_created_at, e.consumer_event_duration_id,
       e.local_at, e.local_at::date as local_day, e.type, e.event, event_word.label as event_label,
       e.menu_path_id, e.menu_path, e.lang, e.duration_seconds as seconds
from warehouse.consumer_event_duration e
left join analytics.consumer_event_word event_word on event_word.channel = e.channel and event_word.value = e.event;

comment on view analytics.survey is
  'One row per survey or other stretch on the consumer''s side. The rating is a column of session.';

create view analytics.menu_stay as
select m.source, m.channel, m.session_id, m.session_created_at, m.consumer_in_menu_duration_id,
       m.local_at, m.local_at::date as local_day, m.event, event_word.label as event_label,
       m.menu_path_id, m.menu_path, m.lang, m.duration_seconds as seconds
from warehouse.consumer_in_menu_duration m
left join analytics.consumer_event_word event_word on event_word.channel = m.channel and event_word.value = m.event;

comment on view analytics.menu_stay is 'One row per stay in the menu of a call (IVR).';

-- Redactions are looked up by key, and only where the column is asked for.
create view analytics.recording as
select r.source, r.channel, r.session_id, r.session_created_at, r.recording_id,
       r.local_at, r.local_at::date as local_day, r.recording_type, type_word.label as type_label,
       r.duration_seconds as seconds,
       (select coalesce(sum(cut.duration_seconds), 0) from warehouse.recording_redaction cut
        where cut.session_id = r.session_id and cut.session_created_at = r.session_created_at and cut.source = r.source
          and cut.channel = r.channel and cut.recording_id = r.recording_id) as redacted_seconds
from warehouse.recording r
left join analytics.recording_type_word type_word
  on type_word.channel = r.channel and type_word.value = r.recording_type;

comment on view analytics.recording is 'One row per recording, without the place where it is.';

create view analytics.sms as
select m.source, m.channel, m.session_id, m.session_created_at, m.phase, m.ordinal,
       m.local_at, m.local_at::date as local_day, m.status
from warehouse.session_message m;

comment on view analytics.sms is 'One row per SMS that was sent while a consumer waited or talked, without number and text.';

create view analytics.offer as
select o.source, o.channel, o.session_id, o.session_created_at, o.ordinal,
       o.local_at, o.local_at::date as local_day, o.group_name
from warehouse.offer_event o;

comment on view analytics.offer is 'One row per offer of a session to a group of agents.';

-- ------------------------------------------------------------------------------------------------- a session as a timeline

-- Bound it by the keys or by session_created_at: a window function comes between the numbers and any other bound, which is
-- why it has no local_day. Hold has no position in the files, so it is a number of its talk.
create view analytics.segment as
select own.source, own.channel, own.session_id, own.session_created_at,
       row_number() over (
         partition by own.source, own.channel, own.session_id, own.session_created_at
         order by own.started_at, own.ended_at, own.kind, own.row_id)::integer as ordinal,
       own.started_at, own.ended_at, own.seconds, own.kind, own.menu_path_id, own.menu_path,
       case when (select are_shown from ingest.agent_visibility) then agent.agent_key end as agent_key,
       own.virtual_agent_id, own.hold_seconds, own.transfer_id
from (
  select source, channel, session_id, session_created_at, consumer_in_menu_duration_id as row_id, 'menu' as kind,
         started_at, ended_at, duration_seconds as seconds, menu_path_id, menu_path, null::bigint as agent_id,
         null::bigint as virtual_agent_id, null::integer as hold_seconds, null::bigint as transfer_id
  from warehouse.consumer_in_menu_duration
  union all
  select source, channel, session_id, session_created_at, virtual_agent_handle_duration_id, 'virtual_agent',
         started_at, ended_at, duration_seconds, menu_path_id, menu_path, null, virtual_agent_id, null, transfer_id
  from warehouse.virtual_agent_handle_duration
  union all
  select source, channel, session_id, session_created_at, queue_duration_id, 'queue',
         started_at, ended_at, duration_seconds, menu_path_id, menu_path, agent_id, null, null, transfer_id
  from warehouse.queue_duration
  union all
  select source, channel, session_id, session_created_at, handle_duration_id, 'ring',
         started_at - make_interval(secs => assigned_connection_seconds), started_at, assigned_connection_seconds,
         menu_path_id, menu_path, agent_id, null, null, transfer_id
  from warehouse.handle_duration where assigned_connection_seconds > 0
  union all
  select source, channel, session_id, session_created_at, handle_duration_id,
         kind, started_at, ended_at, case kind when 'wrap_up' then acw_seconds else duration_seconds end,
         menu_path_id, menu_path, agent_id, null, hold_seconds, transfer_id
  from warehouse.handle_duration
  union all
  select source, channel, session_id, session_created_at, transfer_id, 'transfer',
         created_at, connected_at, wait_seconds, to_menu_path_id, to_menu_path, from_agent_id, from_virtual_agent_id, null,
         transfer_id
  from warehouse.transfer
  union all
  select source, channel, session_id, session_created_at, consumer_event_duration_id, 'survey',
         started_at, ended_at, duration_seconds, menu_path_id, menu_path, null, null, null, null
  from warehouse.consumer_event_duration
) own
left join warehouse.agent on agent.source = own.source and agent.agent_id = own.agent_id;

comment on view analytics.segment is
  'One row per stretch of a session, in the order of time; stretches may overlap. Bound it by session_created_at or by the '
  'keys of a session: it has no local day.';

-- --------------------------------------------------------------------------------------------------- how fresh, what changed

-- Of the sessions with the highest ids, by the end of the primary key: several, because a single huge id need not be the
-- newest session.
create view analytics.freshness as
select source.name as source, own.channel, max(newest.created_at) as newest_session_created_at,
       max(newest.loaded_at) as newest_loaded_at
from ingest.source
cross join (values ('call'), ('chat')) own (channel)
cross join lateral (
  select head.created_at, head.loaded_at from ingest.session_head head
  where head.source = source.name and head.channel = own.channel
  order by head.session_id desc
  limit 200
) newest
group by source.name, own.channel;

comment on view analytics.freshness is
  'How new the data is, by source and channel, from the 200 sessions with the highest ids.';

-- Heads are looked up by primary key (lateral and limit): a join reads the heads of all months, whose number only grows.
create view analytics.restatement_daily as
select s.source, s.local_created_at::date as local_day, (own.loaded_at at time zone 'UTC')::date as loaded_day,
       sum(own.stored)::integer as sessions_first_stored, sum(own.revised)::integer as sessions_revised
from warehouse.session s
cross join lateral (
  select one.first_loaded_at, one.loaded_at, one.revision_count from ingest.session_head one
  where one.source = s.source and one.channel = s.channel and one.session_id = s.session_id
    and one.created_at = s.created_at
  limit 1
) head
cross join lateral (values
  (head.first_loaded_at, 1, 0),
  (case when head.revision_count > 1 then head.loaded_at end, 0, 1)
) own (loaded_at, stored, revised)
where own.loaded_at is not null
group by 1, 2, 3;

comment on view analytics.restatement_daily is
  'One row per source, local day of sessions and day of loading: which published days have changed since. A session '
  'counts as revised on the day on which it changed last.';

-- ------------------------------------------------------------------------------------------------------------ comments

-- One line for each column: the view ('*' for all that say nothing else), the column, what it means, and its unit. The
-- source is the column of the table below that has the same name, or the one that is named here.
do $$
declare
  own record;
begin
  for own in
    with said (view_name, column_name, meaning, unit, source) as (values
      ('*', 'source', 'Configured name of the bucket and prefix: the tenant. Ids are unique only within it', null, null),
      ('*', 'channel', 'call or chat. Ids of calls and chats overlap, so join on it, too', null, null),
      ('*', 'session_id', 'Id of the session, unique only within source and channel', null, null),
      ('*', 'session_created_at', 'When the session was created; the fourth column of the key. A bound on it reads no other '
        'months', null, null),
      ('*', 'local_day', 'Day on the tenant''s clock on which the row began: bound it in every query', null,
        'the day of the local time beside it'),
      ('*', 'local_started_at', 'When it began, on the tenant''s clock', null, null),
      ('*', 'local_at', 'When it was, on the tenant''s clock; the session''s creation where it has no time', null, null),
      ('*', 'direction', 'inbound, outbound or internal, as the session', null, null),
      ('*', 'lang', 'Language, as sent; case matters (fr-CA)', null, null),
      ('*', 'menu_path_id', 'Id of the queue: join analytics.queue on source and menu_path_id', null, null),
      ('*', 'menu_path', 'Names from the root of the menu down to the queue, as they were then. Group by menu_path_id', null,
        null),
      ('*', 'agent_key', 'Stands for the agent. Null without an agent, and where analytics.agents is hidden', null,
        'warehouse.agent.agent_key'),
      ('*', 'is_transfer', 'True when a transfer brought the session', null, null),
      ('*', 'is_cold', 'True when that transfer came without notice to the receiver', null, 'warehouse: is_transfer_cold'),
      ('*', 'transfer_id', 'The transfer that it belongs to; null without one', null, null),
      ('*', 'talk_seconds', 'Talk without hold', 'seconds', 'interaction_talk_seconds'),
      ('*', 'hold_seconds', 'Hold of the consumer', 'seconds', 'interaction_hold_seconds'),
      ('*', 'acw_seconds', 'Wrap-up (after-call work)', 'seconds', 'interaction_acw_seconds'),
      ('*', 'bcw_seconds', 'Work before a campaign call (before-call work)', 'seconds', 'interaction_bcw_seconds'),
      ('*', 'connect_seconds', 'From assignment to accepting; no part of handle_seconds', 'seconds',
        'interaction_connect_seconds'),
      ('*', 'handle_seconds', 'Handle time as the vendor''s reports define it: talk, hold, wrap-up and before-call work',
        'seconds', 'the sum of the four columns before'),
      ('*', 'handle_from_assignment_seconds', 'Handle time as the vendor''s page on session metadata defines it: '
        'handle_seconds and connect_seconds', 'seconds', 'the sum of the columns before'),
      ('*', 'seconds', 'How long it took', 'seconds', 'duration_seconds'),
      ('*', 'virtual_agent_id', 'Virtual agent: join analytics.virtual_agent on source and virtual_agent_id', null, null),
      ('*', 'virtual_agent_name', 'Name of the virtual agent, as it was then', null, null),
      ('*', 'virtual_agent_alias', 'Alias of the virtual agent, as it was then', null, null),
      ('*', 'deflection', 'What answered in place of an agent; no_deflection when nothing did', null, null),
      ('*', 'type_label', 'Short name of the type', null, 'the vocabulary'),
      ('*', 'status_label', 'Short name of the status', null, 'the vocabulary'),
      ('*', 'fail_label', 'Short name of the fail reason', null, 'the vocabulary'),
      ('*', 'finish_label', 'Short name of the finish reason', null, 'the vocabulary'),
      ('*', 'escalation_label', 'Short name of the escalation reason', null, 'the vocabulary'),
      ('*', 'reason_label', 'Short name of the reason', null, 'the vocabulary'),
      ('*', 'event_label', 'Short name of the event', null, 'the vocabulary'),
      ('*', 'deflection_label', 'Short name of the deflection', null, 'the vocabulary'),
      ('*', 'handle_duration_id', 'Id of the row', null, null),
      ('*', 'first_seen_at', 'When the first session with it was created, at most a day too late', null, null),
      ('*', 'last_seen_at', 'When the latest session with it was created, at most a day too early', null, null),
      ('*', 'ordinal', 'Place in the list of the session', null, null),
      -- words
      ('word', 'vocabulary', 'Name of the vocabulary', null, 'vocabulary'),
      ('*_word', 'channel', 'call or chat', null, 'vocabulary'),
      ('*_word', 'value', 'The word as the views hold it', null, 'vocabulary'),
      ('*_word', 'code', 'The number that raw exports send in its place; null where none is known', null, 'vocabulary'),
      ('*_word', 'label', 'A short name for reports', null, 'vocabulary'),
      ('*_word', 'meaning', 'What the word says', null, 'vocabulary'),
      ('*_word', 'certainty', 'stated: by the vendor or by real files. Otherwise inferred or unverified, and what of it', null,
        'vocabulary'),
      -- dimensions
      ('source', 'source', 'Configured name of the bucket and prefix: the tenant', null, 'ingest.source.name'),
      ('source', 'first_seen_at', 'When a worker first started with it', null, null),
      ('source', 'time_zone', 'Time zone for times that were sent without an offset; null means UTC', null, null),
      ('queue', 'menu_path_id', 'Id of the queue, unique only within source', null, null),
      ('queue', 'menu_path', 'Names from the root of the menu down to the queue, by the newest session', null, null),
      ('queue', 'name', 'Name of the queue: the last name of menu_path', null, 'menu_path'),
      ('queue', 'level_1', 'First name of menu_path', null, 'menu_path'),
      ('queue', 'level_2', 'Second name of menu_path; null where it ends before', null, 'menu_path'),
      ('queue', 'level_3', 'Third name of menu_path; null where it ends before', null, 'menu_path'),
      ('queue', 'level_4', 'Fourth name of menu_path; null where it ends before', null, 'menu_path'),
      ('queue', 'target_seconds', 'Newest target: an entry meets it when its wait is below. Each entry has its own',
        'seconds', null),
      ('queue', 'target_percent', 'Newest share of entries that should meet the target', 'percent', null),
      ('queue', 'abandon_threshold_seconds', 'Newest threshold: an abandon with a wait below it is short', 'seconds',
        'warehouse.queue.abandon_seconds'),
      ('virtual_agent', 'virtual_agent_id', 'Id of the virtual agent, unique only within source', null, null),
      ('virtual_agent', 'name', 'Name, by the newest session', null, null),
      ('virtual_agent', 'alias', 'Alias, by the newest session', null, null),
      ('calendar', 'local_day', 'The day', null, 'the calendar'),
      ('calendar', 'week_start', 'Monday of its week', null, 'the calendar'),
      ('calendar', 'month_start', 'First day of its month', null, 'the calendar'),
      ('calendar', 'quarter_start', 'First day of its quarter', null, 'the calendar'),
      ('calendar', 'iso_year', 'Year of its ISO week', null, 'the calendar'),
      ('calendar', 'iso_week', 'Number of its ISO week', null, 'the calendar'),
      ('calendar', 'weekday', '1 for Monday to 7 for Sunday', null, 'the calendar'),
      ('calendar', 'weekday_name', 'English name of the weekday', null, 'the calendar'),
      ('calendar', 'is_weekend', 'True on Saturday and Sunday', null, 'the calendar'),
      ('half_hour', 'local_time', 'Begin of the half hour', null, 'the calendar'),
      ('half_hour', 'half_hour', 'Number of the half hour, 0 to 47', null, 'the calendar'),
      -- session
      ('session', 'session_created_at', 'When the session was created. A bound on it reads no other months', null,
        'warehouse.session.created_at'),
      ('session', 'local_created_at', 'When the session was created, on the tenant''s clock', null, null),
      ('session', 'local_half_hour', 'Begin of the half hour in which it was created, on the tenant''s clock', null,
        'local_created_at'),
      ('session', 'weekday', 'Local weekday of its creation, 1 for Monday to 7 for Sunday', null, 'local_created_at'),
      ('session', 'direction', 'inbound, outbound or internal', null, null),
      ('session', 'session_type', 'Type, such as Voice Inbound (IVR); open vocabulary', null, null),
      ('session', 'is_campaign', 'True for a call of a campaign', null, 'session_type'),
      ('session', 'lang', 'Language that was selected, as sent; case matters (fr-CA)', null, null),
      ('session', 'status', 'How far the session got, as sent; open vocabulary. Count by outcome', null, null),
      ('session', 'outcome', 'How it ended, one word for each session: open, handled, self_served, voicemail, deflected, '
        'abandoned_in_menu, abandoned_in_queue, abandoned_with_virtual_agent, no_contact, canceled, expired or failed', null,
        null),
      ('session', 'fail_reason', 'Why it failed or was given up, as sent. Agents may have handled it before: count by '
        'outcome', null, null),
      ('session', 'voicemail_reason', 'Why a call became a voicemail; not_voicemail when it did not', null, null),
      ('session', 'after_hours', 'True when a chat came outside opening hours', null, null),
      ('session', 'disconnected_by', 'Who ended it', null, null),
      ('session', 'first_menu_path_id', 'Queue that it entered first; null when it entered none', null, null),
      ('session', 'first_menu_path', 'Names from the root of the menu down to the queue that it entered first', null, null),
      ('session', 'last_menu_path_id', 'Queue that it entered last', null, null),
      ('session', 'last_menu_path', 'Names from the root of the menu down to the queue that it entered last', null, null),
      ('session', 'virtual_agent_first', 'True when a virtual agent served it before any agent or queue did', null, null),
      ('session', 'queue_entries', 'How often it entered a queue, transfers included', 'entries', null),
      ('session', 'handled_interactions', 'How often an agent handled the consumer: rows of handled_interaction',
        'interactions', null),
      ('session', 'completed_transfers', 'Transfers that were taken over', 'transfers', null),
      ('session', 'answer_seconds', 'Wait in the first queue entry that an agent answered; null when none was', 'seconds',
        null),
      ('session', 'queue_wait_seconds', 'Wait in queues, without waits from agent to agent', 'seconds', null),
      ('session', 'wait_seconds', 'Total wait as the vendor counts it, waits from agent to agent included. No base for speed '
        'of answer', 'seconds', null),
      ('session', 'talk_seconds', 'Talk of all agents without hold and barges; null when no agent handled it', 'seconds',
        null),
      ('session', 'hold_seconds', 'Total hold as the vendor counts it; handled_interaction counts it by agent', 'seconds',
        null),
      ('session', 'acw_seconds', 'Wrap-up of all agents', 'seconds', null),
      ('session', 'bcw_seconds', 'Before-call work of all agents', 'seconds', null),
      ('session', 'handle_seconds', 'Handle time of all agents together, by the report definition. Its mean is no average '
        'handle time: use handled_interaction', 'seconds', null),
      ('session', 'handle_from_assignment_seconds', 'handle_seconds and the time that agents took to accept', 'seconds', null),
      ('session', 'duration_seconds', 'Total length as the vendor counts it; 0 when no agent handled it', 'seconds', null),
      ('session', 'rating', 'Score of the survey, 1 to 5; null when not rated', 'points', null),
      ('session', 'has_feedback', 'True when the consumer left a comment in words', null, null),
      ('session', 'recording_permission', 'The consumer''s answer to being recorded', null, null),
      ('session', 'verified', 'True when the consumer passed a verification', null, null),
      ('session', 'photo_count', 'Photos that the consumer sent', 'photos', null),
      ('session', 'video_count', 'Videos that the consumer sent', 'videos', null),
      ('session', 'recording_count', 'Recordings', 'recordings', null),
      ('session', 'disposition_count', 'Dispositions that agents chose', 'dispositions', null),
      ('session', 'message_count', 'Messages of a chat', 'messages', null),
      ('session', 'customer_key', 'Stands for the consumer: equal for all sessions of one consumer of the source. Null '
        'without one, and without identity.key', null, null),
      ('session', 'contact_key', 'Stands for the consumer''s number or address. Null without one, and without identity.key',
        null, null),
      ('session', 'key_version', 'Stands for the identity.key that made the two keys: keys of different versions never match',
        null, null),
      ('session', 'line', 'Number of the tenant that was called. Null unless the session is inbound, for direct lines and '
        'extensions of agents, and for types that are not known',
        null, 'warehouse.session.support_number of inbound sessions on shared lines'),
      ('session', 'queue_priority', 'Priority in the queue; may be 0', null, null),
      ('session', 'parent_id', 'session_id of the call that this one recovers or was scheduled from', null, null),
      ('session', 'scheduled_at', 'Time that it was planned for', null, null),
      ('session', 'connected_at', 'First connection, which may be the virtual agent''s', null, null),
      ('session', 'ended_at', 'When it ended', null, null),
      ('session', 'custom', 'Custom data under the keys that analytics.customDataKeys allows', null, null),
      ('session', 'updated_at', 'Last change of the record at the vendor', null, null),
      ('session', 'loaded_at', 'When its newest revision was stored', null, null),
      -- queues
      ('queue_entry', 'queue_duration_id', 'Id of the row', null, null),
      ('queue_entry', 'wait_seconds', 'Time in the queue, until an agent was assigned or the stay ended otherwise',
        'seconds',
        'warehouse.queue_duration.duration_seconds'),
      ('queue_entry', 'is_first', 'True for the first entry of the session: count these for distinct entries', null, null),
      ('queue_entry', 'is_last', 'True for the last entry of the session', null, null),
      ('queue_entry', 'is_cold', 'True when the transfer that brought it came without notice', null,
        'warehouse.queue_duration.is_transfer_cold'),
      ('queue_entry', 'outcome', 'How the stay ended, one word for each: answered, abandoned, canceled, returned, deflected, '
        'failed or open', null, null),
      ('queue_entry', 'is_short_abandon', 'True when it was abandoned with a wait below the threshold of the row; null '
        'when it was abandoned without a threshold; else false', null, null),
      ('queue_entry', 'service_level_event', 'What the vendor counts it as for the service level: in_sla or not_in_sla. With '
        'another word, such as excluded, or null it does not count', null, null),
      ('queue_entry', 'target_seconds', 'Target of the row: it is met when the wait is below', 'seconds',
        'warehouse.queue_duration.service_level_target_seconds'),
      ('queue_entry', 'target_percent', 'Share of entries that should meet the target', 'percent',
        'warehouse.queue_duration.service_level_target_percent'),
      ('queue_entry', 'abandon_threshold_seconds', 'An abandon with a wait below it is short', 'seconds',
        'warehouse.queue_duration.service_level_abandon_seconds'),
      ('queue_entry', 'entries', '1 for every row: its sum is the number of queue interactions', 'entries', 'the row'),
      ('queue_entry', 'answered', '1 when an agent took it, else 0. The consumer of a callback may then not pick up, so '
        'there may be no handled interaction', 'entries', 'outcome'),
      ('queue_entry', 'abandoned', '1 when the consumer gave up, short abandons included, else 0', 'entries', 'outcome'),
      ('queue_entry', 'in_sla', '1 when the vendor counts it as in the service level, else 0', 'entries',
        'service_level_event'),
      ('queue_entry', 'out_sla', '1 when the vendor counts it as out of the service level, else 0. Service level is in_sla '
        '/ (in_sla + out_sla)', 'entries', 'service_level_event'),
      -- agents
      ('handled_interaction', 'wait_seconds', 'Wait in the queue entry that it came from; null when it came from no queue. Its sum '
        'with connect_seconds is the time until the agent accepted', 'seconds',
        'warehouse.handle_duration.interaction_wait_seconds'),
      ('handled_interaction', 'response_count', 'The agent''s responses in a chat; null in calls', 'responses',
        'warehouse.handle_duration.interaction_response_count'),
      ('handled_interaction', 'response_seconds_total', 'Time to respond in a chat: divide its sum by that of response_count',
        'seconds', 'warehouse.handle_duration.interaction_response_seconds_total'),
      ('handled_interaction', 'response_seconds_max', 'Longest time to respond in a chat', 'seconds',
        'warehouse.handle_duration.interaction_response_seconds_max'),
      ('agent_attempt', 'kind', 'attempt: a call that reached no consumer; wrap_up: a wrap-up without a talk', null, null),
      ('barge', 'talk_seconds', 'Time in the call without hold', 'seconds', 'warehouse.handle_duration.duration_seconds '
        'minus hold_seconds'),
      ('barge', 'hold_seconds', 'Hold within the barge', 'seconds', null),
      ('barge', 'acw_seconds', 'Wrap-up of the barge', 'seconds', null),
      ('transfer', 'transfer_id', 'Id of the transfer', null, null),
      ('transfer', 'local_created_at', 'When it was asked for, on the tenant''s clock', null, null),
      ('transfer', 'from_menu_path_id', 'Queue that the session came from', null, null),
      ('transfer', 'from_menu_path', 'Names down to the queue that it came from', null, null),
      ('transfer', 'to_menu_path_id', 'Queue that it went to; null when it went straight to an agent', null, null),
      ('transfer', 'to_menu_path', 'Names down to the queue that it went to', null, null),
      ('transfer', 'from_agent_key', 'Stands for the agent who handed over. Null where analytics.agents is hidden', null,
        'warehouse.agent.agent_key'),
      ('transfer', 'to_agent_key', 'Stands for the agent who took over. Null when no agent did, and where analytics.agents '
        'is hidden', null, 'warehouse.agent.agent_key'),
      ('transfer', 'from_virtual_agent_id', 'Virtual agent that handed over', null, null),
      ('transfer', 'to_virtual_agent_id', 'Virtual agent that took over', null, null),
      ('transfer', 'target_kind', 'What it went to: queue, agent, virtual_agent or other', null, null),
      ('transfer', 'is_cold', 'True when the receiver got no notice', null, null),
      ('transfer', 'status', 'transferred when it was taken over; open vocabulary', null, null),
      ('transfer', 'fail_reason', 'Why it failed; nothing when it did not', null, null),
      ('transfer', 'wait_seconds', 'Wait of the consumer within it', 'seconds', null),
      ('transfer', 'talk_seconds', 'Length of the call after it as the vendor counts it; unlike other talk it may include '
        'hold', 'seconds',
        'warehouse.transfer.duration_seconds'),
      ('transfer', 'completed', '1 when it was taken over, else 0', 'transfers', 'status'),
      ('disposition', 'code', 'The code', null, null),
      ('disposition', 'ujet_code_id', 'The vendor''s id of the code', null, null),
      ('disposition', 'custom_code_id', 'The tenant''s id of the code', null, null),
      ('disposition', 'list', 'List that the code is from', null, null),
      ('disposition', 'list_path', 'Lists from the root down to the code', null, null),
      ('disposition', 'ujet_list_id', 'The vendor''s id of the list', null, null),
      ('disposition', 'custom_list_id', 'The tenant''s id of the list', null, null),
      -- virtual agents
      ('virtual_agent_interaction', 'virtual_agent_handle_duration_id', 'Id of the row', null, null),
      ('virtual_agent_interaction', 'is_first', 'True for the first handling by a virtual agent in the session', null, null),
      ('virtual_agent_interaction', 'outcome', 'How it ended, one word for each: resolved, escalated_answered, '
        'escalated_abandoned, escalated_deflected, escalated_other, left or failed', null, null),
      ('virtual_agent_interaction', 'finish_reason', 'Why it ended, as sent', null, null),
      ('virtual_agent_interaction', 'escalation_reason', 'Why it handed over, as sent', null, null),
      ('virtual_agent_interaction', 'initiated_by', 'Who brought the virtual agent in', null, null),
      ('virtual_agent_interaction', 'sentiment', 'Sentiment as sent; its scale is not documented', null, null),
      ('virtual_agent_interaction', 'response_count', 'Responses of the virtual agent', 'responses', null),
      ('virtual_agent_interaction', 'fallback_count', 'Responses that did not understand', 'responses',
        'warehouse.virtual_agent_handle_duration.fallback_response_count'),
      ('escalation', 'escalation_id', 'Id of the escalation', null, null),
      ('escalation', 'status', 'escalating, escalated, canceled, deflecting or deflected. deflected may be a redirection to '
        'another queue, where agents answer', null, null),
      ('escalation', 'reason', 'Why the virtual agent handed over', null, null),
      ('escalation', 'from_virtual_agent_id', 'Virtual agent that handed over', null, null),
      ('escalation', 'from_virtual_agent_name', 'Its name, as it was then', null, null),
      ('escalation', 'to_agent_key', 'Stands for the agent who took over. Null when no agent did, and where '
        'analytics.agents is hidden', null, 'warehouse.agent.agent_key'),
      ('escalation', 'from_menu_path', 'Names down to the queue that it came from', null, null),
      ('escalation', 'to_menu_path', 'Names down to the queue that it went to', null, null),
      ('escalation', 'seconds', 'From the request to the handover', 'seconds', 'escalated_at minus created_at'),
      ('deflected_escalation', 'deflected_escalation_id', 'Id of the row', null, null),
      ('deflected_escalation', 'escalation_id', 'The escalation that was deflected', null, null),
      ('deflected_escalation', 'escalation_reason', 'Why the virtual agent handed over', null, null),
      -- other parts
      ('deflection', 'deflection_id', 'Id of the row', null, null),
      ('deflection', 'from_menu_path', 'Names down to the queue that it came from', null, null),
      ('survey', 'consumer_event_duration_id', 'Id of the row', null, null),
      ('survey', 'type', 'What it was, such as csat', null, null),
      ('survey', 'event', 'How it ended', null, null),
      ('menu_stay', 'consumer_in_menu_duration_id', 'Id of the row', null, null),
      ('menu_stay', 'event', 'How it ended', null, null),
      ('recording', 'recording_id', 'Id of the recording', null, null),
      ('recording', 'recording_type', 'What was recorded', null, null),
      ('recording', 'redacted_seconds', 'Time that was cut out of it', 'seconds',
        'sum of warehouse.recording_redaction.duration_seconds'),
      ('sms', 'phase', 'waiting: while the consumer waited; in_call: during the call', null, null),
      ('sms', 'status', 'What became of it', null, null),
      ('offer', 'group_name', 'Group that it was offered to', null, null),
      ('segment', 'ordinal', 'Place in the session, from 1', null, 'the order of started_at'),
      ('segment', 'started_at', 'When it began', null, 'the row'),
      ('segment', 'ended_at', 'When it ended', null, 'the row'),
      ('segment', 'kind', 'menu, virtual_agent, queue, ring (from assignment to accepting), talk, attempt (a call that '
        'reached no consumer), wrap_up, barge, transfer '
        '(from the request to the connection) or survey', null, 'the table of the row'),
      ('segment', 'seconds', 'How long it took, as sent', 'seconds', 'the row'),
      ('segment', 'menu_path_id', 'Queue of the row', null, 'the row'),
      ('segment', 'menu_path', 'Names from the root of the menu down to the queue', null, 'the row'),
      ('segment', 'virtual_agent_id', 'Virtual agent of the row', null, 'the row'),
      ('segment', 'hold_seconds', 'Hold within a talk: files do not say when', 'seconds', 'the row'),
      ('segment', 'source', 'Configured name of the bucket and prefix: the tenant', null, 'the row'),
      ('segment', 'channel', 'call or chat', null, 'the row'),
      ('segment', 'session_id', 'Id of the session', null, 'the row'),
      ('segment', 'session_created_at', 'When the session was created: bound it, or name the session', null, 'the row'),
      ('segment', 'transfer_id', 'The transfer that it belongs to', null, 'the row'),
      -- how fresh, what changed
      ('freshness', 'newest_session_created_at', 'Creation of the newest session that is stored', null, 'ingest.session_head'),
      ('freshness', 'newest_loaded_at', 'When a session was last stored', null, 'ingest.session_head'),
      ('freshness', 'source', 'Configured name of the bucket and prefix: the tenant', null, 'ingest.source'),
      ('freshness', 'channel', 'call or chat', null, 'ingest.session_head'),
      ('restatement_daily', 'local_day', 'Local day of the sessions'' creation: bound it', null,
        'warehouse.session.local_created_at'),
      ('restatement_daily', 'loaded_day', 'UTC day on which they were stored', null, 'ingest.session_head'),
      ('restatement_daily', 'sessions_first_stored', 'Sessions that were stored for the first time on that day', 'sessions',
        'ingest.session_head.first_loaded_at'),
      ('restatement_daily', 'sessions_revised', 'Sessions whose last change was stored on that day', 'sessions',
        'ingest.session_head.loaded_at')
    ),
    base (view_name, table_name) as (values
      ('queue_entry', 'queue_duration'), ('handled_interaction', 'handle_duration'), ('agent_attempt', 'handle_duration'),
      ('barge', 'handle_duration'), ('virtual_agent_interaction', 'virtual_agent_handle_duration'),
      ('survey', 'consumer_event_duration'), ('menu_stay', 'consumer_in_menu_duration'), ('sms', 'session_message'),
      ('offer', 'offer_event'), ('restatement_daily', 'session')
    )
    select c.relname::text as view_name, a.attname::text as column_name, best.meaning, best.unit,
           coalesce(best.source, format('warehouse.%s.%s', coalesce(base.table_name, c.relname), a.attname)) as source
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    left join base on base.view_name = c.relname
    join lateral (
      select said.* from said
      where said.column_name = a.attname
        and (said.view_name in (c.relname, '*') or said.view_name = '*_word' and c.relname ~ '(^|_)word$')
      order by said.view_name = c.relname desc, said.view_name = '*_word' desc
      limit 1
    ) best on true
    where c.relnamespace = 'analytics'::regnamespace and c.relkind = 'v' and col_description(c.oid, a.attnum) is null
  loop
    execute format('comment on column analytics.%I.%I is %L', own.view_name, own.column_name,
      format('%s.%s Source: computed: %s. Personal data: no.', own.meaning, ' Unit: ' || own.unit || '.', own.source));
  end loop;
end
$$;

-- -------------------------------------------------------------------------------------------------------------- access

-- Everything in analytics is for all of its readers. Views of earlier migrations have their rows already.
insert into ingest.access_rule (role_name, object_kind, object_name, privileges)
select reader, 'table', format('analytics.%I', c.relname), 'select'
from unnest(array['aftercall_operator', 'aftercall_analyst', 'aftercall_cleared', 'aftercall_supervisor']) reader
cross join pg_class c
where c.relnamespace = 'analytics'::regnamespace and c.relkind = 'v'
on conflict do nothing;

select ingest.grant_access();
