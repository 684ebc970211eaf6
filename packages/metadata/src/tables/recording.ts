import { recordingTypeVocabulary } from '../vocabulary/recording-type.ts'
import { type ChildTableSpec, column, computed, term } from './table-spec.ts'

/** One row per recording (contract, b.2). */
export const recordingTable: ChildTableSpec = {
  name: 'recording',
  rowsFrom: [{ array: 'recordings' }],
  identifiedBy: ['recording_id'],
  backReferences: ['call_id', 'chat_id'],
  known: [],
  localTimeOf: 'started_at',
  columns: [
    column('recording_id', 'id', 'id'),
    term('recording_type', recordingTypeVocabulary),
    column('conference_sid', 'word'),
    column('started_at', 'time'),
    column('ended_at', 'time', 'ended_at', 'ends_at', 'finished_at'),
    column('duration_seconds', 'numeric', 'duration'),
    computed('extra', 'json'),
    computed('local_at', 'local-time'),
  ],
}
