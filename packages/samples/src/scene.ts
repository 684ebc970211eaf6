import { localClock } from './local-time.ts'
import { pick, type Random } from './random.ts'
import type { AgentStay, Consumer, Ending, Participant, Scenario } from './scenario.ts'
import type { Agent, Queue, VirtualAgent } from './tenant.ts'

/** A running simulation: the scenario so far, and the current instant in epoch seconds. */
export type Scene = { readonly random: Random; readonly scenario: Scenario; now: number }

/** How a course of events ended, if different from an ordinary end. */
export type EndingPatch = Partial<Omit<Ending, 'at'>>

/** Ends the session at `scene.now`. The end user's record is open until then. */
export function endSession(scene: Scene, patch: EndingPatch): void {
  const { scenario } = scene
  scenario.ending = { ...scenario.ending, ...patch, at: scene.now }
  for (const participant of scenario.participants) {
    if (participant.type === 'end_user') participant.endedAt = scene.now
  }
}

export function joinConsumer(scene: Scene, consumer: Consumer | null, connectedAt: number | null): void {
  if (consumer === null) return
  join(scene, 'end_user', connectedAt, {})
}

export function joinAgent(
  scene: Scene,
  agent: Agent,
  connectedAt: number | null,
  entryType: string | null = 'queue_or_transfer',
): number {
  return join(scene, 'agent', connectedAt, { agent, entryType })
}

export function joinVirtualAgent(
  scene: Scene,
  virtualAgent: VirtualAgent,
  connectedAt: number,
  endedAt: number,
  conversationId: string,
): number {
  const type = virtualAgent.task ? 'task_virtual_agent' : 'virtual_agent'
  return join(scene, type, connectedAt, { virtualAgent, endedAt, conversationId })
}

/** Changes the end of an agent's stay and of its participant record. */
export function endStay(scene: Scene, stay: AgentStay, endedAt: number): void {
  stay.endedAt = endedAt
  const participant = scene.scenario.participants[stay.participant]
  if (participant !== undefined) participant.endedAt = endedAt
}

export function isOpen(timeZone: string, queue: Queue, atSeconds: number): boolean {
  if (queue.hours === null) return true
  const clock = localClock(timeZone, atSeconds)
  return (
    queue.hours.weekdays.includes(clock.weekday) &&
    clock.hour >= queue.hours.open &&
    clock.hour < queue.hours.close
  )
}

/** Picks an agent, but not one who already takes part. */
export function pickAgent(scene: Scene, except: readonly Agent[]): Agent {
  const free = scene.scenario.tenant.agents.filter((agent) => !except.includes(agent))
  return pick(scene.random, free.length > 0 ? free : scene.scenario.tenant.agents)
}

function join(
  scene: Scene,
  type: Participant['type'],
  connectedAt: number | null,
  parts: Partial<Participant>,
): number {
  const { participants, details } = scene.scenario
  participants.push({
    type,
    entryType: 'queue_or_transfer',
    connectedAt,
    endedAt: scene.now,
    failReason: 'nothing',
    holdSeconds: null,
    agent: null,
    virtualAgent: null,
    conversationId: null,
    params: null,
    sipHeaders: details.sipHeaders !== null && type !== 'agent',
    ...parts,
  })
  return participants.length - 1
}
