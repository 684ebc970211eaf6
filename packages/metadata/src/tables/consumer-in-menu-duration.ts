import { consumerEventVocabulary } from '../vocabulary/consumer-event.ts'
import { type ChildTableSpec, column, computed, term } from './table-spec.ts'

/** One row per stay of the consumer in the IVR menu (contract, b.2). */
export const consumerInMenuDurationTable: ChildTableSpec = {
  name: 'consumer_in_menu_duration',
  rowsFrom: [{ array: 'consumer_in_menu_durations' }],
  identifiedBy: ['consumer_in_menu_duration_id'],
  backReferences: ['call_id', 'chat_id'],
  known: [],
  localTimeOf: 'started_at',
  columns: [
    column('consumer_in_menu_duration_id', 'id', 'id'),
    term('event', consumerEventVocabulary),
    column('started_at', 'time'),
    column('ended_at', 'time', 'ended_at', 'ends_at', 'finished_at'),
    column('duration_seconds', 'integer', 'duration'),
    column('menu_path_id', 'id'),
    column('menu_path', 'text', 'menu_path', 'menu_path.name'),
    column('lang', 'word'),
    computed('extra', 'json'),
    computed('local_at', 'local-time'),
  ],
}
