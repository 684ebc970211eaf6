-- The facts: one table for the session, one for every array of a session document. Each table is partitioned by month (UTC)
-- of the session's created_at, so retention drops partitions. There are no foreign keys and no checks on vocabularies: the
-- loader writes a session and its children in one transaction under the lock of the session's head, and vocabularies are
-- open. A test compares the paths in the comments with the mapping.
--
-- Keys of children begin with session_id. Ids grow, so new rows go to the right end of the index and fill its pages; a key
-- that begins with the source has a right end for each tenant and leaves its pages half empty. The session's own key begins
-- with the source, so that the sessions and the sources of a month are found by it. A small BRIN index finds the pages of a
-- day or a week.

create table warehouse.session (
  source                         text        not null,
  channel                        text        not null,
  session_id                     bigint      not null,
  created_at                     timestamptz not null,
  uuid                           text,
  lang                           text,
  session_type                   text,
  session_type_legacy            text,
  direction                      text,
  status                         text,
  status_code                    integer,
  sub_status                     text,
  queued_at                      timestamptz,
  assigned_at                    timestamptz,
  connected_at                   timestamptz,
  ended_at                       timestamptz,
  scheduled_at                   timestamptz,
  updated_at                     timestamptz,
  first_message_at               timestamptz,
  last_message_at                timestamptz,
  utc_offset_minutes             integer,
  wait_seconds                   integer,
  duration_seconds               integer,
  hold_seconds                   integer,
  talk_seconds                   integer,
  acw_seconds                    integer,
  bcw_seconds                    integer,
  handle_seconds                 integer,
  handle_from_assignment_seconds integer,
  rating                         numeric,
  has_feedback                   boolean,
  feedback                       text,
  answer_type                    text,
  offer_type                     text,
  disconnected_by                text,
  fail_reason                    text,
  fail_details                   text,
  finish_reason                  text,
  adapter_fail_code              integer,
  adapter_fail_message           text,
  voicemail_reason               text,
  deflection                     text,
  after_hours                    boolean,
  recording_permission           text,
  recording_url                  text,
  support_number                 text,
  outbound_number                text,
  email                          text,
  ticket_id                      text,
  ticket_url                     text,
  is_ticket_account              boolean,
  parent_id                      bigint,
  menu_id                        bigint,
  menu_name                      text,
  menu_type                      text,
  menu_path                      text,
  menu_path_ids                  bigint[],
  queue_priority                 integer,
  agent_id                       bigint,
  agent_name                     text,
  agent_email                    text,
  agent_number                   text,
  virtual_agent_id               bigint,
  virtual_agent_name             text,
  end_user_id                    bigint,
  end_user_identifier            text,
  end_user_contact_id            text,
  verified                       boolean,
  smart_action_text              text,
  photo_count                    integer,
  video_count                    integer,
  message_count                  integer,
  average_response_seconds       numeric,
  longest_response_seconds       numeric,
  provider_type                  text,
  provider_channel_id            text,
  participant_count              integer,
  agent_count                    integer,
  transfer_count                 integer,
  custom_data                    jsonb,
  custom_data_secured            jsonb,
  sip_headers                    jsonb,
  automation_redirection         jsonb,
  extra                          jsonb,
  bucket                         text        not null,
  object_key                     text        not null,
  loaded_at                      timestamptz not null default now(),
  primary key (source, channel, session_id, created_at)
) partition by range (created_at);

create index session_by_time on warehouse.session using brin (created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.session_default partition of warehouse.session default;

comment on table warehouse.session is 'One row per session (call or chat), as its newest revision states it.';
comment on column warehouse.session.source is
  'Configured name of the bucket and prefix: the tenant. Two tenants may use the same ids. Source: computed: the '
  'configured source whose bucket and prefix hold the object. Personal data: no.';
comment on column warehouse.session.channel is
  'call or chat. Ids of calls and chats overlap, so join on it, too. Source: computed: chat_type or chat_uuid tells a '
  'chat, call_type or call_uuid a call; without them session_type_v2, the wrapper or the name of the object. '
  'Personal data: no.';
comment on column warehouse.session.session_id is
  'Id of the session, unique only within source and channel. Source: id. Personal data: no.';
comment on column warehouse.session.created_at is
  'When the session was created. The partition key: bound it in every query over many sessions. Source: created_at. '
  'Personal data: no.';
comment on column warehouse.session.uuid is
  'Second id; that of a call links it to its origin or target in Dynamic Call Routing. Source: call_uuid or chat_uuid. '
  'Personal data: no.';
comment on column warehouse.session.lang is
  'Language that was selected, as sent; case matters (fr-CA). Source: lang. Personal data: no.';
comment on column warehouse.session.session_type is
  'Type in the current vocabulary, such as Voice Inbound (IVR); the legacy type where no current one was sent. Open '
  'vocabulary: new types appear, so group by channel and direction where you can. Source: session_type_v2. '
  'Personal data: no.';
comment on column warehouse.session.session_type_legacy is
  'Type in the older vocabulary, which the vendor has deprecated. Source: call_type or chat_type or session_type. '
  'Personal data: no.';
comment on column warehouse.session.direction is
  'inbound, outbound or internal. Source: computed: outbound where session_type holds outbound or campaign, internal '
  'where it holds internal, else inbound. Personal data: no.';
comment on column warehouse.session.status is
  'How far the session got: finished, failed, deflected, queued and so on; open vocabulary. An early revision may hold '
  'one that is not final. Numbers sent for calls are translated. Source: status. Personal data: no.';
comment on column warehouse.session.status_code is
  'The vendor''s number for the status of a call (8 finished, 9 failed, 11 deflected); null for chats, which have no '
  'known numbers, and for unknown words. Source: computed: from status, for calls. Personal data: no.';
comment on column warehouse.session.sub_status is
  'Finer status; seldom sent. Source: sub_status or subStatus. Personal data: no.';
comment on column warehouse.session.queued_at is
  'When the session first entered a queue. Chats often lack it; queue_duration has every stay. Source: queued_at. '
  'Personal data: no.';
comment on column warehouse.session.assigned_at is
  'When the session was assigned to an agent; transfers have their own time. Source: assigned_at. Personal data: no.';
comment on column warehouse.session.connected_at is
  'First connection, which may be the virtual agent''s and so come before queued_at: no base for speed of answer. Chats '
  'often lack it. Source: connected_at. Personal data: no.';
comment on column warehouse.session.ended_at is
  'When the session ended. A survey may keep the consumer longer. Source: ends_at or ended_at or finished_at. '
  'Personal data: no.';
comment on column warehouse.session.scheduled_at is
  'Time that a scheduled call or callback was planned for. Source: scheduled_at. Personal data: no.';
comment on column warehouse.session.updated_at is
  'Last change of the record at the vendor; orders the revisions of a session. Source: updated_at. Personal data: no.';
comment on column warehouse.session.first_message_at is
  'First message of a chat; often not sent. Source: first_msg_sent_at. Personal data: no.';
comment on column warehouse.session.last_message_at is
  'Last message of a chat; often not sent. Source: last_msg_sent_at. Personal data: no.';
comment on column warehouse.session.utc_offset_minutes is
  'Offset from UTC that created_at was written with. Add it to created_at in UTC for the tenant''s local day. Unit: '
  'minutes. Source: computed: the offset in created_at, or that of the configured time zone where the time names none. '
  'Personal data: no.';
comment on column warehouse.session.wait_seconds is
  'Total wait in queues as the vendor counts it, stored as sent; not the time from queued_at to assigned_at. Unit: '
  'seconds. Source: wait_duration or queue_duration. Personal data: no.';
comment on column warehouse.session.duration_seconds is
  'Total length as the vendor counts it, stored as sent: neither ended_at minus connected_at nor the sum over '
  'handle_duration. 0 when no agent handled the session. Unit: seconds. Source: call_duration or chat_duration. '
  'Personal data: no.';
comment on column warehouse.session.hold_seconds is
  'Total hold as the vendor counts it. Sessions, participants and consumers count hold differently: compare within one '
  'table only. Unit: seconds. Source: hold_duration. Personal data: no.';
comment on column warehouse.session.talk_seconds is
  'Time that agents talked, without hold and wrap-up. Null when there is no handle row, or one that cannot be counted: '
  'a duration that is missing, negative or no number, or an element that is no row. Unit: seconds. Source: computed: '
  'sum over handle_durations[] of call_duration or chat_duration, minus hold_duration. Personal data: no.';
comment on column warehouse.session.acw_seconds is
  'Wrap-up (after-call work) of all agents. Null when there is no handle row, or one that cannot be counted. Unit: '
  'seconds. Source: computed: sum of handle_durations[].acw_duration. Personal data: no.';
comment on column warehouse.session.bcw_seconds is
  'Work before a campaign call (before-call work) of all agents; rows that name none have none. Null when there is no '
  'handle row, or one that cannot be counted. Unit: seconds. Source: computed: sum of handle_durations[].bcw_duration. '
  'Personal data: no.';
comment on column warehouse.session.handle_seconds is
  'Handle time as the vendor''s reports define it: from accepting to the end of wrap-up, so talk, hold, wrap-up and '
  'before-call work. With the time from assignment to accepting it is handle_from_assignment_seconds. Null when there '
  'is no handle row, or one that cannot be counted. Unit: seconds. Source: computed: sum over handle_durations[] of '
  'call_duration or chat_duration (hold included), acw_duration and bcw_duration. Personal data: no.';
comment on column warehouse.session.handle_from_assignment_seconds is
  'Handle time as the vendor''s page on session metadata defines it: from assignment to the end of wrap-up, so '
  'handle_seconds and the time that agents took to accept. Null when there is no handle row, or one that cannot be '
  'counted. Unit: seconds. Source: computed: sum over handle_durations[] of call_duration or chat_duration (hold '
  'included), acw_duration, bcw_duration and assigned_connection_duration. Personal data: no.';
comment on column warehouse.session.rating is
  'Score of the satisfaction survey, 1 to 5; null when not rated. May come with a later revision. Unit: points. Source: '
  'rating. Personal data: no.';
comment on column warehouse.session.has_feedback is
  'True when the consumer left a comment in words. Source: has_feedback. Personal data: no.';
comment on column warehouse.session.feedback is
  'The consumer''s comment in the survey. Source: feedback. Personal data: yes.';
comment on column warehouse.session.answer_type is
  'How the session was answered, such as manual. Source: answer_type. Personal data: no.';
comment on column warehouse.session.offer_type is
  'How the session was offered to agents, such as cascade. Source: offer_type. Personal data: no.';
comment on column warehouse.session.disconnected_by is
  'Who ended it: disconnected_by_agent, disconnected_by_end_user, disconnected_by_unknown and so on. Source: '
  'disconnected_by. Personal data: no.';
comment on column warehouse.session.fail_reason is
  'Why the session failed or was given up: eu_abandoned is in a queue, eu_in_menu_abandoned in the IVR menu. Without '
  'failure nothing in calls, mostly null in chats. Source: fail_reason. Personal data: no.';
comment on column warehouse.session.fail_details is 'The failure in free text. Source: fail_details. Personal data: yes.';
comment on column warehouse.session.finish_reason is
  'Why the session ended, such as virtual_agent_escalation_failed; seldom sent. Source: finish_reason. '
  'Personal data: no.';
comment on column warehouse.session.adapter_fail_code is
  'Error number of the agent adapter. Source: adapter_fail_code. Personal data: no.';
comment on column warehouse.session.adapter_fail_message is
  'Error text of the agent adapter; may quote numbers or names. Source: adapter_fail_message. Personal data: yes.';
comment on column warehouse.session.voicemail_reason is
  'Why the call became a voicemail; not_voicemail when it did not. Source: voicemail_reason. Personal data: no.';
comment on column warehouse.session.deflection is
  'What answered the session in place of an agent (voicemail, message, redirection and so on); no_deflection when '
  'nothing did. Open vocabulary. Source: deflection. Personal data: no.';
comment on column warehouse.session.after_hours is
  'True when a chat came outside opening hours. Source: after_hours. Personal data: no.';
comment on column warehouse.session.recording_permission is
  'The consumer''s answer to being recorded: granted, denied or not_asked. Source: recording_permission. '
  'Personal data: no.';
comment on column warehouse.session.recording_url is
  'Where the recording or the voicemail is. Source: recording_url. Personal data: yes.';
comment on column warehouse.session.support_number is
  'Number that the consumer dialled; may be an agent''s direct line. Source: support_number. Personal data: yes.';
comment on column warehouse.session.outbound_number is
  'Number that the consumer was called from, with spaces and dashes as sent; may be an agent''s direct line. Source: '
  'outbound_number. Personal data: yes.';
comment on column warehouse.session.email is 'E-mail address of the consumer. Source: email. Personal data: yes.';
comment on column warehouse.session.ticket_id is
  'Id of the record in the CRM system: a case or, if is_ticket_account, an account. Source: out_ticket_id. '
  'Personal data: yes.';
comment on column warehouse.session.ticket_url is
  'Link to the CRM record; sometimes to media instead. Source: out_ticket_url. Personal data: yes.';
comment on column warehouse.session.is_ticket_account is
  'True when the CRM record is an account and no interaction. Source: is_out_ticket_account. Personal data: no.';
comment on column warehouse.session.parent_id is
  'session_id of the call that this one recovers or was scheduled from. Source: parent_id. Personal data: no.';
comment on column warehouse.session.menu_id is
  'Id of the last queue, after transfers. Another id space than menu_path_id in the duration tables: never join the '
  'two. Source: selected_menu.id. Personal data: no.';
comment on column warehouse.session.menu_name is
  'Name of the last queue when the revision was written. Names change: group by menu_id. Source: selected_menu.name. '
  'Personal data: no.';
comment on column warehouse.session.menu_type is
  'Kind of menu: ivr_menu, mobile_menu, web_menu and so on. Source: selected_menu.menu_type. Personal data: no.';
comment on column warehouse.session.menu_path is
  'Names from the root of the menu down to the last queue, with slashes between them. Source: menu_path.name or '
  'menu_path. Personal data: no.';
comment on column warehouse.session.menu_path_ids is
  'Menu ids from the root of the menu down to the last queue, in the id space of menu_id. Source: '
  'menu_path.materialized_path. Personal data: no.';
comment on column warehouse.session.queue_priority is
  'Priority in the queue. Documented as 1 to 8, but 0 occurs; null when not sent. Source: queue_priority_level or '
  'in_queue_priority. Personal data: no.';
comment on column warehouse.session.agent_id is
  'Agent whom the document names; null when it names a virtual agent or no agent. Not who handled the session: use '
  'handle_duration for that. Source: computed: agent_info.id where agent_info is a person. Personal data: yes.';
comment on column warehouse.session.agent_name is
  'Name of the agent whom the document names. Source: computed: agent_info.name where agent_info is a person. '
  'Personal data: yes.';
comment on column warehouse.session.agent_email is
  'E-mail address of the agent whom the document names. Source: computed: agent_info.email where agent_info is a '
  'person. Personal data: yes.';
comment on column warehouse.session.agent_number is
  'Number or extension of the agent whom the document names. Source: computed: agent_info.agent_number where agent_info '
  'is a person. Personal data: yes.';
comment on column warehouse.session.virtual_agent_id is
  'Virtual agent that the document names; virtual_agent_handle_duration has all that took part. Source: computed: '
  'agent_info.id where agent_info is a virtual agent, else virtual_agent.id. Personal data: no.';
comment on column warehouse.session.virtual_agent_name is
  'Name of the virtual agent that the document names. Source: computed: agent_info.name where agent_info is a virtual '
  'agent, else virtual_agent.name. Personal data: no.';
comment on column warehouse.session.end_user_id is
  'The tenant''s number for the consumer; the base of repeat-contact figures. Null when anonymous. Source: end_user.id. '
  'Personal data: yes.';
comment on column warehouse.session.end_user_identifier is
  'What names the consumer to the tenant''s own systems: a uuid, an e-mail address and so on. Source: '
  'end_user.identifier. Personal data: yes.';
comment on column warehouse.session.end_user_contact_id is
  'Id of the consumer''s contact in the CRM system. Source: end_user.out_contact_id. Personal data: yes.';
comment on column warehouse.session.verified is
  'True when the consumer passed a SmartAction verification. Source: verified. Personal data: no.';
comment on column warehouse.session.smart_action_text is
  'Text that the consumer entered by SmartAction; a list or an object as its JSON. Source: smart_action_text. '
  'Personal data: yes.';
comment on column warehouse.session.photo_count is
  'Photos and screenshots that the consumer sent by SmartAction. Null when what was sent cannot be counted. Source: '
  'computed: number of elements of photos[]. Personal data: no.';
comment on column warehouse.session.video_count is
  'Videos that the consumer sent by SmartAction. Null when what was sent cannot be counted. Source: computed: number of '
  'elements of videos[]. Personal data: no.';
comment on column warehouse.session.message_count is
  'Messages in a chat; null for calls. Source: message_count. Personal data: no.';
comment on column warehouse.session.average_response_seconds is
  'Mean time that agents took to respond in a chat. Unit: seconds. Source: average_response_time. Personal data: no.';
comment on column warehouse.session.longest_response_seconds is
  'Longest time that an agent took to respond in a chat. Unit: seconds. Source: longest_response_time. '
  'Personal data: no.';
comment on column warehouse.session.provider_type is
  'Who carries the chat, such as twilio_conversations. Source: provider_type. Personal data: no.';
comment on column warehouse.session.provider_channel_id is
  'Id of the conversation at the chat provider. Source: provider_channel_id. Personal data: no.';
comment on column warehouse.session.participant_count is
  'Participant records; who leaves and rejoins counts again. Null when an element of the list is no row. Source: '
  'computed: number of rows in call_participant. Personal data: no.';
comment on column warehouse.session.agent_count is
  'Different agents who took part. Null when an element of the list is no row, or does not say its type. Source: '
  'computed: distinct participants[].user_id among those of type agent. Personal data: no.';
comment on column warehouse.session.transfer_count is
  'Transfers, whatever became of them. Null when an element of the list is no row. Source: computed: number of rows in '
  'transfer. Personal data: no.';
comment on column warehouse.session.custom_data is
  'Custom data from the tenant''s app that is not secured: key to label and value. Source: custom_data_not_secured. '
  'Personal data: yes.';
comment on column warehouse.session.custom_data_secured is
  'Custom data from the tenant''s app that was sent secured: key to label and value. Source: custom_data_secured. '
  'Personal data: yes.';
comment on column warehouse.session.sip_headers is
  'SIP headers of the call: header to value. Source: sip_headers. Personal data: yes.';
comment on column warehouse.session.automation_redirection is
  'The automatic redirection that applied: by percentage or after hours, groups and destinations. Source: '
  'automation_redirection. Personal data: no.';
comment on column warehouse.session.extra is
  'Keys of the document that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the document. Personal data: yes.';
comment on column warehouse.session.bucket is
  'Bucket of the object that the stored revision was last read from. Source: pipeline. Personal data: no.';
comment on column warehouse.session.object_key is
  'Key of the object that the stored revision was last read from; holds whatever the tenant puts into file names. '
  'Source: pipeline. Personal data: no.';
comment on column warehouse.session.loaded_at is 'When the row was written. Source: pipeline. Personal data: no.';

create table warehouse.call_participant (
  source               text        not null,
  channel              text        not null,
  session_id           bigint      not null,
  session_created_at   timestamptz not null,
  participant_id       bigint      not null,
  type                 text,
  entry_type           text,
  status               text,
  fail_reason          text,
  user_id              bigint,
  end_user_id          bigint,
  virtual_agent_id     bigint,
  connected_at         timestamptz,
  ended_at             timestamptz,
  duration_seconds     integer,
  hold_seconds         integer,
  phone_number         text,
  email                text,
  first_name           text,
  middle_name          text,
  last_name            text,
  caller_id            text,
  teams                jsonb,
  location_id          bigint,
  location             jsonb,
  agent_assist         jsonb,
  virtual_agent        jsonb,
  virtual_agent_params jsonb,
  sip_headers          jsonb,
  adapter_fail_code    integer,
  adapter_fail_message text,
  extra                jsonb,
  primary key (session_id, session_created_at, source, channel, participant_id)
) partition by range (session_created_at);

create index call_participant_by_time on warehouse.call_participant using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.call_participant_default partition of warehouse.call_participant default;

comment on table warehouse.call_participant is
  'One row per participant record of a call or chat, from participants[]; who leaves and rejoins has two. The records '
  'change state and are not meant for metrics: use the duration tables for those.';
comment on column warehouse.call_participant.participant_id is
  'Id of the participant record; a rejoin has another. Source: participants[].id. Personal data: no.';
comment on column warehouse.call_participant.type is
  'Who it is: end_user, agent, virtual_agent, task_virtual_agent and so on. Source: participants[].type. '
  'Personal data: no.';
comment on column warehouse.call_participant.entry_type is
  'How the participant came in, such as queue_or_transfer. Source: participants[].entry_type. Personal data: no.';
comment on column warehouse.call_participant.status is
  'State of the record when the revision was written: waiting, connected, finished and so on. Source: '
  'participants[].status. Personal data: no.';
comment on column warehouse.call_participant.fail_reason is
  'Why the participant''s leg failed; nothing when it did not. Source: participants[].fail_reason. Personal data: no.';
comment on column warehouse.call_participant.user_id is
  'Agent; null for everyone else. Source: participants[].user_id. Personal data: yes.';
comment on column warehouse.call_participant.end_user_id is
  'Consumer; null for everyone else and for anonymous consumers. Source: participants[].end_user_id. '
  'Personal data: yes.';
comment on column warehouse.call_participant.virtual_agent_id is
  'Virtual agent; null for everyone else. Source: participants[].virtual_agent_id. Personal data: no.';
comment on column warehouse.call_participant.connected_at is
  'When the participant joined. Source: participants[].connected_at. Personal data: no.';
comment on column warehouse.call_participant.ended_at is
  'When the participant left. A consumer''s may come after session.ended_at, because of a survey. Source: '
  'participants[].ended_at or participants[].ends_at or participants[].finished_at. Personal data: no.';
comment on column warehouse.call_participant.duration_seconds is
  'From joining to leaving; hold is included. Unit: seconds. Source: participants[].call_duration or '
  'participants[].chat_duration. Personal data: no.';
comment on column warehouse.call_participant.hold_seconds is
  'Hold as this record counts it; not the same as in handle_duration or session. Unit: seconds. Source: '
  'participants[].hold_duration. Personal data: no.';
comment on column warehouse.call_participant.phone_number is
  'Phone number of the consumer; null for everyone else. Source: participants[].phone_number. Personal data: yes.';
comment on column warehouse.call_participant.email is
  'E-mail address of the agent; null for everyone else. Source: participants[].email. Personal data: yes.';
comment on column warehouse.call_participant.first_name is
  'First name of the agent; null for everyone else. Source: participants[].first_name. Personal data: yes.';
comment on column warehouse.call_participant.middle_name is
  'Middle name of the agent; null for everyone else. Source: participants[].middle_name. Personal data: yes.';
comment on column warehouse.call_participant.last_name is
  'Last name of the agent; null for everyone else. Source: participants[].last_name. Personal data: yes.';
comment on column warehouse.call_participant.caller_id is
  'Caller id; null in every document seen so far, and a list or an object as its JSON. Source: '
  'participants[].caller_id. Personal data: yes.';
comment on column warehouse.call_participant.teams is
  'Teams of the agent; the shape is not documented. Source: participants[].teams. Personal data: yes.';
comment on column warehouse.call_participant.location_id is
  'Id of the agent''s location settings. Source: participants[].location_id. Personal data: no.';
comment on column warehouse.call_participant.location is
  'Location settings of the agent: language, telephony regions, when they changed. Source: participants[].location. '
  'Personal data: yes.';
comment on column warehouse.call_participant.agent_assist is
  'Agent Assist: its conversation and, in chats, its profile and settings. Source: participants[].agent_assist. '
  'Personal data: yes.';
comment on column warehouse.call_participant.virtual_agent is
  'Conversation of the virtual agent at Dialogflow (conversation_id). Source: participants[].virtual_agent. '
  'Personal data: yes.';
comment on column warehouse.call_participant.virtual_agent_params is
  'Parameters exchanged with the virtual agent. The tenant chooses the keys: may hold phone numbers and secrets. '
  'Source: participants[].virtual_agent_params. Personal data: yes.';
comment on column warehouse.call_participant.sip_headers is
  'SIP headers of the participant''s leg: header to value. Source: participants[].sip_headers. Personal data: yes.';
comment on column warehouse.call_participant.adapter_fail_code is
  'Error number of the agent adapter. Source: participants[].adapter_fail_code. Personal data: no.';
comment on column warehouse.call_participant.adapter_fail_message is
  'Error text of the agent adapter; may quote numbers or names. Source: participants[].adapter_fail_message. '
  'Personal data: yes.';
comment on column warehouse.call_participant.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.transfer (
  source                  text        not null,
  channel                 text        not null,
  session_id              bigint      not null,
  session_created_at      timestamptz not null,
  transfer_id             bigint      not null,
  status                  text,
  fail_reason             text,
  deflection              text,
  created_at              timestamptz,
  assigned_at             timestamptz,
  connected_at            timestamptz,
  updated_at              timestamptz,
  duration_seconds        integer,
  wait_seconds            integer,
  answer_type_path        text,
  is_cold                 boolean,
  from_menu_path_id       bigint,
  from_menu_path          text,
  from_menu_path_ids      bigint[],
  to_menu_path_id         bigint,
  to_menu_path            text,
  to_menu_path_ids        bigint[],
  from_agent_id           bigint,
  from_agent_name         text,
  from_agent_email        text,
  to_agent_id             bigint,
  to_agent_name           text,
  to_agent_email          text,
  from_virtual_agent_id   bigint,
  from_virtual_agent_name text,
  to_virtual_agent_id     bigint,
  to_virtual_agent_name   text,
  from_queue_priority     integer,
  to_queue_priority       integer,
  extra                   jsonb,
  primary key (session_id, session_created_at, source, channel, transfer_id)
) partition by range (session_created_at);

create index transfer_by_time on warehouse.transfer using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.transfer_default partition of warehouse.transfer default;

comment on table warehouse.transfer is 'One row per transfer, from transfers[], whatever became of it.';
comment on column warehouse.transfer.transfer_id is
  'Id of the transfer; transfer_id in other tables points here. Source: transfers[].id. Personal data: no.';
comment on column warehouse.transfer.status is
  'transferred when it succeeded, transferring while under way; any other word is how it ended. Source: '
  'transfers[].status. Personal data: no.';
comment on column warehouse.transfer.fail_reason is
  'Why the transfer failed; nothing when it did not. Source: transfers[].fail_reason. Personal data: no.';
comment on column warehouse.transfer.deflection is
  'What answered the transfer in place of an agent; no_deflection when nothing did. Source: transfers[].deflection. '
  'Personal data: no.';
comment on column warehouse.transfer.created_at is
  'When the transfer was asked for. Source: transfers[].created_at. Personal data: no.';
comment on column warehouse.transfer.assigned_at is
  'When the next handler was assigned. Source: transfers[].assigned_at. Personal data: no.';
comment on column warehouse.transfer.connected_at is
  'When the next handler connected. Source: transfers[].connected_at. Personal data: no.';
comment on column warehouse.transfer.updated_at is
  'Last change of the record at the vendor. Source: transfers[].updated_at. Personal data: no.';
comment on column warehouse.transfer.duration_seconds is
  'Length of the leg after the transfer as the vendor counts it; handle_duration may say otherwise. Unit: seconds. '
  'Source: transfers[].call_duration or transfers[].chat_duration. Personal data: no.';
comment on column warehouse.transfer.wait_seconds is
  'Wait of the consumer within the transfer. Unit: seconds. Source: transfers[].wait_duration or '
  'transfers[].queue_duration. Personal data: no.';
comment on column warehouse.transfer.answer_type_path is
  'How it was answered before and after the transfer, such as manual_to_manual. Source: transfers[].answer_type_path. '
  'Personal data: no.';
comment on column warehouse.transfer.is_cold is
  'True when the receiver got no notice, false when the transfer was announced; null when no row tells. Source: '
  'computed: transfer_cold of the elements of handle_durations[] and queue_durations[] that name the transfer; true if '
  'any is. Personal data: no.';
comment on column warehouse.transfer.from_menu_path_id is
  'Id of the menu path that the session came from; seldom sent. Source: transfers[].from_menu_path_id or '
  'transfers[].from_menu_path.id or transfers[].from_menu.id. Personal data: no.';
comment on column warehouse.transfer.from_menu_path is
  'Names from the root of the menu down to the queue it came from. Source: transfers[].from_menu_path.name or '
  'transfers[].from_menu.name or transfers[].from_menu_path or transfers[].from_menu. Personal data: no.';
comment on column warehouse.transfer.from_menu_path_ids is
  'Menu ids down to the queue it came from, in the id space of session.menu_id. Source: '
  'transfers[].from_menu_path.materialized_path or transfers[].from_menu.materialized_path. Personal data: no.';
comment on column warehouse.transfer.to_menu_path_id is
  'Id of the menu path that the session went to; seldom sent. Source: transfers[].to_menu_path_id or '
  'transfers[].to_menu_path.id or transfers[].to_menu.id. Personal data: no.';
comment on column warehouse.transfer.to_menu_path is
  'Names from the root of the menu down to the queue it went to; null when it went straight to an agent. Source: '
  'transfers[].to_menu_path.name or transfers[].to_menu.name or transfers[].to_menu_path or transfers[].to_menu. '
  'Personal data: no.';
comment on column warehouse.transfer.to_menu_path_ids is
  'Menu ids down to the queue it went to, in the id space of session.menu_id; null when it went straight to an agent. '
  'Source: transfers[].to_menu_path.materialized_path or transfers[].to_menu.materialized_path. Personal data: no.';
comment on column warehouse.transfer.from_agent_id is
  'Agent who handed over. Source: transfers[].from_agent.id. Personal data: yes.';
comment on column warehouse.transfer.from_agent_name is
  'Name of the agent who handed over. Source: transfers[].from_agent.name. Personal data: yes.';
comment on column warehouse.transfer.from_agent_email is
  'E-mail address of the agent who handed over. Source: transfers[].from_agent.email. Personal data: yes.';
comment on column warehouse.transfer.to_agent_id is
  'Agent who took over; null when no agent did, or a virtual agent. Source: transfers[].to_agent.id. Personal data: yes.';
comment on column warehouse.transfer.to_agent_name is
  'Name of the agent who took over. Source: transfers[].to_agent.name. Personal data: yes.';
comment on column warehouse.transfer.to_agent_email is
  'E-mail address of the agent who took over. Source: transfers[].to_agent.email. Personal data: yes.';
comment on column warehouse.transfer.from_virtual_agent_id is
  'Virtual agent that handed over. Source: transfers[].from_virtual_agent.id. Personal data: no.';
comment on column warehouse.transfer.from_virtual_agent_name is
  'Name of the virtual agent that handed over. Source: transfers[].from_virtual_agent.name. Personal data: no.';
comment on column warehouse.transfer.to_virtual_agent_id is
  'Virtual agent that took over. Source: transfers[].to_virtual_agent.id. Personal data: no.';
comment on column warehouse.transfer.to_virtual_agent_name is
  'Name of the virtual agent that took over. Source: transfers[].to_virtual_agent.name. Personal data: no.';
comment on column warehouse.transfer.from_queue_priority is
  'Priority in the queue before the transfer; may be 0. Source: transfers[].from_queue_priority_level. '
  'Personal data: no.';
comment on column warehouse.transfer.to_queue_priority is
  'Priority in the queue after the transfer; may be 0. Source: transfers[].to_queue_priority_level. Personal data: no.';
comment on column warehouse.transfer.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.handle_duration (
  source                      text        not null,
  channel                     text        not null,
  session_id                  bigint      not null,
  session_created_at          timestamptz not null,
  handle_duration_id          bigint      not null,
  agent_id                    bigint,
  started_at                  timestamptz,
  ended_at                    timestamptz,
  scheduled_at                timestamptz,
  duration_seconds            integer,
  hold_seconds                integer,
  acw_seconds                 integer,
  bcw_seconds                 integer,
  assigned_connection_seconds integer,
  menu_path_id                bigint,
  menu_path                   text,
  lang                        text,
  is_barged                   boolean,
  is_transfer                 boolean,
  transfer_id                 bigint,
  is_transfer_cold            boolean,
  response_count              integer,
  response_seconds_total      numeric,
  response_seconds_max        numeric,
  response_seconds_avg        numeric,
  extra                       jsonb,
  primary key (session_id, session_created_at, source, channel, handle_duration_id)
) partition by range (session_created_at);

create index handle_duration_by_time on warehouse.handle_duration using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.handle_duration_default partition of warehouse.handle_duration default;

comment on table warehouse.handle_duration is
  'One row per agent handle or wrap-up, from handle_durations[]. One handle is mostly two rows, talk and wrap-up: count '
  'handles by agent_id and transfer_id, not by rows.';
comment on column warehouse.handle_duration.handle_duration_id is
  'Id of the row. Source: handle_durations[].id. Personal data: no.';
comment on column warehouse.handle_duration.agent_id is
  'Agent who handled. Source: handle_durations[].agent_id. Personal data: yes.';
comment on column warehouse.handle_duration.started_at is
  'When the talk began, or the wrap-up in a wrap-up row. Source: handle_durations[].started_at. Personal data: no.';
comment on column warehouse.handle_duration.ended_at is
  'When the talk ended, or the wrap-up in a wrap-up row. Source: handle_durations[].ended_at or '
  'handle_durations[].ends_at or handle_durations[].finished_at. Personal data: no.';
comment on column warehouse.handle_duration.scheduled_at is
  'Time that a scheduled call was planned for. Source: handle_durations[].scheduled_at. Personal data: no.';
comment on column warehouse.handle_duration.duration_seconds is
  'From started_at to ended_at of the talk; hold is included, wrap-up is not. 0 in a wrap-up row. Unit: seconds. '
  'Source: handle_durations[].call_duration or handle_durations[].chat_duration. Personal data: no.';
comment on column warehouse.handle_duration.hold_seconds is
  'Hold within duration_seconds; null in wrap-up rows and chats. Unit: seconds. Source: '
  'handle_durations[].hold_duration. Personal data: no.';
comment on column warehouse.handle_duration.acw_seconds is
  'Wrap-up (after-call work); 0 in a talk row. Unit: seconds. Source: handle_durations[].acw_duration. '
  'Personal data: no.';
comment on column warehouse.handle_duration.bcw_seconds is
  'Campaign work before the call (before-call work): research, or waiting for the consumer. Null in chats. Unit: '
  'seconds. Source: handle_durations[].bcw_duration. Personal data: no.';
comment on column warehouse.handle_duration.assigned_connection_seconds is
  'From assignment to accepting. No queue time, and no part of session.handle_seconds; part of '
  'session.handle_from_assignment_seconds. Unit: seconds. Source: handle_durations[].assigned_connection_duration. '
  'Personal data: no.';
comment on column warehouse.handle_duration.menu_path_id is
  'Id of the queue, in the id space that the duration tables share. Not session.menu_id: never join the two. Source: '
  'handle_durations[].menu_path_id. Personal data: no.';
comment on column warehouse.handle_duration.menu_path is
  'Names from the root of the menu down to the queue. Source: handle_durations[].menu_path or '
  'handle_durations[].menu_path.name. Personal data: no.';
comment on column warehouse.handle_duration.lang is
  'Language of the handle, as sent. Source: handle_durations[].lang. Personal data: no.';
comment on column warehouse.handle_duration.is_barged is
  'True when another agent barged into the running call; null in chats. Source: handle_durations[].barged. '
  'Personal data: no.';
comment on column warehouse.handle_duration.is_transfer is
  'True when the agent got the session by a transfer. Source: handle_durations[].transfer. Personal data: no.';
comment on column warehouse.handle_duration.transfer_id is
  'The transfer that brought it; null on the first leg. Source: handle_durations[].transfer_id. Personal data: no.';
comment on column warehouse.handle_duration.is_transfer_cold is
  'True when that transfer came without notice; null in wrap-up rows and where it was no transfer. Source: '
  'handle_durations[].transfer_cold. Personal data: no.';
comment on column warehouse.handle_duration.response_count is
  'The agent''s responses in a chat; null in calls. Source: handle_durations[].response_count. Personal data: no.';
comment on column warehouse.handle_duration.response_seconds_total is
  'Time to respond in a chat, all responses together. Unit: seconds. Source: handle_durations[].response_time_total. '
  'Personal data: no.';
comment on column warehouse.handle_duration.response_seconds_max is
  'Longest time to respond in a chat. Unit: seconds. Source: handle_durations[].response_time_max. Personal data: no.';
comment on column warehouse.handle_duration.response_seconds_avg is
  'Mean time to respond in a chat. Unit: seconds. Source: handle_durations[].response_time_avg. Personal data: no.';
comment on column warehouse.handle_duration.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.queue_duration (
  source                        text        not null,
  channel                       text        not null,
  session_id                    bigint      not null,
  session_created_at            timestamptz not null,
  queue_duration_id             bigint      not null,
  agent_id                      bigint,
  started_at                    timestamptz,
  ended_at                      timestamptz,
  duration_seconds              integer,
  menu_path_id                  bigint,
  menu_path                     text,
  lang                          text,
  is_transfer                   boolean,
  transfer_id                   bigint,
  is_transfer_cold              boolean,
  service_level_event           text,
  service_level_target_seconds  integer,
  service_level_target_percent  numeric,
  service_level_abandon_seconds integer,
  extra                         jsonb,
  primary key (session_id, session_created_at, source, channel, queue_duration_id)
) partition by range (session_created_at);

create index queue_duration_by_time on warehouse.queue_duration using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.queue_duration_default partition of warehouse.queue_duration default;

comment on table warehouse.queue_duration is
  'One row per stay in a queue, first entries and transfers, from queue_durations[]. Rows without a menu_path_id passed '
  'between agents: leave them out of queue figures.';
comment on column warehouse.queue_duration.queue_duration_id is
  'Id of the row. Source: queue_durations[].id. Personal data: no.';
comment on column warehouse.queue_duration.agent_id is
  'Agent who took it from the queue; null when no agent did. Source: queue_durations[].agent_id. Personal data: yes.';
comment on column warehouse.queue_duration.started_at is
  'When it entered the queue. Source: queue_durations[].started_at. Personal data: no.';
comment on column warehouse.queue_duration.ended_at is
  'When it left the queue, answered or not. After a virtual agent it is when the agent connected, not when one was '
  'assigned. Source: queue_durations[].ended_at or queue_durations[].ends_at or queue_durations[].finished_at. '
  'Personal data: no.';
comment on column warehouse.queue_duration.duration_seconds is
  'Time in the queue, until answered or abandoned. Unit: seconds. Source: queue_durations[].queue_duration or '
  'queue_durations[].wait_duration. Personal data: no.';
comment on column warehouse.queue_duration.menu_path_id is
  'Id of the queue, in the id space that the duration tables share; null between agents. Not session.menu_id: never '
  'join the two. Source: queue_durations[].menu_path_id. Personal data: no.';
comment on column warehouse.queue_duration.menu_path is
  'Names from the root of the menu down to the queue; null between agents. Source: queue_durations[].menu_path or '
  'queue_durations[].menu_path.name. Personal data: no.';
comment on column warehouse.queue_duration.lang is
  'Language of the queue. Source: queue_durations[].lang. Personal data: no.';
comment on column warehouse.queue_duration.is_transfer is
  'True when it came into the queue by a transfer; false for the first entry. Source: queue_durations[].transfer. '
  'Personal data: no.';
comment on column warehouse.queue_duration.transfer_id is
  'The transfer that brought it; null for the first entry. Source: queue_durations[].transfer_id. Personal data: no.';
comment on column warehouse.queue_duration.is_transfer_cold is
  'True when that transfer came without notice; null where it was no transfer. Source: queue_durations[].transfer_cold. '
  'Personal data: no.';
comment on column warehouse.queue_duration.service_level_event is
  'The vendor''s verdict: in_sla or not_in_sla. Anything else, null too, stays out of the service level. Source: '
  'queue_durations[].service_level_event. Personal data: no.';
comment on column warehouse.queue_duration.service_level_target_seconds is
  'Time in the queue below which the entry meets its target. Unit: seconds. Source: '
  'queue_durations[].service_level_target_time. Personal data: no.';
comment on column warehouse.queue_duration.service_level_target_percent is
  'Share of entries that should meet the target. Unit: percent. Source: queue_durations[].service_level_target_percent. '
  'Personal data: no.';
comment on column warehouse.queue_duration.service_level_abandon_seconds is
  'Time in the queue below which an abandon counts as short. Unit: seconds. Source: '
  'queue_durations[].service_level_abandon_time_threshold. Personal data: no.';
comment on column warehouse.queue_duration.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.virtual_agent_handle_duration (
  source                           text        not null,
  channel                          text        not null,
  session_id                       bigint      not null,
  session_created_at               timestamptz not null,
  virtual_agent_handle_duration_id bigint      not null,
  virtual_agent_id                 bigint,
  virtual_agent_name               text,
  virtual_agent_alias              text,
  started_at                       timestamptz,
  ended_at                         timestamptz,
  duration_seconds                 integer,
  initiated_by                     text,
  finish_reason                    text,
  escalation_reason                text,
  sentiment                        numeric,
  response_count                   integer,
  fallback_response_count          integer,
  response_seconds_total           numeric,
  response_seconds_max             numeric,
  response_seconds_avg             numeric,
  menu_path_id                     bigint,
  menu_path                        text,
  lang                             text,
  is_transfer                      boolean,
  transfer_id                      bigint,
  extra                            jsonb,
  primary key (session_id, session_created_at, source, channel, virtual_agent_handle_duration_id)
) partition by range (session_created_at);

create index virtual_agent_handle_duration_by_time on warehouse.virtual_agent_handle_duration using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.virtual_agent_handle_duration_default partition of warehouse.virtual_agent_handle_duration default;

comment on table warehouse.virtual_agent_handle_duration is
  'One row per handling by a virtual agent, from virtual_agent_handle_durations[].';
comment on column warehouse.virtual_agent_handle_duration.virtual_agent_handle_duration_id is
  'Id of the row. Source: virtual_agent_handle_durations[].id. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.virtual_agent_id is
  'Virtual agent that handled. Source: virtual_agent_handle_durations[].virtual_agent.id or '
  'virtual_agent_handle_durations[].virtual_agent_id. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.virtual_agent_name is
  'Name of the virtual agent. Source: virtual_agent_handle_durations[].virtual_agent.name. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.virtual_agent_alias is
  'Alias of the virtual agent; often not sent. Source: virtual_agent_handle_durations[].virtual_agent.va_alias. '
  'Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.started_at is
  'When the virtual agent connected. Source: virtual_agent_handle_durations[].started_at. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.ended_at is
  'When the virtual agent was done. Source: virtual_agent_handle_durations[].ended_at or '
  'virtual_agent_handle_durations[].ends_at or virtual_agent_handle_durations[].finished_at. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.duration_seconds is
  'Time with the virtual agent. A session that it alone handled has 0 in session.duration_seconds. Unit: seconds. '
  'Source: virtual_agent_handle_durations[].call_duration or virtual_agent_handle_durations[].chat_duration. '
  'Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.initiated_by is
  'Who brought the virtual agent in: end_user or agent. Source: virtual_agent_handle_durations[].initiated_by. '
  'Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.finish_reason is
  'How it ended: resolved, escalated, consumer_ended, failed, unexpectedly_ended, undefined and so on. Source: '
  'virtual_agent_handle_durations[].finish_reason. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.escalation_reason is
  'Why it handed over to people, such as by_end_user_ask; null when it did not. Source: '
  'virtual_agent_handle_durations[].escalation_reason. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.sentiment is
  'Mood of the conversation as the vendor scores it; the scale is not documented. Source: '
  'virtual_agent_handle_durations[].sentiment. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.response_count is
  'Responses of the virtual agent. Source: virtual_agent_handle_durations[].response_count. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.fallback_response_count is
  'Fallback responses: the virtual agent did not understand. Source: '
  'virtual_agent_handle_durations[].fallback_response_count. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.response_seconds_total is
  'Time to respond in a chat, all responses together. Unit: seconds. Source: '
  'virtual_agent_handle_durations[].response_time_total. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.response_seconds_max is
  'Longest time to respond in a chat. Unit: seconds. Source: virtual_agent_handle_durations[].response_time_max. '
  'Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.response_seconds_avg is
  'Mean time to respond in a chat. Unit: seconds. Source: virtual_agent_handle_durations[].response_time_avg. '
  'Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.menu_path_id is
  'Id of the queue, in the id space that the duration tables share. Not session.menu_id: never join the two. Source: '
  'virtual_agent_handle_durations[].menu_path_id. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.menu_path is
  'Names from the root of the menu down to the queue. Source: virtual_agent_handle_durations[].menu_path or '
  'virtual_agent_handle_durations[].menu_path.name. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.lang is
  'Language of the conversation, as sent. Source: virtual_agent_handle_durations[].lang. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.is_transfer is
  'True when the virtual agent got the session by a transfer. Source: virtual_agent_handle_durations[].transfer. '
  'Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.transfer_id is
  'The transfer that brought it; null on the first leg. Source: virtual_agent_handle_durations[].transfer_id. '
  'Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.consumer_handle_duration (
  source                      text        not null,
  channel                     text        not null,
  session_id                  bigint      not null,
  session_created_at          timestamptz not null,
  consumer_handle_duration_id bigint      not null,
  started_at                  timestamptz,
  ended_at                    timestamptz,
  duration_seconds            integer,
  hold_seconds                integer,
  message_count               integer,
  response_count              integer,
  response_seconds_total      numeric,
  response_seconds_max        numeric,
  response_seconds_avg        numeric,
  extra                       jsonb,
  primary key (session_id, session_created_at, source, channel, consumer_handle_duration_id)
) partition by range (session_created_at);

create index consumer_handle_duration_by_time on warehouse.consumer_handle_duration using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.consumer_handle_duration_default partition of warehouse.consumer_handle_duration default;

comment on table warehouse.consumer_handle_duration is
  'One row per stretch that the consumer was in the session, from consumer_handle_durations[].';
comment on column warehouse.consumer_handle_duration.consumer_handle_duration_id is
  'Id of the row. Source: consumer_handle_durations[].id. Personal data: no.';
comment on column warehouse.consumer_handle_duration.started_at is
  'When the consumer came in. Source: consumer_handle_durations[].started_at. Personal data: no.';
comment on column warehouse.consumer_handle_duration.ended_at is
  'When the consumer left; may come after session.ended_at, because of a survey. Source: '
  'consumer_handle_durations[].ended_at or consumer_handle_durations[].ends_at or '
  'consumer_handle_durations[].finished_at. Personal data: no.';
comment on column warehouse.consumer_handle_duration.duration_seconds is
  'The consumer''s whole time: menu, queue, talk, hold and survey are included. Unit: seconds. Source: '
  'consumer_handle_durations[].call_duration or consumer_handle_durations[].chat_duration. Personal data: no.';
comment on column warehouse.consumer_handle_duration.hold_seconds is
  'Hold as the consumer''s side counts it; not the same as in handle_duration or session. Unit: seconds. Source: '
  'consumer_handle_durations[].hold_duration. Personal data: no.';
comment on column warehouse.consumer_handle_duration.message_count is
  'The consumer''s messages in a chat; null in calls. Source: consumer_handle_durations[].message_count. '
  'Personal data: no.';
comment on column warehouse.consumer_handle_duration.response_count is
  'The consumer''s responses in a chat; null in calls. Source: consumer_handle_durations[].response_count. '
  'Personal data: no.';
comment on column warehouse.consumer_handle_duration.response_seconds_total is
  'Time the consumer took to respond in a chat, all responses together. Unit: seconds. Source: '
  'consumer_handle_durations[].response_time_total. Personal data: no.';
comment on column warehouse.consumer_handle_duration.response_seconds_max is
  'Longest time the consumer took to respond in a chat. Unit: seconds. Source: '
  'consumer_handle_durations[].response_time_max. Personal data: no.';
comment on column warehouse.consumer_handle_duration.response_seconds_avg is
  'Mean time the consumer took to respond in a chat. Unit: seconds. Source: '
  'consumer_handle_durations[].response_time_avg. Personal data: no.';
comment on column warehouse.consumer_handle_duration.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.consumer_event_duration (
  source                     text        not null,
  channel                    text        not null,
  session_id                 bigint      not null,
  session_created_at         timestamptz not null,
  consumer_event_duration_id bigint      not null,
  type                       text,
  event                      text,
  started_at                 timestamptz,
  ended_at                   timestamptz,
  duration_seconds           integer,
  menu_path_id               bigint,
  menu_path                  text,
  lang                       text,
  extra                      jsonb,
  primary key (session_id, session_created_at, source, channel, consumer_event_duration_id)
) partition by range (session_created_at);

create index consumer_event_duration_by_time on warehouse.consumer_event_duration using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.consumer_event_duration_default partition of warehouse.consumer_event_duration default;

comment on table warehouse.consumer_event_duration is
  'One row per event on the consumer''s side, such as the survey, from consumer_event_durations[]. May come with a '
  'later revision.';
comment on column warehouse.consumer_event_duration.consumer_event_duration_id is
  'Id of the row. Source: consumer_event_durations[].id. Personal data: no.';
comment on column warehouse.consumer_event_duration.type is
  'What it is; csat is the satisfaction survey. Source: consumer_event_durations[].type. Personal data: no.';
comment on column warehouse.consumer_event_duration.event is
  'How it went, such as finished. Source: consumer_event_durations[].event. Personal data: no.';
comment on column warehouse.consumer_event_duration.started_at is
  'When the event began. Source: consumer_event_durations[].started_at. Personal data: no.';
comment on column warehouse.consumer_event_duration.ended_at is
  'When the event ended; may come after session.ended_at. Source: consumer_event_durations[].ended_at or '
  'consumer_event_durations[].ends_at or consumer_event_durations[].finished_at. Personal data: no.';
comment on column warehouse.consumer_event_duration.duration_seconds is
  'Length of the event. Unit: seconds. Source: consumer_event_durations[].duration. Personal data: no.';
comment on column warehouse.consumer_event_duration.menu_path_id is
  'Id of the queue, in the id space that the duration tables share. Not session.menu_id: never join the two. Source: '
  'consumer_event_durations[].menu_path_id. Personal data: no.';
comment on column warehouse.consumer_event_duration.menu_path is
  'Names from the root of the menu down to the queue. Source: consumer_event_durations[].menu_path or '
  'consumer_event_durations[].menu_path.name. Personal data: no.';
comment on column warehouse.consumer_event_duration.lang is
  'Language of the event, as sent. Source: consumer_event_durations[].lang. Personal data: no.';
comment on column warehouse.consumer_event_duration.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.consumer_in_menu_duration (
  source                       text        not null,
  channel                      text        not null,
  session_id                   bigint      not null,
  session_created_at           timestamptz not null,
  consumer_in_menu_duration_id bigint      not null,
  event                        text,
  started_at                   timestamptz,
  ended_at                     timestamptz,
  duration_seconds             integer,
  menu_path_id                 bigint,
  menu_path                    text,
  lang                         text,
  extra                        jsonb,
  primary key (session_id, session_created_at, source, channel, consumer_in_menu_duration_id)
) partition by range (session_created_at);

create index consumer_in_menu_duration_by_time on warehouse.consumer_in_menu_duration using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.consumer_in_menu_duration_default partition of warehouse.consumer_in_menu_duration default;

comment on table warehouse.consumer_in_menu_duration is
  'One row per stay of the consumer in the IVR menu, from consumer_in_menu_durations[]. No part of queue time.';
comment on column warehouse.consumer_in_menu_duration.consumer_in_menu_duration_id is
  'Id of the row. Source: consumer_in_menu_durations[].id. Personal data: no.';
comment on column warehouse.consumer_in_menu_duration.event is
  'How the stay ended, such as finished. Source: consumer_in_menu_durations[].event. Personal data: no.';
comment on column warehouse.consumer_in_menu_duration.started_at is
  'When the consumer entered the menu. Source: consumer_in_menu_durations[].started_at. Personal data: no.';
comment on column warehouse.consumer_in_menu_duration.ended_at is
  'When the consumer left the menu. Source: consumer_in_menu_durations[].ended_at or '
  'consumer_in_menu_durations[].ends_at or consumer_in_menu_durations[].finished_at. Personal data: no.';
comment on column warehouse.consumer_in_menu_duration.duration_seconds is
  'Time in the menu. Unit: seconds. Source: consumer_in_menu_durations[].duration. Personal data: no.';
comment on column warehouse.consumer_in_menu_duration.menu_path_id is
  'Id of the menu path reached, in the id space that the duration tables share; may be null. Source: '
  'consumer_in_menu_durations[].menu_path_id. Personal data: no.';
comment on column warehouse.consumer_in_menu_duration.menu_path is
  'Names of the menu path reached; may be null. Source: consumer_in_menu_durations[].menu_path or '
  'consumer_in_menu_durations[].menu_path.name. Personal data: no.';
comment on column warehouse.consumer_in_menu_duration.lang is
  'Language of the menu, as sent. Source: consumer_in_menu_durations[].lang. Personal data: no.';
comment on column warehouse.consumer_in_menu_duration.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.disposition (
  source             text        not null,
  channel            text        not null,
  session_id         bigint      not null,
  session_created_at timestamptz not null,
  ordinal            integer     not null,
  participant_id     bigint,
  user_id            bigint,
  transfer_id        bigint,
  code               text,
  note               text,
  ujet_code_id       bigint,
  custom_code_id     text,
  list               text,
  list_path          text,
  ujet_list_id       bigint,
  custom_list_id     text,
  extra              jsonb,
  primary key (session_id, session_created_at, source, channel, ordinal)
) partition by range (session_created_at);

create index disposition_by_time on warehouse.disposition using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.disposition_default partition of warehouse.disposition default;

comment on table warehouse.disposition is
  'One row per disposition code or note that an agent applied, from dispositions[]. May come with a later revision.';
comment on column warehouse.disposition.ordinal is
  'Place in the array, from 1; the element has no id of its own. Source: computed: position in dispositions[]. '
  'Personal data: no.';
comment on column warehouse.disposition.participant_id is
  'Participant record of the agent; joins call_participant. Source: dispositions[].participant_id. Personal data: no.';
comment on column warehouse.disposition.user_id is
  'Agent who applied it. Source: dispositions[].user_id. Personal data: yes.';
comment on column warehouse.disposition.transfer_id is
  'The transfer whose leg it belongs to; null on the first leg. Source: dispositions[].transfer_id. Personal data: no.';
comment on column warehouse.disposition.code is
  'Text of the code, in the tenant''s words. Source: dispositions[].code. Personal data: no.';
comment on column warehouse.disposition.note is
  'The agent''s note, free text. Source: dispositions[].note. Personal data: yes.';
comment on column warehouse.disposition.ujet_code_id is
  'The platform''s id of the code. Source: dispositions[].ujet_code_id. Personal data: no.';
comment on column warehouse.disposition.custom_code_id is
  'The tenant''s own id of the code; null when it has none. Source: dispositions[].custom_code_id. Personal data: no.';
comment on column warehouse.disposition.list is
  'Name of the list that the code is from. Source: dispositions[].list. Personal data: no.';
comment on column warehouse.disposition.list_path is
  'Names of the lists around it, from the outermost to its own. Source: dispositions[].list_path. Personal data: no.';
comment on column warehouse.disposition.ujet_list_id is
  'The platform''s id of the list. Source: dispositions[].ujet_list_id. Personal data: no.';
comment on column warehouse.disposition.custom_list_id is
  'The tenant''s own id of the list; null when it has none. Source: dispositions[].custom_list_id. Personal data: no.';
comment on column warehouse.disposition.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.recording (
  source             text        not null,
  channel            text        not null,
  session_id         bigint      not null,
  session_created_at timestamptz not null,
  recording_id       bigint      not null,
  recording_type     text,
  conference_sid     text,
  started_at         timestamptz,
  ended_at           timestamptz,
  duration_seconds   numeric,
  extra              jsonb,
  primary key (session_id, session_created_at, source, channel, recording_id)
) partition by range (session_created_at);

create index recording_by_time on warehouse.recording using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.recording_default partition of warehouse.recording default;

comment on table warehouse.recording is 'One row per recording, from recordings[].';
comment on column warehouse.recording.recording_id is 'Id of the recording. Source: recordings[].id. Personal data: no.';
comment on column warehouse.recording.recording_type is
  'Kind of recording, such as default. Source: recordings[].recording_type. Personal data: no.';
comment on column warehouse.recording.conference_sid is
  'The telephony provider''s id of the conference that was recorded. Source: recordings[].conference_sid. '
  'Personal data: no.';
comment on column warehouse.recording.started_at is
  'When the recording began. Source: recordings[].started_at. Personal data: no.';
comment on column warehouse.recording.ended_at is
  'When the recording ended; often not sent. Source: recordings[].ended_at or recordings[].ends_at or '
  'recordings[].finished_at. Personal data: no.';
comment on column warehouse.recording.duration_seconds is
  'Length of the recording. Unit: seconds. Source: recordings[].duration. Personal data: no.';
comment on column warehouse.recording.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.escalation (
  source                  text        not null,
  channel                 text        not null,
  session_id              bigint      not null,
  session_created_at      timestamptz not null,
  escalation_id           bigint      not null,
  status                  text,
  reason                  text,
  deflection              text,
  created_at              timestamptz,
  escalated_at            timestamptz,
  from_virtual_agent_id   bigint,
  from_virtual_agent_name text,
  to_agent_id             bigint,
  to_agent_name           text,
  to_agent_email          text,
  from_menu_path          text,
  from_menu_path_ids      bigint[],
  to_menu_path            text,
  to_menu_path_ids        bigint[],
  extra                   jsonb,
  primary key (session_id, session_created_at, source, channel, escalation_id)
) partition by range (session_created_at);

create index escalation_by_time on warehouse.escalation using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.escalation_default partition of warehouse.escalation default;

comment on table warehouse.escalation is 'One row per escalation from a virtual agent to people, from escalations[].';
comment on column warehouse.escalation.escalation_id is
  'Id of the escalation. Source: escalations[].id. Personal data: no.';
comment on column warehouse.escalation.status is
  'escalating, escalated, canceled, deflecting or deflected. Source: escalations[].status. Personal data: no.';
comment on column warehouse.escalation.reason is
  'Why: by_end_user_ask, by_virtual_agent, invalid_queue and so on. Source: escalations[].reason. Personal data: no.';
comment on column warehouse.escalation.deflection is
  'What answered the escalation in place of an agent; seldom sent. Source: escalations[].deflection. Personal data: no.';
comment on column warehouse.escalation.created_at is
  'When the escalation was asked for. Source: escalations[].created_at. Personal data: no.';
comment on column warehouse.escalation.escalated_at is
  'When it had reached people. Source: escalations[].escalated_at. Personal data: no.';
comment on column warehouse.escalation.from_virtual_agent_id is
  'Virtual agent that escalated. Source: escalations[].from_virtual_agent.id. Personal data: no.';
comment on column warehouse.escalation.from_virtual_agent_name is
  'Name of the virtual agent that escalated. Source: escalations[].from_virtual_agent.name. Personal data: no.';
comment on column warehouse.escalation.to_agent_id is
  'Agent who took over; null when no agent did. Source: escalations[].to_agent.id. Personal data: yes.';
comment on column warehouse.escalation.to_agent_name is
  'Name of the agent who took over. Source: escalations[].to_agent.name. Personal data: yes.';
comment on column warehouse.escalation.to_agent_email is
  'E-mail address of the agent who took over. Source: escalations[].to_agent.email. Personal data: yes.';
comment on column warehouse.escalation.from_menu_path is
  'Names from the root of the menu down to the virtual agent''s queue. Source: escalations[].from_menu_path.name or '
  'escalations[].from_menu.name or escalations[].from_menu_path or escalations[].from_menu. Personal data: no.';
comment on column warehouse.escalation.from_menu_path_ids is
  'Menu ids down to the virtual agent''s queue, in the id space of session.menu_id. Source: '
  'escalations[].from_menu_path.materialized_path or escalations[].from_menu.materialized_path. Personal data: no.';
comment on column warehouse.escalation.to_menu_path is
  'Names from the root of the menu down to the queue it went to. Source: escalations[].to_menu_path.name or '
  'escalations[].to_menu.name or escalations[].to_menu_path or escalations[].to_menu. Personal data: no.';
comment on column warehouse.escalation.to_menu_path_ids is
  'Menu ids down to the queue it went to, in the id space of session.menu_id. Source: '
  'escalations[].to_menu_path.materialized_path or escalations[].to_menu.materialized_path. Personal data: no.';
comment on column warehouse.escalation.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.deflected_escalation (
  source                  text        not null,
  channel                 text        not null,
  session_id              bigint      not null,
  session_created_at      timestamptz not null,
  deflected_escalation_id bigint      not null,
  deflection              text,
  escalation_id           bigint,
  escalation_reason       text,
  escalated_at            timestamptz,
  menu_path_id            bigint,
  menu_path               text,
  lang                    text,
  virtual_agent_id        bigint,
  virtual_agent_name      text,
  virtual_agent_alias     text,
  extra                   jsonb,
  primary key (session_id, session_created_at, source, channel, deflected_escalation_id)
) partition by range (session_created_at);

create index deflected_escalation_by_time on warehouse.deflected_escalation using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.deflected_escalation_default partition of warehouse.deflected_escalation default;

comment on table warehouse.deflected_escalation is
  'One row per escalation that was deflected before it reached people, from virtual_agent_deflected_escalations[].';
comment on column warehouse.deflected_escalation.deflected_escalation_id is
  'Id of the row. Source: virtual_agent_deflected_escalations[].id. Personal data: no.';
comment on column warehouse.deflected_escalation.deflection is
  'What answered in place of an agent; open vocabulary. Source: virtual_agent_deflected_escalations[].deflection. '
  'Personal data: no.';
comment on column warehouse.deflected_escalation.escalation_id is
  'The escalation; joins escalation. Source: virtual_agent_deflected_escalations[].escalation_id. Personal data: no.';
comment on column warehouse.deflected_escalation.escalation_reason is
  'Why the virtual agent escalated, such as by_end_user_ask. Source: '
  'virtual_agent_deflected_escalations[].escalation_reason. Personal data: no.';
comment on column warehouse.deflected_escalation.escalated_at is
  'When it was escalated. Source: virtual_agent_deflected_escalations[].escalated_at. Personal data: no.';
comment on column warehouse.deflected_escalation.menu_path_id is
  'Id of the queue, in the id space that the duration tables share. Not session.menu_id: never join the two. Source: '
  'virtual_agent_deflected_escalations[].menu_path_id. Personal data: no.';
comment on column warehouse.deflected_escalation.menu_path is
  'Names from the root of the menu down to the queue. Source: virtual_agent_deflected_escalations[].menu_path or '
  'virtual_agent_deflected_escalations[].menu_path.name. Personal data: no.';
comment on column warehouse.deflected_escalation.lang is
  'Language of the conversation, as sent. Source: virtual_agent_deflected_escalations[].lang. Personal data: no.';
comment on column warehouse.deflected_escalation.virtual_agent_id is
  'Virtual agent that escalated. Source: virtual_agent_deflected_escalations[].virtual_agent.id. Personal data: no.';
comment on column warehouse.deflected_escalation.virtual_agent_name is
  'Name of the virtual agent that escalated. Source: virtual_agent_deflected_escalations[].virtual_agent.name. '
  'Personal data: no.';
comment on column warehouse.deflected_escalation.virtual_agent_alias is
  'Alias of the virtual agent; often not sent. Source: virtual_agent_deflected_escalations[].virtual_agent.va_alias. '
  'Personal data: no.';
comment on column warehouse.deflected_escalation.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.deflection (
  source             text        not null,
  channel            text        not null,
  session_id         bigint      not null,
  session_created_at timestamptz not null,
  deflection_id      bigint      not null,
  transfer_id        bigint,
  deflection         text,
  from_menu_path     text,
  from_menu_path_ids bigint[],
  extra              jsonb,
  primary key (session_id, session_created_at, source, channel, deflection_id)
) partition by range (session_created_at);

create index deflection_by_time on warehouse.deflection using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.deflection_default partition of warehouse.deflection default;

comment on table warehouse.deflection is
  'One row per deflection, from deflection_details[]: something other than an agent answered.';
comment on column warehouse.deflection.deflection_id is
  'Id of the row. Source: deflection_details[].id. Personal data: no.';
comment on column warehouse.deflection.transfer_id is
  'The transfer that was deflected; null when it was the first entry. Source: deflection_details[].transfer_id. '
  'Personal data: no.';
comment on column warehouse.deflection.deflection is
  'What answered in place of an agent, such as after_hours_message_only; open vocabulary. Source: '
  'deflection_details[].deflection. Personal data: no.';
comment on column warehouse.deflection.from_menu_path is
  'Names from the root of the menu down to the queue it was deflected from. Source: '
  'deflection_details[].from_menu_path.name or deflection_details[].from_menu.name or '
  'deflection_details[].from_menu_path or deflection_details[].from_menu. Personal data: no.';
comment on column warehouse.deflection.from_menu_path_ids is
  'Menu ids down to the queue it was deflected from, in the id space of session.menu_id. Source: '
  'deflection_details[].from_menu_path.materialized_path or deflection_details[].from_menu.materialized_path. '
  'Personal data: no.';
comment on column warehouse.deflection.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.offer_event (
  source             text        not null,
  channel            text        not null,
  session_id         bigint      not null,
  session_created_at timestamptz not null,
  ordinal            integer     not null,
  casting_at         timestamptz,
  group_name         text,
  extra              jsonb,
  primary key (session_id, session_created_at, source, channel, ordinal)
) partition by range (session_created_at);

create index offer_event_by_time on warehouse.offer_event using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.offer_event_default partition of warehouse.offer_event default;

comment on table warehouse.offer_event is 'One row per offer of the session to a group of agents, from offer_events[].';
comment on column warehouse.offer_event.ordinal is
  'Place in the array, from 1; the element has no id of its own. Source: computed: position in offer_events[]. '
  'Personal data: no.';
comment on column warehouse.offer_event.casting_at is
  'When it was offered. Source: offer_events[].casting_time. Personal data: no.';
comment on column warehouse.offer_event.group_name is
  'Group of agents that it was offered to. Source: offer_events[].group. Personal data: no.';
comment on column warehouse.offer_event.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.media (
  source             text        not null,
  channel            text        not null,
  session_id         bigint      not null,
  session_created_at timestamptz not null,
  media_type         text        not null,
  media_id           bigint      not null,
  photo_type         text,
  url                text,
  extra              jsonb,
  primary key (session_id, session_created_at, source, channel, media_type, media_id)
) partition by range (session_created_at);

create index media_by_time on warehouse.media using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.media_default partition of warehouse.media default;

comment on table warehouse.media is
  'One row per photo, screenshot or video that the consumer sent by SmartAction, from photos[] and videos[].';
comment on column warehouse.media.media_type is
  'photo or video; ids of the two may overlap. Source: computed: photo for the elements of photos[], video for those of '
  'videos[]. Personal data: no.';
comment on column warehouse.media.media_id is
  'Id of the photo or video, unique only within media_type. Source: photos[].id or videos[].id. Personal data: no.';
comment on column warehouse.media.photo_type is
  'Kind of picture, such as photo; null for videos. Source: photos[].photo_type or videos[].photo_type. '
  'Personal data: no.';
comment on column warehouse.media.url is
  'Where the photo or video is. Source: photos[].url or videos[].url. Personal data: yes.';
comment on column warehouse.media.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.session_message (
  source             text        not null,
  channel            text        not null,
  session_id         bigint      not null,
  session_created_at timestamptz not null,
  phase              text        not null,
  ordinal            integer     not null,
  message_id         bigint,
  sent_at            timestamptz,
  body               text,
  to_number          text,
  status             text,
  extra              jsonb,
  primary key (session_id, session_created_at, source, channel, phase, ordinal)
) partition by range (session_created_at);

create index session_message_by_time on warehouse.session_message using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.session_message_default partition of warehouse.session_message default;

comment on table warehouse.session_message is
  'One row per SMS sent to a waiting consumer or during a call, from wait_time_sms[] and in_call_sms[]. The vendor does '
  'not document the elements: see extra for what else they hold.';
comment on column warehouse.session_message.phase is
  'waiting or in_call. Source: computed: waiting for the elements of wait_time_sms[], in_call for those of '
  'in_call_sms[]. Personal data: no.';
comment on column warehouse.session_message.ordinal is
  'Place in the array, from 1; the element has no id of its own. Source: computed: position in its array. '
  'Personal data: no.';
comment on column warehouse.session_message.message_id is
  'Id of the message, where one is sent. Source: wait_time_sms[].id or in_call_sms[].id. Personal data: no.';
comment on column warehouse.session_message.sent_at is
  'When the message was sent. Source: wait_time_sms[].sent_at or wait_time_sms[].created_at or in_call_sms[].sent_at or '
  'in_call_sms[].created_at. Personal data: no.';
comment on column warehouse.session_message.body is
  'Text of the message. Source: wait_time_sms[].body or wait_time_sms[].text or wait_time_sms[].message or '
  'in_call_sms[].body or in_call_sms[].text or in_call_sms[].message. Personal data: yes.';
comment on column warehouse.session_message.to_number is
  'Phone number that it went to. Source: wait_time_sms[].to or wait_time_sms[].phone_number or in_call_sms[].to or '
  'in_call_sms[].phone_number. Personal data: yes.';
comment on column warehouse.session_message.status is
  'What became of the message, where sent. Source: wait_time_sms[].status or in_call_sms[].status. Personal data: no.';
comment on column warehouse.session_message.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.wait_time_virtual_agent (
  source             text        not null,
  channel            text        not null,
  session_id         bigint      not null,
  session_created_at timestamptz not null,
  ordinal            integer     not null,
  started_at         timestamptz,
  ended_at           timestamptz,
  duration_seconds   numeric,
  extra              jsonb,
  primary key (session_id, session_created_at, source, channel, ordinal)
) partition by range (session_created_at);

create index wait_time_virtual_agent_by_time on warehouse.wait_time_virtual_agent using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.wait_time_virtual_agent_default partition of warehouse.wait_time_virtual_agent default;

comment on table warehouse.wait_time_virtual_agent is
  'One row per stretch in which a virtual agent kept a waiting consumer engaged, from in_queue_wait_time_va[].';
comment on column warehouse.wait_time_virtual_agent.ordinal is
  'Place in the array, from 1; the element has no id of its own. Source: computed: position in in_queue_wait_time_va[]. '
  'Personal data: no.';
comment on column warehouse.wait_time_virtual_agent.started_at is
  'When the stretch began. Source: in_queue_wait_time_va[].start. Personal data: no.';
comment on column warehouse.wait_time_virtual_agent.ended_at is
  'When the stretch ended; may not be sent. Source: in_queue_wait_time_va[].end. Personal data: no.';
comment on column warehouse.wait_time_virtual_agent.duration_seconds is
  'Length of the stretch; may not be sent. Unit: seconds. Source: in_queue_wait_time_va[].duration. Personal data: no.';
comment on column warehouse.wait_time_virtual_agent.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

create table warehouse.recording_redaction (
  source             text        not null,
  channel            text        not null,
  session_id         bigint      not null,
  session_created_at timestamptz not null,
  recording_id       bigint      not null,
  ordinal            integer     not null,
  started_at         timestamptz,
  ended_at           timestamptz,
  duration_seconds   numeric,
  start_agent_id     bigint,
  end_agent_id       bigint,
  extra              jsonb,
  primary key (session_id, session_created_at, source, channel, recording_id, ordinal)
) partition by range (session_created_at);

create index recording_redaction_by_time on warehouse.recording_redaction using brin (session_created_at)
  with (pages_per_range = 16, autosummarize = on);

create table warehouse.recording_redaction_default partition of warehouse.recording_redaction default;

comment on table warehouse.recording_redaction is
  'One row per span of a recording that was redacted, from recordings[].redaction_times[].';
comment on column warehouse.recording_redaction.recording_id is
  'Recording that the span is in; joins recording. Source: computed: recordings[].id of the recording around it. '
  'Personal data: no.';
comment on column warehouse.recording_redaction.ordinal is
  'Place in the array, from 1; the element has no id of its own. Source: computed: position in '
  'recordings[].redaction_times[]. Personal data: no.';
comment on column warehouse.recording_redaction.started_at is
  'When the redaction began, with milliseconds. Source: recordings[].redaction_times[].start. Personal data: no.';
comment on column warehouse.recording_redaction.ended_at is
  'When the redaction ended, with milliseconds. Source: recordings[].redaction_times[].end. Personal data: no.';
comment on column warehouse.recording_redaction.duration_seconds is
  'Length of the span, with fractions. Unit: seconds. Source: recordings[].redaction_times[].duration. '
  'Personal data: no.';
comment on column warehouse.recording_redaction.start_agent_id is
  'Agent who began the redaction. Source: recordings[].redaction_times[].start_agent_id. Personal data: yes.';
comment on column warehouse.recording_redaction.end_agent_id is
  'Agent who ended the redaction. Source: recordings[].redaction_times[].end_agent_id. Personal data: yes.';
comment on column warehouse.recording_redaction.extra is
  'Keys of the element that have no column, or a value its column cannot hold, nested as sent; null when nothing is '
  'left. Source: computed: what is left of the element. Personal data: yes.';

-- The key that every child table repeats.
do $$
declare
  child text;
begin
  foreach child in array array[
    'call_participant', 'transfer', 'handle_duration', 'queue_duration', 'virtual_agent_handle_duration',
    'consumer_handle_duration', 'consumer_event_duration', 'consumer_in_menu_duration', 'disposition', 'recording',
    'escalation', 'deflected_escalation', 'deflection', 'offer_event', 'media', 'session_message',
    'wait_time_virtual_agent', 'recording_redaction'
  ]
  loop
    execute format('comment on column warehouse.%I.source is %L', child,
      'Configured name of the bucket and prefix: the tenant.'
      ' Source: computed: the configured source whose bucket and prefix hold the object. Personal data: no.');
    execute format('comment on column warehouse.%I.channel is %L', child,
      'call or chat. Source: computed: as in session. Personal data: no.');
    execute format('comment on column warehouse.%I.session_id is %L', child,
      'Id of the session, unique only within source and channel; joins session. Source: id. Personal data: no.');
    execute format('comment on column warehouse.%I.session_created_at is %L', child,
      'created_at of the session. The partition key: bound it, and join on it, too. Source: created_at. Personal data: no.');
  end loop;
end
$$;
