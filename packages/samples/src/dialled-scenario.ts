import { ordinaryTalk, talk } from './agent-step.ts'
import { chooseQueue, waitInQueue } from './queue-step.ts'
import { chance, integer, weighted } from './random.ts'
import type { AgentStay } from './scenario.ts'
import { type EndingPatch, isOpen, joinAgent, joinConsumer, pickAgent, type Scene } from './scene.ts'
import type { Queue } from './tenant.ts'
import { passOn } from './transfer-step.ts'

const callbackMissedShare = 0.12
const outboundMissedShare = 0.22
const campaignMissedShare = 0.36
const noQueueShare = 0.4
const hourSeconds = 3600

/** Requested on a web page: an agent is found first, then the end user is dialed. */
export function simulateCallback(scene: Scene): EndingPatch {
  scene.now += 1
  return callBack(scene, chooseQueue(scene))
}

/** Like a callback, but at an agreed time. The session exists from the agreement on. */
export function simulateScheduledCall(scene: Scene): EndingPatch {
  const { random, scenario } = scene
  const queue = chooseQueue(scene)
  let at = scene.now + integer(random, 2, 96) * 900
  at -= at % 900
  for (let hour = 0; hour < 100 && !isOpen(scenario.tenant.timeZone, queue, at); hour++) at += hourSeconds
  scenario.scheduledAt = at
  scene.now = at + integer(random, 0, 3)
  return callBack(scene, queue)
}

/** An agent dials, for a queue or directly. */
export function simulateOutboundCall(scene: Scene): EndingPatch {
  const { random, scenario } = scene
  const queue = scenario.kind.menuType === null || chance(random, noQueueShare) ? null : chooseQueue(scene)
  scenario.queue = queue
  const agent = pickAgent(scene, [])
  const ringSeconds = integer(random, 4, 28)
  if (chance(random, outboundMissedShare)) {
    scenario.assignedAt = scene.now
    joinAgent(scene, agent, scene.now)
    scene.now += ringSeconds
    joinConsumer(scene, scenario.consumer, null)
    endAgents(scene)
    return missedEnding(scene)
  }
  const stay = talk(scene, { ...ordinaryTalk(scene, agent, queue), connectSeconds: ringSeconds })
  joinConsumer(scene, scenario.consumer, stay.startedAt)
  return passOn(scene, stay)
}

/** The dialer: the agent prepares (before-call work), dials, and talks if the end user answers. */
export function simulateCampaignCall(scene: Scene): EndingPatch {
  const { random, scenario } = scene
  const { queues } = scenario.tenant
  const queue = queues.find((leaf) => leaf.purpose === 'campaign') ?? null
  scenario.queue = queue
  const missed = chance(random, campaignMissedShare)
  scene.now += integer(random, 2, 20)
  const stay = talk(scene, {
    ...ordinaryTalk(scene, pickAgent(scene, []), queue),
    connectSeconds: 0,
    beforeCallSeconds: integer(random, 8, 70),
    answered: !missed,
  })
  return reach(scene, stay, missed)
}

function callBack(scene: Scene, queue: Queue): EndingPatch {
  const { random, scenario } = scene
  scenario.queue = queue
  const agent = waitInQueue(scene, queue)
  if (agent === null) return { status: 'failed', failReason: 'eu_canceled', disconnectedBy: 'unknown' }
  const missed = chance(random, callbackMissedShare)
  const stay = talk(scene, { ...ordinaryTalk(scene, agent, queue), answered: !missed })
  return reach(scene, stay, missed)
}

// The agent joins before the end user, so the session connects only now, or not at all.
function reach(scene: Scene, stay: AgentStay, missed: boolean): EndingPatch {
  const { random, scenario } = scene
  const ringSeconds = integer(random, 2, Math.min(20, stay.endedAt - stay.startedAt - 2))
  scenario.connectedAt = missed ? null : stay.startedAt + ringSeconds
  joinConsumer(scene, scenario.consumer, scenario.connectedAt)
  return missed ? missedEnding(scene) : passOn(scene, stay)
}

function endAgents(scene: Scene): void {
  for (const participant of scene.scenario.participants) participant.endedAt = scene.now
}

function missedEnding(scene: Scene): EndingPatch {
  const failReason = weighted(scene.random, [
    ['eu_no_answer', 70],
    ['eu_busy', 18],
    ['eu_rejected', 8],
    ['eu_wrong_number', 4],
    ['ag_canceled', 5],
  ])
  return { status: 'failed', failReason, disconnectedBy: 'unknown' }
}
