import { localTimeText } from './local-time.ts'
import type { Participant } from './scenario.ts'
import { participantEnd, type Row, rowId, timeText, type View } from './view.ts'

/** `participants[]` of a call, in order of joining. A participant who rejoins is a new record. */
export function callParticipantRows(view: View): Row[] {
  return presentRows(view, (participant, id) => {
    const endedAt = participantEnd(view, participant)
    return {
      ...identityFields(view, participant, id, endedAt),
      ...personFields(view, participant),
      call_id: view.scenario.sessionId,
      call_duration: durationSeconds(participant, endedAt),
      hold_duration: endedAt === null ? null : participant.holdSeconds,
      ended_at: timeText(view, endedAt),
      agent_assist: assistFields(participant),
      virtual_agent: virtualAgentConversation(participant),
      adapter_fail_code: participant.failReason.startsWith('voip') ? 31005 : null,
      adapter_fail_message: participant.failReason.startsWith('voip') ? 'Connection error' : null,
    }
  })
}

/** The same for a chat, with its own names. The SMS API keeps the `ended_at` of calls (contract a.5). */
export function chatParticipantRows(view: View): Row[] {
  const endKey = view.scenario.kind.current.endsWith('via API)') ? 'ended_at' : 'finished_at'
  return presentRows(view, (participant, id) => {
    const endedAt = participantEnd(view, participant)
    return {
      ...identityFields(view, participant, id, endedAt),
      ...personFields(view, participant),
      chat_id: view.scenario.sessionId,
      [endKey]: timeText(view, endedAt),
      chat_duration: durationSeconds(participant, endedAt),
      virtual_agent: virtualAgentConversation(participant),
      agent_assist: { ...assistFields(participant), spelling_and_grammar_check: {} },
    }
  })
}

function presentRows(view: View, write: (participant: Participant, id: number) => Row): Row[] {
  const rows: Row[] = []
  for (const [index, participant] of view.scenario.participants.entries()) {
    const joined = participant.connectedAt ?? participant.endedAt
    if (joined <= view.asOf) rows.push(write(participant, rowId(view, 'participant', index)))
  }
  return rows
}

function identityFields(view: View, participant: Participant, id: number, endedAt: number | null): Row {
  const { consumer } = view.scenario
  const isConsumer = participant.type === 'end_user'
  return {
    id,
    type: participant.type,
    entry_type: participant.entryType,
    user_id: participant.agent?.id ?? null,
    end_user_id: isConsumer ? (consumer?.id ?? null) : null,
    virtual_agent_id: participant.virtualAgent?.id ?? null,
    ...(participant.params === null ? {} : { virtual_agent_params: participant.params }),
    status: endedAt === null ? 'connected' : 'finished',
    fail_reason: participant.failReason,
    connected_at: timeText(view, participant.connectedAt),
    ...(isConsumer ? { phone_number: consumer?.phone ?? null } : {}),
    sip_headers: participant.sipHeaders ? view.scenario.details.sipHeaders : null,
  }
}

function personFields(view: View, participant: Participant): Row {
  const { agent } = participant
  if (agent === null) return {}
  const { tenant, channel } = view.scenario
  return {
    location: channel === 'call' ? locationFields(view) : null,
    location_id: channel === 'call' ? tenant.location.id : null,
    email: agent.email,
    first_name: agent.firstName,
    last_name: agent.lastName,
    middle_name: null,
    teams: tenant.dialect.teams ? [agent.team] : [],
  }
}

function locationFields(view: View): Row {
  const { id, lang, name, timeZone, createdAt } = view.scenario.tenant.location
  const createdText = localTimeText(timeZone, createdAt)
  return {
    created_at: createdText,
    id,
    lang,
    location: name,
    pop_settings: { twilio: [], nexmo: [], telnyx: [] },
    updated_at: createdText,
  }
}

function durationSeconds(participant: Participant, endedAt: number | null): number | null {
  if (participant.connectedAt === null) return 0
  return endedAt === null ? null : endedAt - participant.connectedAt
}

function assistFields(participant: Participant): Row | null {
  return participant.type === 'agent' && participant.conversationId !== null
    ? { conversation_id: participant.conversationId }
    : null
}

function virtualAgentConversation(participant: Participant): Row | null {
  return participant.virtualAgent === null ? null : { conversation_id: participant.conversationId }
}
