-- The facts. Every table is partitioned by month (UTC) of the session's created_at: retention is dropping a
-- partition. No foreign keys and no CHECK on vocabularies: the loader writes a session and its children in
-- one transaction under the session's head, and vocabularies are open.

create table warehouse.session (
  source                   text not null,
  channel                  text not null,
  session_id               bigint not null,
  created_at               timestamptz not null,
  uuid                     text,
  lang                     text,
  session_type             text,
  session_type_legacy      text,
  direction                text,
  status                   text,
  status_code              integer,
  sub_status               text,
  queued_at                timestamptz,
  assigned_at              timestamptz,
  connected_at             timestamptz,
  ended_at                 timestamptz,
  scheduled_at             timestamptz,
  updated_at               timestamptz,
  first_message_at         timestamptz,
  last_message_at          timestamptz,
  utc_offset_minutes       integer,
  wait_seconds             integer,
  duration_seconds         integer,
  hold_seconds             integer,
  talk_seconds             integer,
  acw_seconds              integer,
  bcw_seconds              integer,
  handle_seconds           integer,
  rating                   numeric,
  has_feedback             boolean,
  feedback                 text,
  answer_type              text,
  offer_type               text,
  disconnected_by          text,
  fail_reason              text,
  fail_details             text,
  finish_reason            text,
  adapter_fail_code        integer,
  adapter_fail_message     text,
  voicemail_reason         text,
  deflection               text,
  after_hours              boolean,
  recording_permission     text,
  recording_url            text,
  support_number           text,
  outbound_number          text,
  email                    text,
  ticket_id                text,
  ticket_url               text,
  is_ticket_account        boolean,
  parent_id                bigint,
  menu_id                  bigint,
  menu_name                text,
  menu_type                text,
  menu_path                text,
  menu_path_ids            bigint[],
  queue_priority           integer,
  agent_id                 bigint,
  agent_name               text,
  agent_email              text,
  agent_number             text,
  virtual_agent_id         bigint,
  virtual_agent_name       text,
  end_user_id              bigint,
  end_user_identifier      text,
  end_user_contact_id      text,
  verified                 boolean,
  smart_action_text        text,
  photo_count              integer,
  video_count              integer,
  message_count            integer,
  average_response_seconds numeric,
  longest_response_seconds numeric,
  provider_type            text,
  provider_channel_id      text,
  participant_count        integer,
  agent_count              integer,
  transfer_count           integer,
  custom_data              jsonb,
  custom_data_secured      jsonb,
  sip_headers              jsonb,
  automation_redirection   jsonb,
  extra                    jsonb,
  bucket                   text not null,
  object_key               text not null,
  loaded_at                timestamptz not null default now(),
  primary key (source, channel, session_id, created_at)
) partition by range (created_at);

create table warehouse.session_default partition of warehouse.session default;

create table warehouse.call_participant (
  source               text not null,
  channel              text not null,
  session_id           bigint not null,
  session_created_at   timestamptz not null,
  participant_id       bigint not null,
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
  primary key (source, channel, session_id, session_created_at, participant_id)
) partition by range (session_created_at);

create table warehouse.call_participant_default partition of warehouse.call_participant default;

create table warehouse.transfer (
  source                  text not null,
  channel                 text not null,
  session_id              bigint not null,
  session_created_at      timestamptz not null,
  transfer_id             bigint not null,
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
  primary key (source, channel, session_id, session_created_at, transfer_id)
) partition by range (session_created_at);

create table warehouse.transfer_default partition of warehouse.transfer default;

comment on table warehouse.session is 'One row per session (call or chat), as its newest revision states it.';
comment on table warehouse.call_participant is 'One row per participant record of a call or chat; who leaves and rejoins has two.';
comment on table warehouse.transfer is 'One row per transfer.';

-- Makes the partitions of one month for every partitioned warehouse table, and says how many it made.
-- Safe under concurrency: an advisory lock lets one caller in at a time. The partition is built apart and then
-- attached, because ATTACH does not block writers of the parent as CREATE ... PARTITION OF does. Where the default
-- partition already holds rows of that month the attach is refused and they stay there until maintenance.
create function ingest.create_month(month date) returns integer
language plpgsql
security definer
set search_path = pg_catalog
as $$
declare
  month_start constant timestamptz := (date_trunc('month', month::timestamp) at time zone 'UTC');
  month_end   constant timestamptz := ((date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC');
  parent      record;
  partition   text;
  made        integer := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('aftercall.create_month', 0));
  for parent in
    select c.relname as name
    from pg_partitioned_table p
    join pg_class c on c.oid = p.partrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'warehouse'
    order by c.relname
  loop
    partition := parent.name || to_char(month, '"_"YYYY"_"MM');
    continue when to_regclass(format('warehouse.%I', partition)) is not null;
    begin
      execute format('create table warehouse.%I (like warehouse.%I including all)', partition, parent.name);
      execute format('alter table warehouse.%I attach partition warehouse.%I for values from (%L) to (%L)',
                     parent.name, partition, month_start, month_end);
      made := made + 1;
    exception when check_violation then
      null;
    end;
  end loop;
  return made;
end
$$;

comment on function ingest.create_month(date) is 'Makes the partitions of one month for every warehouse table, once.';
