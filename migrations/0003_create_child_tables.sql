-- The rest of the document: every array of a session document has its table. Partitioned and keyed like the tables of
-- 0002. Sessions that were loaded before keep these arrays in `extra` until they are loaded or replayed again.

create table warehouse.handle_duration (
  source                      text not null,
  channel                     text not null,
  session_id                  bigint not null,
  session_created_at          timestamptz not null,
  handle_duration_id          bigint not null,
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
  primary key (source, channel, session_id, session_created_at, handle_duration_id)
) partition by range (session_created_at);

create table warehouse.handle_duration_default partition of warehouse.handle_duration default;

create table warehouse.queue_duration (
  source                        text not null,
  channel                       text not null,
  session_id                    bigint not null,
  session_created_at            timestamptz not null,
  queue_duration_id             bigint not null,
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
  primary key (source, channel, session_id, session_created_at, queue_duration_id)
) partition by range (session_created_at);

create table warehouse.queue_duration_default partition of warehouse.queue_duration default;

create table warehouse.virtual_agent_handle_duration (
  source                           text not null,
  channel                          text not null,
  session_id                       bigint not null,
  session_created_at               timestamptz not null,
  virtual_agent_handle_duration_id bigint not null,
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
  primary key (source, channel, session_id, session_created_at, virtual_agent_handle_duration_id)
) partition by range (session_created_at);

create table warehouse.virtual_agent_handle_duration_default partition of warehouse.virtual_agent_handle_duration default;

create table warehouse.consumer_handle_duration (
  source                      text not null,
  channel                     text not null,
  session_id                  bigint not null,
  session_created_at          timestamptz not null,
  consumer_handle_duration_id bigint not null,
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
  primary key (source, channel, session_id, session_created_at, consumer_handle_duration_id)
) partition by range (session_created_at);

create table warehouse.consumer_handle_duration_default partition of warehouse.consumer_handle_duration default;

create table warehouse.consumer_event_duration (
  source                     text not null,
  channel                    text not null,
  session_id                 bigint not null,
  session_created_at         timestamptz not null,
  consumer_event_duration_id bigint not null,
  type                       text,
  event                      text,
  started_at                 timestamptz,
  ended_at                   timestamptz,
  duration_seconds           integer,
  menu_path_id               bigint,
  menu_path                  text,
  lang                       text,
  extra                      jsonb,
  primary key (source, channel, session_id, session_created_at, consumer_event_duration_id)
) partition by range (session_created_at);

create table warehouse.consumer_event_duration_default partition of warehouse.consumer_event_duration default;

create table warehouse.consumer_in_menu_duration (
  source                       text not null,
  channel                      text not null,
  session_id                   bigint not null,
  session_created_at           timestamptz not null,
  consumer_in_menu_duration_id bigint not null,
  event                        text,
  started_at                   timestamptz,
  ended_at                     timestamptz,
  duration_seconds             integer,
  menu_path_id                 bigint,
  menu_path                    text,
  lang                         text,
  extra                        jsonb,
  primary key (source, channel, session_id, session_created_at, consumer_in_menu_duration_id)
) partition by range (session_created_at);

create table warehouse.consumer_in_menu_duration_default partition of warehouse.consumer_in_menu_duration default;

create table warehouse.disposition (
  source             text not null,
  channel            text not null,
  session_id         bigint not null,
  session_created_at timestamptz not null,
  ordinal            integer not null,
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
  primary key (source, channel, session_id, session_created_at, ordinal)
) partition by range (session_created_at);

create table warehouse.disposition_default partition of warehouse.disposition default;

create table warehouse.recording (
  source             text not null,
  channel            text not null,
  session_id         bigint not null,
  session_created_at timestamptz not null,
  recording_id       bigint not null,
  recording_type     text,
  conference_sid     text,
  started_at         timestamptz,
  ended_at           timestamptz,
  duration_seconds   numeric,
  extra              jsonb,
  primary key (source, channel, session_id, session_created_at, recording_id)
) partition by range (session_created_at);

create table warehouse.recording_default partition of warehouse.recording default;

create table warehouse.escalation (
  source                  text not null,
  channel                 text not null,
  session_id              bigint not null,
  session_created_at      timestamptz not null,
  escalation_id           bigint not null,
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
  primary key (source, channel, session_id, session_created_at, escalation_id)
) partition by range (session_created_at);

create table warehouse.escalation_default partition of warehouse.escalation default;

create table warehouse.deflected_escalation (
  source                  text not null,
  channel                 text not null,
  session_id              bigint not null,
  session_created_at      timestamptz not null,
  deflected_escalation_id bigint not null,
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
  primary key (source, channel, session_id, session_created_at, deflected_escalation_id)
) partition by range (session_created_at);

create table warehouse.deflected_escalation_default partition of warehouse.deflected_escalation default;

create table warehouse.deflection (
  source             text not null,
  channel            text not null,
  session_id         bigint not null,
  session_created_at timestamptz not null,
  deflection_id      bigint not null,
  transfer_id        bigint,
  deflection         text,
  from_menu_path     text,
  from_menu_path_ids bigint[],
  extra              jsonb,
  primary key (source, channel, session_id, session_created_at, deflection_id)
) partition by range (session_created_at);

create table warehouse.deflection_default partition of warehouse.deflection default;

create table warehouse.offer_event (
  source             text not null,
  channel            text not null,
  session_id         bigint not null,
  session_created_at timestamptz not null,
  ordinal            integer not null,
  casting_at         timestamptz,
  group_name         text,
  extra              jsonb,
  primary key (source, channel, session_id, session_created_at, ordinal)
) partition by range (session_created_at);

create table warehouse.offer_event_default partition of warehouse.offer_event default;

create table warehouse.media (
  source             text not null,
  channel            text not null,
  session_id         bigint not null,
  session_created_at timestamptz not null,
  media_type         text not null,
  media_id           bigint not null,
  photo_type         text,
  url                text,
  extra              jsonb,
  primary key (source, channel, session_id, session_created_at, media_type, media_id)
) partition by range (session_created_at);

create table warehouse.media_default partition of warehouse.media default;

create table warehouse.session_message (
  source             text not null,
  channel            text not null,
  session_id         bigint not null,
  session_created_at timestamptz not null,
  phase              text not null,
  ordinal            integer not null,
  message_id         bigint,
  sent_at            timestamptz,
  body               text,
  to_number          text,
  status             text,
  extra              jsonb,
  primary key (source, channel, session_id, session_created_at, phase, ordinal)
) partition by range (session_created_at);

create table warehouse.session_message_default partition of warehouse.session_message default;

create table warehouse.wait_time_virtual_agent (
  source             text not null,
  channel            text not null,
  session_id         bigint not null,
  session_created_at timestamptz not null,
  ordinal            integer not null,
  started_at         timestamptz,
  ended_at           timestamptz,
  duration_seconds   numeric,
  extra              jsonb,
  primary key (source, channel, session_id, session_created_at, ordinal)
) partition by range (session_created_at);

create table warehouse.wait_time_virtual_agent_default partition of warehouse.wait_time_virtual_agent default;

create table warehouse.recording_redaction (
  source             text not null,
  channel            text not null,
  session_id         bigint not null,
  session_created_at timestamptz not null,
  recording_id       bigint not null,
  ordinal            integer not null,
  started_at         timestamptz,
  ended_at           timestamptz,
  duration_seconds   numeric,
  start_agent_id     bigint,
  end_agent_id       bigint,
  extra              jsonb,
  primary key (source, channel, session_id, session_created_at, recording_id, ordinal)
) partition by range (session_created_at);

create table warehouse.recording_redaction_default partition of warehouse.recording_redaction default;

-- Months that the older tables have already are made for the new ones, too.
select ingest.create_month(to_date(right(c.relname, 7), 'YYYY_MM'))
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'warehouse' and c.relkind = 'r' and c.relname ~ '^session_\d{4}_\d{2}$';
