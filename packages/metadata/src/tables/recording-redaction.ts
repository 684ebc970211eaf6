import { type ChildTableSpec, column, computed } from './table-spec.ts'

/** One row per redacted span of a recording (contract, a.3.3: UTC with milliseconds). */
export const recordingRedactionTable: ChildTableSpec = {
  name: 'recording_redaction',
  rowsFrom: [{ array: 'redaction_times' }],
  identifiedBy: ['recording_id', 'ordinal'],
  backReferences: [],
  known: [],
  columns: [
    computed('recording_id', 'id'),
    computed('ordinal', 'integer'),
    column('started_at', 'time', 'start'),
    column('ended_at', 'time', 'end'),
    column('duration_seconds', 'numeric', 'duration'),
    column('start_agent_id', 'id'),
    column('end_agent_id', 'id'),
    computed('extra', 'json'),
  ],
}
