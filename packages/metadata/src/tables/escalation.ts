import { deflectionKindVocabulary } from '../vocabulary/deflection-kind.ts'
import { escalationReasonVocabulary } from '../vocabulary/escalation-reason.ts'
import { escalationStatusVocabulary } from '../vocabulary/escalation-status.ts'
import { type ChildTableSpec, column, computed, term } from './table-spec.ts'

/** One row per escalation from a virtual agent to people (contract, b.2 and c.5). */
export const escalationTable: ChildTableSpec = {
  name: 'escalation',
  rowsFrom: [{ array: 'escalations' }],
  identifiedBy: ['escalation_id'],
  backReferences: ['call_id', 'chat_id'],
  known: [
    'from_menu_path.items_count',
    'from_menu.items_count',
    'to_menu_path.items_count',
    'to_menu.items_count',
    'from_virtual_agent.va_alias',
    'from_virtual_agent.avatar_url',
    'to_agent.agent_number',
    'to_agent.last_name',
    'to_agent.first_name',
    'to_agent.avatar_url',
  ],
  localTimeOf: 'created_at',
  columns: [
    column('escalation_id', 'id', 'id'),
    term('status', escalationStatusVocabulary),
    term('reason', escalationReasonVocabulary),
    term('deflection', deflectionKindVocabulary),
    column('created_at', 'time'),
    column('escalated_at', 'time'),
    column('from_virtual_agent_id', 'id', 'from_virtual_agent.id'),
    column('from_virtual_agent_name', 'text', 'from_virtual_agent.name'),
    column('to_agent_id', 'id', 'to_agent.id'),
    column('to_agent_name', 'text', 'to_agent.name'),
    column('to_agent_email', 'word', 'to_agent.email'),
    column('from_menu_path', 'text', 'from_menu_path.name', 'from_menu.name', 'from_menu_path', 'from_menu'),
    column(
      'from_menu_path_ids',
      'id-path',
      'from_menu_path.materialized_path',
      'from_menu.materialized_path',
    ),
    column('to_menu_path', 'text', 'to_menu_path.name', 'to_menu.name', 'to_menu_path', 'to_menu'),
    column('to_menu_path_ids', 'id-path', 'to_menu_path.materialized_path', 'to_menu.materialized_path'),
    computed('extra', 'json'),
    computed('local_at', 'local-time'),
  ],
}
