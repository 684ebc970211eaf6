// Generated from the migrated database. Do not edit; run: npm run table-types

import type { ColumnType } from "kysely";

export type ArrayType<T> = ArrayTypeImpl<T> extends (infer U)[]
  ? U[]
  : ArrayTypeImpl<T>;

export type ArrayTypeImpl<T> = T extends ColumnType<infer S, infer I, infer U>
  ? ColumnType<S[], I[], U[]>
  : T[];

export type Generated<T> = T extends ColumnType<infer S, infer I, infer U>
  ? ColumnType<S, I | undefined, U>
  : ColumnType<T, T | undefined, T>;

export type Int8 = ColumnType<string, bigint | number | string, bigint | number | string>;

export type Json = JsonValue;

export type JsonArray = JsonValue[];

export type JsonObject = {
  [x: string]: JsonValue | undefined;
};

export type JsonPrimitive = boolean | number | string | null;

export type JsonValue = JsonArray | JsonObject | JsonPrimitive;

export type Numeric = ColumnType<string, number | string, number | string>;

export type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface AnalyticsAgent {
  agent_key: string | null;
  first_seen_at: Timestamp | null;
  last_seen_at: Timestamp | null;
  source: string | null;
}

export interface AnalyticsAgentAttempt {
  acw_seconds: number | null;
  agent_key: string | null;
  bcw_seconds: number | null;
  channel: string | null;
  connect_seconds: number | null;
  direction: string | null;
  handle_duration_id: Int8 | null;
  handle_from_assignment_seconds: number | null;
  handle_seconds: number | null;
  hold_seconds: number | null;
  is_cold: boolean | null;
  is_transfer: boolean | null;
  kind: string | null;
  lang: string | null;
  local_day: Timestamp | null;
  local_started_at: Timestamp | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
  talk_seconds: number | null;
  transfer_id: Int8 | null;
}

export interface AnalyticsAgentDaily {
  acw_sum: Int8 | null;
  agent_key: string | null;
  agent_response_time: Numeric | null;
  aht: Numeric | null;
  attempt_handle_sum: Int8 | null;
  attempts: Int8 | null;
  barges: Int8 | null;
  bcw_sum: Int8 | null;
  channel: string | null;
  connect_sum: Int8 | null;
  csat_mean_last: Numeric | null;
  direction: string | null;
  dispositions: Int8 | null;
  handle_histogram: ArrayType<Int8> | null;
  handle_seconds_p50: Numeric | null;
  handle_seconds_p90: Numeric | null;
  handle_sum: Int8 | null;
  handle_times: Int8 | null;
  hold_rate: Numeric | null;
  hold_sum: Int8 | null;
  interactions: Int8 | null;
  local_day: Timestamp | null;
  rated: Int8 | null;
  rated_last: Int8 | null;
  rating_last_sum: Numeric | null;
  rating_sum: Numeric | null;
  response_sum: Numeric | null;
  responses: Int8 | null;
  source: string | null;
  talk_sum: Int8 | null;
  transfers_out: Int8 | null;
  transfers_out_cold: Int8 | null;
  with_hold: Int8 | null;
}

export interface AnalyticsAgentHourly {
  acw_sum: Int8 | null;
  agent_key: string | null;
  agent_response_time: Numeric | null;
  aht: Numeric | null;
  attempt_handle_sum: Int8 | null;
  attempts: Int8 | null;
  barges: Int8 | null;
  bcw_sum: Int8 | null;
  channel: string | null;
  connect_sum: Int8 | null;
  csat_mean_last: Numeric | null;
  direction: string | null;
  dispositions: Int8 | null;
  handle_histogram: ArrayType<Int8> | null;
  handle_seconds_p50: Numeric | null;
  handle_seconds_p90: Numeric | null;
  handle_sum: Int8 | null;
  handle_times: Int8 | null;
  hold_rate: Numeric | null;
  hold_sum: Int8 | null;
  interactions: Int8 | null;
  local_day: Timestamp | null;
  local_hour: Timestamp | null;
  menu_path_id: Int8 | null;
  rated: Int8 | null;
  rated_last: Int8 | null;
  rating_last_sum: Numeric | null;
  rating_sum: Numeric | null;
  response_sum: Numeric | null;
  responses: Int8 | null;
  source: string | null;
  talk_sum: Int8 | null;
  transfers_out: Int8 | null;
  transfers_out_cold: Int8 | null;
  with_hold: Int8 | null;
}

export interface AnalyticsAnswerTypePathWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsAnswerTypeWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsBarge {
  acw_seconds: number | null;
  agent_key: string | null;
  channel: string | null;
  direction: string | null;
  handle_duration_id: Int8 | null;
  hold_seconds: number | null;
  lang: string | null;
  local_day: Timestamp | null;
  local_started_at: Timestamp | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
  talk_seconds: number | null;
  transfer_id: Int8 | null;
}

export interface AnalyticsCalendar {
  is_weekend: boolean | null;
  iso_week: number | null;
  iso_year: number | null;
  local_day: Timestamp | null;
  month_start: Timestamp | null;
  quarter_start: Timestamp | null;
  week_start: Timestamp | null;
  weekday: number | null;
  weekday_name: string | null;
}

export interface AnalyticsCompletenessDaily {
  channel: string | null;
  day: Timestamp | null;
  first_session_id: Int8 | null;
  hours_to_store_p50: Numeric | null;
  hours_to_store_p95: Numeric | null;
  id_jumps: Int8 | null;
  implausible_missing_ids: Int8 | null;
  last_session_id: Int8 | null;
  missing_id_share: Numeric | null;
  missing_ids: Int8 | null;
  sessions: Int8 | null;
  sessions_by_backfill: Int8 | null;
  sessions_by_event: Int8 | null;
  sessions_by_reconcile: Int8 | null;
  source: string | null;
  stored_later_share: Numeric | null;
  stored_within_1h_share: Numeric | null;
  stored_within_24h_share: Numeric | null;
  stored_within_6h_share: Numeric | null;
  stored_within_72h_share: Numeric | null;
  usual_missing_id_share: Numeric | null;
}

export interface AnalyticsConsumerEventWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsDeflectedEscalation {
  channel: string | null;
  deflected_escalation_id: Int8 | null;
  deflection: string | null;
  deflection_label: string | null;
  escalation_id: Int8 | null;
  escalation_reason: string | null;
  lang: string | null;
  local_at: Timestamp | null;
  local_day: Timestamp | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  reason_label: string | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
  virtual_agent_id: Int8 | null;
  virtual_agent_name: string | null;
}

export interface AnalyticsDeflection {
  channel: string | null;
  deflection: string | null;
  deflection_id: Int8 | null;
  deflection_label: string | null;
  from_menu_path: string | null;
  local_at: Timestamp | null;
  local_day: Timestamp | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
  transfer_id: Int8 | null;
}

export interface AnalyticsDeflectionKindWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsDisconnectedByWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsDisposition {
  agent_key: string | null;
  channel: string | null;
  code: string | null;
  custom_code_id: string | null;
  custom_list_id: string | null;
  list: string | null;
  list_path: string | null;
  local_at: Timestamp | null;
  local_day: Timestamp | null;
  ordinal: number | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
  transfer_id: Int8 | null;
  ujet_code_id: Int8 | null;
  ujet_list_id: Int8 | null;
}

export interface AnalyticsDispositionDaily {
  channel: string | null;
  code: string | null;
  dispositions: Int8 | null;
  list: string | null;
  local_day: Timestamp | null;
  menu_path_id: Int8 | null;
  sessions: Int8 | null;
  source: string | null;
}

export interface AnalyticsDispositionHourly {
  channel: string | null;
  code: string | null;
  dispositions: Int8 | null;
  list: string | null;
  local_day: Timestamp | null;
  local_hour: Timestamp | null;
  menu_path_id: Int8 | null;
  sessions: Int8 | null;
  source: string | null;
}

export interface AnalyticsEntryTypeWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsEscalation {
  channel: string | null;
  deflection: string | null;
  deflection_label: string | null;
  escalation_id: Int8 | null;
  from_menu_path: string | null;
  from_virtual_agent_id: Int8 | null;
  from_virtual_agent_name: string | null;
  local_at: Timestamp | null;
  local_day: Timestamp | null;
  reason: string | null;
  reason_label: string | null;
  seconds: number | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
  status: string | null;
  status_label: string | null;
  to_agent_key: string | null;
  to_menu_path: string | null;
}

export interface AnalyticsEscalationReasonWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsEscalationStatusWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsFailReasonWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsFinishReasonWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsFreshness {
  changed_hours_waiting: Int8 | null;
  channel: string | null;
  newest_loaded_at: Timestamp | null;
  newest_session_created_at: Timestamp | null;
  rollups_current_to: Timestamp | null;
  source: string | null;
}

export interface AnalyticsHalfHour {
  half_hour: number | null;
  local_time: string | null;
}

export interface AnalyticsHandledInteraction {
  acw_seconds: number | null;
  agent_key: string | null;
  bcw_seconds: number | null;
  channel: string | null;
  connect_seconds: number | null;
  direction: string | null;
  handle_duration_id: Int8 | null;
  handle_from_assignment_seconds: number | null;
  handle_seconds: number | null;
  hold_seconds: number | null;
  is_cold: boolean | null;
  is_transfer: boolean | null;
  lang: string | null;
  local_day: Timestamp | null;
  local_started_at: Timestamp | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  response_count: number | null;
  response_seconds_max: Numeric | null;
  response_seconds_total: Numeric | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
  talk_seconds: number | null;
  transfer_id: Int8 | null;
  wait_seconds: number | null;
}

export interface AnalyticsInitiatedByWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsMenuStay {
  channel: string | null;
  consumer_in_menu_duration_id: Int8 | null;
  event: string | null;
  event_label: string | null;
  lang: string | null;
  local_at: Timestamp | null;
  local_day: Timestamp | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  seconds: number | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
}

export interface AnalyticsMenuTypeWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsMetric {
  chapter: string | null;
  definition: string | null;
  denominator: string | null;
  denominator_view: string | null;
  differs_from: string | null;
  label: string | null;
  name: string | null;
  numerator: string | null;
  query: string | null;
  unit: string | null;
  vendor_source: string | null;
  view_name: string | null;
}

export interface AnalyticsObjectOutcomeDaily {
  code: string | null;
  day: Timestamp | null;
  objects: Int8 | null;
  outcome: string | null;
  source: string | null;
}

export interface AnalyticsOffer {
  channel: string | null;
  group_name: string | null;
  local_at: Timestamp | null;
  local_day: Timestamp | null;
  ordinal: number | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
}

export interface AnalyticsOfferTypeWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsParticipantStatusWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsParticipantTypeWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsPhotoTypeWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsProviderTypeWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsQueue {
  abandon_threshold_seconds: number | null;
  first_seen_at: Timestamp | null;
  last_seen_at: Timestamp | null;
  level_1: string | null;
  level_2: string | null;
  level_3: string | null;
  level_4: string | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  name: string | null;
  source: string | null;
  target_percent: Numeric | null;
  target_seconds: number | null;
}

export interface AnalyticsQueueDaily {
  abandon_histogram: ArrayType<Int8> | null;
  abandon_max: number | null;
  abandon_rate: Numeric | null;
  abandon_rate_without_short: Numeric | null;
  abandon_sum: Int8 | null;
  abandon_waits: Int8 | null;
  abandoned: Int8 | null;
  abandoned_no_threshold: Int8 | null;
  abandoned_short: Int8 | null;
  answer_histogram: ArrayType<Int8> | null;
  answer_max: number | null;
  answer_seconds_p50: Numeric | null;
  answer_seconds_p90: Numeric | null;
  answer_sum: Int8 | null;
  answer_waits: Int8 | null;
  answered: Int8 | null;
  asa: Numeric | null;
  average_abandon_time: Numeric | null;
  canceled: Int8 | null;
  channel: string | null;
  deflected: Int8 | null;
  direction: string | null;
  entries: Int8 | null;
  failed: Int8 | null;
  in_sla: Int8 | null;
  is_first: boolean | null;
  lang: string | null;
  local_day: Timestamp | null;
  menu_path_id: Int8 | null;
  out_sla: Int8 | null;
  returned: Int8 | null;
  service_level: Numeric | null;
  source: string | null;
}

export interface AnalyticsQueueEntry {
  abandon_threshold_seconds: number | null;
  abandoned: number | null;
  agent_key: string | null;
  answered: number | null;
  channel: string | null;
  direction: string | null;
  entries: number | null;
  in_sla: number | null;
  is_cold: boolean | null;
  is_first: boolean | null;
  is_last: boolean | null;
  is_short_abandon: boolean | null;
  is_transfer: boolean | null;
  lang: string | null;
  local_day: Timestamp | null;
  local_started_at: Timestamp | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  out_sla: number | null;
  outcome: string | null;
  queue_duration_id: Int8 | null;
  service_level_event: string | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
  target_percent: Numeric | null;
  target_seconds: number | null;
  transfer_id: Int8 | null;
  wait_seconds: number | null;
}

export interface AnalyticsQueueHourly {
  abandon_histogram: ArrayType<Int8> | null;
  abandon_max: number | null;
  abandon_rate: Numeric | null;
  abandon_rate_without_short: Numeric | null;
  abandon_sum: Int8 | null;
  abandon_waits: Int8 | null;
  abandoned: Int8 | null;
  abandoned_no_threshold: Int8 | null;
  abandoned_short: Int8 | null;
  answer_histogram: ArrayType<Int8> | null;
  answer_max: number | null;
  answer_seconds_p50: Numeric | null;
  answer_seconds_p90: Numeric | null;
  answer_sum: Int8 | null;
  answer_waits: Int8 | null;
  answered: Int8 | null;
  asa: Numeric | null;
  average_abandon_time: Numeric | null;
  canceled: Int8 | null;
  channel: string | null;
  deflected: Int8 | null;
  direction: string | null;
  entries: Int8 | null;
  failed: Int8 | null;
  in_sla: Int8 | null;
  is_first: boolean | null;
  lang: string | null;
  local_day: Timestamp | null;
  local_hour: Timestamp | null;
  menu_path_id: Int8 | null;
  out_sla: Int8 | null;
  returned: Int8 | null;
  service_level: Numeric | null;
  source: string | null;
}

export interface AnalyticsRecording {
  channel: string | null;
  local_at: Timestamp | null;
  local_day: Timestamp | null;
  recording_id: Int8 | null;
  recording_type: string | null;
  redacted_seconds: Numeric | null;
  seconds: Numeric | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
  type_label: string | null;
}

export interface AnalyticsRecordingPermissionWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsRecordingTypeWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsRestatementDaily {
  loaded_day: Timestamp | null;
  local_day: Timestamp | null;
  sessions_first_stored: number | null;
  sessions_revised: number | null;
  source: string | null;
}

export interface AnalyticsSegment {
  agent_key: string | null;
  channel: string | null;
  ended_at: Timestamp | null;
  hold_seconds: number | null;
  kind: string | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  ordinal: number | null;
  seconds: number | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
  started_at: Timestamp | null;
  transfer_id: Int8 | null;
  virtual_agent_id: Int8 | null;
}

export interface AnalyticsServiceLevelEventWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsSession {
  acw_seconds: number | null;
  after_hours: boolean | null;
  answer_seconds: number | null;
  bcw_seconds: number | null;
  channel: string | null;
  completed_transfers: number | null;
  connected_at: Timestamp | null;
  contact_key: string | null;
  custom: Json | null;
  customer_key: string | null;
  deflection: string | null;
  deflection_label: string | null;
  direction: string | null;
  disconnected_by: string | null;
  disposition_count: number | null;
  duration_seconds: number | null;
  ended_at: Timestamp | null;
  fail_label: string | null;
  fail_reason: string | null;
  first_menu_path: string | null;
  first_menu_path_id: Int8 | null;
  handle_from_assignment_seconds: number | null;
  handle_seconds: number | null;
  handled_interactions: number | null;
  has_feedback: boolean | null;
  hold_seconds: number | null;
  is_campaign: boolean | null;
  key_version: number | null;
  lang: string | null;
  last_menu_path: string | null;
  last_menu_path_id: Int8 | null;
  line: string | null;
  loaded_at: Timestamp | null;
  local_created_at: Timestamp | null;
  local_day: Timestamp | null;
  local_half_hour: Timestamp | null;
  message_count: number | null;
  outcome: string | null;
  parent_id: Int8 | null;
  photo_count: number | null;
  queue_entries: number | null;
  queue_priority: number | null;
  queue_wait_seconds: number | null;
  rating: Numeric | null;
  recording_count: number | null;
  recording_permission: string | null;
  scheduled_at: Timestamp | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  session_type: string | null;
  source: string | null;
  status: string | null;
  status_label: string | null;
  talk_seconds: number | null;
  type_label: string | null;
  updated_at: Timestamp | null;
  verified: boolean | null;
  video_count: number | null;
  virtual_agent_first: boolean | null;
  voicemail_reason: string | null;
  wait_seconds: number | null;
  weekday: number | null;
}

export interface AnalyticsSessionDaily {
  channel: string | null;
  completed_transfers: Int8 | null;
  consent_denied: Int8 | null;
  consent_granted: Int8 | null;
  consent_not_asked: Int8 | null;
  csat_mean: Numeric | null;
  direction: string | null;
  feedbacks: Int8 | null;
  first_menu_path_id: Int8 | null;
  handle_sum: Int8 | null;
  handled: Int8 | null;
  handled_share: Numeric | null;
  lang: string | null;
  local_day: Timestamp | null;
  messages: Int8 | null;
  outcome: string | null;
  queue_wait_sum: Int8 | null;
  queued: Int8 | null;
  rated: Int8 | null;
  rated_1: Int8 | null;
  rated_2: Int8 | null;
  rated_3: Int8 | null;
  rated_4: Int8 | null;
  rated_5: Int8 | null;
  rated_handled: Int8 | null;
  rating_sum: Numeric | null;
  recorded: Int8 | null;
  session_type: string | null;
  sessions: Int8 | null;
  source: string | null;
  survey_response_rate: Numeric | null;
  transfer_rate: Numeric | null;
  verified: Int8 | null;
  virtual_agent_first: Int8 | null;
  with_transfer: Int8 | null;
}

export interface AnalyticsSessionHourly {
  channel: string | null;
  completed_transfers: Int8 | null;
  consent_denied: Int8 | null;
  consent_granted: Int8 | null;
  consent_not_asked: Int8 | null;
  csat_mean: Numeric | null;
  direction: string | null;
  feedbacks: Int8 | null;
  first_menu_path_id: Int8 | null;
  handle_sum: Int8 | null;
  handled: Int8 | null;
  handled_share: Numeric | null;
  lang: string | null;
  local_day: Timestamp | null;
  local_hour: Timestamp | null;
  messages: Int8 | null;
  outcome: string | null;
  queue_wait_sum: Int8 | null;
  queued: Int8 | null;
  rated: Int8 | null;
  rated_1: Int8 | null;
  rated_2: Int8 | null;
  rated_3: Int8 | null;
  rated_4: Int8 | null;
  rated_5: Int8 | null;
  rated_handled: Int8 | null;
  rating_sum: Numeric | null;
  recorded: Int8 | null;
  session_type: string | null;
  sessions: Int8 | null;
  source: string | null;
  survey_response_rate: Numeric | null;
  transfer_rate: Numeric | null;
  verified: Int8 | null;
  virtual_agent_first: Int8 | null;
  with_transfer: Int8 | null;
}

export interface AnalyticsSessionTypeWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsSms {
  channel: string | null;
  local_at: Timestamp | null;
  local_day: Timestamp | null;
  ordinal: number | null;
  phase: string | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
  status: string | null;
}

export interface AnalyticsSource {
  first_seen_at: Timestamp | null;
  source: string | null;
  time_zone: string | null;
}

export interface AnalyticsStatusWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsSurvey {
  channel: string | null;
  consumer_event_duration_id: Int8 | null;
  event: string | null;
  event_label: string | null;
  lang: string | null;
  local_at: Timestamp | null;
  local_day: Timestamp | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  seconds: number | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
  type: string | null;
}

export interface AnalyticsTransfer {
  channel: string | null;
  completed: number | null;
  deflection: string | null;
  deflection_label: string | null;
  fail_label: string | null;
  fail_reason: string | null;
  from_agent_key: string | null;
  from_menu_path: string | null;
  from_menu_path_id: Int8 | null;
  from_virtual_agent_id: Int8 | null;
  is_cold: boolean | null;
  local_created_at: Timestamp | null;
  local_day: Timestamp | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
  status: string | null;
  status_label: string | null;
  talk_seconds: number | null;
  target_kind: string | null;
  to_agent_key: string | null;
  to_menu_path: string | null;
  to_menu_path_id: Int8 | null;
  to_virtual_agent_id: Int8 | null;
  transfer_id: Int8 | null;
  wait_seconds: number | null;
}

export interface AnalyticsTransferDaily {
  average_wait: Numeric | null;
  channel: string | null;
  completed: Int8 | null;
  completed_share: Numeric | null;
  from_menu_path_id: Int8 | null;
  is_cold: boolean | null;
  local_day: Timestamp | null;
  source: string | null;
  status: string | null;
  target_kind: string | null;
  to_menu_path_id: Int8 | null;
  transfers: Int8 | null;
  wait_sum: Int8 | null;
  waits: Int8 | null;
}

export interface AnalyticsTransferFailReasonWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsTransferHourly {
  average_wait: Numeric | null;
  channel: string | null;
  completed: Int8 | null;
  completed_share: Numeric | null;
  from_menu_path_id: Int8 | null;
  is_cold: boolean | null;
  local_day: Timestamp | null;
  local_hour: Timestamp | null;
  source: string | null;
  status: string | null;
  target_kind: string | null;
  to_menu_path_id: Int8 | null;
  transfers: Int8 | null;
  wait_sum: Int8 | null;
  waits: Int8 | null;
}

export interface AnalyticsTransferStatusWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsVirtualAgent {
  alias: string | null;
  first_seen_at: Timestamp | null;
  last_seen_at: Timestamp | null;
  name: string | null;
  source: string | null;
  virtual_agent_id: Int8 | null;
}

export interface AnalyticsVirtualAgentDaily {
  average_seconds: Numeric | null;
  channel: string | null;
  direction: string | null;
  escalation_reason: string | null;
  fallback_rate: Numeric | null;
  fallbacks: Int8 | null;
  interaction_times: Int8 | null;
  interactions: Int8 | null;
  is_first: boolean | null;
  local_day: Timestamp | null;
  menu_path_id: Int8 | null;
  outcome: string | null;
  responses: Int8 | null;
  seconds_sum: Int8 | null;
  source: string | null;
  virtual_agent_id: Int8 | null;
}

export interface AnalyticsVirtualAgentFinishReasonWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsVirtualAgentHourly {
  average_seconds: Numeric | null;
  channel: string | null;
  direction: string | null;
  escalation_reason: string | null;
  fallback_rate: Numeric | null;
  fallbacks: Int8 | null;
  interaction_times: Int8 | null;
  interactions: Int8 | null;
  is_first: boolean | null;
  local_day: Timestamp | null;
  local_hour: Timestamp | null;
  menu_path_id: Int8 | null;
  outcome: string | null;
  responses: Int8 | null;
  seconds_sum: Int8 | null;
  source: string | null;
  virtual_agent_id: Int8 | null;
}

export interface AnalyticsVirtualAgentInteraction {
  channel: string | null;
  direction: string | null;
  escalation_label: string | null;
  escalation_reason: string | null;
  fallback_count: number | null;
  finish_label: string | null;
  finish_reason: string | null;
  initiated_by: string | null;
  is_first: boolean | null;
  is_transfer: boolean | null;
  lang: string | null;
  local_day: Timestamp | null;
  local_started_at: Timestamp | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  outcome: string | null;
  response_count: number | null;
  seconds: number | null;
  sentiment: Numeric | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
  transfer_id: Int8 | null;
  virtual_agent_alias: string | null;
  virtual_agent_handle_duration_id: Int8 | null;
  virtual_agent_id: Int8 | null;
  virtual_agent_name: string | null;
}

export interface AnalyticsVoicemailReasonWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
}

export interface AnalyticsWord {
  certainty: string | null;
  channel: string | null;
  code: number | null;
  label: string | null;
  meaning: string | null;
  value: string | null;
  vocabulary: string | null;
}

export interface IngestAccessRule {
  column_names: string[] | null;
  object_kind: string;
  object_name: string;
  privileges: string;
  role_name: string;
}

export interface IngestAction {
  action_id: Generated<Int8>;
  arguments: Json;
  asked_at: Generated<Timestamp>;
  asked_by: string;
  asked_login: string;
  cancel_asked_by: string | null;
  confirmed_count: Int8 | null;
  counts: Generated<Json>;
  ended_at: Timestamp | null;
  error: string | null;
  form_key: string;
  kind: string;
  run_id: Int8 | null;
  source: string | null;
  started_at: Timestamp | null;
  state: Generated<string>;
  take_count: Generated<number>;
  taken_by: string | null;
  updated_at: Generated<Timestamp>;
}

export interface IngestAgentVisibility {
  are_shown: boolean | null;
}

export interface IngestBackfillRun {
  bucket: string;
  counts: Generated<Json>;
  ended_at: Timestamp | null;
  host: string;
  paused_by: string | null;
  prefix: string;
  request: Json;
  run_id: Generated<Int8>;
  source: string;
  started_at: Generated<Timestamp>;
  state: Generated<string>;
  updated_at: Generated<Timestamp>;
  via: string;
}

export interface IngestBackfillShard {
  after_key: string | null;
  counts: Generated<Json>;
  done_key: string | null;
  done_rows: Generated<Int8>;
  file_key: string | null;
  page_ended: Generated<Int8>;
  page_objects: Generated<Int8>;
  run_id: Int8;
  shard: number;
  state: Generated<string>;
  up_to_key: string | null;
  updated_at: Generated<Timestamp>;
}

export interface IngestChangedHour {
  changed_at: Generated<Timestamp>;
  home_hour: Timestamp;
  home_month: Timestamp;
  source: string;
}

export interface IngestErased {
  digest: Buffer;
  erasure_id: Int8;
  key_version: number;
  kind: string;
  replacement: string | null;
  replacement_id: Int8 | null;
}

export interface IngestErasure {
  asked_at: Generated<Timestamp>;
  asked_by: string;
  asked_login: Generated<string>;
  counts: Generated<Json>;
  digest: Buffer;
  ended_at: Timestamp | null;
  erasure_id: Generated<Int8>;
  key_version: number;
  kind: string;
  reason: string | null;
  source: string;
}

export interface IngestLease {
  expires_at: Timestamp;
  holder: string;
  host: string;
  name: string;
  renewed_at: Generated<Timestamp>;
  taken_at: Generated<Timestamp>;
}

export interface IngestListedObject {
  etag: string | null;
  last_modified: Timestamp | null;
  list_id: Int8;
  object_key: string;
  size_bytes: Int8 | null;
}

export interface IngestMadeMonth {
  made_at: Timestamp;
  month: Timestamp;
}

export interface IngestMaintenanceRun {
  ended_at: Timestamp | null;
  halted: string | null;
  host: string;
  months_removed: Generated<number>;
  run_id: Generated<Int8>;
  sessions_removed: Generated<Int8>;
  started_at: Generated<Timestamp>;
}

export interface IngestMigration {
  applied_at: Generated<Timestamp>;
  content_sha256: string;
  name: string;
}

export interface IngestObject {
  bucket: string;
  channel: string | null;
  code: string | null;
  content_sha256: Buffer | null;
  document_count: number | null;
  etag: string | null;
  event_name: string | null;
  event_time: Timestamp | null;
  first_seen_at: Generated<Timestamp>;
  lag_ms: Int8 | null;
  last_modified: Timestamp | null;
  mapping_version: number | null;
  object_key: string;
  outcome: string;
  receive_count: Generated<number>;
  removed_at: Timestamp | null;
  sequencer: string | null;
  session_id: Int8 | null;
  settle_count: Generated<number>;
  settled_at: Generated<Timestamp>;
  settled_by: Generated<Timestamp>;
  size_bytes: Int8 | null;
  source: string | null;
  version_id: string | null;
}

export interface IngestObjectList {
  host: string;
  list_id: Generated<Int8>;
  purpose: string;
  used_at: Generated<Timestamp>;
}

export interface IngestReconcileRun {
  by_day: Generated<Json>;
  counts: Generated<Json>;
  ended_at: Timestamp | null;
  error: string | null;
  examples: Generated<Json>;
  host: string;
  purpose: string;
  run_id: Generated<Int8>;
  source: string;
  started_at: Generated<Timestamp>;
}

export interface IngestRejectedContent {
  content: Buffer | null;
  content_sha256: Buffer;
  first_seen_at: Generated<Timestamp>;
  last_seen_at: Generated<Timestamp>;
  sealed_content: Buffer | null;
}

export interface IngestRejection {
  bucket: string | null;
  code: string;
  content_bytes: Int8 | null;
  content_is_cut: Generated<boolean>;
  content_sha256: Buffer | null;
  detail: string;
  fingerprint: Buffer;
  first_seen_at: Generated<Timestamp>;
  last_seen_at: Generated<Timestamp>;
  message_id: string | null;
  object_key: string | null;
  rejection_id: Generated<Int8>;
  seen_count: Generated<number>;
  source: string | null;
  state: Generated<string>;
  version_id: string | null;
}

export interface IngestRetention {
  is_estimate: Generated<boolean>;
  kept_days: number | null;
  kept_months: number | null;
  kind: string;
  measured_at: Generated<Timestamp>;
  oldest_at: Timestamp | null;
  removed_count: Generated<Int8 | null>;
  row_count: Int8 | null;
  source: Generated<string>;
  tidied_at: Timestamp | null;
}

export interface IngestSchemaDrift {
  channel: string;
  column_name: string | null;
  document_count: Int8;
  example_bucket: string;
  example_key: string;
  first_seen_at: Generated<Timestamp>;
  json_path: string;
  json_type: string;
  last_seen_at: Generated<Timestamp>;
  source: string;
  vocabulary: string | null;
  word: string | null;
}

export interface IngestSessionHead {
  changed_tables: Generated<number>;
  channel: string;
  content_changed: Generated<boolean>;
  content_sha256: Buffer;
  created_at: Timestamp;
  first_loaded_at: Generated<Timestamp>;
  latest_event_at: Timestamp;
  loaded_at: Generated<Timestamp>;
  mapping_settings: number | null;
  mapping_version: number;
  object_last_modified: Timestamp;
  previous_created_at: Timestamp | null;
  replaced: Json | null;
  revision_count: Generated<number>;
  revision_updated_at: Timestamp;
  row_digests: Buffer | null;
  session_id: Int8;
  source: string;
  uuid: string | null;
}

export interface IngestSetting {
  name: string;
  value: string;
}

export interface IngestSource {
  bucket: string;
  first_seen_at: Generated<Timestamp>;
  name: string;
  prefix: Generated<string>;
  time_zone: string | null;
  updated_at: Generated<Timestamp>;
}

export interface IngestWorker {
  beat_at: Generated<Timestamp>;
  host: string;
  in_flight: number;
  last_error_at: Timestamp | null;
  last_error_code: string | null;
  queues: Generated<Json>;
  receiving: boolean;
  started_at: Generated<Timestamp>;
  stopped_at: Timestamp | null;
  version: string;
  worker_id: string;
}

export interface WarehouseAgent {
  agent_id: Int8;
  agent_key: Generated<string>;
  email: string | null;
  first_seen_at: Timestamp;
  last_seen_at: Timestamp;
  name: string | null;
  number: string | null;
  source: string;
  teams: Json | null;
}

export interface WarehouseAnswerType {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseAnswerTypePath {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseCallParticipant {
  adapter_fail_code: number | null;
  adapter_fail_message: string | null;
  agent_assist: Json | null;
  caller_id: string | null;
  channel: string;
  connected_at: Timestamp | null;
  duration_seconds: number | null;
  email: string | null;
  end_user_id: Int8 | null;
  ended_at: Timestamp | null;
  entry_type: string | null;
  extra: Json | null;
  fail_reason: string | null;
  first_name: string | null;
  hold_seconds: number | null;
  last_name: string | null;
  location: Json | null;
  location_id: Int8 | null;
  middle_name: string | null;
  participant_id: Int8;
  phone_number: string | null;
  session_created_at: Timestamp;
  session_id: Int8;
  sip_headers: Json | null;
  source: string;
  status: string | null;
  teams: Json | null;
  type: string | null;
  user_id: Int8 | null;
  virtual_agent: Json | null;
  virtual_agent_id: Int8 | null;
  virtual_agent_params: Json | null;
}

export interface WarehouseConsumerEvent {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseConsumerEventDuration {
  channel: string;
  consumer_event_duration_id: Int8;
  duration_seconds: number | null;
  ended_at: Timestamp | null;
  event: string | null;
  extra: Json | null;
  lang: string | null;
  local_at: Timestamp | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  started_at: Timestamp | null;
  type: string | null;
}

export interface WarehouseConsumerHandleDuration {
  channel: string;
  consumer_handle_duration_id: Int8;
  duration_seconds: number | null;
  ended_at: Timestamp | null;
  extra: Json | null;
  hold_seconds: number | null;
  message_count: number | null;
  response_count: number | null;
  response_seconds_avg: Numeric | null;
  response_seconds_max: Numeric | null;
  response_seconds_total: Numeric | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  started_at: Timestamp | null;
}

export interface WarehouseConsumerInMenuDuration {
  channel: string;
  consumer_in_menu_duration_id: Int8;
  duration_seconds: number | null;
  ended_at: Timestamp | null;
  event: string | null;
  extra: Json | null;
  lang: string | null;
  local_at: Timestamp | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  started_at: Timestamp | null;
}

export interface WarehouseDataKey {
  data_key_id: Generated<Int8>;
  key_id: string;
  made_at: Generated<Timestamp>;
  month: Timestamp;
  source: string;
  wrapped_at: Generated<Timestamp>;
  wrapped_key: Buffer;
}

export interface WarehouseDeflectedEscalation {
  channel: string;
  deflected_escalation_id: Int8;
  deflection: string | null;
  escalated_at: Timestamp | null;
  escalation_id: Int8 | null;
  escalation_reason: string | null;
  extra: Json | null;
  lang: string | null;
  local_at: Timestamp | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  virtual_agent_alias: string | null;
  virtual_agent_id: Int8 | null;
  virtual_agent_name: string | null;
}

export interface WarehouseDeflection {
  channel: string;
  deflection: string | null;
  deflection_id: Int8;
  extra: Json | null;
  from_menu_path: string | null;
  from_menu_path_ids: ArrayType<Int8> | null;
  local_at: Timestamp | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  transfer_id: Int8 | null;
}

export interface WarehouseDeflectionKind {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseDisconnectedBy {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseDisposition {
  channel: string;
  code: string | null;
  custom_code_id: string | null;
  custom_list_id: string | null;
  extra: Json | null;
  list: string | null;
  list_path: string | null;
  local_at: Timestamp | null;
  note: string | null;
  ordinal: number;
  participant_id: Int8 | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  transfer_id: Int8 | null;
  ujet_code_id: Int8 | null;
  ujet_list_id: Int8 | null;
  user_id: Int8 | null;
}

export interface WarehouseEntryType {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseEscalation {
  channel: string;
  created_at: Timestamp | null;
  deflection: string | null;
  escalated_at: Timestamp | null;
  escalation_id: Int8;
  extra: Json | null;
  from_menu_path: string | null;
  from_menu_path_ids: ArrayType<Int8> | null;
  from_virtual_agent_id: Int8 | null;
  from_virtual_agent_name: string | null;
  local_at: Timestamp | null;
  reason: string | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  status: string | null;
  to_agent_email: string | null;
  to_agent_id: Int8 | null;
  to_agent_name: string | null;
  to_menu_path: string | null;
  to_menu_path_ids: ArrayType<Int8> | null;
}

export interface WarehouseEscalationReason {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseEscalationStatus {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseFailReason {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseFinishReason {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseHandleDuration {
  acw_seconds: number | null;
  agent_id: Int8 | null;
  assigned_connection_seconds: number | null;
  bcw_seconds: number | null;
  channel: string;
  counts_as_handled: boolean | null;
  direction: string | null;
  duration_seconds: number | null;
  ended_at: Timestamp | null;
  extra: Json | null;
  handle_duration_id: Int8;
  hold_seconds: number | null;
  interaction_acw_seconds: number | null;
  interaction_bcw_seconds: number | null;
  interaction_connect_seconds: number | null;
  interaction_ended_at: Timestamp | null;
  interaction_hold_seconds: number | null;
  interaction_response_count: number | null;
  interaction_response_seconds_max: Numeric | null;
  interaction_response_seconds_total: Numeric | null;
  interaction_talk_seconds: number | null;
  interaction_wait_seconds: number | null;
  is_barged: boolean | null;
  is_transfer: boolean | null;
  is_transfer_cold: boolean | null;
  kind: string | null;
  lang: string | null;
  local_started_at: Timestamp | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  response_count: number | null;
  response_seconds_avg: Numeric | null;
  response_seconds_max: Numeric | null;
  response_seconds_total: Numeric | null;
  scheduled_at: Timestamp | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  started_at: Timestamp | null;
  transfer_id: Int8 | null;
}

export interface WarehouseInitiatedBy {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseMedia {
  channel: string;
  extra: Json | null;
  media_id: Int8;
  media_type: string;
  photo_type: string | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  url: string | null;
}

export interface WarehouseMenuType {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseOfferEvent {
  casting_at: Timestamp | null;
  channel: string;
  extra: Json | null;
  group_name: string | null;
  local_at: Timestamp | null;
  ordinal: number;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
}

export interface WarehouseOfferType {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseParticipantStatus {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseParticipantType {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehousePhotoType {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseProviderType {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseQueue {
  abandon_seconds: number | null;
  first_seen_at: Timestamp;
  last_seen_at: Timestamp;
  menu_path: string | null;
  menu_path_id: Int8;
  source: string;
  target_percent: Numeric | null;
  target_seconds: number | null;
}

export interface WarehouseQueueDuration {
  agent_id: Int8 | null;
  channel: string;
  direction: string | null;
  duration_seconds: number | null;
  ended_at: Timestamp | null;
  extra: Json | null;
  is_first: boolean | null;
  is_last: boolean | null;
  is_short_abandon: boolean | null;
  is_transfer: boolean | null;
  is_transfer_cold: boolean | null;
  lang: string | null;
  local_started_at: Timestamp | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  outcome: string | null;
  queue_duration_id: Int8;
  service_level_abandon_seconds: number | null;
  service_level_event: string | null;
  service_level_target_percent: Numeric | null;
  service_level_target_seconds: number | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  started_at: Timestamp | null;
  transfer_id: Int8 | null;
}

export interface WarehouseRecording {
  channel: string;
  conference_sid: string | null;
  duration_seconds: Numeric | null;
  ended_at: Timestamp | null;
  extra: Json | null;
  local_at: Timestamp | null;
  recording_id: Int8;
  recording_type: string | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  started_at: Timestamp | null;
}

export interface WarehouseRecordingPermission {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseRecordingRedaction {
  channel: string;
  duration_seconds: Numeric | null;
  end_agent_id: Int8 | null;
  ended_at: Timestamp | null;
  extra: Json | null;
  ordinal: number;
  recording_id: Int8;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  start_agent_id: Int8 | null;
  started_at: Timestamp | null;
}

export interface WarehouseRecordingType {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseServiceLevelEvent {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseSession {
  acw_seconds: number | null;
  adapter_fail_code: number | null;
  adapter_fail_message: string | null;
  after_hours: boolean | null;
  agent_count: number | null;
  agent_email: string | null;
  agent_id: Int8 | null;
  agent_name: string | null;
  agent_number: string | null;
  answer_seconds: number | null;
  answer_type: string | null;
  assigned_at: Timestamp | null;
  automation_redirection: Json | null;
  average_response_seconds: Numeric | null;
  bcw_seconds: number | null;
  bucket: string;
  channel: string;
  completed_transfers: number | null;
  connected_at: Timestamp | null;
  contact_key: string | null;
  created_at: Timestamp;
  custom: Json | null;
  custom_data: Json | null;
  custom_data_secured: Json | null;
  customer_key: string | null;
  deflection: string | null;
  direction: string | null;
  disconnected_by: string | null;
  disposition_count: number | null;
  duration_seconds: number | null;
  email: string | null;
  end_user_contact_id: string | null;
  end_user_id: Int8 | null;
  end_user_identifier: string | null;
  ended_at: Timestamp | null;
  extra: Json | null;
  fail_details: string | null;
  fail_reason: string | null;
  feedback: string | null;
  finish_reason: string | null;
  first_menu_path: string | null;
  first_menu_path_id: Int8 | null;
  first_message_at: Timestamp | null;
  handle_from_assignment_seconds: number | null;
  handle_seconds: number | null;
  handled_interactions: number | null;
  has_feedback: boolean | null;
  hold_seconds: number | null;
  is_ticket_account: boolean | null;
  key_version: number | null;
  lang: string | null;
  last_menu_path: string | null;
  last_menu_path_id: Int8 | null;
  last_message_at: Timestamp | null;
  loaded_at: Generated<Timestamp>;
  local_created_at: Timestamp | null;
  longest_response_seconds: Numeric | null;
  menu_id: Int8 | null;
  menu_name: string | null;
  menu_path: string | null;
  menu_path_ids: ArrayType<Int8> | null;
  menu_type: string | null;
  message_count: number | null;
  object_key: string;
  offer_type: string | null;
  outbound_number: string | null;
  outcome: string | null;
  parent_id: Int8 | null;
  participant_count: number | null;
  photo_count: number | null;
  provider_channel_id: string | null;
  provider_type: string | null;
  queue_entries: number | null;
  queue_priority: number | null;
  queue_wait_seconds: number | null;
  queued_at: Timestamp | null;
  rating: Numeric | null;
  recording_count: number | null;
  recording_permission: string | null;
  recording_url: string | null;
  scheduled_at: Timestamp | null;
  session_id: Int8;
  session_type: string | null;
  session_type_legacy: string | null;
  sip_headers: Json | null;
  smart_action_text: string | null;
  source: string;
  status: string | null;
  status_code: number | null;
  sub_status: string | null;
  support_number: string | null;
  talk_seconds: number | null;
  ticket_id: string | null;
  ticket_url: string | null;
  transfer_count: number | null;
  updated_at: Timestamp | null;
  utc_offset_minutes: number | null;
  uuid: string | null;
  verified: boolean | null;
  video_count: number | null;
  virtual_agent_first: boolean | null;
  virtual_agent_id: Int8 | null;
  virtual_agent_name: string | null;
  voicemail_reason: string | null;
  wait_seconds: number | null;
}

export interface WarehouseSessionChange {
  channel: string | null;
  column_name: string | null;
  loaded_at: Timestamp | null;
  new_value: Json | null;
  old_value: Json | null;
  previous_updated_at: Timestamp | null;
  revision_updated_at: Timestamp | null;
  session_created_at: Timestamp | null;
  session_id: Int8 | null;
  source: string | null;
}

export interface WarehouseSessionCollision {
  bucket: string;
  channel: string;
  content_sha256: Buffer;
  document: Json | null;
  first_seen_at: Generated<Timestamp>;
  last_seen_at: Generated<Timestamp>;
  latest_event_at: Timestamp;
  object_key: string;
  object_last_modified: Timestamp;
  original_content: Buffer | null;
  revision_updated_at: Timestamp;
  sealed_document: Buffer | null;
  sealed_original: Buffer | null;
  seen_count: Generated<number>;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  stored_rows: Json | null;
  uuid: string | null;
}

export interface WarehouseSessionDocument {
  channel: string;
  content_sha256: Buffer;
  document: Json | null;
  original_content: Buffer | null;
  sealed_document: Buffer | null;
  sealed_original: Buffer | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
}

export interface WarehouseSessionMessage {
  body: string | null;
  channel: string;
  extra: Json | null;
  local_at: Timestamp | null;
  message_id: Int8 | null;
  ordinal: number;
  phase: string;
  sent_at: Timestamp | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  status: string | null;
  to_number: string | null;
}

export interface WarehouseSessionRevision {
  bucket: string;
  channel: string;
  content_sha256: Buffer;
  latest_event_at: Timestamp;
  loaded_at: Generated<Timestamp>;
  object_key: string;
  object_last_modified: Timestamp;
  revision_updated_at: Timestamp;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
}

export interface WarehouseSessionType {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  direction: string | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseStatus {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  terminal: boolean | null;
  value: string;
}

export interface WarehouseTransfer {
  answer_type_path: string | null;
  assigned_at: Timestamp | null;
  channel: string;
  connected_at: Timestamp | null;
  created_at: Timestamp | null;
  deflection: string | null;
  duration_seconds: number | null;
  extra: Json | null;
  fail_reason: string | null;
  from_agent_email: string | null;
  from_agent_id: Int8 | null;
  from_agent_name: string | null;
  from_menu_path: string | null;
  from_menu_path_id: Int8 | null;
  from_menu_path_ids: ArrayType<Int8> | null;
  from_queue_priority: number | null;
  from_virtual_agent_id: Int8 | null;
  from_virtual_agent_name: string | null;
  is_cold: boolean | null;
  local_created_at: Timestamp | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  status: string | null;
  target_kind: string | null;
  to_agent_email: string | null;
  to_agent_id: Int8 | null;
  to_agent_name: string | null;
  to_menu_path: string | null;
  to_menu_path_id: Int8 | null;
  to_menu_path_ids: ArrayType<Int8> | null;
  to_queue_priority: number | null;
  to_virtual_agent_id: Int8 | null;
  to_virtual_agent_name: string | null;
  transfer_id: Int8;
  updated_at: Timestamp | null;
  wait_seconds: number | null;
}

export interface WarehouseTransferFailReason {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseTransferStatus {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseVirtualAgent {
  alias: string | null;
  first_seen_at: Timestamp;
  last_seen_at: Timestamp;
  name: string | null;
  source: string;
  virtual_agent_id: Int8;
}

export interface WarehouseVirtualAgentFinishReason {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseVirtualAgentHandleDuration {
  channel: string;
  direction: string | null;
  duration_seconds: number | null;
  ended_at: Timestamp | null;
  escalation_reason: string | null;
  extra: Json | null;
  fallback_response_count: number | null;
  finish_reason: string | null;
  initiated_by: string | null;
  is_first: boolean | null;
  is_transfer: boolean | null;
  lang: string | null;
  local_started_at: Timestamp | null;
  menu_path: string | null;
  menu_path_id: Int8 | null;
  outcome: string | null;
  response_count: number | null;
  response_seconds_avg: Numeric | null;
  response_seconds_max: Numeric | null;
  response_seconds_total: Numeric | null;
  sentiment: Numeric | null;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  started_at: Timestamp | null;
  transfer_id: Int8 | null;
  virtual_agent_alias: string | null;
  virtual_agent_handle_duration_id: Int8;
  virtual_agent_id: Int8 | null;
  virtual_agent_name: string | null;
}

export interface WarehouseVoicemailReason {
  certainty: Generated<string>;
  channel: string;
  code: number | null;
  label: string;
  meaning: string;
  value: string;
}

export interface WarehouseWaitTimeVirtualAgent {
  channel: string;
  duration_seconds: Numeric | null;
  ended_at: Timestamp | null;
  extra: Json | null;
  local_at: Timestamp | null;
  ordinal: number;
  session_created_at: Timestamp;
  session_id: Int8;
  source: string;
  started_at: Timestamp | null;
}

export interface DB {
  "analytics.agent": AnalyticsAgent;
  "analytics.agent_attempt": AnalyticsAgentAttempt;
  "analytics.agent_daily": AnalyticsAgentDaily;
  "analytics.agent_hourly": AnalyticsAgentHourly;
  "analytics.answer_type_path_word": AnalyticsAnswerTypePathWord;
  "analytics.answer_type_word": AnalyticsAnswerTypeWord;
  "analytics.barge": AnalyticsBarge;
  "analytics.calendar": AnalyticsCalendar;
  "analytics.completeness_daily": AnalyticsCompletenessDaily;
  "analytics.consumer_event_word": AnalyticsConsumerEventWord;
  "analytics.deflected_escalation": AnalyticsDeflectedEscalation;
  "analytics.deflection": AnalyticsDeflection;
  "analytics.deflection_kind_word": AnalyticsDeflectionKindWord;
  "analytics.disconnected_by_word": AnalyticsDisconnectedByWord;
  "analytics.disposition": AnalyticsDisposition;
  "analytics.disposition_daily": AnalyticsDispositionDaily;
  "analytics.disposition_hourly": AnalyticsDispositionHourly;
  "analytics.entry_type_word": AnalyticsEntryTypeWord;
  "analytics.escalation": AnalyticsEscalation;
  "analytics.escalation_reason_word": AnalyticsEscalationReasonWord;
  "analytics.escalation_status_word": AnalyticsEscalationStatusWord;
  "analytics.fail_reason_word": AnalyticsFailReasonWord;
  "analytics.finish_reason_word": AnalyticsFinishReasonWord;
  "analytics.freshness": AnalyticsFreshness;
  "analytics.half_hour": AnalyticsHalfHour;
  "analytics.handled_interaction": AnalyticsHandledInteraction;
  "analytics.initiated_by_word": AnalyticsInitiatedByWord;
  "analytics.menu_stay": AnalyticsMenuStay;
  "analytics.menu_type_word": AnalyticsMenuTypeWord;
  "analytics.metric": AnalyticsMetric;
  "analytics.object_outcome_daily": AnalyticsObjectOutcomeDaily;
  "analytics.offer": AnalyticsOffer;
  "analytics.offer_type_word": AnalyticsOfferTypeWord;
  "analytics.participant_status_word": AnalyticsParticipantStatusWord;
  "analytics.participant_type_word": AnalyticsParticipantTypeWord;
  "analytics.photo_type_word": AnalyticsPhotoTypeWord;
  "analytics.provider_type_word": AnalyticsProviderTypeWord;
  "analytics.queue": AnalyticsQueue;
  "analytics.queue_daily": AnalyticsQueueDaily;
  "analytics.queue_entry": AnalyticsQueueEntry;
  "analytics.queue_hourly": AnalyticsQueueHourly;
  "analytics.recording": AnalyticsRecording;
  "analytics.recording_permission_word": AnalyticsRecordingPermissionWord;
  "analytics.recording_type_word": AnalyticsRecordingTypeWord;
  "analytics.restatement_daily": AnalyticsRestatementDaily;
  "analytics.segment": AnalyticsSegment;
  "analytics.service_level_event_word": AnalyticsServiceLevelEventWord;
  "analytics.session": AnalyticsSession;
  "analytics.session_daily": AnalyticsSessionDaily;
  "analytics.session_hourly": AnalyticsSessionHourly;
  "analytics.session_type_word": AnalyticsSessionTypeWord;
  "analytics.sms": AnalyticsSms;
  "analytics.source": AnalyticsSource;
  "analytics.status_word": AnalyticsStatusWord;
  "analytics.survey": AnalyticsSurvey;
  "analytics.transfer": AnalyticsTransfer;
  "analytics.transfer_daily": AnalyticsTransferDaily;
  "analytics.transfer_fail_reason_word": AnalyticsTransferFailReasonWord;
  "analytics.transfer_hourly": AnalyticsTransferHourly;
  "analytics.transfer_status_word": AnalyticsTransferStatusWord;
  "analytics.virtual_agent": AnalyticsVirtualAgent;
  "analytics.virtual_agent_daily": AnalyticsVirtualAgentDaily;
  "analytics.virtual_agent_finish_reason_word": AnalyticsVirtualAgentFinishReasonWord;
  "analytics.virtual_agent_hourly": AnalyticsVirtualAgentHourly;
  "analytics.virtual_agent_interaction": AnalyticsVirtualAgentInteraction;
  "analytics.voicemail_reason_word": AnalyticsVoicemailReasonWord;
  "analytics.word": AnalyticsWord;
  "ingest.access_rule": IngestAccessRule;
  "ingest.action": IngestAction;
  "ingest.agent_visibility": IngestAgentVisibility;
  "ingest.backfill_run": IngestBackfillRun;
  "ingest.backfill_shard": IngestBackfillShard;
  "ingest.changed_hour": IngestChangedHour;
  "ingest.erased": IngestErased;
  "ingest.erasure": IngestErasure;
  "ingest.lease": IngestLease;
  "ingest.listed_object": IngestListedObject;
  "ingest.made_month": IngestMadeMonth;
  "ingest.maintenance_run": IngestMaintenanceRun;
  "ingest.migration": IngestMigration;
  "ingest.object": IngestObject;
  "ingest.object_list": IngestObjectList;
  "ingest.reconcile_run": IngestReconcileRun;
  "ingest.rejected_content": IngestRejectedContent;
  "ingest.rejection": IngestRejection;
  "ingest.retention": IngestRetention;
  "ingest.schema_drift": IngestSchemaDrift;
  "ingest.session_head": IngestSessionHead;
  "ingest.setting": IngestSetting;
  "ingest.source": IngestSource;
  "ingest.worker": IngestWorker;
  "warehouse.agent": WarehouseAgent;
  "warehouse.answer_type": WarehouseAnswerType;
  "warehouse.answer_type_path": WarehouseAnswerTypePath;
  "warehouse.call_participant": WarehouseCallParticipant;
  "warehouse.consumer_event": WarehouseConsumerEvent;
  "warehouse.consumer_event_duration": WarehouseConsumerEventDuration;
  "warehouse.consumer_handle_duration": WarehouseConsumerHandleDuration;
  "warehouse.consumer_in_menu_duration": WarehouseConsumerInMenuDuration;
  "warehouse.data_key": WarehouseDataKey;
  "warehouse.deflected_escalation": WarehouseDeflectedEscalation;
  "warehouse.deflection": WarehouseDeflection;
  "warehouse.deflection_kind": WarehouseDeflectionKind;
  "warehouse.disconnected_by": WarehouseDisconnectedBy;
  "warehouse.disposition": WarehouseDisposition;
  "warehouse.entry_type": WarehouseEntryType;
  "warehouse.escalation": WarehouseEscalation;
  "warehouse.escalation_reason": WarehouseEscalationReason;
  "warehouse.escalation_status": WarehouseEscalationStatus;
  "warehouse.fail_reason": WarehouseFailReason;
  "warehouse.finish_reason": WarehouseFinishReason;
  "warehouse.handle_duration": WarehouseHandleDuration;
  "warehouse.initiated_by": WarehouseInitiatedBy;
  "warehouse.media": WarehouseMedia;
  "warehouse.menu_type": WarehouseMenuType;
  "warehouse.offer_event": WarehouseOfferEvent;
  "warehouse.offer_type": WarehouseOfferType;
  "warehouse.participant_status": WarehouseParticipantStatus;
  "warehouse.participant_type": WarehouseParticipantType;
  "warehouse.photo_type": WarehousePhotoType;
  "warehouse.provider_type": WarehouseProviderType;
  "warehouse.queue": WarehouseQueue;
  "warehouse.queue_duration": WarehouseQueueDuration;
  "warehouse.recording": WarehouseRecording;
  "warehouse.recording_permission": WarehouseRecordingPermission;
  "warehouse.recording_redaction": WarehouseRecordingRedaction;
  "warehouse.recording_type": WarehouseRecordingType;
  "warehouse.service_level_event": WarehouseServiceLevelEvent;
  "warehouse.session": WarehouseSession;
  "warehouse.session_change": WarehouseSessionChange;
  "warehouse.session_collision": WarehouseSessionCollision;
  "warehouse.session_document": WarehouseSessionDocument;
  "warehouse.session_message": WarehouseSessionMessage;
  "warehouse.session_revision": WarehouseSessionRevision;
  "warehouse.session_type": WarehouseSessionType;
  "warehouse.status": WarehouseStatus;
  "warehouse.transfer": WarehouseTransfer;
  "warehouse.transfer_fail_reason": WarehouseTransferFailReason;
  "warehouse.transfer_status": WarehouseTransferStatus;
  "warehouse.virtual_agent": WarehouseVirtualAgent;
  "warehouse.virtual_agent_finish_reason": WarehouseVirtualAgentFinishReason;
  "warehouse.virtual_agent_handle_duration": WarehouseVirtualAgentHandleDuration;
  "warehouse.voicemail_reason": WarehouseVoicemailReason;
  "warehouse.wait_time_virtual_agent": WarehouseWaitTimeVirtualAgent;
}
