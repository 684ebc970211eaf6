import { localTimeText } from './local-time.ts'
import type { AgentStay, Participant, Scenario } from './scenario.ts'

/** A scenario as seen by one export. */
export type View = {
  scenario: Scenario
  /** Nothing later than this is in the document (epoch seconds). */
  asOf: number
  /** The document's `updated_at`. Mostly `asOf`, but sometimes the platform does not change it. */
  updatedAt: number
}

export type Row = Record<string, unknown>

// Ids of one array per session. No array of a scenario comes near this limit.
const rowsPerSession = 16
const firstIds = {
  participant: 2_900,
  transfer: 10,
  escalation: 440,
  deflection: 5_900,
  handle: 300,
  queue: 320,
  deflectedEscalation: 100,
  virtualAgentHandle: 1_060,
  consumerHandle: 990,
  consumerEvent: 80,
  consumerInMenu: 1_180,
  recording: 1_080,
  photo: 7_000,
  video: 7_100,
} as const

/** The id of the n-th row of an array: unique per tenant and array, the same in every revision. */
export function rowId(view: View, array: keyof typeof firstIds, index: number): number {
  if (index >= rowsPerSession) throw new Error(`more than ${rowsPerSession} rows of ${array}`)
  return firstIds[array] + view.scenario.number * rowsPerSession + index
}

export function timeText(view: View, atSeconds: number | null): string | null {
  return atSeconds === null ? null : localTimeText(view.scenario.tenant.timeZone, atSeconds)
}

export function isEnded(view: View): boolean {
  return view.scenario.ending.at <= view.asOf
}

/** The finished talks of agents. An agent's row is written when the agent has left. */
export function finishedStays(view: View): { stay: AgentStay; index: number }[] {
  const stays: { stay: AgentStay; index: number }[] = []
  for (const [index, stay] of view.scenario.agentStays.entries()) {
    if (stay.endedAt <= view.asOf) stays.push({ stay, index })
  }
  return stays
}

/** Whether the platform knows of the wrap-up of a stay, if there is one. */
export function hasWrapUp(view: View, stay: AgentStay): boolean {
  return stay.wrapUpSeconds > 0 && wrapUpKnownAt(stay) <= view.asOf
}

export function wrapUpKnownAt(stay: AgentStay): number {
  return stay.endedAt + stay.wrapUpSeconds + stay.wrapUpDelaySeconds
}

/** When a participant's record ended. During a survey, the first export still has the session's end for the end user. */
export function participantEnd(view: View, participant: Participant): number | null {
  const { ending, survey } = view.scenario
  if (participant.endedAt <= view.asOf) return participant.endedAt
  return participant.type === 'end_user' && survey !== null && ending.at <= view.asOf ? ending.at : null
}

export function hasSurvey(view: View): boolean {
  const { survey } = view.scenario
  return survey !== null && survey.endedAt <= view.asOf
}

export function waitSeconds(view: View): number {
  let seconds = 0
  for (const stay of view.scenario.queueStays) {
    if (stay.endedAt <= view.asOf) seconds += stay.endedAt - stay.startedAt
  }
  return seconds
}

/** The conversation time by the vendor's rule. Null until the session has ended. */
export function conversationSeconds(view: View): number | null {
  const { scenario } = view
  const first = scenario.agentStays.find((stay) => !stay.barged)
  if (!isEnded(view)) return null
  const consumer = scenario.participants.find((participant) => participant.type === 'end_user')
  if (first === undefined || (consumer !== undefined && consumer.connectedAt === null)) return 0
  return scenario.ending.at - Math.max(first.startedAt, consumer?.connectedAt ?? 0)
}
