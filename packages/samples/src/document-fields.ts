import type { Scenario } from './scenario.ts'
import { hasSurvey, isEnded, type Row, type View } from './view.ts'

/** Top-level fields that calls and chats have in common, in the platform's order of keys. */

/** Seconds from the end of the session until the recording is available. */
const recordingReadySeconds = 20

export function statusFields(view: View): Row {
  const { scenario } = view
  const { kind, channel, tenant } = scenario
  const { uuidKey, subStatusKey } = tenant.dialect
  const current = kind.current.includes('(IVR via Mobile)') ? tenant.dialect.ivrViaMobile : kind.current
  const subStatus = isEnded(view) ? null : 'connected_with_agent'
  return {
    id: scenario.sessionId,
    ...(uuidKey === 'absent' ? {} : { [`${channel}_uuid`]: uuidKey === 'null' ? null : scenario.uuid }),
    lang: scenario.lang,
    [`${channel}_type`]: kind.legacy,
    session_type: kind.legacy,
    session_type_v2: current,
    status: statusText(view),
    ...(subStatusKey === 'absent' ? {} : { [subStatusKey]: subStatus }),
  }
}

export function ticketFields(view: View): Row {
  const { details, survey, channel } = view.scenario
  const surveyed = hasSurvey(view) && survey !== null
  const opinion = {
    rating: surveyed ? survey.rating : null,
    has_feedback: surveyed && survey.feedback !== null,
  }
  const ticket = {
    out_ticket_id: details.ticket?.id ?? null,
    out_ticket_url: details.ticket?.url ?? null,
    is_out_ticket_account: false,
  }
  return channel === 'call'
    ? { ...opinion, voip_provider: 'deprecated', ...ticket, verified: details.verified }
    : { verified: details.verified, ...opinion, ...ticket }
}

/** Newer files name the virtual agent without the prefix (contract c.8). */
export function disconnectedBy(view: View): string | null {
  const { disconnectedBy: who } = view.scenario.ending
  if (!isEnded(view)) return null
  return who === 'virtual_agent' ? who : `disconnected_by_${who}`
}

/** The last keys of a document. */
export function followUpFields(view: View): Row {
  const { details, consumer, survey, tenant } = view.scenario
  const absent = tenant.dialect.dropsEmptyKeys && details.smartActionText === null
  return {
    email: consumer?.email ?? null,
    feedback: hasSurvey(view) ? (survey?.feedback ?? null) : null,
    ...(absent ? {} : { smart_action_text: details.smartActionText }),
    custom_data_secured: details.customDataSecured,
    custom_data_not_secured: details.customData,
  }
}

export function recordingUrl(view: View): string | null {
  const { details, ending, tenant, channel, sessionId } = view.scenario
  const ready = view.asOf >= ending.at + recordingReadySeconds
  return details.recordingPath !== null && ready
    ? `https://storage.${tenant.host}/${details.recordingPath}/${channel}-${sessionId}.mp3`
    : null
}

function statusText(view: View): string {
  const { scenario, asOf } = view
  if (scenario.ending.at > asOf) return openStatus(scenario)
  return scenario.voicemailReadAt !== null && scenario.voicemailReadAt <= asOf
    ? 'voicemail_read'
    : scenario.ending.status
}

function openStatus(scenario: Scenario): string {
  if (scenario.channel === 'chat') return 'assigned'
  return scenario.kind.course === 'campaign' ? 'campaign_connected' : 'connected'
}
