import type { MenuType } from './session-kind.ts'

/** A contact center that writes session files: one instance of the platform, one zone, one id space. */
export type Tenant = {
  /** `^[a-z][a-z0-9_]{0,31}$`, so that it can name a source. */
  name: string
  /** IANA name. All business times of the documents have its offset. */
  timeZone: string
  /** Share of the whole volume, relative to the other tenants. */
  weight: number
  languages: readonly (readonly [tag: string, weight: number])[]
  supportNumber: string
  outboundNumber: string
  /** Starts of documented fictional number ranges. Further digits fill them up to `phoneDigits`. */
  phonePrefixes: readonly string[]
  phoneDigits: number
  /** Host names are below example.com. */
  host: string
  queues: readonly Queue[]
  agents: readonly Agent[]
  location: AgentLocation
  virtualAgents: readonly VirtualAgent[]
  /** Names of end users, for their e-mail addresses. */
  consumerNames: readonly string[]
  dialect: Dialect
}

/** Leaf of a menu tree. Its menu id and its menu path id come from two id spaces (contract a.4). */
export type Queue = {
  menuId: number
  menuPathId: number
  name: string
  parentId: number | null
  position: number
  menuType: MenuType
  hidden: boolean
  /** All names and all menu ids from the root down, joined by `/`. */
  pathName: string
  pathIds: string
  depth: number
  /** `virtual_agent`: virtual agents answer before the queue. `campaign`: dialer only. */
  purpose: 'people' | 'virtual_agent' | 'campaign'
  /** Local opening hours. Null for a queue that never closes. */
  hours: Hours | null
  serviceLevel: { targetSeconds: number; targetPercent: number; abandonSeconds: number }
  medianWaitSeconds: number
  medianTalkSeconds: number
  dispositionList: DispositionList
}

/** From `open` up to `close` (hours of the day) on these days of the week, 0 is Sunday. */
export type Hours = { open: number; close: number; weekdays: readonly number[] }

export type DispositionList = {
  id: number
  name: string
  path: string
  customId: string
  codes: readonly { id: number; code: string; customId: string }[]
}

export type Agent = {
  id: number
  number: string | null
  email: string
  firstName: string
  lastName: string
  team: { id: number; name: string }
  supervisor: boolean
}

export type VirtualAgent = { id: number; name: string; alias: string | null; task: boolean }

/** The location of agents. Its times are older than the calls and often have another offset (contract a.3.2). */
export type AgentLocation = { id: number; lang: string; name: string; timeZone: string; createdAt: number }

/** Differences between builds and settings of the platform: absent keys or nulls, and spellings. */
export type Dialect = {
  uuidKey: 'absent' | 'null' | 'value'
  subStatusKey: 'absent' | 'sub_status' | 'subStatus'
  /** One of the three spellings of the documentation (contract c.2). */
  ivrViaMobile: string
  /** The value of `service_level_event` for an excluded short abandon. */
  excludedServiceLevel: 'excluded' | null
  /** Numbers as `+1 555-010-0300` in `outbound_number` (contract b.1). */
  spacedOutboundNumber: boolean
  recordingEndedAt: boolean
  teams: boolean
  stringQueueIds: boolean
  /** Whether this tenant's exports leave out empty keys. */
  dropsEmptyKeys: boolean
  queuePriority: boolean
}
