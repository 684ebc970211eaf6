-- The day on which a row began, in every month of every fact that a view of analytics shows with a local_day.
--
-- Months are those of the session's creation in UTC, and a row may begin in another one: Postgres cannot tell from a bound
-- on local_day which months have such days. This index tells it, at one probe in each month without any. It is on the
-- expression that the views use. A month has about thirty days, so equal entries share their key in it: 6 to 7 bytes a row.
-- New rows go to its right end. docs/adr/0035-views-prune-by-local-day.md has the measurements.
--
-- On a live database, loaders wait at their first statement while the indexes are built, where they hold nothing yet;
-- readers do not wait.
lock table ingest.session_head in share row exclusive mode;

create index session_by_local_day on warehouse.session ((local_created_at::date));
create index queue_duration_by_local_day on warehouse.queue_duration ((local_started_at::date));
create index handle_duration_by_local_day on warehouse.handle_duration ((local_started_at::date));
create index transfer_by_local_day on warehouse.transfer ((local_created_at::date));
create index disposition_by_local_day on warehouse.disposition ((local_at::date));
create index virtual_agent_handle_duration_by_local_day
  on warehouse.virtual_agent_handle_duration ((local_started_at::date));
create index escalation_by_local_day on warehouse.escalation ((local_at::date));
create index deflected_escalation_by_local_day on warehouse.deflected_escalation ((local_at::date));
create index deflection_by_local_day on warehouse.deflection ((local_at::date));
create index consumer_event_duration_by_local_day on warehouse.consumer_event_duration ((local_at::date));
create index consumer_in_menu_duration_by_local_day on warehouse.consumer_in_menu_duration ((local_at::date));
create index recording_by_local_day on warehouse.recording ((local_at::date));
create index session_message_by_local_day on warehouse.session_message ((local_at::date));
create index offer_event_by_local_day on warehouse.offer_event ((local_at::date));
