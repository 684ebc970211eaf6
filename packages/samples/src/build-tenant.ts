import type { MenuType } from './session-kind.ts'
import type { Agent, Dialect, DispositionList, Hours, Queue, Tenant, VirtualAgent } from './tenant.ts'

/** A tenant in short form, with names only. Ids are counted up. */
export type TenantSketch = Omit<
  Tenant,
  'queues' | 'agents' | 'virtualAgents' | 'host' | 'location' | 'dialect'
> & {
  menus: readonly MenuSketch[]
  /** `Given Family`, followed by a bar and the Latin form for the e-mail address if needed. */
  agents: readonly string[]
  teams: readonly string[]
  virtualAgents: readonly (readonly [name: string, alias: string | null])[]
  location: { lang: string; name: string; timeZone: string; createdAt: string }
  dialect?: Partial<Dialect>
}

/** Without a root, each queue is its own menu. */
export type MenuSketch = { menuType: MenuType; root: string | null; queues: readonly QueueSketch[] }

export type QueueSketch = {
  name: string
  hours?: Hours
  purpose?: Queue['purpose']
  /** target seconds, target percent, abandon threshold seconds */
  serviceLevel?: readonly [number, number, number]
  medianWaitSeconds?: number
  medianTalkSeconds?: number
  dispositions?: readonly string[]
}

const menuPathIdShift = 27
const firstMenuId = 20
const firstAgentId = 101
const agentsPerTeam = 6
const defaultCodes = ['Resolved', 'No resolution - follow-up needed', 'Transferred', 'Wrong department']

const plainDialect: Dialect = {
  uuidKey: 'absent',
  subStatusKey: 'absent',
  ivrViaMobile: 'Voice Inbound (IVR via Mobile)',
  excludedServiceLevel: null,
  spacedOutboundNumber: false,
  recordingEndedAt: false,
  teams: true,
  stringQueueIds: false,
  dropsEmptyKeys: false,
  queuePriority: true,
}

/** Adds ids to a sketch. The result depends only on the sketch. */
export function buildTenant(sketch: TenantSketch): Tenant {
  const { menus, agents, teams, virtualAgents, location, dialect, ...plain } = sketch
  return {
    ...plain,
    host: `${sketch.name.replaceAll('_', '-')}.example.com`,
    queues: buildQueues(menus),
    agents: agents.map((name, at) => buildAgent(name, at, teams)),
    virtualAgents: buildVirtualAgents(virtualAgents),
    location: { ...location, id: 2, createdAt: Date.parse(location.createdAt) / 1000 },
    dialect: { ...plainDialect, ...dialect },
  }
}

function buildQueues(menus: readonly MenuSketch[]): Queue[] {
  const queues: Queue[] = []
  let menuId = firstMenuId
  for (const menu of menus) {
    const rootId = menuId++
    for (const [position, sketch] of menu.queues.entries()) {
      queues.push(buildQueue(menu, rootId, menuId++, position, sketch))
    }
  }
  return queues
}

function buildQueue(
  menu: MenuSketch,
  rootId: number,
  menuId: number,
  position: number,
  sketch: QueueSketch,
): Queue {
  const [targetSeconds, targetPercent, abandonSeconds] = sketch.serviceLevel ?? [60, 80, 10]
  const purpose = sketch.purpose ?? 'people'
  const nested = menu.root !== null
  return {
    menuId,
    menuPathId: menuId + menuPathIdShift,
    name: sketch.name,
    parentId: nested ? rootId : null,
    position,
    menuType: menu.menuType,
    hidden: purpose === 'campaign',
    pathName: nested ? `${menu.root}/${sketch.name}` : sketch.name,
    pathIds: nested ? `${rootId}/${menuId}` : String(menuId),
    depth: nested ? 2 : 1,
    purpose,
    hours: sketch.hours ?? null,
    serviceLevel: { targetSeconds, targetPercent, abandonSeconds },
    medianWaitSeconds: sketch.medianWaitSeconds ?? 21,
    medianTalkSeconds: sketch.medianTalkSeconds ?? 230,
    dispositionList: buildDispositionList(sketch, menuId),
  }
}

function buildDispositionList(sketch: QueueSketch, menuId: number): DispositionList {
  const codes = sketch.dispositions ?? defaultCodes
  const custom = menuId % 3 === 0
  const name = `${sketch.name} dispositions`
  return {
    id: menuId % 17,
    name,
    path: menuId % 2 === 0 ? name : `${name}/Outcome`,
    customId: custom ? `L${menuId}` : '',
    codes: codes.map((code, at) => ({
      id: menuId * 10 + at,
      code,
      customId: custom ? `L${menuId}-${at + 1}` : '',
    })),
  }
}

function buildAgent(name: string, at: number, teams: readonly string[]): Agent {
  const [shown = name, latin = shown] = name.split('|')
  const [firstName = shown, ...rest] = shown.split(' ')
  const team = Math.floor(at / agentsPerTeam) % teams.length
  return {
    id: firstAgentId + at,
    number: at % 3 === 0 ? String(1600 + at) : null,
    email: `${latin.toLowerCase().replaceAll(' ', '.')}@example.com`,
    firstName,
    lastName: rest.join(' '),
    team: { id: 7 + team, name: teams[team] ?? 'All' },
    supervisor: at % agentsPerTeam === 0,
  }
}

// The last one is the task virtual agent, which joins a person's call for one step.
function buildVirtualAgents(names: TenantSketch['virtualAgents']): VirtualAgent[] {
  return names.map(([name, alias], at) => ({ id: 6 + 3 * at, name, alias, task: at === names.length - 1 }))
}
