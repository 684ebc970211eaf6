import { type ChildTableSpec, column, computed } from './table-spec.ts'

/** One row per agent handle or wrap-up row (contract, b.2, b.3 and a.4: one handle is a talk row and an ACW row). */
export const handleDurationTable: ChildTableSpec = {
  name: 'handle_duration',
  rowsFrom: [{ array: 'handle_durations' }],
  identifiedBy: ['handle_duration_id'],
  backReferences: ['call_id', 'chat_id'],
  known: [],
  columns: [
    column('handle_duration_id', 'id', 'id'),
    column('agent_id', 'id'),
    column('started_at', 'time'),
    column('ended_at', 'time', 'ended_at', 'ends_at', 'finished_at'),
    column('scheduled_at', 'time'),
    column('duration_seconds', 'integer', 'call_duration', 'chat_duration'),
    column('hold_seconds', 'integer', 'hold_duration'),
    column('acw_seconds', 'integer', 'acw_duration'),
    column('bcw_seconds', 'integer', 'bcw_duration'),
    column('assigned_connection_seconds', 'integer', 'assigned_connection_duration'),
    column('menu_path_id', 'id'),
    column('menu_path', 'text', 'menu_path', 'menu_path.name'),
    column('lang', 'word'),
    column('is_barged', 'boolean', 'barged'),
    column('is_transfer', 'boolean', 'transfer'),
    column('transfer_id', 'id'),
    column('is_transfer_cold', 'boolean', 'transfer_cold'),
    column('response_count', 'integer'),
    column('response_seconds_total', 'numeric', 'response_time_total'),
    column('response_seconds_max', 'numeric', 'response_time_max'),
    column('response_seconds_avg', 'numeric', 'response_time_avg'),
    computed('extra', 'json'),
  ],
}
