import { drawSipHeaders, emptyDetails } from './details-step.ts'
import { chance, fork, integer, pick, type Random, uuidText, weighted } from './random.ts'
import type { Consumer, Ending, Scenario } from './scenario.ts'
import type { SessionKind } from './session-kind.ts'
import type { Tenant } from './tenant.ts'

const consumersPerTenant = 20_000
const firstConsumerId = 880_000

/** The facts that are fixed before a session begins. */
export type Opening = {
  number: number
  sessionId: number
  tenant: Tenant
  kind: SessionKind
  createdAt: number
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
  const { tenant, kind } = opening
  const inbound = ['inbound', 'direct'].includes(kind.course)
  return {
    ...opening,
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
    consumer: kind.course === 'internal' ? null : drawConsumer(root, random, tenant, kind),
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

// A person has the same number and name in all their sessions, so both are drawn from the person's index.
function drawConsumer(root: Random, random: Random, tenant: Tenant, kind: SessionKind): Consumer {
  const index = Math.floor(consumersPerTenant * (integer(random, 0, 9999) / 10_000) ** 2)
  const person = fork(fork(root, `consumer ${tenant.name}`), index)
  const name = pick(person, tenant.consumerNames).toLowerCase().replaceAll(' ', '.')
  const email = `${name}.${index}@example.com`
  const phone = fictionalNumber(person, tenant)
  const contactId = chance(person, 0.7)
    ? `003ak0000${integer(person, 2 ** 31, 2 ** 32).toString(36)}AAA`
    : null
  const identifier = chance(person, 0.5) ? uuidText(person) : null
  const writes =
    kind.channel === 'chat' && !kind.current.includes('SMS') && !kind.current.includes('WhatsApp')
  return {
    id: firstConsumerId + index,
    identifier: writes ? email : identifier,
    contactId,
    phone: writes ? null : phone,
    email: writes ? email : null,
  }
}

function fictionalNumber(random: Random, tenant: Tenant): string {
  let number = tenant.phonePrefix
  while (number.length < tenant.phoneDigits) number += String(integer(random, 0, 9))
  return number
}
