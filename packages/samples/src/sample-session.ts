import { createEarlierCount } from './count-earlier.ts'
import { openScenario } from './open-scenario.ts'
import { chance, fork, integer, type Random, randomFrom, unit, type Weighted, weighted } from './random.ts'
import { type SampleRevision, simulateRevisions } from './revisions.ts'
import type { Scenario } from './scenario.ts'
import { type Channel, callKinds, callShare, chatKinds, type SessionKind } from './session-kind.ts'
import { simulateSession } from './simulate-session.ts'
import type { Tenant } from './tenant.ts'
import { builtInTenants } from './tenants/built-in-tenants.ts'
import { drawInstant, type VolumeCurve, volumeCurve } from './volume-curve.ts'

/** A session with every revision of its document, oldest first. */
export type SampleSession = {
  tenant: string
  channel: Channel
  sessionId: number
  revisions: SampleRevision[]
}

export type SamplePlanOptions = {
  /** The same seed gives the same sessions, on every machine. */
  seed: string | number
  /** First local day of the sessions. `2026-03-02` by default. */
  startAt?: string
  /** The number of days of the sessions. The default includes three changes of daylight saving. */
  days?: number
  tenants?: readonly Tenant[]
}

/** Shared by all sessions of a stream. Created once, so that each session is cheap. */
export type SamplePlan = {
  random: Random
  tenants: Weighted<{ tenant: Tenant; curve: VolumeCurve }>
  /** How many sessions with a smaller number have the same tenant and channel. */
  countEarlier(number: number): number
}

const defaultStartAt = '2026-03-02'
const defaultDays = 42
const firstSessionId = 1_000
const overTransitionShare = 0.004

export function planSamples(options: SamplePlanOptions): SamplePlan {
  const { seed, startAt = defaultStartAt, days = defaultDays, tenants = builtInTenants } = options
  if (!Number.isInteger(days) || days < 1)
    throw new Error(`days must be a whole number of at least 1, not ${days}`)
  if (tenants.length === 0) throw new Error('a plan needs at least one tenant')
  const draws: Draws = {
    random: fork(randomFrom(seed), 'sessions'),
    tenants: tenants.map((tenant) => {
      return [{ tenant, curve: volumeCurve(tenant.timeZone, startAt, days) }, tenant.weight]
    }),
  }
  const countEarlier = createEarlierCount((number) => {
    const { tenant, kind } = drawHead(draws, number)
    return `${tenant.name}/${kind.channel}`
  })
  return { ...draws, countEarlier }
}

/**
 * Session `number` (from 0) of a plan. It depends only on the plan and the number, never on other calls. The first
 * call for a large number takes longer: about two seconds for a million.
 */
export function sampleSession(plan: SamplePlan, number: number): SampleSession {
  return asSample(
    plan,
    simulate(plan, number, drawCreatedAt(forkTime(plan, number), drawHead(plan, number).curve)),
  )
}

/** The same session, but ending at this instant in epoch seconds, independent of the plan's days. */
export function sampleSessionEnding(plan: SamplePlan, number: number, endsAt: number): SampleSession {
  // The duration is known only after a simulation. In a second one it hardly depends on the time of day.
  const { createdAt, ending } = simulate(plan, number, endsAt)
  return asSample(plan, simulate(plan, number, endsAt - (ending.at - createdAt)))
}

function forkTime(plan: SamplePlan, number: number): Random {
  return fork(fork(plan.random, number), 'time')
}

function simulate(plan: SamplePlan, number: number, createdAt: number): Scenario {
  const { tenant, kind } = drawHead(plan, number)
  const random = fork(fork(plan.random, number), 'story')
  const opening = { number, sessionId: sessionIdOf(plan, number), tenant, kind, createdAt }
  const scenario = openScenario(plan.random, random, opening)
  simulateSession({ random, scenario, now: createdAt })
  return scenario
}

function asSample(plan: SamplePlan, scenario: Scenario): SampleSession {
  const { number, tenant, channel, sessionId } = scenario
  const revisions = simulateRevisions(fork(fork(plan.random, number), 'revisions'), scenario)
  return { tenant: tenant.name, channel, sessionId, revisions }
}

type Draws = Pick<SamplePlan, 'random' | 'tenants'>
type Head = { tenant: Tenant; curve: VolumeCurve; kind: SessionKind }

function drawHead(plan: Draws, number: number): Head {
  const random = fork(fork(plan.random, number), 'head')
  const { tenant, curve } = weighted(random, plan.tenants)
  const kinds = unit(random) < callShare ? callKinds : chatKinds
  return { tenant, curve, kind: weighted(random, kinds) }
}

// Ids grow with the number, without a gap per tenant and channel, so that none counts as missing. Calls and chats, and different
// tenants, use the same ids, as on the platform.
function sessionIdOf(plan: SamplePlan, number: number): number {
  return firstSessionId + plan.countEarlier(number)
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
