-- The vendor starts handle time twice, and both are asked for: its reports count from the moment an agent accepts, its page on
-- session metadata from the assignment. A column without a default: no table is rewritten.

alter table warehouse.session add column handle_from_assignment_seconds integer;

comment on column warehouse.session.handle_from_assignment_seconds is
  'Handle time as the vendor''s page on session metadata defines it: from assignment to the end of wrap-up, so handle_seconds'
  ' and the time that agents took to accept. Null when there is no handle row, or one that cannot be counted.'
  ' Unit: seconds. Source: computed: sum over handle_durations[] of call_duration or chat_duration (hold included),'
  ' acw_duration, bcw_duration and assigned_connection_duration. Personal data: no.';
comment on column warehouse.session.handle_seconds is
  'Handle time as the vendor''s reports define it: from accepting to the end of wrap-up, so talk, hold, wrap-up and'
  ' before-call work. With the time from assignment to accepting it is handle_from_assignment_seconds. Null when there is'
  ' no handle row, or one that cannot be counted.'
  ' Unit: seconds. Source: computed: sum over handle_durations[] of call_duration or chat_duration (hold included),'
  ' acw_duration and bcw_duration. Personal data: no.';
comment on column warehouse.handle_duration.assigned_connection_seconds is
  'From assignment to accepting. No queue time, and no part of session.handle_seconds; part of'
  ' session.handle_from_assignment_seconds.'
  ' Unit: seconds. Source: handle_durations[].assigned_connection_duration. Personal data: no.';

-- A sum or count over rows of which one cannot be counted is null: a part of it would be wrong.

comment on column warehouse.session.talk_seconds is
  'Time that agents talked, without hold and wrap-up. Null when there is no handle row, or one that cannot be counted:'
  ' a duration that is missing, negative or no number, or an element that is no row.'
  ' Unit: seconds. Source: computed: sum over handle_durations[] of call_duration or chat_duration, minus'
  ' hold_duration. Personal data: no.';
comment on column warehouse.session.acw_seconds is
  'Wrap-up (after-call work) of all agents. Null when there is no handle row, or one that cannot be counted.'
  ' Unit: seconds. Source: computed: sum of handle_durations[].acw_duration. Personal data: no.';
comment on column warehouse.session.bcw_seconds is
  'Work before a campaign call (before-call work) of all agents; rows that name none have none. Null when there is no handle'
  ' row, or one that cannot be counted.'
  ' Unit: seconds. Source: computed: sum of handle_durations[].bcw_duration. Personal data: no.';
comment on column warehouse.session.photo_count is
  'Photos and screenshots that the consumer sent by SmartAction. Null when what was sent cannot be counted.'
  ' Source: computed: number of elements of photos[]. Personal data: no.';
comment on column warehouse.session.video_count is
  'Videos that the consumer sent by SmartAction. Null when what was sent cannot be counted.'
  ' Source: computed: number of elements of videos[]. Personal data: no.';
comment on column warehouse.session.participant_count is
  'Participant records; who leaves and rejoins counts again. Null when an element of the list is no row.'
  ' Source: computed: number of rows in call_participant. Personal data: no.';
comment on column warehouse.session.agent_count is
  'Different agents who took part. Null when an element of the list is no row, or does not say its type.'
  ' Source: computed: distinct participants[].user_id among those of type agent. Personal data: no.';
comment on column warehouse.session.transfer_count is
  'Transfers, whatever became of them. Null when an element of the list is no row.'
  ' Source: computed: number of rows in transfer. Personal data: no.';

-- Text whose shape is not documented keeps its column in every shape.

comment on column warehouse.session.smart_action_text is
  'Text that the consumer entered by SmartAction; a list or an object as its JSON. Source: smart_action_text. Personal data: yes.';
comment on column warehouse.call_participant.caller_id is
  'Caller id; null in every document seen so far, and a list or an object as its JSON.'
  ' Source: participants[].caller_id. Personal data: yes.';
