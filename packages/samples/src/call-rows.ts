import { agentFields, menuPathFields, virtualAgentFields } from './people-fields.ts'
import type { AgentStay, Recording } from './scenario.ts'
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

/** `handle_durations[]`: a row for the talk, and one for the wrap-up when it is over (contract a.4). */
export function callHandleRows(view: View): Row[] {
  const rows: Row[] = []
  for (const { stay, index } of finishedStays(view)) {
    rows.push(talkRow(view, stay, rowId(view, 'handle', 2 * index)))
    if (hasWrapUp(view, stay)) {
      rows.push(wrapUpRow(view, stay, rowId(view, 'handle', 2 * index + 1)))
    }
  }
  return rows
}

export function callVirtualAgentRows(view: View): Row[] {
  const { scenario, asOf } = view
  const finished = scenario.virtualAgentStays.filter((stay) => stay.endedAt <= asOf)
  return finished.map((stay, index) => ({
    id: rowId(view, 'virtualAgentHandle', index),
    virtual_agent: virtualAgentFields(scenario.tenant, stay.virtualAgent),
    call_duration: stay.endedAt - stay.startedAt,
    escalation_reason: stay.escalationReason,
    finish_reason: stay.finishReason,
    sentiment: stay.sentiment,
    response_count: stay.responses.count,
    fallback_response_count: stay.fallbackCount,
    initiated_by: stay.initiatedBy,
    ...queueKeys(view, stay.queue),
    transfer: stay.transfer !== null,
    transfer_id: transferIdOf(view, stay.transfer),
    started_at: timeText(view, stay.startedAt),
    ended_at: timeText(view, stay.endedAt),
  }))
}

export function callConsumerRows(view: View): Row[] {
  const { scenario } = view
  const consumer = scenario.participants.find((participant) => participant.type === 'end_user')
  const endedAt = consumer === undefined ? null : participantEnd(view, consumer)
  if (!isEnded(view) || consumer === undefined || consumer.connectedAt === null || endedAt === null) return []
  return [
    {
      id: rowId(view, 'consumerHandle', 0),
      call_duration: endedAt - consumer.connectedAt,
      hold_duration: consumer.holdSeconds ?? 0,
      started_at: timeText(view, consumer.connectedAt),
      ended_at: timeText(view, endedAt),
    },
  ]
}

export function menuRows(view: View): Row[] {
  const { menuStay, lang } = view.scenario
  if (menuStay === null) return []
  return [
    {
      id: rowId(view, 'consumerInMenu', 0),
      duration: menuStay.endedAt - menuStay.startedAt,
      event: 'finished',
      menu_path_id: null,
      menu_path: null,
      lang,
      started_at: timeText(view, menuStay.startedAt),
      ended_at: timeText(view, menuStay.endedAt),
    },
  ]
}

export function escalationRows(view: View): Row[] {
  const { scenario } = view
  return scenario.escalations.map((escalation, index) => ({
    id: rowId(view, 'escalation', index),
    status: escalation.status,
    reason: escalation.reason,
    ...(escalation.deflection === null ? {} : { deflection: escalation.deflection }),
    created_at: timeText(view, escalation.createdAt),
    escalated_at: timeText(view, escalation.escalatedAt),
    from_virtual_agent: virtualAgentFields(scenario.tenant, escalation.virtualAgent),
    to_agent: escalation.toAgent === null ? null : agentFields(scenario.tenant, escalation.toAgent),
    from_menu_path: menuPathFields(escalation.fromQueue),
    to_menu_path: menuPathFields(escalation.toQueue),
  }))
}

export function deflectionRows(view: View): Row[] {
  const { scenario } = view
  return scenario.deflections.map(({ deflection, queue }, index) => ({
    id: rowId(view, 'deflection', index),
    call_id: scenario.sessionId,
    transfer_id: null,
    deflection,
    from_menu_path: menuPathFields(queue),
  }))
}

export function recordingRows(view: View): Row[] {
  const { scenario, asOf } = view
  const finished = scenario.recordings.filter((recording) => recording.endedAt <= asOf)
  return finished.map((recording, index) => ({
    id: rowId(view, 'recording', index),
    call_id: scenario.sessionId,
    conference_sid: recording.conferenceId,
    duration: recording.endedAt - recording.startedAt,
    ...(scenario.tenant.dialect.recordingEndedAt ? { ended_at: timeText(view, recording.endedAt) } : {}),
    recording_type: recording.type,
    redaction_times: redactionRows(recording),
    started_at: timeText(view, recording.startedAt),
  }))
}

function redactionRows(recording: Recording): Row[] {
  return recording.redactions.map(({ startMs, endMs, agent }) => ({
    start: new Date(startMs).toISOString(),
    start_agent_id: agent.id,
    end: new Date(endMs).toISOString(),
    duration: (endMs - startMs) / 1000,
    end_agent_id: agent.id,
  }))
}

function talkRow(view: View, stay: AgentStay, id: number): Row {
  return {
    id,
    agent_id: stay.agent.id,
    acw_duration: 0,
    bcw_duration: stay.beforeCallSeconds,
    call_duration: stay.endedAt - stay.startedAt,
    ...queueKeys(view, stay.queue),
    barged: stay.barged,
    transfer: stay.transfer !== null,
    transfer_id: transferIdOf(view, stay.transfer),
    transfer_cold: stay.cold,
    started_at: timeText(view, stay.startedAt),
    ended_at: timeText(view, stay.endedAt),
    scheduled_at: timeText(view, view.scenario.scheduledAt),
    hold_duration: stay.holdSeconds,
    assigned_connection_duration: stay.connectSeconds,
  }
}

function wrapUpRow(view: View, stay: AgentStay, id: number): Row {
  const startedAt = stay.endedAt
  return {
    ...talkRow(view, stay, id),
    acw_duration: stay.wrapUpSeconds,
    bcw_duration: 0,
    call_duration: 0,
    transfer_cold: null,
    started_at: timeText(view, startedAt),
    ended_at: timeText(view, startedAt + stay.wrapUpSeconds),
    hold_duration: null,
    assigned_connection_duration: 0,
  }
}
