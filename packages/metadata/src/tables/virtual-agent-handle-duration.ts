import { escalationReasonVocabulary } from '../vocabulary/escalation-reason.ts'
import { initiatedByVocabulary } from '../vocabulary/initiated-by.ts'
import { virtualAgentFinishReasonVocabulary } from '../vocabulary/virtual-agent-finish-reason.ts'
import { type ChildTableSpec, column, computed, term } from './table-spec.ts'

/** One row per virtual agent's handling (contract, b.2 and b.3). */
export const virtualAgentHandleDurationTable: ChildTableSpec = {
  name: 'virtual_agent_handle_duration',
  rowsFrom: [{ array: 'virtual_agent_handle_durations' }],
  identifiedBy: ['virtual_agent_handle_duration_id'],
  backReferences: ['call_id', 'chat_id'],
  known: ['virtual_agent.avatar_url'],
  localTimeOf: 'started_at',
  columns: [
    column('virtual_agent_handle_duration_id', 'id', 'id'),
    column('virtual_agent_id', 'id', 'virtual_agent.id', 'virtual_agent_id'),
    column('virtual_agent_name', 'text', 'virtual_agent.name'),
    column('virtual_agent_alias', 'text', 'virtual_agent.va_alias'),
    column('started_at', 'time'),
    column('ended_at', 'time', 'ended_at', 'ends_at', 'finished_at'),
    column('duration_seconds', 'integer', 'call_duration', 'chat_duration'),
    term('initiated_by', initiatedByVocabulary),
    term('finish_reason', virtualAgentFinishReasonVocabulary),
    term('escalation_reason', escalationReasonVocabulary),
    column('sentiment', 'numeric'),
    column('response_count', 'integer'),
    column('fallback_response_count', 'integer'),
    column('response_seconds_total', 'numeric', 'response_time_total'),
    column('response_seconds_max', 'numeric', 'response_time_max'),
    column('response_seconds_avg', 'numeric', 'response_time_avg'),
    column('menu_path_id', 'id'),
    column('menu_path', 'text', 'menu_path', 'menu_path.name'),
    column('lang', 'word'),
    column('is_transfer', 'boolean', 'transfer'),
    column('transfer_id', 'id'),
    computed('extra', 'json'),
    computed('local_started_at', 'local-time'),
    computed('direction', 'word'),
    computed('is_first', 'boolean'),
    computed('outcome', 'word'),
  ],
}
