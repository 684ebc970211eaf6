import { drawSipHeaders, emptyDetails } from './details-step.ts'
import { describePerson } from './person.ts'
import { chance, type Random, uuidText, weighted } from './random.ts'
import type { Consumer, Ending, Scenario } from './scenario.ts'
import type { SessionKind } from './session-kind.ts'
import type { Tenant } from './tenant.ts'

/** Of inbound calls: the number is withheld, and nobody is known to the platform. */
const anonymousShare = 0.015
const anonymous: Consumer = { id: null, identifier: null, contactId: null, phone: null, email: null }

/** The facts that are fixed before a session begins. */
export type Opening = {
  number: number
  sessionId: number
  tenant: Tenant
  kind: SessionKind
  createdAt: number
  /** Index of the end user among the tenant's people. */
  person: number
  unknownWords: boolean
}

const ordinaryEnding: Ending = {
  at: 0,
  status: 'finished',
  failReason: 'nothing',
  failDetails: null,
  adapterFailure: null,
  deflection: 'no_deflection',
  voicemailReason: 'not_voicemail',
  disconnectedBy: 'end_user',
}

/** A scenario in which nothing has happened yet. `root` is the stream's generator, because consumers return. */
export function openScenario(root: Random, random: Random, opening: Opening): Scenario {
  const { number, sessionId, createdAt, unknownWords, tenant, kind } = opening
  const inbound = ['inbound', 'direct'].includes(kind.course)
  return {
    ...{ number, sessionId, createdAt, unknownWords, tenant, kind },
    channel: kind.channel,
    uuid: uuidText(random),
    lang: weighted(random, tenant.languages),
    queuedAt: null,
    assignedAt: null,
    connectedAt: null,
    scheduledAt: null,
    ending: { ...ordinaryEnding, disconnectedBy: chance(random, 0.6) ? 'end_user' : 'agent' },
    queue: null,
    priority: null,
    consumer: consumerOf(root, random, opening),
    participants: [],
    menuStay: null,
    queueStays: [],
    agentStays: [],
    virtualAgentStays: [],
    transfers: [],
    escalations: [],
    deflections: [],
    offers: [],
    waitTimeVirtualAgent: null,
    redirection: null,
    messages: [],
    dispositions: [],
    survey: null,
    voicemailReadAt: null,
    recordings: [],
    details: { ...emptyDetails(), sipHeaders: inbound ? drawSipHeaders(random) : null },
  }
}

function consumerOf(root: Random, random: Random, { tenant, kind, person }: Opening): Consumer | null {
  if (kind.course === 'internal') return null
  const hides = kind.channel === 'call' && kind.course === 'inbound' && kind.menuType === 'ivr_menu'
  return hides && chance(random, anonymousShare) ? anonymous : describePerson(root, tenant, kind, person)
}
