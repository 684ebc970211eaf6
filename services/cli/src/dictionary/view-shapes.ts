/** What dbt has to know of a view beside its columns. */
export type ViewShape = {
  /** Columns that no two rows share; empty where one of them may be null. */
  grain: readonly string[]
  /** The name of a row in MetricFlow. Null where no metric and no dimension comes from the view. */
  entity: string | null
}

const session = ['source', 'channel', 'session_id'] as const

/** The views of the schema analytics that the package offers. Those of one vocabulary each are all in `word`. */
export const viewShapes: Readonly<Record<string, ViewShape>> = {
  session: { grain: session, entity: 'session' },
  queue_entry: { grain: [...session, 'queue_duration_id'], entity: 'queue_entry' },
  handled_interaction: { grain: [...session, 'handle_duration_id'], entity: 'handled_interaction' },
  agent_attempt: { grain: [...session, 'handle_duration_id'], entity: 'agent_attempt' },
  barge: { grain: [...session, 'handle_duration_id'], entity: 'barge' },
  transfer: { grain: [...session, 'transfer_id'], entity: 'transfer' },
  virtual_agent_interaction: {
    grain: [...session, 'virtual_agent_handle_duration_id'],
    entity: 'virtual_agent_interaction',
  },
  escalation: { grain: [...session, 'escalation_id'], entity: null },
  deflected_escalation: { grain: [...session, 'deflected_escalation_id'], entity: null },
  deflection: { grain: [...session, 'deflection_id'], entity: null },
  disposition: { grain: [...session, 'ordinal'], entity: null },
  survey: { grain: [...session, 'consumer_event_duration_id'], entity: null },
  menu_stay: { grain: [...session, 'consumer_in_menu_duration_id'], entity: null },
  recording: { grain: [...session, 'recording_id'], entity: null },
  sms: { grain: [...session, 'phase', 'ordinal'], entity: null },
  offer: { grain: [...session, 'ordinal'], entity: null },
  segment: { grain: [...session, 'ordinal'], entity: null },
  session_daily: { grain: [], entity: null },
  session_hourly: { grain: [], entity: null },
  queue_daily: { grain: [], entity: null },
  queue_hourly: { grain: [], entity: null },
  agent_daily: { grain: [], entity: null },
  agent_hourly: { grain: [], entity: null },
  virtual_agent_daily: { grain: [], entity: null },
  virtual_agent_hourly: { grain: [], entity: null },
  transfer_daily: { grain: [], entity: null },
  transfer_hourly: { grain: [], entity: null },
  disposition_daily: { grain: [], entity: null },
  disposition_hourly: { grain: [], entity: null },
  queue: { grain: ['source', 'menu_path_id'], entity: 'queue' },
  agent: { grain: ['agent_key'], entity: 'agent' },
  virtual_agent: { grain: ['source', 'virtual_agent_id'], entity: 'virtual_agent' },
  source: { grain: ['source'], entity: null },
  calendar: { grain: ['local_day'], entity: null },
  half_hour: { grain: ['half_hour'], entity: null },
  word: { grain: ['vocabulary', 'channel', 'value'], entity: null },
  metric: { grain: ['name'], entity: null },
  freshness: { grain: ['source', 'channel'], entity: null },
  restatement_daily: { grain: ['source', 'local_day', 'loaded_day'], entity: null },
  completeness_daily: { grain: ['source', 'channel', 'day'], entity: null },
  object_outcome_daily: { grain: [], entity: null },
}

/** One text for the columns of a key, as dbt and MetricFlow want it. */
export function keyExpression(columns: readonly string[]): string {
  return columns.length === 1 ? (columns[0] ?? '') : `concat_ws('/', ${columns.join(', ')})`
}
