import { type ChildTableSpec, column, computed } from './table-spec.ts'

/** One row per routing offer (contract, b.1). */
export const offerEventTable: ChildTableSpec = {
  name: 'offer_event',
  rowsFrom: [{ array: 'offer_events' }],
  identifiedBy: ['ordinal'],
  backReferences: [],
  known: [],
  localTimeOf: 'casting_at',
  columns: [
    computed('ordinal', 'integer'),
    column('casting_at', 'time', 'casting_time'),
    column('group_name', 'text', 'group'),
    computed('extra', 'json'),
    computed('local_at', 'local-time'),
  ],
}
