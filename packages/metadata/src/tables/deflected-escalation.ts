import { deflectionKindVocabulary } from '../vocabulary/deflection-kind.ts'
import { escalationReasonVocabulary } from '../vocabulary/escalation-reason.ts'
import { type ChildTableSpec, column, computed, term } from './table-spec.ts'

/** One row per escalation that was deflected (contract, b.2). */
export const deflectedEscalationTable: ChildTableSpec = {
  name: 'deflected_escalation',
  rowsFrom: [{ array: 'virtual_agent_deflected_escalations' }],
  identifiedBy: ['deflected_escalation_id'],
  backReferences: ['call_id', 'chat_id'],
  known: ['virtual_agent.avatar_url'],
  localTimeOf: 'escalated_at',
  columns: [
    column('deflected_escalation_id', 'id', 'id'),
    term('deflection', deflectionKindVocabulary),
    column('escalation_id', 'id'),
    term('escalation_reason', escalationReasonVocabulary),
    column('escalated_at', 'time'),
    column('menu_path_id', 'id'),
    column('menu_path', 'text', 'menu_path', 'menu_path.name'),
    column('lang', 'word'),
    column('virtual_agent_id', 'id', 'virtual_agent.id'),
    column('virtual_agent_name', 'text', 'virtual_agent.name'),
    column('virtual_agent_alias', 'text', 'virtual_agent.va_alias'),
    computed('extra', 'json'),
    computed('local_at', 'local-time'),
  ],
}
