import { deflectionKindVocabulary } from '../vocabulary/deflection-kind.ts'
import { type ChildTableSpec, column, computed, term } from './table-spec.ts'

/** One row per deflection (contract, b.2 and c.6). */
export const deflectionTable: ChildTableSpec = {
  name: 'deflection',
  rowsFrom: [{ array: 'deflection_details' }],
  identifiedBy: ['deflection_id'],
  backReferences: ['call_id', 'chat_id'],
  known: ['from_menu_path.items_count', 'from_menu.items_count'],
  columns: [
    column('deflection_id', 'id', 'id'),
    column('transfer_id', 'id'),
    term('deflection', deflectionKindVocabulary),
    column('from_menu_path', 'text', 'from_menu_path.name', 'from_menu.name', 'from_menu_path', 'from_menu'),
    column(
      'from_menu_path_ids',
      'id-path',
      'from_menu_path.materialized_path',
      'from_menu.materialized_path',
    ),
    computed('extra', 'json'),
    computed('local_at', 'local-time'),
  ],
}
