import { ordinaryTalk, talk } from './agent-step.ts'
import { answerFromQueue } from './call-scenario.ts'
import { chooseQueue } from './queue-step.ts'
import { chance, integer } from './random.ts'
import { type EndingPatch, isOpen, joinAgent, joinConsumer, pickAgent, type Scene } from './scene.ts'
import type { Queue } from './tenant.ts'
import { passOn } from './transfer-step.ts'
import { meetVirtualAgent, virtualAgentQueue } from './virtual-agent-step.ts'

const virtualAgentShare = 0.4
const noResponseShare = 0.07
const dismissedShare = 0.03
const outboundUnansweredShare = 0.24

/** An end user writes to the contact center. */
export function simulateInboundChat(scene: Scene): EndingPatch {
  const { random, scenario } = scene
  joinConsumer(scene, scenario.consumer, scene.now + 1)
  if (scenario.kind.menuType === null) return answerDirectly(scene)
  if (scenario.kind.menuType === 'sms_menu' && chance(random, 0.05)) return neverChoose(scene)
  const queue = chooseQueue(scene)
  scenario.queue = queue
  let wanted: Queue = queue
  const leaf = virtualAgentQueue(scenario.tenant, queue)
  if (leaf !== null && chance(random, virtualAgentShare)) {
    const turn = meetVirtualAgent(scene, leaf, queue)
    if ('ending' in turn) return turn.ending
    wanted = turn.queue
  } else if (!isOpen(scenario.tenant.timeZone, queue, scene.now)) {
    return closed(scene)
  }
  const ending = answerFromQueue(scene, wanted)
  return Object.keys(ending).length === 0 ? fadeOut(scene) : ending
}

/** The contact center writes first. The end user may answer late, or not at all. */
export function simulateOutboundChat(scene: Scene): EndingPatch {
  const { random, scenario } = scene
  const queue = scenario.kind.menuType === null ? null : chooseQueue(scene)
  scenario.queue = queue
  const agent = pickAgent(scene, [])
  if (chance(random, outboundUnansweredShare)) {
    scenario.assignedAt = scene.now
    joinAgent(scene, agent, scene.now)
    joinConsumer(scene, scenario.consumer, null)
    scene.now += integer(random, 600, 3600)
    for (const participant of scenario.participants) participant.endedAt = scene.now
    return { status: 'no_response', failReason: 'no_response', disconnectedBy: 'unknown' }
  }
  const stay = talk(scene, { ...ordinaryTalk(scene, agent, queue), connectSeconds: 0 })
  joinConsumer(scene, scenario.consumer, stay.startedAt + 1)
  return passOn(scene, stay)
}

function answerDirectly(scene: Scene): EndingPatch {
  scene.now += 2
  return passOn(scene, talk(scene, ordinaryTalk(scene, pickAgent(scene, []), null)))
}

function neverChoose(scene: Scene): EndingPatch {
  const optOut = chance(scene.random, 0.3)
  scene.now += integer(scene.random, 30, 900)
  return {
    status: 'failed',
    failReason: optOut ? 'end_user_opt_out' : 'expired_menu_selection',
    disconnectedBy: 'unknown',
  }
}

function closed(scene: Scene): EndingPatch {
  scene.scenario.details.afterHours = true
  scene.now += integer(scene.random, 2, 20)
  return { status: 'failed', failReason: 'after_hours', disconnectedBy: 'unknown' }
}

function fadeOut(scene: Scene): EndingPatch {
  const { random } = scene
  if (chance(random, noResponseShare)) return { status: 'no_response', failReason: 'no_response' }
  if (chance(random, dismissedShare)) return { status: 'dismissed', disconnectedBy: 'agent' }
  return {}
}
