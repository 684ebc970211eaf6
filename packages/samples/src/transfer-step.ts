import { ordinaryTalk, talk } from './agent-step.ts'
import { openQueueOtherThan, waitInTransfer } from './queue-step.ts'
import { chance, integer, pick } from './random.ts'
import type { AgentStay, Transfer } from './scenario.ts'
import { type EndingPatch, endStay, pickAgent, type Scene } from './scene.ts'
import type { Agent, Queue } from './tenant.ts'
import { handToVirtualAgent, virtualAgentQueue } from './virtual-agent-step.ts'

const transfersMax = 3
const transferShare = 0.15
const toAgentShare = 0.36
const toVirtualAgentShare = 0.05
const rejoinShare = 0.35
const failedShare = 0.08

type Handover = { stay: AgentStay } | { ending: EndingPatch }

/** Transfers the session between agents, if at all, until it ends. */
export function passOn(scene: Scene, first: AgentStay): EndingPatch {
  let stay = first
  for (let count = 0; count < transfersMax && chance(scene.random, transferShare); count++) {
    const handover = transferFrom(scene, stay)
    if ('ending' in handover) return handover.ending
    stay = handover.stay
  }
  return {}
}

function transferFrom(scene: Scene, from: AgentStay): Handover {
  const { random, scenario } = scene
  const leaf = from.queue === null ? null : virtualAgentQueue(scenario.tenant, from.queue)
  if (leaf !== null && chance(random, toVirtualAgentShare)) return transferToVirtualAgent(scene, from, leaf)
  const toAgent = from.queue === null || chance(random, toAgentShare)
  const queue = toAgent ? null : openQueueOtherThan(scene, from.queue)
  const cold = chance(random, toAgent ? 0.4 : 0.65)
  if (chance(random, failedShare)) return failTransfer(scene, from, queue, cold)
  const agent = chance(random, rejoinShare)
    ? earlierAgent(scene, from, queue)
    : pickAgent(scene, [from.agent])
  return transferToPerson(scene, from, { queue, agent, cold })
}

function transferToPerson(
  scene: Scene,
  from: AgentStay,
  target: { queue: Queue | null; agent: Agent; cold: boolean },
): Handover {
  const { random, scenario } = scene
  const { queue, agent, cold } = target
  const index = scenario.transfers.length
  const transfer = openTransfer(scene, from, queue)
  if (!waitInTransfer(scene, { index, cold, queue, agent })) {
    endTransfer(transfer, scene.now, 'transferring', null)
    return { ending: abandonedEnding(scenario.channel === 'chat') }
  }
  transfer.assignedAt = scene.now
  const next = talk(scene, { ...ordinaryTalk(scene, agent, queue), transfer: index, cold })
  transfer.connectedAt = next.startedAt
  transfer.toAgent = agent
  endTransfer(transfer, next.endedAt, 'transferred', 'nothing')
  // A warm transfer keeps the first agent on the line while the two speak.
  if (!cold) endStay(scene, from, Math.min(next.startedAt + integer(random, 8, 40), next.endedAt))
  return { stay: next }
}

function transferToVirtualAgent(scene: Scene, from: AgentStay, leaf: Queue): Handover {
  const { scenario } = scene
  const index = scenario.transfers.length
  const transfer = openTransfer(scene, from, leaf)
  transfer.assignedAt = scene.now
  scene.now += integer(scene.random, 1, 4)
  transfer.connectedAt = scene.now
  transfer.answerPath = null
  const stay = handToVirtualAgent(scene, leaf, index)
  transfer.toVirtualAgent = stay.virtualAgent
  endTransfer(transfer, scene.now, 'transferred', 'nothing')
  scenario.queue = leaf
  return { ending: { disconnectedBy: 'unknown' } }
}

// No agent accepts: the first agent, who never left, continues.
function failTransfer(scene: Scene, from: AgentStay, queue: Queue | null, cold: boolean): Handover {
  const { random, scenario } = scene
  const index = scenario.transfers.length
  const asked = scenario.queue
  const transfer = openTransfer(scene, from, queue)
  waitInTransfer(scene, { index, cold, queue, agent: null })
  scenario.queue = asked
  endTransfer(transfer, scene.now, 'transferring', null)
  scene.now += integer(random, 15, 120)
  endStay(scene, from, scene.now)
  return { stay: from }
}

function openTransfer(scene: Scene, from: AgentStay, toQueue: Queue | null): Transfer {
  const transfer: Transfer = {
    status: 'transferring',
    failReason: 'nothing',
    deflection: 'no_deflection',
    createdAt: scene.now,
    assignedAt: null,
    connectedAt: null,
    settledAt: scene.now,
    answerPath: 'manual_to_manual',
    fromQueue: from.queue,
    toQueue,
    fromAgent: from.agent,
    toAgent: null,
    toVirtualAgent: null,
  }
  scene.scenario.transfers.push(transfer)
  return transfer
}

// The contract has neither a status nor a reason for a transfer that was not accepted (c.4, c.5), so it stays `transferring`.
function endTransfer(transfer: Transfer, settledAt: number, status: string, failReason: string | null): void {
  transfer.settledAt = settledAt
  transfer.status = status
  transfer.failReason = failReason
}

// An agent who took part before. Through a queue, it can be the same agent who transfers (real call 1418).
function earlierAgent(scene: Scene, from: AgentStay, queue: Queue | null): Agent {
  const earlier = scene.scenario.agentStays
    .filter((stay) => !stay.barged && stay.agent !== from.agent)
    .map((stay) => stay.agent)
  if (earlier.length > 0) return pick(scene.random, earlier)
  return queue !== null && chance(scene.random, 0.25) ? from.agent : pickAgent(scene, [from.agent])
}

/** The ending of a session that the end user left while waiting. */
export function abandonedEnding(chat: boolean): EndingPatch {
  return chat
    ? { status: 'canceled', disconnectedBy: 'end_user' }
    : { status: 'failed', failReason: 'eu_abandoned', disconnectedBy: 'end_user' }
}
