import { escalationRows } from './call-rows.ts'
import { agentResponses, chatConsumerRows, chatHandleRows, chatVirtualAgentRows } from './chat-rows.ts'
import { followUpFields, statusFields, ticketFields } from './document-fields.ts'
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
  const { story } = view
  return {
    ...statusFields(view),
    ...chatTimes(view),
    ...ticketFields(view),
    ...providerFields(view),
    selected_menu: selectedMenuFields(story.queue),
    menu_path: menuPathFields(story.queue),
    transcript: story.details.transcript,
    ...agentInfo(view),
    end_user: endUserFields(view),
    ...mediaRows(view),
    transfers: transferRows(view),
    ...(story.escalations.length > 0 ? { escalations: escalationRows(view) } : {}),
    participants: chatParticipantRows(view),
    handle_durations: chatHandleRows(view),
    queue_durations: queueRows(view),
    virtual_agent_handle_durations: chatVirtualAgentRows(view),
    virtual_agent_deflected_escalations: deflectedEscalationRows(view),
    consumer_handle_durations: chatConsumerRows(view),
    consumer_event_durations: surveyRows(view),
    ...offerFields(view),
    answer_type: 'manual',
    after_hours: story.details.afterHours,
    transfer_limit: null,
    ...dispositions(view),
    ...followUpFields(view),
  }
}

// Only text messages bring `queued_at`, which is otherwise a call's (contract b.3).
function chatTimes(view: View): Row {
  const { story } = view
  return {
    created_at: timeText(view, story.createdAt),
    ...(isTextMessage(view) ? { queued_at: timeText(view, story.queuedAt) } : {}),
    assigned_at: timeText(view, story.assignedAt),
    ends_at: isEnded(view) ? timeText(view, story.ending.at) : null,
    updated_at: timeText(view, view.updatedAt),
    first_msg_sent_at: timeText(view, story.details.firstMessageAt),
    last_msg_sent_at: isEnded(view) ? timeText(view, story.details.lastMessageAt) : null,
    wait_duration: waitSeconds(view),
    chat_duration: conversationSeconds(view),
  }
}

function providerFields(view: View): Row {
  const { story } = view
  const { averageSeconds, longestSeconds } = agentResponses(view)
  const { failReason, disconnectedBy } = story.ending
  const ended = isEnded(view)
  return {
    ...(isTextMessage(view)
      ? {
          disconnected_by: ended ? `disconnected_by_${disconnectedBy}` : null,
          outbound_number: story.tenant.outboundNumber,
        }
      : {}),
    fail_reason: !ended || failReason === 'nothing' ? null : failReason,
    provider_type: 'twilio_conversations',
    provider_channel_id: `CH${story.uuid.replaceAll('-', '')}`,
    message_count: ended ? story.details.messageCount : 0,
    average_response_time: averageSeconds,
    longest_response_time: longestSeconds,
  }
}

function isTextMessage(view: View): boolean {
  return view.story.kind.current.includes('SMS')
}
