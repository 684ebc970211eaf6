import { expect, it } from 'vitest'
import type { SampleSession } from './make-sample.ts'
import {
  historySession,
  numberAfterIds,
  planHistory,
  sampleHistory,
  sessionFirstWritten,
} from './sample-history.ts'
import { writeDocument } from './sample-session.ts'

const until = new Date('2026-04-13T00:00:00Z')
const options = { seed: 'history', sessions: 6_000, days: 42, until }
const plan = planHistory(options)
const history = [...sampleHistory(plan)]
const daySeconds = 86_400

const newest = (session: SampleSession) => session.revisions.at(-1)!.document
const seconds = (time: unknown) => Date.parse(String(time)) / 1_000
const createdAt = (session: SampleSession) => seconds(newest(session).created_at)
const rowsOf = (document: Record<string, unknown>, array: string) =>
  (document[array] ?? []) as Record<string, unknown>[]

const groups = Map.groupBy(history, ({ tenant, channel }) => `${tenant}/${channel}`)

/** Of the end user as the files name them; null for internal and anonymous sessions. */
function customerOf(session: SampleSession): string | null {
  const { end_user: endUser } = newest(session) as { end_user: { id: number } | null }
  return endUser === null ? null : `${session.tenant}/${endUser.id}`
}

it('the same options give the same bytes, and any session can be read first', () => {
  const again = planHistory(options)
  for (const number of [5_999, 0, 3_210]) {
    const texts = (from: typeof plan) =>
      historySession(from, number).revisions.map(({ document }) => writeDocument(document))
    expect(texts(again)).toEqual(texts(plan))
  }
})

it('nothing in a history is later than its end, and every session begins within its days', () => {
  for (const { revisions } of history) {
    for (const { exportedAt, document } of revisions) {
      expect(+exportedAt).toBeLessThanOrEqual(+until)
      expect(seconds(document.updated_at)).toBeLessThanOrEqual(+until / 1_000)
    }
  }
  const first = Math.min(...history.map(createdAt))
  expect(first).toBeGreaterThan(+until / 1_000 - 44 * daySeconds)
  expect(first).toBeLessThan(+until / 1_000 - 41 * daySeconds)
})

it('ids ascend with the time of creation per tenant and channel, and about 2 % of them are left out', () => {
  expect(groups.size).toBe(10)
  for (const sessions of groups.values()) {
    const ids = sessions.map(({ sessionId }) => sessionId)
    expect(ids).toEqual(ids.toSorted((one, other) => one - other))
    const times = sessions.map(createdAt)
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    const missing = 1 - ids.length / (ids.at(-1)! - ids[0]! + 1)
    expect(missing).toBeGreaterThan(0.01)
    expect(missing).toBeLessThan(0.03)
  }
})

it('about 12 % of the customers come back within seven days, some with the other channel', () => {
  const byCustomer = Map.groupBy(history, customerOf)
  byCustomer.delete(null)
  const returns = (isNear: (before: SampleSession, after: SampleSession) => boolean) =>
    [...byCustomer.values()].filter((sessions) => {
      const ordered = sessions.toSorted((one, other) => createdAt(one) - createdAt(other))
      return ordered.some((after, at) => at > 0 && isNear(ordered[at - 1]!, after))
    }).length / byCustomer.size
  const within = (days: number) => (before: SampleSession, after: SampleSession) =>
    createdAt(after) - createdAt(before) <= days * daySeconds
  expect(returns(within(7))).toBeGreaterThan(0.1)
  expect(returns(within(7))).toBeLessThan(0.15)
  expect(returns((before, after) => before.channel !== after.channel)).toBeGreaterThan(0.02)
})

it('a person keeps their phone number, and a few numbers belong to two people', () => {
  const phonesOf = new Map<string, Set<unknown>>()
  const peopleOf = new Map<string, Set<unknown>>()
  for (const session of history) {
    for (const row of rowsOf(newest(session), 'participants')) {
      if (row.end_user_id == null || row.phone_number == null) continue
      const person = `${session.tenant}/${row.end_user_id}`
      const phone = `${session.tenant}/${row.phone_number}`
      phonesOf.set(person, (phonesOf.get(person) ?? new Set()).add(phone))
      peopleOf.set(phone, (peopleOf.get(phone) ?? new Set()).add(person))
    }
  }
  expect([...phonesOf.values()].every((phones) => phones.size === 1)).toBe(true)
  const shared = [...peopleOf.values()].filter((people) => people.size > 1).length
  expect(shared / peopleOf.size).toBeGreaterThan(0.005)
  expect(shared / peopleOf.size).toBeLessThan(0.04)
})

it('revisions come up to twenty days later, with wrap-up, ratings and corrected dispositions', () => {
  const gained = { rows: 0, ratings: 0, dispositions: 0, latestDays: 0 }
  for (const { revisions } of history) {
    for (const [index, after] of revisions.slice(1).entries()) {
      const before = revisions[index]!.document
      const lateSeconds = +after.exportedAt / 1_000 - seconds(after.document.ends_at)
      if (lateSeconds < daySeconds) continue
      const grew = (array: string) => rowsOf(after.document, array).length > rowsOf(before, array).length
      gained.latestDays = Math.max(gained.latestDays, lateSeconds / daySeconds)
      if (grew('handle_durations')) gained.rows += 1
      if (grew('dispositions')) gained.dispositions += 1
      if (before.rating === null && after.document.rating !== null) gained.ratings += 1
    }
  }
  expect(gained.latestDays).toBeGreaterThan(14)
  expect(gained.latestDays).toBeLessThan(21)
  for (const count of [gained.rows, gained.ratings, gained.dispositions]) expect(count).toBeGreaterThan(5)
})

it.each([
  { tenant: 'harborline', change: '2026-03-08T07:00:00Z', offsets: ['-05:00', '-04:00'] },
  { tenant: 'brightwell', change: '2026-03-29T01:00:00Z', offsets: ['+00:00', '+01:00'] },
  { tenant: 'coralcoast', change: '2026-04-04T16:00:00Z', offsets: ['+11:00', '+10:00'] },
])('the six weeks have one change of daylight saving time of $tenant', ({ tenant, change, offsets }) => {
  const own = history.filter((session) => session.tenant === tenant)
  const offsetsOf = (sessions: SampleSession[]) => [
    ...new Set(sessions.map((session) => String(newest(session).created_at).slice(-6))),
  ]
  const isBefore = (session: SampleSession) => createdAt(session) < seconds(change)
  expect(offsetsOf(own.filter(isBefore))).toEqual(offsets.slice(0, 1))
  expect(offsetsOf(own.filter((session) => !isBefore(session)))).toEqual(offsets.slice(1))
})

it('noon is busier than night, Monday than Sunday, the month end than the middle', () => {
  const count = (matches: (local: string) => boolean) =>
    history.filter((session) => matches(String(newest(session).created_at))).length
  const atHour = (hour: string) => count((local) => local.slice(11, 13) === hour)
  expect(atHour('11')).toBeGreaterThan(5 * atHour('03'))
  const onDay = (day: number) => count((local) => new Date(local.slice(0, 10)).getUTCDay() === day)
  expect(onDay(1)).toBeGreaterThan(2 * onDay(0))
  // Both are Tuesdays.
  const on = (day: string) => count((local) => local.startsWith(day))
  expect(on('2026-03-31')).toBeGreaterThan(1.1 * on('2026-03-17'))
})

it('later sessions are written when asked, with ids after those of the history and people of it', () => {
  const writtenMs = +until + 3_600_000
  const known = new Set(history.map(customerOf))
  let knownAgain = 0
  for (let number = plan.sessions; number < plan.sessions + 300; number++) {
    const session = sessionFirstWritten(plan, number, writtenMs)
    const gapMs = writtenMs - +session.revisions[0]!.exportedAt
    expect(gapMs).toBeGreaterThanOrEqual(0)
    expect(gapMs).toBeLessThan(1_000)
    if (customerOf(session) !== null && known.has(customerOf(session))) knownAgain += 1
    const before = groups.get(`${session.tenant}/${session.channel}`)!
    expect(session.sessionId).toBeGreaterThan(before.at(-1)!.sessionId)
  }
  expect(knownAgain).toBeGreaterThan(30)
})

it('sessions go on after the ids that were given out, wherever those ended', () => {
  const ids = new Map([...groups].map(([group, sessions]) => [group, sessions.at(-1)!.sessionId + 777]))
  const number = numberAfterIds(plan, ids)
  for (let next = number; next < number + 200; next++) {
    const { tenant, channel, sessionId } = historySession(plan, next)
    expect(sessionId).toBeGreaterThan(ids.get(`${tenant}/${channel}`)!)
  }
  expect(numberAfterIds(plan, new Map())).toBe(plan.sessions)
})

it('a history needs whole days', () => {
  expect(() => planHistory({ ...options, days: 0.5 })).toThrow('days must be a whole number')
})
