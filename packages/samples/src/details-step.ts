import { drawResponses } from './agent-step.ts'
import { chance, fork, integer, pick, type Random, uuidText, weighted } from './random.ts'
import type { AgentStay, Details, Recording, Redaction, Scenario, VirtualAgentStay } from './scenario.ts'
import type { Scene } from './scene.ts'

const recordedShare = 0.8
const recordingPerStayShare = 0.4
const redactedShare = 0.08
const virtualAgentRecordedShare = 0.3

export function emptyDetails(): Details {
  return {
    ticket: null,
    recordingPath: null,
    recordingPermission: 'not_asked',
    verified: false,
    photos: [],
    videoCount: 0,
    smartActionText: null,
    customData: null,
    customDataSecured: null,
    sipHeaders: null,
    afterHours: false,
    messageCount: 0,
    firstMessageAt: null,
    lastMessageAt: null,
    consumerResponses: { count: 0, totalSeconds: 0, maxSeconds: 0 },
    transcript: false,
  }
}

/** Adds the details around the conversation, after its course is known. */
export function addDetails(scene: Scene): void {
  const { scenario } = scene
  const random = fork(scene.random, 'details')
  const { details } = scenario
  if (scenario.agentStays.length > 0 && chance(random, 0.7)) details.ticket = drawTicket(random, scenario)
  if (scenario.channel === 'call') {
    addConsumerHold(random, scenario)
    addRecordings(random, scenario)
  } else {
    addMessages(random, scenario)
  }
  if (['mobile_menu', 'web_menu'].includes(scenario.kind.menuType ?? '')) addSmartActions(random, scenario)
  if (chance(random, 0.12)) details.customData = drawCustomData(random)
  if (chance(random, 0.03))
    details.customDataSecured = { AccountToken: { label: 'Account', value: uuidText(random) } }
}

/** Headers that an inbound call may have. Drawn before the simulation, because participants repeat them. */
export function drawSipHeaders(random: Random): Record<string, string> | null {
  if (!chance(random, 0.4)) return null
  const attestation = { 'P-Attestation-Indicator': pick(random, ['A', 'B', 'C']) }
  return weighted<Record<string, string>>(random, [
    [attestation, 50],
    [{ ...attestation, 'P-Origination-ID': uuidText(random) }, 40],
    [
      { 'X-Customer-Tier': pick(random, ['gold', 'basic']), 'X-Order': String(integer(random, 1000, 99999)) },
      10,
    ],
  ])
}

function drawTicket(random: Random, scenario: Scenario): Details['ticket'] {
  const id = chance(random, 0.6)
    ? `500ak0000${integer(random, 2 ** 31, 2 ** 32).toString(36)}AAA`
    : String(700_000 + scenario.number)
  return { id, url: `https://crm.${scenario.tenant.host}/cases/${id}` }
}

// The end user's count of hold often exceeds the agents', as in the real call 1418 (contract a.4).
function addConsumerHold(random: Random, scenario: Scenario): void {
  const heldSeconds = scenario.agentStays.reduce((sum, stay) => sum + stay.holdSeconds, 0)
  const extraSeconds = chance(random, 0.25) ? integer(random, 1, 12) : 0
  const consumer = scenario.participants.find((participant) => participant.type === 'end_user')
  if (consumer !== undefined && heldSeconds > 0) consumer.holdSeconds = heldSeconds + extraSeconds
}

function addRecordings(random: Random, scenario: Scenario): void {
  const { details } = scenario
  details.recordingPermission = weighted(random, [
    ['granted', 55],
    ['not_asked', 38],
    ['denied', 7],
  ])
  for (const stay of scenario.virtualAgentStays) {
    if (details.recordingPermission === 'granted' && chance(random, virtualAgentRecordedShare))
      scenario.recordings.push(drawVirtualAgentRecording(random, stay))
  }
  const talks = scenario.agentStays.filter((stay) => !stay.barged)
  const first = talks[0]
  if (first === undefined || details.recordingPermission === 'denied') return
  if (scenario.ending.status === 'failed' || !chance(random, recordedShare)) return
  details.recordingPath = 'recordings'
  const perStay = talks.length > 1 && chance(random, recordingPerStayShare)
  if (perStay)
    scenario.recordings.push(
      ...talks.map((stay) => drawRecording(random, [stay], stay.startedAt, stay.endedAt)),
    )
  else scenario.recordings.push(drawRecording(random, talks, first.startedAt, scenario.ending.at))
}

function drawVirtualAgentRecording(random: Random, { startedAt, endedAt }: VirtualAgentStay): Recording {
  return { type: 'virtual_agent', startedAt, endedAt, conferenceId: uuidText(random), redactions: [] }
}

function drawRecording(
  random: Random,
  talks: readonly AgentStay[],
  startedAt: number,
  endedAt: number,
): Recording {
  const redactions = talks
    .filter(() => chance(random, redactedShare))
    .map((stay) => drawRedaction(random, stay))
  return { type: 'default', startedAt, endedAt, conferenceId: uuidText(random), redactions }
}

function drawRedaction(random: Random, stay: AgentStay): Redaction {
  const startMs = integer(random, stay.startedAt * 1000, stay.endedAt * 1000 - 5_000)
  const endMs = integer(random, startMs + 500, Math.min(startMs + 40_000, stay.endedAt * 1000))
  return { startMs, endMs, agent: stay.agent }
}

function addMessages(random: Random, scenario: Scenario): void {
  const { details } = scenario
  const answers = [...scenario.agentStays, ...scenario.virtualAgentStays].reduce(
    (sum, stay) => sum + stay.responses.count,
    0,
  )
  const consumer = scenario.participants.find((participant) => participant.type === 'end_user')
  if (answers === 0 || consumer === undefined || consumer.connectedAt === null) return
  details.consumerResponses = drawResponses(random, scenario.ending.at - consumer.connectedAt, 40)
  details.messageCount = answers + details.consumerResponses.count + 1
  details.firstMessageAt = consumer.connectedAt + integer(random, 0, 4)
  details.lastMessageAt = Math.max(details.firstMessageAt, scenario.ending.at - integer(random, 0, 30))
  details.transcript = chance(random, 0.5)
}

function addSmartActions(random: Random, scenario: Scenario): void {
  const { details } = scenario
  if (scenario.agentStays.length === 0) return
  details.verified = chance(random, 0.1)
  if (chance(random, 0.07)) {
    // The word for a screenshot is not documented.
    details.photos = Array.from({ length: integer(random, 1, 3) }, () => 'photo')
  }
  details.videoCount = chance(random, 0.03) ? 1 : 0
  if (chance(random, 0.06)) details.smartActionText = `Order 58-${integer(random, 1000, 9999)}-XZ`
}

function drawCustomData(random: Random): Record<string, unknown> {
  return {
    OrderId: { label: 'Order number', value: `58-${integer(random, 1000, 9999)}` },
    Tier: { label: 'Loyalty tier', value: pick(random, ['gold', 'silver', 'basic']) },
    ...(chance(random, 0.3) ? { visits: { label: 'Visits', value: integer(random, 1, 40) } } : {}),
  }
}
