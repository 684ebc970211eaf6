import { expect, it } from 'vitest'
import type { SampleRevision } from './revisions.ts'
import { sampleSessions } from './sample-stream.ts'

const sessionCount = [...sampleSessions({ seed: 'revisions', sessions: 4_000 })]
const at = (time: unknown) => Date.parse(String(time)) / 1000
const updatedAt = (revision: SampleRevision) => at(revision.document.updated_at)
const share = (count: number) => count / sessionCount.length
const array = (document: Record<string, unknown>, key: string) => document[key] as Record<string, unknown>[]

// The greatest past time in the document, as used for the order of revisions.
function latestEventAt(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce((latest, [key, child]) => {
    const own = typeof child === 'string' && key.endsWith('_at') && key !== 'scheduled_at' ? at(child) : 0
    return Math.max(latest, own, latestEventAt(child))
  }, 0)
}

it('most sessions have two revisions, some one or three', () => {
  const counts = (count: number) =>
    share(sessionCount.filter(({ revisions }) => revisions.length === count).length)
  expect(counts(2)).toBeGreaterThan(0.7)
  expect(counts(1)).toBeGreaterThan(0.05)
  expect(counts(3)).toBeGreaterThan(0.01)
})

it('the first export of an ended session is 0 to 15 s after its end, callbacks apart', () => {
  for (const { revisions } of sessionCount) {
    const first = revisions.find(({ document }) => document.ends_at !== null)!
    if (/Callback|Scheduled/.test(String(first.document.session_type_v2))) continue
    const gapSeconds = updatedAt(first) - at(first.document.ends_at)
    expect(gapSeconds).toBeGreaterThanOrEqual(0)
    expect(gapSeconds).toBeLessThanOrEqual(15)
  }
})

it('the order of updated_at, latest event and export is the order of the revisions', () => {
  for (const { revisions } of sessionCount) {
    for (const [index, revision] of revisions.slice(1).entries()) {
      const before = revisions[index]!
      expect(+revision.exportedAt).toBeGreaterThan(+before.exportedAt)
      expect(updatedAt(revision)).toBeGreaterThanOrEqual(updatedAt(before))
      if (updatedAt(revision) === updatedAt(before)) {
        expect(latestEventAt(revision.document)).toBeGreaterThan(latestEventAt(before.document))
      }
    }
  }
})

it('in a share of sessions only rows change, and updated_at does not', () => {
  const still = sessionCount.filter(
    ({ revisions }) => new Set(revisions.map(updatedAt)).size < revisions.length,
  )
  expect(share(still.length)).toBeGreaterThan(0.02)
})

it('no revision loses a row that an earlier one had', () => {
  for (const { revisions } of sessionCount) {
    for (const [index, { document }] of revisions.slice(1).entries()) {
      for (const [key, rows] of Object.entries(revisions[index]!.document)) {
        if (!Array.isArray(rows) || rows[0]?.id === undefined) continue
        const ids = new Set(array(document, key).map((row) => row.id))
        for (const row of rows) expect(ids.has(row.id)).toBe(true)
      }
    }
  }
})

it('nothing in a document is later than its export', () => {
  for (const { revisions } of sessionCount) {
    for (const { document, exportedAt } of revisions) {
      expect(latestEventAt(document)).toBeLessThanOrEqual(+exportedAt / 1000)
    }
  }
})

it('ratings, feedback, and long wrap-ups arrive with a later revision', () => {
  const later = (key: string) => {
    return sessionCount.filter(({ revisions }) => {
      return revisions[0]!.document[key] === null && revisions.at(-1)!.document[key] !== null
    })
  }
  expect(share(later('rating').length)).toBeGreaterThan(0.05)
  expect(share(later('feedback').length)).toBeGreaterThan(0.01)
  const wrappedUp = sessionCount.filter(({ revisions }) => {
    const rows = (revision: SampleRevision) => array(revision.document, 'handle_durations').length
    return rows(revisions.at(-1)!) > rows(revisions[0]!)
  })
  expect(share(wrappedUp.length)).toBeGreaterThan(0.3)
})

it('about 3 % of the sessions are rewritten in the folder of the next day', () => {
  const moved = sessionCount.filter(({ revisions }) => new Set(revisions.map(({ key }) => key)).size > 1)
  expect(share(moved.length)).toBeGreaterThan(0.015)
  expect(share(moved.length)).toBeLessThan(0.05)
})

it('keys contain the day, the channel, and the session', () => {
  for (const { revisions, channel, sessionId } of sessionCount) {
    for (const { key } of revisions) {
      expect(key).toMatch(/^\d{4}\/\d{2}\/\d{2}\/(call|chat)-\d+\.json$/)
      expect(key.endsWith(`/${channel}-${sessionId}.json`)).toBe(true)
    }
  }
})

it('a rare first export shows a session that is still going on', () => {
  const open = sessionCount.filter(({ revisions }) => revisions[0]!.document.ends_at === null)
  expect(open.length).toBeGreaterThan(0)
  for (const { revisions } of open) {
    expect(revisions[0]!.document.status).toMatch(/^(connected|campaign_connected|assigned)$/)
    expect(revisions.at(-1)!.document.ends_at).not.toBeNull()
  }
})
