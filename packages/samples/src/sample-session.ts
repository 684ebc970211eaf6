import { createDealer, type Dealer } from './deal-numbers.ts'
import { makeSample, type SampleSession } from './make-sample.ts'
import { chance, fork, integer, type Random, randomFrom, unit, type Weighted } from './random.ts'
import { firstSessionId } from './session-id.ts'
import { type Channel, callShare, drawKind } from './session-kind.ts'
import type { Tenant } from './tenant.ts'
import { builtInTenants } from './tenants/built-in-tenants.ts'
import { drawInstant, type VolumeCurve, volumeCurve } from './volume-curve.ts'

export type SamplePlanOptions = {
  /** The same seed gives the same sessions, on every machine. */
  seed: string | number
  /** First local day of the sessions. `2026-03-02` by default. */
  startAt?: string
  /** The number of days of the sessions. The default includes three changes of daylight saving. */
  days?: number
  tenants?: readonly Tenant[]
  /** Whether some documents have a word that is in no vocabulary. False by default. */
  unknownWords?: boolean
}

/** The sessions of one tenant and channel: they count ids together. */
export type Group = { tenant: Tenant; channel: Channel; curve: VolumeCurve }

/** Shared by all sessions of a stream. Created once, so that each session is cheap. */
export type SamplePlan = { random: Random; dealer: Dealer<Group>; unknownWords: boolean }

const defaultStartAt = '2026-03-02'
const defaultDays = 42
const overTransitionShare = 0.004
const personsPerTenant = 20_000

export function planSamples(options: SamplePlanOptions): SamplePlan {
  const { seed, startAt = defaultStartAt, days = defaultDays, tenants = builtInTenants } = options
  if (!Number.isInteger(days) || days < 1)
    throw new Error(`days must be a whole number of at least 1, not ${days}`)
  if (tenants.length === 0) throw new Error('a plan needs at least one tenant')
  const random = fork(randomFrom(seed), 'sessions')
  const groups = weighGroups(tenants, (tenant) => volumeCurve(tenant.timeZone, startAt, days))
  return {
    random,
    dealer: createDealer(fork(random, 'deal'), groups),
    unknownWords: options.unknownWords ?? false,
  }
}

/** The groups of these tenants with their shares of the volume. */
export function weighGroups(
  tenants: readonly Tenant[],
  curveOf: (tenant: Tenant) => VolumeCurve,
): Weighted<Group> {
  return tenants.flatMap((tenant) => {
    const curve = curveOf(tenant)
    const call: Group = { tenant, channel: 'call', curve }
    const chat: Group = { tenant, channel: 'chat', curve }
    return [[call, tenant.weight * callShare] as const, [chat, tenant.weight * (1 - callShare)] as const]
  })
}

/**
 * Session `number` (from 0) of a plan. It depends only on the plan and the number, never on other calls, and costs the same for
 * every number. Ids ascend with the number, without a gap per tenant and channel. Calls and chats, and different tenants, use
 * the same ids, as on the platform.
 */
export function sampleSession(plan: SamplePlan, number: number): SampleSession {
  const { hand: group, rank } = plan.dealer.dealOf(number)
  const own = fork(plan.random, number)
  return makeSample(plan.random, {
    number,
    sessionId: firstSessionId + rank,
    tenant: group.tenant,
    kind: drawKind(fork(own, 'kind'), group.channel),
    createdAt: drawCreatedAt(fork(own, 'time'), group.curve),
    person: Math.floor(personsPerTenant * unit(fork(own, 'person')) ** 2),
    unknownWords: plan.unknownWords,
  })
}

// Few people call at two in the morning, so the hour of a daylight saving change gets some extra sessions.
function drawCreatedAt(random: Random, curve: VolumeCurve): number {
  const transition = curve.transitions[integer(random, 0, Math.max(0, curve.transitions.length - 1))]
  if (transition !== undefined && chance(random, overTransitionShare))
    return transition - integer(random, 20, 400)
  return drawInstant(random, curve)
}

/** The text of a session metadata file in the platform's format: indented by two spaces, without a final newline. */
export function writeDocument(document: Record<string, unknown>): string {
  return JSON.stringify(document, null, 2)
}
