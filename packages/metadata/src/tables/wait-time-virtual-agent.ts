import { type ChildTableSpec, column, computed } from './table-spec.ts'

/** One row per time span in which a virtual agent served a waiting consumer (contract, b.1). */
export const waitTimeVirtualAgentTable: ChildTableSpec = {
  name: 'wait_time_virtual_agent',
  rowsFrom: [{ array: 'in_queue_wait_time_va' }],
  identifiedBy: ['ordinal'],
  backReferences: [],
  known: [],
  localTimeOf: 'started_at',
  columns: [
    computed('ordinal', 'integer'),
    column('started_at', 'time', 'start'),
    column('ended_at', 'time', 'end'),
    column('duration_seconds', 'numeric', 'duration'),
    computed('extra', 'json'),
    computed('local_at', 'local-time'),
  ],
}
