import {
  callConsumerRows,
  callHandleRows,
  callVirtualAgentRows,
  deflectionRows,
  escalationRows,
  menuRows,
  recordingRows,
} from './call-rows.ts'
import {
  disconnectedBy,
  followUpFields,
  recordingUrl,
  statusFields,
  ticketFields,
} from './document-fields.ts'
import { callParticipantRows } from './participant-rows.ts'
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

/** The session metadata document of a call (contract b.1, b.2), keys in the platform's order. */
export function callDocument(view: View): Row {
  return {
    ...statusFields(view),
    ...callTimes(view),
    ...ticketFields(view),
    ...outcomeFields(view),
    ...routeFields(view),
    ...mediaRows(view),
    ...rowArrays(view),
    ...tailFields(view),
  }
}

function callTimes(view: View): Row {
  const { scenario } = view
  const hold = holdSeconds(view)
  return {
    created_at: timeText(view, scenario.createdAt),
    queued_at: timeText(view, scenario.queuedAt),
    assigned_at: timeText(view, scenario.assignedAt),
    connected_at: timeText(view, scenario.connectedAt),
    ends_at: isEnded(view) ? timeText(view, scenario.ending.at) : null,
    scheduled_at: timeText(view, scenario.scheduledAt),
    updated_at: timeText(view, view.updatedAt),
    wait_duration: waitSeconds(view),
    call_duration: conversationSeconds(view),
    hold_duration: hold,
  }
}

function outcomeFields(view: View): Row {
  const { ending, details, kind, tenant } = view.scenario
  const ended = isEnded(view)
  const inbound = ['inbound', 'direct'].includes(kind.course)
  return {
    recording_url: recordingUrl(view),
    recording_permission: details.recordingPermission,
    voicemail_reason: ended ? ending.voicemailReason : 'not_voicemail',
    deflection: ended ? ending.deflection : 'no_deflection',
    disconnected_by: disconnectedBy(view),
    fail_reason: ended ? ending.failReason : 'nothing',
    fail_details: ended ? ending.failDetails : null,
    adapter_fail_code: ended ? (ending.adapterFailure?.code ?? null) : null,
    adapter_fail_message: ended ? (ending.adapterFailure?.message ?? null) : null,
    support_number: inbound ? tenant.supportNumber : null,
  }
}

function routeFields(view: View): Row {
  const { scenario } = view
  const { dialect } = scenario.tenant
  const prioritised = dialect.queuePriority && scenario.priority !== null
  return {
    selected_menu: selectedMenuFields(scenario.queue),
    menu_path: menuPathFields(scenario.queue),
    ...(prioritised ? { queue_priority_level: scenario.priority } : {}),
    ...agentInfo(view),
    end_user: endUserFields(view),
  }
}

function rowArrays(view: View): Row {
  const { dropsEmptyKeys } = view.scenario.tenant.dialect
  const escalations = escalationRows(view)
  const deflectedEscalations = deflectedEscalationRows(view)
  const recordings = recordingRows(view)
  const kept = (rows: Row[]) => rows.length > 0 || !dropsEmptyKeys
  return {
    transfers: transferRows(view),
    ...(kept(escalations) ? { escalations } : {}),
    deflection_details: deflectionRows(view),
    handle_durations: callHandleRows(view),
    queue_durations: queueRows(view),
    ...(kept(deflectedEscalations) ? { virtual_agent_deflected_escalations: deflectedEscalations } : {}),
    virtual_agent_handle_durations: callVirtualAgentRows(view),
    consumer_handle_durations: callConsumerRows(view),
    consumer_event_durations: surveyRows(view),
    consumer_in_menu_durations: menuRows(view),
    participants: callParticipantRows(view),
    ...(kept(recordings) ? { recordings } : {}),
  }
}

function tailFields(view: View): Row {
  const { scenario } = view
  const { details, tenant } = scenario
  const dials = ['outbound', 'campaign', 'callback', 'scheduled'].includes(scenario.kind.course)
  return {
    ...offerFields(view),
    answer_type: 'manual',
    outbound_number: dials ? outboundNumber(view) : null,
    ...waitingFields(view),
    ...messageFields(view),
    ...dispositions(view),
    ...followUpFields(view),
    ...(tenant.dialect.dropsEmptyKeys && details.sipHeaders === null
      ? {}
      : { sip_headers: details.sipHeaders }),
  }
}

function waitingFields(view: View): Row {
  const { waitTimeVirtualAgent: span, redirection, lang } = view.scenario
  const group = redirection && {
    group_label: 'Redirection Group 1',
    destination: { type: 'Queue', queue_id: redirection.queue.menuId, lang },
    after_hours: false,
    ah_destination: null,
  }
  return {
    ...(span === null
      ? {}
      : {
          in_queue_wait_time_va: [
            {
              start: timeText(view, span.startedAt),
              end: timeText(view, span.endedAt),
              duration: span.endedAt - span.startedAt,
            },
          ],
        }),
    ...(redirection === null
      ? {}
      : { automation_redirection: { percent_redirection: redirection.percent, redirection_group: [group] } }),
  }
}

// The contract has the keys but not the elements (b.1). These are a guess, and nothing should depend on them.
function messageFields(view: View): Row {
  const { messages, tenant } = view.scenario
  if (messages.length === 0 && tenant.dialect.dropsEmptyKeys) return {}
  const sent = messages.filter((message) => message.at <= view.asOf)
  const rows = (phase: string) =>
    sent
      .filter((message) => message.phase === phase)
      .map(({ at, text }) => ({
        sent_at: timeText(view, at),
        to: view.scenario.consumer?.phone ?? null,
        body: text,
      }))
  return { wait_time_sms: rows('wait'), in_call_sms: rows('in_call') }
}

function outboundNumber(view: View): string {
  const { outboundNumber: number, dialect } = view.scenario.tenant
  return dialect.spacedOutboundNumber
    ? number.replace(/^(\+\d{2})(\d{1})(\d{4})(\d{4})$/, '$1 $2 $3-$4')
    : number
}

function holdSeconds(view: View): number {
  let seconds = 0
  for (const stay of view.scenario.agentStays) {
    if (stay.endedAt <= view.asOf) seconds += stay.holdSeconds
  }
  return seconds
}
