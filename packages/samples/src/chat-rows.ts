import { virtualAgentFields } from './people-fields.ts'
import type { AgentStay, Responses } from './scenario.ts'
import { queueKeys, transferIdOf } from './shared-rows.ts'
import {
  finishedStays,
  hasWrapUp,
  isEnded,
  participantEnd,
  type Row,
  rowId,
  timeText,
  type View,
} from './view.ts'

/** `handle_durations[]` of a chat: a row for the conversation, and one for the wrap-up when it is over. */
export function chatHandleRows(view: View): Row[] {
  const rows: Row[] = []
  for (const { stay, index } of finishedStays(view)) {
    rows.push(conversationRow(view, stay, rowId(view, 'handle', 2 * index)))
    if (hasWrapUp(view, stay)) {
      rows.push(wrapUpRow(view, stay, rowId(view, 'handle', 2 * index + 1)))
    }
  }
  return rows
}

export function chatVirtualAgentRows(view: View): Row[] {
  const { scenario, asOf } = view
  const finished = scenario.virtualAgentStays.filter((stay) => stay.endedAt <= asOf)
  return finished.map((stay, index) => ({
    id: rowId(view, 'virtualAgentHandle', index),
    virtual_agent: virtualAgentFields(scenario.tenant, stay.virtualAgent),
    chat_duration: stay.endedAt - stay.startedAt,
    escalation_reason: stay.escalationReason,
    finish_reason: stay.finishReason,
    fallback_response_count: stay.fallbackCount,
    initiated_by: stay.initiatedBy,
    ...queueKeys(view, stay.queue),
    transfer: stay.transfer !== null,
    transfer_id: transferIdOf(view, stay.transfer),
    started_at: timeText(view, stay.startedAt),
    ended_at: timeText(view, stay.endedAt),
    ...responseFields(stay.responses),
  }))
}

export function chatConsumerRows(view: View): Row[] {
  const { participants, details } = view.scenario
  const consumer = participants.find((participant) => participant.type === 'end_user')
  const endedAt = consumer === undefined ? null : participantEnd(view, consumer)
  if (!isEnded(view) || consumer === undefined || consumer.connectedAt === null || endedAt === null) return []
  const { count, totalSeconds, maxSeconds } = details.consumerResponses
  return [
    {
      id: rowId(view, 'consumerHandle', 0),
      chat_duration: endedAt - consumer.connectedAt,
      started_at: timeText(view, consumer.connectedAt),
      ended_at: timeText(view, endedAt),
      message_count: details.messageCount === 0 ? 0 : count + 1,
      response_count: count,
      response_time_total: totalSeconds,
      response_time_max: maxSeconds,
      // A number here, though the agents' rows have text (contract a.5).
      response_time_avg: count === 0 ? 0 : Math.round((10 * totalSeconds) / count) / 10,
    },
  ]
}

/** Average and longest answer time of all agents, in whole seconds, from the written rows. */
export function agentResponses(view: View): { averageSeconds: number; longestSeconds: number } {
  let count = 0
  let totalSeconds = 0
  let longestSeconds = 0
  for (const { stay } of finishedStays(view)) {
    count += stay.responses.count
    totalSeconds += stay.responses.totalSeconds
    longestSeconds = Math.max(longestSeconds, stay.responses.maxSeconds)
  }
  return { averageSeconds: count === 0 ? 0 : Math.round(totalSeconds / count), longestSeconds }
}

function conversationRow(view: View, stay: AgentStay, id: number): Row {
  return {
    id,
    agent_id: stay.agent.id,
    acw_duration: 0,
    chat_duration: stay.endedAt - stay.startedAt,
    ...queueKeys(view, stay.queue),
    transfer: stay.transfer !== null,
    transfer_id: transferIdOf(view, stay.transfer),
    started_at: timeText(view, stay.startedAt),
    ended_at: timeText(view, stay.endedAt),
    ...responseFields(stay.responses),
    assigned_connection_duration: stay.connectSeconds,
  }
}

function wrapUpRow(view: View, stay: AgentStay, id: number): Row {
  return {
    ...conversationRow(view, stay, id),
    acw_duration: stay.wrapUpSeconds,
    chat_duration: 0,
    started_at: timeText(view, stay.endedAt),
    ended_at: timeText(view, stay.endedAt + stay.wrapUpSeconds),
    ...responseFields({ count: 0, totalSeconds: 0, maxSeconds: 0 }),
    assigned_connection_duration: 0,
  }
}

function responseFields({ count, totalSeconds, maxSeconds }: Responses): Row {
  return {
    response_count: count,
    response_time_total: totalSeconds,
    response_time_max: maxSeconds,
    response_time_avg: count === 0 ? '0.0' : (totalSeconds / count).toFixed(1),
  }
}
