import { serviceLevelEventVocabulary } from '../vocabulary/service-level-event.ts'
import { type ChildTableSpec, column, computed, term } from './table-spec.ts'

/** One row per stay in a queue (contract, b.2). Rows between agents have no queue. */
export const queueDurationTable: ChildTableSpec = {
  name: 'queue_duration',
  rowsFrom: [{ array: 'queue_durations' }],
  identifiedBy: ['queue_duration_id'],
  backReferences: ['call_id', 'chat_id'],
  known: [],
  localTimeOf: 'started_at',
  columns: [
    column('queue_duration_id', 'id', 'id'),
    column('agent_id', 'id'),
    column('started_at', 'time'),
    column('ended_at', 'time', 'ended_at', 'ends_at', 'finished_at'),
    column('duration_seconds', 'integer', 'queue_duration', 'wait_duration'),
    column('menu_path_id', 'id'),
    column('menu_path', 'text', 'menu_path', 'menu_path.name'),
    column('lang', 'word'),
    column('is_transfer', 'boolean', 'transfer'),
    column('transfer_id', 'id'),
    column('is_transfer_cold', 'boolean', 'transfer_cold'),
    term('service_level_event', serviceLevelEventVocabulary),
    column('service_level_target_seconds', 'integer', 'service_level_target_time'),
    column('service_level_target_percent', 'numeric'),
    column('service_level_abandon_seconds', 'integer', 'service_level_abandon_time_threshold'),
    computed('extra', 'json'),
    computed('local_started_at', 'local-time'),
    computed('direction', 'word'),
    computed('is_first', 'boolean'),
    computed('is_last', 'boolean'),
    computed('outcome', 'word'),
    computed('is_short_abandon', 'boolean'),
  ],
}
