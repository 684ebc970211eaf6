import { type ChildTableSpec, column, computed } from './table-spec.ts'

/** One row per time span in which the consumer was in the session (contract, b.2 and b.3). */
export const consumerHandleDurationTable: ChildTableSpec = {
  name: 'consumer_handle_duration',
  rowsFrom: [{ array: 'consumer_handle_durations' }],
  identifiedBy: ['consumer_handle_duration_id'],
  backReferences: ['call_id', 'chat_id'],
  known: [],
  columns: [
    column('consumer_handle_duration_id', 'id', 'id'),
    column('started_at', 'time'),
    column('ended_at', 'time', 'ended_at', 'ends_at', 'finished_at'),
    column('duration_seconds', 'integer', 'call_duration', 'chat_duration'),
    column('hold_seconds', 'integer', 'hold_duration'),
    column('message_count', 'integer'),
    column('response_count', 'integer'),
    column('response_seconds_total', 'numeric', 'response_time_total'),
    column('response_seconds_max', 'numeric', 'response_time_max'),
    column('response_seconds_avg', 'numeric', 'response_time_avg'),
    computed('extra', 'json'),
  ],
}
