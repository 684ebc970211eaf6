import { escalationRows } from './call-rows.ts'
import { agentResponses, chatConsumerRows, chatHandleRows, chatVirtualAgentRows } from './chat-rows.ts'
import { disconnectedBy, followUpFields, statusFields, ticketFields } from './document-fields.ts'
import { chatParticipantRows } from './participant-rows.ts'
import { agentInfo, endUserFields, menuPathFields, selectedMenuFields } from './people-fields.ts'
import {
  deflectedEscalationRows,
  dispositions,
  mediaRows,
  offerFields,
  queueRows,
  surveyRows,
} from './shared-rows.ts'
import { transferRows } from './transfer-rows.ts'
import { conversationSeconds, isEnded, type Row, timeText, type View, waitSeconds } from './view.ts'

/** The session metadata document of a chat (contract b.3), keys in the platform's order. */
export function chatDocument(view: View): Row {
  const { scenario } = view
  return {
    ...statusFields(view),
    ...chatTimes(view),
    ...ticketFields(view),
    ...providerFields(view),
    selected_menu: selectedMenuFields(scenario.queue),
    menu_path: menuPathFields(scenario.queue),
    transcript: scenario.details.transcript,
    ...agentInfo(view),
    end_user: endUserFields(view),
    ...mediaRows(view),
    transfers: transferRows(view),
    ...(scenario.escalations.length > 0 ? { escalations: escalationRows(view) } : {}),
    participants: chatParticipantRows(view),
    handle_durations: chatHandleRows(view),
    queue_durations: queueRows(view),
    virtual_agent_handle_durations: chatVirtualAgentRows(view),
    virtual_agent_deflected_escalations: deflectedEscalationRows(view),
    consumer_handle_durations: chatConsumerRows(view),
    consumer_event_durations: surveyRows(view),
    ...offerFields(view),
    answer_type: 'manual',
    after_hours: scenario.details.afterHours,
    transfer_limit: null,
    ...dispositions(view),
    ...followUpFields(view),
  }
}

// Of all chats, only text messages have `queued_at` (contract b.3).
function chatTimes(view: View): Row {
  const { scenario } = view
  return {
    created_at: timeText(view, scenario.createdAt),
    ...(isTextMessage(view) ? { queued_at: timeText(view, scenario.queuedAt) } : {}),
    assigned_at: timeText(view, scenario.assignedAt),
    ends_at: isEnded(view) ? timeText(view, scenario.ending.at) : null,
    updated_at: timeText(view, view.updatedAt),
    first_msg_sent_at: timeText(view, scenario.details.firstMessageAt),
    last_msg_sent_at: isEnded(view) ? timeText(view, scenario.details.lastMessageAt) : null,
    wait_duration: waitSeconds(view),
    chat_duration: conversationSeconds(view),
  }
}

function providerFields(view: View): Row {
  const { scenario } = view
  const { averageSeconds, longestSeconds } = agentResponses(view)
  const { failReason } = scenario.ending
  const ended = isEnded(view)
  return {
    ...(isTextMessage(view)
      ? {
          disconnected_by: disconnectedBy(view),
          outbound_number: scenario.tenant.outboundNumber,
        }
      : {}),
    fail_reason: !ended || failReason === 'nothing' ? null : failReason,
    provider_type: 'twilio_conversations',
    provider_channel_id: `CH${scenario.uuid.replaceAll('-', '')}`,
    message_count: ended ? scenario.details.messageCount : 0,
    average_response_time: averageSeconds,
    longest_response_time: longestSeconds,
  }
}

function isTextMessage(view: View): boolean {
  return view.scenario.kind.current.includes('SMS')
}
