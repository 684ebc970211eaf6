/** Columns of analytics with a closed list of words, by view and column, or by column alone. Another word is our error. */
export const closedWords: Readonly<Record<string, readonly string[]>> = {
  channel: ['call', 'chat'],
  'session.outcome': [
    ...[
      'open',
      'handled',
      'self_served',
      'voicemail',
      'deflected',
      'abandoned_in_menu',
      'abandoned_in_queue',
    ],
    ...['abandoned_with_virtual_agent', 'no_contact', 'canceled', 'expired', 'failed'],
  ],
  'queue_entry.outcome': ['answered', 'abandoned', 'canceled', 'returned', 'deflected', 'failed', 'open'],
  'virtual_agent_interaction.outcome': [
    ...['resolved', 'escalated_answered', 'escalated_abandoned', 'escalated_deflected', 'escalated_other'],
    ...['left', 'failed'],
  ],
  'transfer.target_kind': ['queue', 'agent', 'virtual_agent', 'other'],
  direction: ['inbound', 'outbound', 'internal'],
}

/** Columns with words of the vendor's, whose list is open: a new word is only worth a look. */
export const openWords: Readonly<Record<string, readonly string[]>> = {
  'queue_entry.service_level_event': ['in_sla', 'not_in_sla'],
  'session.recording_permission': ['granted', 'denied', 'not_asked'],
}
