-- Names of times, waits and menu paths that may drift in any row, and menu paths that are text in one surface of the platform and
-- object on another: the comments tell what the columns are read from.

comment on column warehouse.session.menu_path is
  'Names from the root of the menu down to the last queue, with slashes between them.'
  ' Source: menu_path.name or menu_path. Personal data: no.';
comment on column warehouse.call_participant.ended_at is
  'When the participant left. A consumer''s may come after session.ended_at, because of a survey.'
  ' Source: participants[].ended_at or participants[].ends_at or participants[].finished_at. Personal data: no.';
comment on column warehouse.transfer.wait_seconds is
  'Wait of the consumer within the transfer.'
  ' Unit: seconds. Source: transfers[].wait_duration or transfers[].queue_duration. Personal data: no.';
comment on column warehouse.transfer.from_menu_path is
  'Names from the root of the menu down to the queue it came from.'
  ' Source: transfers[].from_menu_path.name or transfers[].from_menu.name or transfers[].from_menu_path or'
  ' transfers[].from_menu. Personal data: no.';
comment on column warehouse.transfer.to_menu_path is
  'Names from the root of the menu down to the queue it went to; null when it went straight to an agent.'
  ' Source: transfers[].to_menu_path.name or transfers[].to_menu.name or transfers[].to_menu_path or'
  ' transfers[].to_menu. Personal data: no.';
comment on column warehouse.handle_duration.ended_at is
  'When the talk ended, or the wrap-up in a wrap-up row.'
  ' Source: handle_durations[].ended_at or handle_durations[].ends_at or handle_durations[].finished_at. Personal data:'
  ' no.';
comment on column warehouse.handle_duration.menu_path is
  'Names from the root of the menu down to the queue.'
  ' Source: handle_durations[].menu_path or handle_durations[].menu_path.name. Personal data: no.';
comment on column warehouse.queue_duration.ended_at is
  'When it left the queue, answered or not. After a virtual agent it is when the agent connected, not when one was assigned.'
  ' Source: queue_durations[].ended_at or queue_durations[].ends_at or queue_durations[].finished_at. Personal data:'
  ' no.';
comment on column warehouse.queue_duration.duration_seconds is
  'Time in the queue, until answered or abandoned.'
  ' Unit: seconds. Source: queue_durations[].queue_duration or queue_durations[].wait_duration. Personal data: no.';
comment on column warehouse.queue_duration.menu_path is
  'Names from the root of the menu down to the queue; null between agents.'
  ' Source: queue_durations[].menu_path or queue_durations[].menu_path.name. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.ended_at is
  'When the virtual agent was done.'
  ' Source: virtual_agent_handle_durations[].ended_at or virtual_agent_handle_durations[].ends_at or'
  ' virtual_agent_handle_durations[].finished_at. Personal data: no.';
comment on column warehouse.virtual_agent_handle_duration.menu_path is
  'Names from the root of the menu down to the queue.'
  ' Source: virtual_agent_handle_durations[].menu_path or virtual_agent_handle_durations[].menu_path.name. Personal'
  ' data: no.';
comment on column warehouse.consumer_handle_duration.ended_at is
  'When the consumer left; may come after session.ended_at, because of a survey.'
  ' Source: consumer_handle_durations[].ended_at or consumer_handle_durations[].ends_at or'
  ' consumer_handle_durations[].finished_at. Personal data: no.';
comment on column warehouse.consumer_event_duration.ended_at is
  'When the event ended; may come after session.ended_at.'
  ' Source: consumer_event_durations[].ended_at or consumer_event_durations[].ends_at or'
  ' consumer_event_durations[].finished_at. Personal data: no.';
comment on column warehouse.consumer_event_duration.menu_path is
  'Names from the root of the menu down to the queue.'
  ' Source: consumer_event_durations[].menu_path or consumer_event_durations[].menu_path.name. Personal data: no.';
comment on column warehouse.consumer_in_menu_duration.ended_at is
  'When the consumer left the menu.'
  ' Source: consumer_in_menu_durations[].ended_at or consumer_in_menu_durations[].ends_at or'
  ' consumer_in_menu_durations[].finished_at. Personal data: no.';
comment on column warehouse.consumer_in_menu_duration.menu_path is
  'Names of the menu path reached; may be null.'
  ' Source: consumer_in_menu_durations[].menu_path or consumer_in_menu_durations[].menu_path.name. Personal data: no.';
comment on column warehouse.recording.ended_at is
  'When the recording ended; often not sent.'
  ' Source: recordings[].ended_at or recordings[].ends_at or recordings[].finished_at. Personal data: no.';
comment on column warehouse.escalation.from_menu_path is
  'Names from the root of the menu down to the virtual agent''s queue.'
  ' Source: escalations[].from_menu_path.name or escalations[].from_menu.name or escalations[].from_menu_path or'
  ' escalations[].from_menu. Personal data: no.';
comment on column warehouse.escalation.to_menu_path is
  'Names from the root of the menu down to the queue it went to.'
  ' Source: escalations[].to_menu_path.name or escalations[].to_menu.name or escalations[].to_menu_path or'
  ' escalations[].to_menu. Personal data: no.';
comment on column warehouse.deflected_escalation.menu_path is
  'Names from the root of the menu down to the queue.'
  ' Source: virtual_agent_deflected_escalations[].menu_path or virtual_agent_deflected_escalations[].menu_path.name.'
  ' Personal data: no.';
comment on column warehouse.deflection.from_menu_path is
  'Names from the root of the menu down to the queue it was deflected from.'
  ' Source: deflection_details[].from_menu_path.name or deflection_details[].from_menu.name or'
  ' deflection_details[].from_menu_path or deflection_details[].from_menu. Personal data: no.';
