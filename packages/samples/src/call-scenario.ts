import { ordinaryTalk, talk } from './agent-step.ts'
import { deflectAfterHours, redirect } from './deflection-step.ts'
import { chooseQueue, waitInQueue } from './queue-step.ts'
import { chance, integer, weighted } from './random.ts'
import type { AgentStay } from './scenario.ts'
import { type EndingPatch, isOpen, joinAgent, joinConsumer, pickAgent, type Scene } from './scene.ts'
import type { Agent, Queue } from './tenant.ts'
import { abandonedEnding, passOn } from './transfer-step.ts'
import { meetVirtualAgent, virtualAgentQueue } from './virtual-agent-step.ts'

const leftInMenuShare = 0.035
const virtualAgentShare = 0.34
const redirectedShare = 0.015
const neverConnectedShare = 0.006
const droppedShare = 0.012
/** Of dropped calls: the platform calls the end user back. */
const recoveredShare = 0.3

/** An end user calls the contact center: menu, virtual agent, queue, people. */
export function simulateInboundCall(scene: Scene): EndingPatch {
  const { random, scenario } = scene
  joinConsumer(scene, scenario.consumer, scene.now)
  const queue = chooseQueue(scene)
  if (queue.menuType === 'ivr_menu' && !passMenu(scene)) {
    return { status: 'failed', failReason: 'eu_in_menu_abandoned', disconnectedBy: 'end_user' }
  }
  scenario.queue = queue
  let wanted: Queue = queue
  const leaf = virtualAgentQueue(scenario.tenant, queue)
  if (leaf !== null && chance(random, virtualAgentShare)) {
    const turn = meetVirtualAgent(scene, leaf, queue)
    if ('ending' in turn) return turn.ending
    wanted = turn.queue
  } else if (!isOpen(scenario.tenant.timeZone, queue, scene.now)) {
    return deflectAfterHours(scene, queue)
  } else if (chance(random, redirectedShare)) {
    return redirect(scene, queue)
  }
  scene.now += integer(random, 0, 2)
  return answerFromQueue(scene, wanted)
}

/** An end user calls an agent's own number or extension, without a queue. */
export function simulateDirectCall(scene: Scene): EndingPatch {
  const { random, scenario } = scene
  joinConsumer(scene, scenario.consumer, scene.now)
  const agent = pickAgent(scene, [])
  scene.now += 1
  if (chance(random, 0.2)) return ringInVain(scene, agent)
  return passOn(scene, talk(scene, ordinaryTalk(scene, agent, null)))
}

/** One agent calls another, without an end user. */
export function simulateInternalCall(scene: Scene): EndingPatch {
  const { random, scenario } = scene
  const caller = pickAgent(scene, [])
  joinAgent(scene, caller, scene.now)
  scene.now += 1
  const stay = talk(scene, { ...ordinaryTalk(scene, pickAgent(scene, [caller]), null), medianSeconds: 90 })
  stay.wrapUpSeconds = 0
  const record = scenario.participants[0]
  if (record !== undefined) record.endedAt = stay.endedAt
  return { disconnectedBy: chance(random, 0.9) ? 'agent' : 'unknown' }
}

export function answerFromQueue(scene: Scene, queue: Queue): EndingPatch {
  const { random, scenario } = scene
  const agent = waitInQueue(scene, queue)
  if (agent === null) {
    for (const escalation of scenario.escalations) {
      if (escalation.status === 'escalated') escalation.status = 'canceled'
    }
    return abandonedEnding(scenario.channel === 'chat')
  }
  if (chance(random, neverConnectedShare)) return ringInVain(scene, agent)
  const stay = talk(scene, ordinaryTalk(scene, agent, queue))
  answerEscalation(scene, stay)
  const ending = passOn(scene, stay)
  return scenario.channel === 'call' && Object.keys(ending).length === 0 && chance(random, droppedShare)
    ? droppedEnding(scene)
    : ending
}

// After a virtual agent the queue row runs until the person is connected, not assigned (contract a.4).
function answerEscalation(scene: Scene, stay: AgentStay): void {
  const { scenario, random } = scene
  const escalation = scenario.escalations.at(-1)
  const waited = scenario.queueStays.at(-1)
  if (escalation === undefined || waited === undefined) return
  escalation.toAgent = stay.agent
  waited.endedAt = stay.startedAt + integer(random, 0, 1)
  if (escalation.status === 'escalated') escalation.escalatedAt = waited.endedAt
}

function passMenu(scene: Scene): boolean {
  const { random, scenario } = scene
  const startedAt = scene.now
  scene.now += integer(random, 8, 55)
  scenario.menuStay = { startedAt, endedAt: scene.now }
  return !chance(random, leftInMenuShare)
}

function ringInVain(scene: Scene, agent: Agent): EndingPatch {
  const { random, scenario } = scene
  scenario.assignedAt ??= scene.now
  const waited = scenario.queueStays.at(-1)
  if (waited !== undefined) waited.agent = null
  const record = joinAgent(scene, agent, null)
  scene.now += integer(random, 15, 40)
  const ofCalls = weighted(random, [
    ['ag_ignored', 50],
    ['voip_conn_timeout', 30],
    ['ag_mic_denied', 20],
  ])
  const failReason = scenario.channel === 'chat' ? 'agent_no_answer' : ofCalls
  const participant = scenario.participants[record]
  if (participant !== undefined) Object.assign(participant, { failReason, endedAt: scene.now })
  if (scenario.channel === 'chat')
    return { status: 'failed', failReason: 'expired', disconnectedBy: 'unknown' }
  return { ...droppedEnding(scene), failReason }
}

function droppedEnding(scene: Scene): EndingPatch {
  const code = weighted(scene.random, [
    [31005, 60],
    [31003, 40],
  ])
  return {
    status: chance(scene.random, recoveredShare) ? 'recovered' : 'failed',
    failReason: 'voip_conn_general',
    failDetails: 'Connection to the voice provider was lost',
    adapterFailure: { code, message: code === 31005 ? 'Connection error' : 'Connection timeout' },
    disconnectedBy: 'unknown',
  }
}
