/** Columns of the cookbook's answers that are metrics: by the number of the question, what the rows are grouped by. */
export const metricColumns: readonly {
  question: number
  /** The expression of the answer's key, and its column. */
  by: string
  key: string
  metrics: Readonly<Record<string, string>>
}[] = [
  { question: 8, by: 'menu_path', key: 'menu_path', metrics: { service_level: 'service_level' } },
  { question: 11, by: 'menu_path', key: 'menu_path', metrics: { longest_seconds: 'max_speed_of_answer' } },
  { question: 10, by: 'channel', key: 'channel', metrics: { asa: 'asa' } },
  {
    question: 12,
    ...{ by: 'source', key: 'source' },
    metrics: { abandon_rate: 'abandon_rate', without_short: 'abandon_rate_without_short' },
  },
  { question: 18, by: 'menu_path', key: 'menu_path', metrics: { handled: 'handled', aht: 'aht' } },
  {
    question: 20,
    ...{ by: 'channel', key: 'channel' },
    metrics: {
      ...{ talk: 'average_talk_time', hold: 'average_hold_time', wrap_up: 'average_wrap_up_time' },
      ...{ before_call: 'average_before_call_time', aht: 'aht' },
    },
  },
  {
    question: 21,
    ...{ by: 'source', key: 'source' },
    metrics: { hold_rate: 'hold_rate', share_of_handle_time: 'hold_share' },
  },
  { question: 24, by: 'source', key: 'source', metrics: { barges: 'barges' } },
  {
    question: 32,
    ...{ by: 'channel', key: 'channel' },
    metrics: {
      ...{
        rated: 'sessions_rated',
        csat_mean: 'csat_mean',
        csat_percent: 'csat_percent',
        top_two: 'csat_top2',
      },
      response_rate: 'survey_response_rate',
    },
  },
  {
    question: 36,
    ...{ by: 'source', key: 'source' },
    metrics: { received: 'voicemails_received', assigned: 'voicemails_read' },
  },
  {
    question: 41,
    ...{ by: 'source', key: 'source' },
    metrics: {
      began_with_it: 'va_first_sessions',
      containment: 'containment',
      no_human: 'containment_no_human',
    },
  },
  { question: 45, by: 'source', key: 'source', metrics: { response_seconds: 'agent_response_time' } },
  { question: 47, by: 'source', key: 'source', metrics: { consent_rate: 'consent_rate' } },
  {
    question: 48,
    ...{ by: 'lower(lang)', key: 'language' },
    metrics: { service_level: 'service_level', asa: 'asa', abandon_rate: 'abandon_rate' },
  },
]
