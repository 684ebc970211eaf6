import { drawResponses } from './agent-step.ts'
import { openQueueOtherThan } from './queue-step.ts'
import { chance, hexText, integer, logNormalSeconds, weighted } from './random.ts'
import type { Escalation, VirtualAgentStay } from './scenario.ts'
import { type EndingPatch, isOpen, joinVirtualAgent, type Scene } from './scene.ts'
import type { Queue, Tenant, VirtualAgent } from './tenant.ts'

const escalationReasons = [
  ['by_end_user_ask', 50],
  ['by_virtual_agent', 30],
  ['by_end_user_message', 15],
  ['payload_failure', 3],
  ['could_not_resume', 2],
  ['invalid_queue', 1],
  ['dismissed', 1],
] as const
const deflectedEscalationShare = 0.12

/** The virtual agent's turn ended the session, or a person must take over in this queue. */
export type VirtualAgentTurn = { ending: EndingPatch } | { queue: Queue }

/** The menu leaf with virtual agents in this menu tree. Null if the tenant has none there. */
export function virtualAgentQueue(tenant: Tenant, queue: Queue): Queue | null {
  return (
    tenant.queues.find((leaf) => leaf.purpose === 'virtual_agent' && leaf.menuType === queue.menuType) ?? null
  )
}

export function meetVirtualAgent(scene: Scene, leaf: Queue, wanted: Queue): VirtualAgentTurn {
  const { random, scenario } = scene
  scene.now += integer(random, 1, 8)
  scenario.queue = leaf
  scenario.connectedAt ??= scene.now
  const finishReason = weighted(random, [
    ['escalated', 48],
    ['resolved', 36],
    ['consumer_ended', 12],
    ['unexpectedly_ended', 2],
    ['failed', 2],
  ])
  const stay = stayWith(scene, leaf, finishReason)
  if (finishReason === 'escalated') return escalate(scene, stay, wanted)
  return { ending: endingOf(scenario.channel === 'chat', finishReason) }
}

/** An agent hands over to a virtual agent, which ends the session. */
export function handToVirtualAgent(scene: Scene, leaf: Queue, transfer: number): VirtualAgentStay {
  const stay = stayWith(scene, leaf, 'resolved')
  stay.transfer = transfer
  stay.initiatedBy = 'agent'
  return stay
}

function stayWith(scene: Scene, leaf: Queue, finishReason: string): VirtualAgentStay {
  const { random, scenario } = scene
  const virtualAgent = answering(scenario.tenant, leaf)
  const seconds = logNormalSeconds(random, { medianSeconds: 75, spread: 0.6, minSeconds: 8, maxSeconds: 900 })
  const startedAt = scene.now
  scene.now += seconds
  const escalationReason = finishReason === 'escalated' ? weighted(random, escalationReasons) : null
  const conversation = `103${hexText(random, 22)}`
  const participant = joinVirtualAgent(scene, virtualAgent, startedAt, scene.now, conversation)
  const stay: VirtualAgentStay = {
    startedAt,
    endedAt: scene.now,
    virtualAgent,
    queue: leaf,
    participant,
    transfer: null,
    finishReason,
    escalationReason,
    initiatedBy: 'end_user',
    sentiment: chance(random, 0.8) ? integer(random, 5, 95) : null,
    fallbackCount: weighted(random, [
      [0, 70],
      [1, 20],
      [3, 10],
    ]),
    responses: drawResponses(random, seconds, 15),
  }
  scenario.virtualAgentStays.push(stay)
  return stay
}

function escalate(scene: Scene, stay: VirtualAgentStay, wanted: Queue): VirtualAgentTurn {
  const { random, scenario } = scene
  const open = isOpen(scenario.tenant.timeZone, wanted, scene.now)
  const other = open ? openQueueOtherThan(scene, wanted) : null
  const redirected = other !== null && other !== wanted && chance(random, deflectedEscalationShare)
  const queue = redirected ? other : wanted
  const escalation: Escalation = {
    status: !open || redirected ? 'deflected' : 'escalated',
    reason: stay.escalationReason ?? 'unknown',
    deflection: redirected ? 'temp_redirection_queue' : open ? null : 'after_hours_message_only',
    createdAt: scene.now,
    escalatedAt: scene.now + integer(random, 2, 4),
    virtualAgent: stay.virtualAgent,
    toAgent: null,
    fromQueue: stay.queue,
    toQueue: queue,
  }
  scenario.escalations.push(escalation)
  giveParams(scene, stay, escalation)
  scenario.queue = queue
  if (redirected) scenario.redirection = { queue, percent: chance(random, 0.3) }
  if (!open) {
    scene.now += integer(random, 5, 15)
    scenario.details.afterHours = true
    const failReason = scenario.channel === 'chat' ? 'after_hours' : 'nothing'
    const status = scenario.channel === 'chat' ? 'failed' : 'deflected'
    return {
      ending: { status, failReason, deflection: 'after_hours_message_only', disconnectedBy: 'unknown' },
    }
  }
  scene.now = escalation.escalatedAt + integer(random, 1, 2)
  return { queue }
}

// The parameters of a tenant's bot are free. Keys and types differ between tenants (contract a.5).
function giveParams(scene: Scene, stay: VirtualAgentStay, escalation: Escalation): void {
  const { random, scenario } = scene
  const participant = scenario.participants[stay.participant]
  if (participant === undefined || chance(random, 0.2)) return
  const { menuId } = stay.queue
  participant.params = {
    payload_menu_id: String(escalation.toQueue.menuId),
    payload_escalation_reason: escalation.reason,
    payload_action: 'escalation',
    payload_type: 'action',
    [`${scenario.channel}_id`]: scenario.sessionId,
    ani: scenario.consumer?.phone ?? null,
    dnis: scenario.tenant.supportNumber,
    queue_id: scenario.tenant.dialect.stringQueueIds ? String(menuId) : menuId,
    lang: scenario.lang,
    escalation_type: 'custom_payload',
    ...(chance(random, 0.3) ? { intentName: 'speak.to.human', TURN_COUNT: stay.responses.count } : {}),
  }
}

function endingOf(chat: boolean, finishReason: string): EndingPatch {
  if (finishReason === 'resolved') return { disconnectedBy: 'virtual_agent' }
  if (finishReason === 'consumer_ended') {
    return chat ? { status: 'va_dismissed', disconnectedBy: 'end_user' } : { disconnectedBy: 'end_user' }
  }
  return { status: 'failed', failReason: chat ? 'escalation_failed' : 'unknown', disconnectedBy: 'unknown' }
}

function answering(tenant: Tenant, leaf: Queue): VirtualAgent {
  const [first, ...others] = tenant.virtualAgents.filter((virtualAgent) => !virtualAgent.task)
  if (first === undefined)
    throw new Error(`tenant ${tenant.name} has a virtual agent queue but no virtual agent`)
  return leaf.menuType === 'web_menu' ? (others[0] ?? first) : first
}
