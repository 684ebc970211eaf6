-- What the words of the warehouse mean: one small table per open vocabulary. A word that is not in its table was stored
-- as it was sent, so join from the left:
--
--   left join warehouse.status on status.value = session.status and status.channel in (session.channel, 'any')
--
-- A value stands either under 'any' or under call and chat, never both, so such a join finds at most one row.
-- The rows say the same as packages/metadata/src/vocabulary; a test holds the two together. A change there comes with a
-- new migration.

create table warehouse.status (
  channel   text    not null check (channel in ('call', 'chat', 'any')),
  value     text    not null,
  code      integer,
  label     text    not null,
  meaning   text    not null,
  certainty text    not null default 'stated',
  primary key (channel, value),
  unique (channel, code)
);

comment on column warehouse.status.channel is 'Whose word it is: call, chat, or any for both. Source: vocabulary. Personal data: no.';
comment on column warehouse.status.value is 'The word as the fact tables hold it. Source: vocabulary. Personal data: no.';
comment on column warehouse.status.code is 'The number that raw exports send in its place; calls and chats use the same numbers with other meanings. Null where none is known. Source: vocabulary. Personal data: no.';
comment on column warehouse.status.label is 'A short name for reports. Source: vocabulary. Personal data: no.';
comment on column warehouse.status.meaning is 'What the word says, in our own sentence; read off the word where the vendor gives no meaning. Source: vocabulary. Personal data: no.';
comment on column warehouse.status.certainty is 'stated: by the vendor or by real files. Otherwise inferred or unverified, and what of it. Source: vocabulary. Personal data: no.';

-- The others are built like it, comments included.

create table warehouse.answer_type                 (like warehouse.status including all);
create table warehouse.answer_type_path            (like warehouse.status including all);
create table warehouse.consumer_event              (like warehouse.status including all);
create table warehouse.deflection_kind             (like warehouse.status including all);
create table warehouse.disconnected_by             (like warehouse.status including all);
create table warehouse.entry_type                  (like warehouse.status including all);
create table warehouse.escalation_reason           (like warehouse.status including all);
create table warehouse.escalation_status           (like warehouse.status including all);
create table warehouse.fail_reason                 (like warehouse.status including all);
create table warehouse.finish_reason               (like warehouse.status including all);
create table warehouse.initiated_by                (like warehouse.status including all);
create table warehouse.menu_type                   (like warehouse.status including all);
create table warehouse.offer_type                  (like warehouse.status including all);
create table warehouse.participant_status          (like warehouse.status including all);
create table warehouse.participant_type            (like warehouse.status including all);
create table warehouse.photo_type                  (like warehouse.status including all);
create table warehouse.provider_type               (like warehouse.status including all);
create table warehouse.recording_permission        (like warehouse.status including all);
create table warehouse.recording_type              (like warehouse.status including all);
create table warehouse.service_level_event         (like warehouse.status including all);
create table warehouse.session_type                (like warehouse.status including all);
create table warehouse.transfer_fail_reason        (like warehouse.status including all);
create table warehouse.transfer_status             (like warehouse.status including all);
create table warehouse.virtual_agent_finish_reason (like warehouse.status including all);
create table warehouse.voicemail_reason            (like warehouse.status including all);

alter table warehouse.status add column terminal boolean;
alter table warehouse.session_type add column direction text;

comment on column warehouse.status.terminal is 'True when nothing more happens to the session; null where nothing says. Source: vocabulary. Personal data: no.';
comment on column warehouse.session_type.direction is 'inbound, outbound or internal. Source: vocabulary. Personal data: no.';

comment on table warehouse.status is 'Statuses of sessions. terminal is null where nothing says whether the session can go on.';
comment on table warehouse.answer_type is 'How the session was answered. Further values are unknown.';
comment on table warehouse.answer_type_path is 'How both sides of a transfer answered: from, to.';
comment on table warehouse.consumer_event is 'What ended a stretch on the side of the end user. Further values are unknown.';
comment on table warehouse.deflection_kind is 'What a session, transfer or escalation was deflected to. Most kinds are only described, their words unknown.';
comment on table warehouse.disconnected_by is 'Who ended the session.';
comment on table warehouse.entry_type is 'How a participant came in. Further values are unknown.';
comment on table warehouse.escalation_reason is 'Why a virtual agent handed over, or tried to.';
comment on table warehouse.escalation_status is 'What became of an escalation from a virtual agent to a person.';
comment on table warehouse.fail_reason is 'Why a session or a participant failed. Codes of calls and chats overlap with other meanings.';
comment on table warehouse.finish_reason is 'How a call finished, as the API says.';
comment on table warehouse.initiated_by is 'Who brought the virtual agent in.';
comment on table warehouse.menu_type is 'Kinds of menus. Those of SMS and social channels are unknown.';
comment on table warehouse.offer_type is 'How the session was offered to agents. Further values are unknown.';
comment on table warehouse.participant_status is 'Statuses of participants. Further values are unknown.';
comment on table warehouse.participant_type is 'Who takes part in a session. Third parties take part too; their word is unknown.';
comment on table warehouse.photo_type is 'Kinds of pictures that end users send. The word for a screenshot is unknown.';
comment on table warehouse.provider_type is 'Services that carry the messages of a chat. Further values are unknown.';
comment on table warehouse.recording_permission is 'Whether the end user let the call be recorded.';
comment on table warehouse.recording_type is 'Kinds of recordings. Further values are unknown.';
comment on table warehouse.service_level_event is 'What a stay in a queue counts as for the service level.';
comment on table warehouse.session_type is 'Types of sessions, current and old spellings, with the direction that each has.';
comment on table warehouse.transfer_fail_reason is 'Why a transfer failed. Further values are unknown.';
comment on table warehouse.transfer_status is 'Statuses of transfers. Any other value is the outcome as it stands.';
comment on table warehouse.virtual_agent_finish_reason is 'How the handling by a virtual agent ended.';
comment on table warehouse.voicemail_reason is 'Why a call became a voicemail. Further values are unknown.';

insert into warehouse.status (channel, value, code, label, meaning, certainty, terminal) values
  ('call', 'scheduled', 0, 'Scheduled', 'Set for a time to come.', 'stated', false),
  ('call', 'queued', 1, 'Queued', 'Waits in a queue for an agent.', 'stated', false),
  ('call', 'assigned', 2, 'Assigned', 'Given to an agent who has not yet taken it.', 'stated', false),
  ('call', 'connecting', 3, 'Connecting', 'The connection is being made.', 'stated', false),
  ('call', 'switching', 4, 'Switching', 'Between two states, or tried again elsewhere.', 'stated', false),
  ('call', 'connected', 5, 'Connected', 'Agent and end user are talking.', 'stated', false),
  ('call', 'action_only', 6, 'Action only', 'The talking happens on the customer''s own telephony; the platform only carries actions.', 'inferred: the code fills a gap between codes that are stated', false),
  ('call', 'action_only_finished', 7, 'Action only, finished', 'A call on the customer''s own telephony that has ended.', 'inferred: the code fills a gap between codes that are stated', true),
  ('call', 'finished', 8, 'Finished', 'Ended after it was served.', 'stated', true),
  ('call', 'failed', 9, 'Failed', 'Ended before it was served; the fail reason says why.', 'stated', true),
  ('call', 'recovered', 10, 'Recovered', 'Failed, and was then called back by another call.', 'stated', true),
  ('call', 'deflected', 11, 'Deflected', 'Ended by a deflection. Not a transfer.', 'stated', true),
  ('call', 'selecting', 12, 'In menu', 'The caller is in the menu, before any queue.', 'stated', false),
  ('call', 'va_assigned', 13, 'Virtual agent assigned', 'Given to a virtual agent.', 'stated', false),
  ('call', 'va_connected', 14, 'Virtual agent connected', 'Talks to a virtual agent.', 'stated', false),
  ('call', 'preview_pending', 15, 'Preview pending', 'Campaign: the dialer is linked.', 'stated', false),
  ('call', 'preview_ready', 16, 'Preview ready', 'Campaign: the contact''s data is there.', 'stated', false),
  ('call', 'campaign_connecting', 17, 'Campaign connecting', 'Campaign: being connected.', 'stated', false),
  ('call', 'campaign_connected', 18, 'Campaign connected', 'Campaign: connected.', 'stated', false),
  ('call', 'requeued', 19, 'Queued again', 'Failed after an agent had it, and waits in the queue again.', 'unverified: the code is stated, the spelling of the word is not', false),
  ('call', 'predictive_waiting', 20, 'Predictive, waiting', 'Predictive campaign: waits.', 'stated', false),
  ('call', 'progressive_waiting', 21, 'Progressive, waiting', 'Progressive campaign: waits.', 'stated', false),
  ('call', 'preview_waiting', 22, 'Preview, waiting', 'Preview campaign: waits.', 'stated', false),
  ('call', 'campaign_dialing', 23, 'Campaign dialing', 'Campaign: the number is being dialed.', 'stated', false),
  ('call', 'voicemail', 80, 'Voicemail', 'The caller is leaving a voicemail.', 'stated', false),
  ('call', 'voicemail_received', 81, 'Voicemail received', 'A voicemail was recorded.', 'stated', true),
  ('call', 'voicemail_read', 82, 'Voicemail read', 'An agent was assigned to the voicemail; nothing says that it was listened to.', 'inferred: the code follows the two stated voicemail codes', true),
  ('call', 'canceled', null, 'Canceled', 'Called off before it was served.', 'unverified: seen for a call only in a test of Google''s consumer', true),
  ('chat', 'queued', null, 'Queued', 'Waits in a queue for an agent.', 'stated', false),
  ('chat', 'assigned', null, 'Assigned', 'Given to an agent.', 'stated', false),
  ('chat', 'selecting', null, 'In menu', 'The end user is in the menu, before any queue.', 'stated', false),
  ('chat', 'va_assigned', null, 'Virtual agent assigned', 'Given to a virtual agent.', 'stated', false),
  ('chat', 'va_connected', null, 'Virtual agent connected', 'Talks to a virtual agent.', 'stated', false),
  ('chat', 'finished', null, 'Finished', 'Ended after it was served.', 'inferred: that it is terminal, as for calls', true),
  ('chat', 'failed', null, 'Failed', 'Ended before it was served; the fail reason says why.', 'inferred: that it is terminal, as for calls', true),
  ('chat', 'canceled', null, 'Canceled', 'Called off before it was served.', 'inferred: that it is terminal, as for calls', true),
  ('chat', 'no_response', null, 'No response', 'Ended because the end user no longer answered.', 'inferred: that it is terminal, from the fail reason of the same name', true),
  ('chat', 'abandoned', null, 'Abandoned', 'The end user left before an agent answered.', 'inferred: that it is terminal, from its use in metrics', true),
  ('chat', 'dismissed', null, 'Dismissed', 'The chat was put away.', 'unverified: named with the resuming of chats, so it may go on', null),
  ('chat', 'va_dismissed', null, 'Dismissed by virtual agent', 'The chat was put away while a virtual agent had it.', 'unverified: named with the resuming of chats, so it may go on', null),
  ('call', 'abandoned', null, 'Abandoned', 'The caller left before an agent answered.', 'inferred: that it is terminal, from its use in metrics', true);

insert into warehouse.answer_type (channel, value, code, label, meaning) values
  ('any', 'manual', null, 'Manual', 'An agent answered by hand.');

insert into warehouse.answer_type_path (channel, value, code, label, meaning) values
  ('any', 'manual_to_manual', null, 'Manual to manual', 'Both agents answered by hand.');

insert into warehouse.consumer_event (channel, value, code, label, meaning) values
  ('any', 'finished', null, 'Finished', 'It ran to its end.'),
  ('any', 'abandoned', null, 'Abandoned', 'The end user left before its end.');

insert into warehouse.deflection_kind (channel, value, code, label, meaning) values
  ('any', 'no_deflection', null, 'None', 'Not deflected.'),
  ('any', 'after_hours_message_only', null, 'After-hours message', 'Outside the hours of operation: a message was played or shown.'),
  ('any', 'temp_redirection_queue', null, 'Redirected to queue', 'Redirected to another queue for the time being.'),
  ('any', 'temp_redirection_phone', null, 'Redirected to phone', 'Redirected to a phone number for the time being.');

insert into warehouse.disconnected_by (channel, value, code, label, meaning) values
  ('any', 'disconnected_by_unknown', null, 'Unknown', 'The platform does not know who.'),
  ('any', 'disconnected_by_agent', null, 'Agent', 'The agent ended it.'),
  ('any', 'disconnected_by_end_user', null, 'End user', 'The end user ended it.');
insert into warehouse.disconnected_by (channel, value, code, label, meaning, certainty) values
  ('any', 'disconnected_by_virtual_agent', null, 'Virtual agent', 'The virtual agent ended it.', 'inferred: files have the word without its prefix');
comment on table warehouse.disconnected_by is 'Who ended the session.';

insert into warehouse.entry_type (channel, value, code, label, meaning) values
  ('any', 'queue_or_transfer', null, 'Queue or transfer', 'By way of a queue or of a transfer.');

insert into warehouse.escalation_reason (channel, value, code, label, meaning) values
  ('any', 'unknown', 0, 'Unknown', 'The platform does not know why.'),
  ('any', 'by_end_user_ask', 1, 'End user asked', 'The end user asked for a person.'),
  ('any', 'by_end_user_message', 2, 'End user wrote', 'A message of the end user called for it.'),
  ('any', 'by_virtual_agent', 3, 'Virtual agent', 'The virtual agent decided it.'),
  ('any', 'payload_failure', 4, 'Payload failure', 'The payload of the virtual agent could not be used.'),
  ('any', 'could_not_resume', 5, 'Could not resume', 'The virtual agent could not take it up again.'),
  ('any', 'by_human_agent', 6, 'Agent', 'A person decided it.'),
  ('any', 'invalid_queue', 7, 'Invalid queue', 'The queue that the virtual agent named does not exist.'),
  ('any', 'dismissed', 8, 'Dismissed', 'The session had been put away.');

insert into warehouse.escalation_status (channel, value, code, label, meaning) values
  ('any', 'escalating', 0, 'Escalating', 'Under way to a person.'),
  ('any', 'escalated', 1, 'Escalated', 'A person has taken over.'),
  ('any', 'canceled', 2, 'Canceled', 'Called off.'),
  ('any', 'deflecting', 3, 'Deflecting', 'Being deflected.'),
  ('any', 'deflected', 4, 'Deflected', 'Deflected to something other than a person.');

insert into warehouse.fail_reason (channel, value, code, label, meaning, certainty) values
  ('call', 'nothing', 0, 'None', 'Nothing failed.', 'stated'),
  ('call', 'unknown', 10001, 'Unknown', 'The platform does not know why.', 'stated'),
  ('call', 'expired', 11001, 'Expired', 'It waited longer than it may.', 'stated'),
  ('call', 'transfer_expired', 11002, 'Transfer expired', 'A transfer waited longer than it may.', 'stated'),
  ('call', 'eu_canceled', 20001, 'Canceled by end user', 'The end user called it off.', 'stated'),
  ('call', 'eu_rejected', 20002, 'Rejected by end user', 'The end user refused the call.', 'stated'),
  ('call', 'eu_abandoned', 20003, 'Abandoned in queue', 'The end user hung up while waiting in a queue.', 'stated'),
  ('call', 'eu_in_menu_abandoned', 20004, 'Abandoned in menu', 'The end user hung up in the menu, before any queue.', 'stated'),
  ('call', 'eu_repeated_voicemail', 20005, 'Repeated voicemail', 'The end user left a voicemail again.', 'stated'),
  ('call', 'eu_repeated_callback', 20006, 'Repeated callback', 'The end user asked for a callback again.', 'stated'),
  ('call', 'eu_busy', 21001, 'Busy', 'The end user''s line was busy.', 'stated'),
  ('call', 'eu_wrong_number', 21002, 'Wrong number', 'The number does not reach the end user.', 'stated'),
  ('call', 'eu_no_answer', 21003, 'No answer', 'The end user did not pick up.', 'stated'),
  ('call', 'eu_noti_failed', 22001, 'Notification failed', 'The end user could not be notified.', 'stated'),
  ('call', 'ag_canceled', 30001, 'Canceled by agent', 'The agent called it off.', 'stated'),
  ('call', 'ag_ignored', 30002, 'Ignored by agent', 'The agent did not take it.', 'stated'),
  ('call', 'ag_mic_no_device', 31001, 'No microphone', 'The agent''s computer has no microphone.', 'stated'),
  ('call', 'ag_mic_denied', 31002, 'Microphone denied', 'The agent''s browser may not use the microphone.', 'stated'),
  ('call', 'voip_twilio_error', 41001, 'Twilio error', 'The voice provider Twilio reported an error.', 'stated'),
  ('call', 'voip_tokbox_error', 42001, 'TokBox error', 'The voice provider TokBox reported an error.', 'stated'),
  ('call', 'voip_invalid_token', 43001, 'Invalid voice token', 'The voice provider refused the token.', 'stated'),
  ('call', 'voip_conn_general', 44001, 'Voice connection failed', 'The voice connection failed.', 'stated'),
  ('call', 'voip_conn_timeout', 44002, 'Voice connection timed out', 'The voice connection took too long.', 'stated'),
  ('call', 'voip_conn_signal', 44003, 'Voice signaling failed', 'The signaling of the voice connection failed.', 'stated'),
  ('call', 'voip_nexmo_error', 45001, 'Nexmo error', 'The voice provider Nexmo reported an error.', 'stated'),
  ('call', 'stuck_due_to_api_error', 50001, 'Stuck after API error', 'An API error left the call stuck.', 'stated'),
  ('call', 'group_deleted_no_substitute', 50002, 'Group deleted', 'Its group was deleted and has no substitute.', 'stated'),
  ('call', 'menu_deleted', 50003, 'Menu deleted', 'Its menu was deleted.', 'stated'),
  ('call', 'direct_pstn_call_to_fallback_number', 60001, 'Fallback number dialed', 'A caller dialed the number that exists only as a fallback.', 'stated'),
  ('chat', 'nothing', 0, 'None', 'Nothing failed.', 'stated'),
  ('chat', 'unknown', 1, 'Unknown', 'The platform does not know why.', 'stated'),
  ('chat', 'no_response', 2, 'No response', 'The end user did not answer any more.', 'stated'),
  ('chat', 'expired', 3, 'Expired', 'It waited longer than it may.', 'stated'),
  ('chat', 'after_hours', 4, 'After hours', 'It came outside the hours of operation.', 'stated'),
  ('chat', 'escalation_failed', 5, 'Escalation failed', 'The virtual agent could not hand it to a person.', 'stated'),
  ('chat', 'expired_menu_selection', 31, 'Menu selection expired', 'The end user chose no queue in time.', 'stated'),
  ('chat', 'end_user_opt_out', 41, 'Opted out', 'The end user does not want messages.', 'stated'),
  ('chat', 'over_cap_email', 50001, 'Over capacity, e-mail', 'Over capacity; the end user was offered e-mail.', 'stated'),
  ('chat', 'group_deleted_no_substitute', 60001, 'Group deleted', 'Its group was deleted and has no substitute.', 'stated'),
  ('any', 'force_ended', null, 'Ended by force', 'A person or a system ended it by force.', 'unverified: only named where metrics are described; channel and code are unknown'),
  ('any', 'customer_timeout', null, 'End user timed out', 'The end user took too long.', 'unverified: only named where metrics are described; channel and code are unknown'),
  ('any', 'agent_no_answer', null, 'Agent did not answer', 'The agent did not answer.', 'unverified: only named where metrics are described; channel and code are unknown'),
  ('any', 'client_error', null, 'Client error', 'The client software failed.', 'unverified: only named where metrics are described; channel and code are unknown');

insert into warehouse.finish_reason (channel, value, code, label, meaning) values
  ('call', 'no_reason', null, 'None', 'Nothing out of the ordinary.'),
  ('call', 'virtual_agent_escalation_failed', 20001, 'Escalation failed', 'The virtual agent could not hand the call to a person.'),
  ('call', 'va_callback_machine_detected', 60001, 'Machine detected', 'A machine answered the callback of a virtual agent.');

insert into warehouse.initiated_by (channel, value, code, label, meaning) values
  ('any', 'end_user', null, 'End user', 'The end user met it on the way.'),
  ('any', 'agent', null, 'Agent', 'An agent handed over to it.');

insert into warehouse.menu_type (channel, value, code, label, meaning) values
  ('any', 'ivr_menu', null, 'IVR', 'Menu of a phone number.'),
  ('any', 'mobile_menu', null, 'Mobile', 'Menu in the mobile app.'),
  ('any', 'web_menu', null, 'Web', 'Menu on a web page.'),
  ('any', 'email_menu', null, 'E-mail', 'Menu of e-mail sessions.');

insert into warehouse.offer_type (channel, value, code, label, meaning) values
  ('any', 'cascade', null, 'Cascade', 'One group of agents after the other.');

insert into warehouse.participant_status (channel, value, code, label, meaning) values
  ('any', 'waiting', null, 'Waiting', 'Not yet connected.'),
  ('any', 'connected', null, 'Connected', 'In the session.'),
  ('any', 'finished', null, 'Finished', 'Has left the session.');

insert into warehouse.participant_type (channel, value, code, label, meaning) values
  ('any', 'end_user', null, 'End user', 'The consumer.'),
  ('any', 'agent', null, 'Agent', 'A person of the contact center.'),
  ('any', 'virtual_agent', null, 'Virtual agent', 'A virtual agent that serves the consumer.'),
  ('any', 'task_virtual_agent', null, 'Task virtual agent', 'A virtual agent that an agent brought in for one task.');

insert into warehouse.photo_type (channel, value, code, label, meaning) values
  ('any', 'photo', null, 'Photo', 'A photo.');

insert into warehouse.provider_type (channel, value, code, label, meaning) values
  ('any', 'twilio_conversations', null, 'Twilio Conversations', 'Twilio Conversations carries the messages.');

insert into warehouse.recording_permission (channel, value, code, label, meaning) values
  ('any', 'granted', null, 'Granted', 'The end user agreed.'),
  ('any', 'denied', null, 'Denied', 'The end user refused.'),
  ('any', 'not_asked', null, 'Not asked', 'The end user was not asked.');

insert into warehouse.recording_type (channel, value, code, label, meaning) values
  ('any', 'default', null, 'Default', 'The ordinary recording of the call.'),
  ('any', 'virtual_agent', null, 'Virtual agent', 'The recording of the time with a virtual agent.');

insert into warehouse.service_level_event (channel, value, code, label, meaning, certainty) values
  ('any', 'in_sla', null, 'In service level', 'The time in the queue was below the target.', 'stated'),
  ('any', 'not_in_sla', null, 'Out of service level', 'The time in the queue reached the target.', 'stated'),
  ('any', 'excluded', null, 'Excluded', 'Not counted.', 'unverified: the outcome is documented, its word is not');

insert into warehouse.session_type (channel, value, code, label, meaning, certainty, direction) values
  ('call', 'Voice Inbound (IVR)', null, 'Inbound, IVR', 'A caller dialed a number and reached the menu.', 'stated', 'inbound'),
  ('call', 'Voice Inbound (IVR via Mobile)', null, 'Inbound, IVR via mobile app', 'The app sent the caller to the menu of a number.', 'stated', 'inbound'),
  ('call', 'Voice Inbound (Mobile)', null, 'Inbound, mobile app', 'Call from the mobile app.', 'stated', 'inbound'),
  ('call', 'Voice Callback (Web)', null, 'Callback, web', 'Callback that was asked for on a web page.', 'stated', 'inbound'),
  ('call', 'Voice Inbound (API)', null, 'Inbound, API', 'Inbound call that the API made.', 'stated', 'inbound'),
  ('call', 'Voice Scheduled (Mobile)', null, 'Scheduled, mobile app', 'Callback at a set time, app.', 'stated', 'inbound'),
  ('call', 'Voice Scheduled (Web)', null, 'Scheduled, web', 'Callback at a set time, web page.', 'stated', 'inbound'),
  ('call', 'Voice Scheduled (API)', null, 'Scheduled, API', 'Callback at a set time, API.', 'stated', 'inbound'),
  ('call', 'Voice Outbound', null, 'Outbound', 'An agent called an end user.', 'stated', 'outbound'),
  ('call', 'Voice Outbound (API)', null, 'Outbound, API', 'Outbound call that the API made.', 'stated', 'outbound'),
  ('call', 'Voice Campaign', null, 'Campaign', 'Outbound call of a dialer campaign.', 'stated', 'outbound'),
  ('call', 'Voice Internal', null, 'Internal', 'One agent called another.', 'stated', 'internal'),
  ('call', 'Voice Inbound (Direct)', null, 'Inbound, direct', 'Call to an agent''s own number.', 'stated', 'inbound'),
  ('call', 'Voice Outbound (Direct)', null, 'Outbound, direct', 'Call from an agent''s own number.', 'stated', 'outbound'),
  ('call', 'Voice Outbound (UCaaS)', null, 'Outbound, UCaaS', 'Call over the company''s telephony.', 'stated', 'outbound'),
  ('call', 'Voice Inbound (Extension)', null, 'Inbound, extension', 'Call to an agent''s extension.', 'stated', 'inbound'),
  ('call', 'Voice Inbound (IVR using App)', null, 'Inbound, IVR via app (old)', 'Spelling of old files: IVR via Mobile.', 'stated', 'inbound'),
  ('call', 'Voice Inbound (App)', null, 'Inbound, app (old)', 'Spelling of old files: Voice Inbound (Mobile).', 'stated', 'inbound'),
  ('call', 'IncomingCall', null, 'Inbound (old)', 'Spelling of old files and of the API''s input: an inbound call.', 'stated', 'inbound'),
  ('call', 'IvrCall', null, 'Inbound, IVR (old)', 'Spelling of old files: a call to the menu of a number.', 'stated', 'inbound'),
  ('call', 'ScheduledCall', null, 'Scheduled (old)', 'Spelling of old files: a callback at a set time.', 'stated', 'inbound'),
  ('call', 'OutboundCall', null, 'Outbound (old)', 'Spelling of old files: an outbound call.', 'stated', 'outbound'),
  ('chat', 'Messaging Inbound (Web Chat)', null, 'Inbound, web chat', 'Chat from a web page.', 'stated', 'inbound'),
  ('chat', 'Messaging Inbound (Mobile Chat)', null, 'Inbound, mobile chat', 'Chat from the mobile app.', 'stated', 'inbound'),
  ('chat', 'Messaging Inbound (SMS)', null, 'Inbound, SMS', 'An end user wrote to a number.', 'stated', 'inbound'),
  ('chat', 'Messaging Outbound (SMS)', null, 'Outbound, SMS', 'An agent wrote to an end user.', 'stated', 'outbound'),
  ('chat', 'Messaging Outbound (SMS via API)', null, 'Outbound, SMS via API', 'SMS that the API sent.', 'stated', 'outbound'),
  ('chat', 'Messaging Inbound (SMS Direct)', null, 'Inbound, direct SMS', 'SMS to an agent''s number.', 'stated', 'inbound'),
  ('chat', 'Messaging Outbound (SMS Direct)', null, 'Outbound, direct SMS', 'SMS from an agent''s number.', 'stated', 'outbound'),
  ('chat', 'Messaging Outbound (SMS Direct via API)', null, 'Outbound, direct SMS via API', 'SMS from an agent''s number that the API sent.', 'inferred: the page gives the type without its direction', 'outbound'),
  ('chat', 'Messaging (WhatsApp)', null, 'WhatsApp', 'Chat over WhatsApp.', 'stated', 'inbound'),
  ('chat', 'Messaging Inbound (App Chat)', null, 'Inbound, app chat (old)', 'Spelling of old files: Mobile Chat.', 'stated', 'inbound'),
  ('chat', 'Messaging (SMS)', null, 'SMS (old)', 'Spelling of old files: an SMS session.', 'stated', 'inbound'),
  ('call', 'Voice Scheduled', null, 'Scheduled', 'Callback at a set time; by which way it was asked for is not said.', 'unverified: a label of the vendor''s page, not seen in a file', 'inbound');

insert into warehouse.transfer_fail_reason (channel, value, code, label, meaning) values
  ('any', 'nothing', null, 'None', 'Nothing failed.'),
  ('any', 'va_failure', 20, 'Virtual agent failed', 'The virtual agent that was to take over failed.');

insert into warehouse.transfer_status (channel, value, code, label, meaning) values
  ('any', 'transferring', null, 'Transferring', 'Under way.'),
  ('any', 'transferred', null, 'Transferred', 'Another agent or queue took it over.');

insert into warehouse.virtual_agent_finish_reason (channel, value, code, label, meaning) values
  ('any', 'undefined', null, 'Undefined', 'The platform does not say.'),
  ('any', 'resolved', null, 'Resolved', 'The virtual agent settled the matter.'),
  ('any', 'unexpectedly_ended', null, 'Ended unexpectedly', 'It broke off.'),
  ('any', 'escalated', null, 'Escalated', 'The virtual agent handed over to a person.'),
  ('any', 'failed', null, 'Failed', 'The virtual agent failed.'),
  ('any', 'consumer_ended', null, 'Ended by end user', 'The end user left.');

insert into warehouse.voicemail_reason (channel, value, code, label, meaning) values
  ('any', 'not_voicemail', null, 'No voicemail', 'The call is no voicemail.');
