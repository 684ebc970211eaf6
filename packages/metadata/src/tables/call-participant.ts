import { entryTypeVocabulary } from '../vocabulary/entry-type.ts'
import { failReasonVocabulary } from '../vocabulary/fail-reason.ts'
import { participantStatusVocabulary } from '../vocabulary/participant-status.ts'
import { participantTypeVocabulary } from '../vocabulary/participant-type.ts'
import { type ChildTableSpec, column, computed, term } from './table-spec.ts'

/** One row per participant record, of calls and chats; a rejoin is a new record (contract, a.1.8 and b.2). */
export const callParticipantTable: ChildTableSpec = {
  name: 'call_participant',
  rowsFrom: [{ array: 'participants' }],
  identifiedBy: ['participant_id'],
  known: [],
  backReferences: ['call_id', 'chat_id'],
  columns: [
    column('participant_id', 'id', 'id'),
    term('type', participantTypeVocabulary),
    term('entry_type', entryTypeVocabulary),
    term('status', participantStatusVocabulary),
    term('fail_reason', failReasonVocabulary),
    column('user_id', 'id'),
    column('end_user_id', 'id'),
    column('virtual_agent_id', 'id'),
    column('connected_at', 'time'),
    column('ended_at', 'time', 'ended_at', 'ends_at', 'finished_at'),
    column('duration_seconds', 'integer', 'call_duration', 'chat_duration'),
    column('hold_seconds', 'integer', 'hold_duration'),
    column('phone_number', 'word'),
    column('email', 'word'),
    column('first_name', 'text'),
    column('middle_name', 'text'),
    column('last_name', 'text'),
    column('caller_id', 'loose-text'),
    column('teams', 'json'),
    column('location_id', 'id'),
    column('location', 'json'),
    column('agent_assist', 'json'),
    column('virtual_agent', 'json'),
    column('virtual_agent_params', 'json'),
    column('sip_headers', 'json'),
    column('adapter_fail_code', 'integer'),
    column('adapter_fail_message', 'text'),
    computed('extra', 'json'),
  ],
}
