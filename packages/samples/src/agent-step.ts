import { chance, hexText, integer, logNormalSeconds, pick, type Random } from './random.ts'
import type { AgentStay, Responses } from './scenario.ts'
import { joinAgent, joinVirtualAgent, type Scene } from './scene.ts'
import type { Agent, Queue } from './tenant.ts'

const holdShare = 0.22
const wrapUpShare = 0.86
const bargeShare = 0.012
const taskVirtualAgentShare = 0.035

export type Talk = {
  agent: Agent
  queue: Queue | null
  transfer: number | null
  cold: boolean | null
  /** From the assignment until the agent accepts. */
  connectSeconds: number
  beforeCallSeconds: number
  medianSeconds: number
  /** False if the agent dials and the end user does not answer: a short stay without a conversation. */
  answered: boolean
}

/** The agent was assigned at `scene.now`, accepts, and talks. Afterwards `scene.now` is the end of the talk. */
export function talk(scene: Scene, options: Talk): AgentStay {
  const { random, scenario } = scene
  const { agent, queue, transfer, cold, connectSeconds, beforeCallSeconds } = options
  scenario.assignedAt ??= scene.now
  scene.now += connectSeconds + beforeCallSeconds
  scenario.connectedAt ??= scene.now
  const startedAt = scene.now
  const participant = joinAgent(scene, agent, startedAt)
  const seconds = options.answered ? talkSeconds(random, options.medianSeconds) : integer(random, 12, 40)
  scene.now += seconds
  const stay: AgentStay = {
    startedAt,
    endedAt: scene.now,
    agent,
    queue,
    participant,
    transfer,
    cold,
    barged: false,
    connectSeconds,
    holdSeconds: scenario.channel === 'call' && options.answered ? holdSeconds(random, seconds) : 0,
    wrapUpSeconds: wrapUpSeconds(random),
    wrapUpDelaySeconds: 0,
    beforeCallSeconds,
    responses: drawResponses(random, seconds, 45),
  }
  scenario.agentStays.push(stay)
  noteAgentExtras(scene, stay)
  if (queue !== null && options.answered) joinOthers(scene, stay)
  return stay
}

export function ordinaryTalk(scene: Scene, agent: Agent, queue: Queue | null): Talk {
  return {
    agent,
    queue,
    transfer: null,
    cold: null,
    connectSeconds: integer(scene.random, 2, 8),
    beforeCallSeconds: 0,
    medianSeconds: queue?.medianTalkSeconds ?? 140,
    answered: true,
  }
}

/** How often a person answers within `seconds`, at most every `paceSeconds`. */
export function drawResponses(random: Random, seconds: number, paceSeconds: number): Responses {
  const count = Math.floor(seconds / integer(random, paceSeconds, 2 * paceSeconds))
  let totalSeconds = 0
  let maxSeconds = 0
  for (let at = 0; at < Math.min(count, 40); at++) {
    const answerSeconds = integer(random, 1, paceSeconds)
    totalSeconds += answerSeconds
    maxSeconds = Math.max(maxSeconds, answerSeconds)
  }
  return { count: Math.min(count, 40), totalSeconds, maxSeconds }
}

/** A supervisor barges in, or a task virtual agent takes over one step, such as a card number. */
function joinOthers(scene: Scene, stay: AgentStay): void {
  const { random, scenario } = scene
  const seconds = stay.endedAt - stay.startedAt
  if (scenario.channel === 'chat' || seconds < 60) return
  if (chance(random, bargeShare)) barge(scene, stay)
  const taskAgent = scenario.tenant.virtualAgents.find((virtualAgent) => virtualAgent.task)
  if (taskAgent !== undefined && chance(random, taskVirtualAgentShare)) {
    const startedAt = stay.startedAt + integer(random, 10, 30)
    const endedAt = Math.min(startedAt + integer(random, 20, 90), stay.endedAt)
    joinVirtualAgent(scene, taskAgent, startedAt, endedAt, `103${hexText(random, 22)}`)
  }
}

function barge(scene: Scene, stay: AgentStay): void {
  const { random, scenario } = scene
  const supervisors = scenario.tenant.agents.filter((agent) => agent.supervisor && agent !== stay.agent)
  if (supervisors.length === 0) return
  const startedAt = integer(random, stay.startedAt + 20, stay.endedAt - 20)
  const agent = pick(random, supervisors)
  const participant = joinAgent(scene, agent, startedAt, null)
  const endedAt = integer(random, startedAt + 5, stay.endedAt)
  const responses = { count: 0, totalSeconds: 0, maxSeconds: 0 }
  const none = {
    connectSeconds: 0,
    holdSeconds: 0,
    wrapUpSeconds: 0,
    wrapUpDelaySeconds: 0,
    beforeCallSeconds: 0,
    responses,
  }
  scenario.agentStays.push({ ...stay, ...none, startedAt, endedAt, agent, participant, barged: true })
  const record = scenario.participants[participant]
  if (record !== undefined) record.endedAt = endedAt
}

function noteAgentExtras(scene: Scene, stay: AgentStay): void {
  const { random, scenario } = scene
  const participant = scenario.participants[stay.participant]
  if (participant === undefined) return
  participant.endedAt = stay.endedAt
  participant.sipHeaders = scenario.details.sipHeaders !== null && chance(random, 0.3)
  // The record counts hold differently. The contract found no rule (a.4), so most records have none.
  if (stay.holdSeconds > 0 && chance(random, 0.5)) participant.holdSeconds = stay.holdSeconds
  if (chance(random, 0.08)) participant.conversationId = `204${hexText(random, 20)}`
  if (chance(random, 0.01)) {
    scenario.messages.push({
      at: stay.startedAt + 5,
      phase: 'in_call',
      text: 'Your link: https://www.example.com/help',
    })
  }
}

function talkSeconds(random: Random, medianSeconds: number): number {
  return logNormalSeconds(random, { medianSeconds, spread: 0.75, minSeconds: 12, maxSeconds: 5400 })
}

function holdSeconds(random: Random, talkSeconds: number): number {
  if (!chance(random, holdShare)) return 0
  const seconds = logNormalSeconds(random, { medianSeconds: 45, spread: 0.8, minSeconds: 2, maxSeconds: 900 })
  return Math.min(seconds, Math.floor(talkSeconds * 0.8))
}

function wrapUpSeconds(random: Random): number {
  if (!chance(random, wrapUpShare)) return 0
  return logNormalSeconds(random, { medianSeconds: 42, spread: 0.8, minSeconds: 4, maxSeconds: 1700 })
}
