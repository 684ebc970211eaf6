import { chance, integer, logNormalSeconds, pick, type Random, weighted } from './random.ts'
import { isOpen, pickAgent, type Scene } from './scene.ts'
import type { Agent, Queue } from './tenant.ts'

const abandonShare = 0.075
const shortAbandonShare = 0.3
const transferAbandonShare = 0.04
const offerGroupSeconds = 30
const offerGroupsMax = 4
const everOpenAtNightShare = 0.45

/** The queue that an end user chooses. At night many choose one that never closes. */
export function chooseQueue(scene: Scene): Queue {
  const { random, scenario } = scene
  const queues = peopleQueues(scene)
  const choice = weighted(
    random,
    queues.map((queue, at) => [queue, queues.length - at]),
  )
  if (isOpen(scenario.tenant.timeZone, choice, scene.now)) return choice
  const everOpen = queues.filter((queue) => queue.hours === null)
  return everOpen.length > 0 && chance(random, everOpenAtNightShare) ? pick(random, everOpen) : choice
}

/** Another queue that is open now, for a transfer or a redirection. The given one if all others are closed. */
export function openQueueOtherThan(scene: Scene, queue: Queue | null): Queue | null {
  const { timeZone } = scene.scenario.tenant
  const open = peopleQueues(scene).filter((other) => other !== queue && isOpen(timeZone, other, scene.now))
  return open.length > 0 ? pick(scene.random, open) : queue
}

/** Waits until an agent answers. Null if the end user gives up. */
export function waitInQueue(scene: Scene, queue: Queue): Agent | null {
  const { random, scenario } = scene
  scenario.queuedAt ??= scene.now
  scenario.queue = queue
  scenario.priority = weighted(random, [
    [0, 70],
    [1, 12],
    [2, 6],
    [3, 4],
    [5, 4],
    [8, 4],
  ])
  const gaveUp = chance(random, abandonShare)
  const waitSeconds = gaveUp ? patienceSeconds(random, queue) : queueSeconds(random, queue)
  const agent = gaveUp ? null : pickAgent(scene, [])
  offerToGroups(scene, waitSeconds)
  if (waitSeconds > 20) keepWaitingConsumerBusy(scene, waitSeconds)
  const startedAt = scene.now
  scene.now += waitSeconds
  scenario.queueStays.push({ startedAt, endedAt: scene.now, queue, agent, transfer: null, cold: null })
  return agent
}

/** The wait of a transfer: in a queue, or for a person if `queue` is null. */
export function waitInTransfer(
  scene: Scene,
  transfer: { index: number; cold: boolean; queue: Queue | null; agent: Agent | null },
): boolean {
  const { random, scenario } = scene
  const { index, cold, queue, agent } = transfer
  const gaveUp = agent !== null && cold && queue !== null && chance(random, transferAbandonShare)
  const seconds = queue === null ? integer(random, 2, 25) : queueSeconds(random, queue)
  const startedAt = scene.now
  scene.now += seconds
  const answered = gaveUp ? null : agent
  scenario.queueStays.push({ startedAt, endedAt: scene.now, queue, agent: answered, transfer: index, cold })
  if (queue !== null) scenario.queue = queue
  return answered !== null
}

function peopleQueues(scene: Scene): readonly Queue[] {
  const { tenant, kind } = scene.scenario
  const people = tenant.queues.filter((queue) => queue.purpose === 'people')
  const own = people.filter((queue) => queue.menuType === kind.menuType)
  return own.length > 0 ? own : people
}

function queueSeconds(random: Random, queue: Queue): number {
  return logNormalSeconds(random, { medianSeconds: queue.medianWaitSeconds, spread: 0.9, maxSeconds: 2400 })
}

function patienceSeconds(random: Random, queue: Queue): number {
  const { abandonSeconds } = queue.serviceLevel
  if (chance(random, shortAbandonShare)) return integer(random, 1, Math.max(1, abandonSeconds - 1))
  return logNormalSeconds(random, {
    medianSeconds: Math.max(80, 2 * abandonSeconds),
    spread: 0.8,
    minSeconds: abandonSeconds,
    maxSeconds: 3000,
  })
}

function offerToGroups(scene: Scene, waitSeconds: number): void {
  const groups = Math.min(offerGroupsMax, 1 + Math.floor(waitSeconds / offerGroupSeconds))
  for (let group = 0; group < groups; group++) {
    scene.scenario.offers.push({ at: scene.now + group * offerGroupSeconds, group: `Group ${group + 1}` })
  }
}

function keepWaitingConsumerBusy(scene: Scene, waitSeconds: number): void {
  const { random, scenario } = scene
  if (scenario.channel === 'chat') return
  if (chance(random, 0.05)) {
    scenario.waitTimeVirtualAgent = { startedAt: scene.now + 5, endedAt: scene.now + waitSeconds }
  }
  if (chance(random, 0.02)) {
    scenario.messages.push({ at: scene.now + 10, phase: 'wait', text: 'You can also reach us online.' })
  }
}
