import { type ChildTableSpec, column, computed } from './table-spec.ts'

/** One row per SMS sent while waiting or during a call. The shape of the elements is not documented (contract, b.1). */
export const sessionMessageTable: ChildTableSpec = {
  name: 'session_message',
  rowsFrom: [
    { array: 'wait_time_sms', constants: { phase: 'waiting' } },
    { array: 'in_call_sms', constants: { phase: 'in_call' } },
  ],
  identifiedBy: ['phase', 'ordinal'],
  backReferences: ['call_id', 'chat_id'],
  known: [],
  textColumn: 'body',
  localTimeOf: 'sent_at',
  columns: [
    computed('phase', 'word'),
    computed('ordinal', 'integer'),
    column('message_id', 'id', 'id'),
    column('sent_at', 'time', 'sent_at', 'created_at'),
    column('body', 'text', 'body', 'text', 'message'),
    column('to_number', 'word', 'to', 'phone_number'),
    column('status', 'word'),
    computed('extra', 'json'),
    computed('local_at', 'local-time'),
  ],
}
