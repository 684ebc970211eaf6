import { type ChildTableSpec, column, computed } from './table-spec.ts'

/** One row per applied disposition code or note. They have no id (contract, b.2, g rule 15). */
export const dispositionTable: ChildTableSpec = {
  name: 'disposition',
  rowsFrom: [{ array: 'dispositions' }],
  identifiedBy: ['ordinal'],
  backReferences: ['call_id', 'chat_id'],
  known: [],
  columns: [
    computed('ordinal', 'integer'),
    column('participant_id', 'id'),
    column('user_id', 'id'),
    column('transfer_id', 'id'),
    column('code', 'text'),
    column('note', 'text'),
    column('ujet_code_id', 'id'),
    column('custom_code_id', 'word'),
    column('list', 'text'),
    column('list_path', 'text'),
    column('ujet_list_id', 'id'),
    column('custom_list_id', 'word'),
    computed('extra', 'json'),
    computed('local_at', 'local-time'),
  ],
}
