import { beginOfContact, type ContactGroup, personOfContact } from './contacts.ts'
import { createDealer, type Dealer } from './deal-numbers.ts'
import { makeSample, type SampleSession } from './make-sample.ts'
import type { Opening } from './open-scenario.ts'
import { fork, type Random, randomFrom } from './random.ts'
import { type Group, weighGroups } from './sample-session.ts'
import { idWithGaps } from './session-id.ts'
import { drawKind, drawPromptKind, type SessionKind } from './session-kind.ts'
import type { Tenant } from './tenant.ts'
import { builtInTenants } from './tenants/built-in-tenants.ts'
import { volumeCurveUntil } from './volume-curve.ts'

export type HistoryOptions = {
  /** The same options give the same sessions, on every machine. */
  seed: string | number
  /** How many sessions begin within the days. */
  sessions: number
  days: number
  /** The end of the history: nothing in it is later. */
  until: Date
  tenants?: readonly Tenant[]
  /** Whether some documents have a word that is in no vocabulary. False by default. */
  unknownWords?: boolean
}

/** Some weeks of several contact centers, as their files would be on a given day. */
export type HistoryPlan = {
  random: Random
  sessions: number
  until: Date
  dealer: Dealer<Group>
  contacts: Map<Group, ContactGroup>
  unknownWords: boolean
}

export function planHistory(options: HistoryOptions): HistoryPlan {
  if (!Number.isInteger(options.days) || options.days < 1)
    throw new Error(`days must be a whole number of at least 1, not ${options.days}`)
  const { seed, sessions, days, until, tenants = builtInTenants, unknownWords = false } = options
  const untilSeconds = Math.floor(until.getTime() / 1000)
  const random = fork(randomFrom(seed), 'history')
  const groups = weighGroups(tenants, ({ timeZone }) => volumeCurveUntil(timeZone, untilSeconds, days))
  const dealer = createDealer(fork(random, 'deal'), groups)
  const contacts = new Map<Group, ContactGroup>()
  for (const [group] of groups) {
    const { tenant, channel, curve } = group
    contacts.set(group, {
      random: fork(random, `${tenant.name} ${channel}`),
      channel,
      curve,
      sessions: dealer.countBelow(sessions, group),
      sibling: null,
    })
  }
  for (const [group, contact] of contacts) {
    const sibling = groups.find(([other]) => other !== group && other.tenant === group.tenant)?.[0]
    contact.sibling = (sibling && contacts.get(sibling)) ?? null
  }
  return { random, sessions, until, dealer, contacts, unknownWords }
}

/**
 * Session `number` (from 0) of a history, with all its revisions, also those after the end of the history. Costs the same for
 * every number. Per tenant and channel, sessions begin in the order of their numbers, and their ids ascend.
 */
export function historySession(plan: HistoryPlan, number: number): SampleSession {
  const { group, contact, rank } = placeOf(plan, number)
  const kind = drawKind(fork(fork(plan.random, number), 'kind'), group.channel)
  return makeSample(plan.random, openingAt(plan, number, kind, beginOfContact(contact, rank)))
}

/** The sessions of a history, each with the revisions that were written until its end. Sessions without any are left out. */
export function* sampleHistory(plan: HistoryPlan): Generator<SampleSession, void, void> {
  for (let number = 0; number < plan.sessions; number++) {
    const session = historySession(plan, number)
    const revisions = session.revisions.filter(({ exportedAt }) => exportedAt <= plan.until)
    if (revisions.length > 0) yield { ...session, revisions }
  }
}

/**
 * A session after those of the history, for `number` from its count on: its first file is written within the second before
 * this instant, in epoch milliseconds. Its person may be one of the history.
 */
export function sessionFirstWritten(plan: HistoryPlan, number: number, writtenMs: number): SampleSession {
  // The id of a call that was scheduled hours ago would be among those of the history.
  const kind = drawPromptKind(fork(fork(plan.random, number), 'kind'), placeOf(plan, number).group.channel)
  // The duration is known only after a simulation, and may depend on the time of day.
  let createdAt = Math.floor(writtenMs / 1_000)
  for (let attempt = 0; ; attempt++) {
    const session = makeSample(plan.random, openingAt(plan, number, kind, createdAt))
    const firstMs = session.revisions[0]?.exportedAt.getTime() ?? 0
    const lateSeconds = Math.ceil((firstMs - writtenMs) / 1_000)
    if (lateSeconds === 0 || (lateSeconds < 0 && attempt > 3)) return session
    createdAt -= lateSeconds
  }
}

/** The number from which on all ids are greater than those that were given out, by `tenant/channel`. */
export function numberAfterIds(plan: HistoryPlan, greatestIds: ReadonlyMap<string, number>): number {
  for (let number = plan.sessions; ; number += 500) {
    const isAfter = [...plan.contacts].every(([group, { random }]) => {
      const rank = plan.dealer.countBelow(number, group)
      const greatest = greatestIds.get(`${group.tenant.name}/${group.channel}`) ?? 0
      return idWithGaps(fork(random, 'ids'), rank) > greatest
    })
    if (isAfter) return number
  }
}

type Place = { group: Group; contact: ContactGroup; rank: number }

function placeOf({ dealer, contacts }: HistoryPlan, number: number): Place {
  const { hand: group, rank } = dealer.dealOf(number)
  const contact = contacts.get(group)
  if (contact === undefined) throw new Error('a group without its contacts')
  return { group, contact, rank }
}

function openingAt(plan: HistoryPlan, number: number, kind: SessionKind, createdAt: number): Opening {
  const { group, contact, rank } = placeOf(plan, number)
  return {
    number,
    sessionId: idWithGaps(fork(contact.random, 'ids'), rank),
    tenant: group.tenant,
    kind,
    createdAt,
    person: personOfContact(contact, rank, createdAt),
    unknownWords: plan.unknownWords,
  }
}
