import { virtualAgentFields } from './people-fields.ts'
import type { QueueStay } from './scenario.ts'
import type { Queue } from './tenant.ts'
import { finishedStays, hasSurvey, type Row, rowId, timeText, type View } from './view.ts'

/** Rows that are the same in calls and chats, in the platform's order of keys. */

export function queueRows(view: View): Row[] {
  const rows: Row[] = []
  for (const [index, stay] of view.scenario.queueStays.entries()) {
    if (stay.endedAt > view.asOf) continue
    const { queue } = stay
    rows.push({
      id: rowId(view, 'queue', index),
      agent_id: stay.agent?.id ?? null,
      ended_at: timeText(view, stay.endedAt),
      lang: view.scenario.lang,
      menu_path_id: queue?.menuPathId ?? null,
      menu_path: queue?.pathName ?? null,
      queue_duration: stay.endedAt - stay.startedAt,
      started_at: timeText(view, stay.startedAt),
      transfer_cold: stay.cold,
      transfer: stay.transfer !== null,
      transfer_id: transferIdOf(view, stay.transfer),
      service_level_abandon_time_threshold: queue?.serviceLevel.abandonSeconds ?? null,
      service_level_event: serviceLevelEvent(view, stay),
      service_level_target_percent: queue?.serviceLevel.targetPercent ?? null,
      service_level_target_time: queue?.serviceLevel.targetSeconds ?? null,
    })
  }
  return rows
}

export function transferIdOf(view: View, index: number | null): number | null {
  return index === null ? null : rowId(view, 'transfer', index)
}

/** The three keys with which duration rows name their queue. */
export function queueKeys(view: View, queue: Queue | null): Row {
  return {
    menu_path_id: queue?.menuPathId ?? null,
    menu_path: queue?.pathName ?? null,
    lang: view.scenario.lang,
  }
}

export function surveyRows(view: View): Row[] {
  const { survey } = view.scenario
  if (survey === null || !hasSurvey(view)) return []
  return [
    {
      id: rowId(view, 'consumerEvent', 0),
      duration: survey.endedAt - survey.startedAt,
      type: 'csat',
      event: survey.rating === null ? 'abandoned' : 'finished',
      ...queueKeys(view, survey.queue),
      started_at: timeText(view, survey.startedAt),
      ended_at: timeText(view, survey.endedAt),
    },
  ]
}

export function deflectedEscalationRows(view: View): Row[] {
  const { scenario } = view
  const rows: Row[] = []
  for (const [index, escalation] of scenario.escalations.entries()) {
    if (escalation.deflection === null) continue
    rows.push({
      id: rowId(view, 'deflectedEscalation', index),
      deflection: escalation.deflection,
      escalation_id: rowId(view, 'escalation', index),
      escalation_reason: escalation.reason,
      escalated_at: timeText(view, escalation.escalatedAt),
      ...queueKeys(view, escalation.toQueue),
      virtual_agent: virtualAgentFields(scenario.tenant, escalation.virtualAgent),
    })
  }
  return rows
}

export function mediaRows(view: View): { photos: Row[]; videos: Row[] } {
  const { details, channel, sessionId, tenant } = view.scenario
  const url = (kind: string, id: number, ending: string) =>
    `https://storage.${tenant.host}/media/${channel}-${sessionId}-${kind}-${id}.${ending}`
  const photos = details.photos.map((photoType, index) => {
    const id = rowId(view, 'photo', index)
    return { id, photo_type: photoType, url: url('photo', id, 'jpg') }
  })
  const videos = Array.from({ length: details.videoCount }, (_, index) => {
    const id = rowId(view, 'video', index)
    return { id, url: url('video', id, 'mp4') }
  })
  return { photos, videos }
}

export function offerFields(view: View): Row {
  const offers = view.scenario.offers.map(({ at, group }) => ({ casting_time: timeText(view, at), group }))
  return { offer_type: offers.length > 0 ? 'cascade' : null, offer_events: offers }
}

/** Codes and notes that agents have set so far. The key is absent if there are none. */
export function dispositions(view: View): { dispositions?: Row[] } {
  const { scenario, asOf } = view
  const finished = new Map(finishedStays(view).map(({ stay, index }) => [index, stay]))
  const rows: Row[] = []
  for (const { at, stay: index, note, list, code } of scenario.dispositions) {
    const stay = finished.get(index)
    if (stay === undefined || at > asOf) continue
    rows.push({
      user_id: stay.agent.id,
      transfer_id: transferIdOf(view, stay.transfer),
      participant_id: rowId(view, 'participant', stay.participant),
      ...(note === null ? {} : { note }),
      code: code.code,
      ujet_code_id: code.id,
      list: list.name,
      list_path: list.path,
      ujet_list_id: list.id,
      custom_list_id: list.customId,
      custom_code_id: code.customId,
    })
  }
  return rows.length === 0 ? {} : { dispositions: rows }
}

// The vendor's rule: below the target is in, and short abandons count as neither (contract e).
function serviceLevelEvent(view: View, stay: QueueStay): string | null {
  if (stay.queue === null) return null
  const { targetSeconds, abandonSeconds } = stay.queue.serviceLevel
  const seconds = stay.endedAt - stay.startedAt
  if (stay.agent === null && seconds < abandonSeconds)
    return view.scenario.tenant.dialect.excludedServiceLevel
  return seconds < targetSeconds ? 'in_sla' : 'not_in_sla'
}
