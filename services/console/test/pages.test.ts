import { propertyOptions } from '@aftercall/testkit/test-seed'
import type { CompletenessDay } from '@aftercall/warehouse/console/days'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderDaysPage } from '../src/pages/days-page.ts'
import { formatDuration, formatShare } from '../src/pages/format-number.ts'
import { html, renderDocument } from '../src/pages/html.ts'
import { outcomes } from '../src/pages/outcome-words.ts'
import { SessionHistoryView } from '../src/pages/session-history.ts'
import { stackOutcomes } from '../src/pages/stack-outcomes.ts'
import { inOrder } from '../src/pages/timeline.ts'
import { timeAgo } from '../src/pages/when.ts'
import { WorkerStrip } from '../src/pages/worker-strip.ts'

const now = new Date('2026-11-22T14:25:11Z')

test('whatever the counts, every outcome that is there is drawn, end to end and within the chart', () => {
  const anyCounts = fc.record(
    Object.fromEntries(outcomes.map((outcome) => [outcome, fc.oneof(fc.nat(3), fc.nat(5_000_000))])),
  )
  fc.assert(
    fc.property(anyCounts, (counts) => {
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
      const segments = stackOutcomes(counts, 200 / Math.max(1, total), { sizeMin: 3, lengthMax: 200 })
      expect(segments.map(({ outcome }) => outcome)).toEqual(
        outcomes.filter((outcome) => (counts[outcome] ?? 0) > 0),
      )
      let end = 0
      for (const { from, size } of segments) {
        expect(from).toBeCloseTo(end, 0)
        expect(size).toBeGreaterThanOrEqual(3)
        end = from + size
      }
      expect(end).toBeLessThanOrEqual(200.01)
    }),
    propertyOptions(),
  )
})

test('the overview says how many workers run, and when a Lambda function last did', () => {
  const none = { alive: 0, receiving: 0, lost: [], last: null, lambda: null, queues: [], lastError: null }
  const strip = (state: object) =>
    renderDocument(html`<${WorkerStrip} workers=${{ ...none, ...state }} readAt=${now} />`)
  expect(strip({})).not.toContain('<li>')
  expect(strip({ lambda: { silentSeconds: 7_300 } })).toContain(
    '<strong>Lambda function</strong> ran 2 hours ago',
  )
  expect(strip({ lambda: { silentSeconds: 7_300 } })).not.toContain('Workers</strong>')
  expect(strip({ alive: 2, last: { silentSeconds: 1, wasStopped: false } })).toContain(
    '<strong>Workers</strong> 2',
  )
})

test('a share is told as all or nothing only where it is', () => {
  expect([0, 0.00001, 0.0456, 0.5, 0.99999, 1].map(formatShare)).toEqual([
    ...['0 %', 'under 0.1 %', '4.6 %', '50 %', '99.9 %', '100 %'],
  ])
})

test('spans are told in the unit that people would take', () => {
  const agos = [1, 12, 89, 90, 5_399, 5_400, 172_799, 172_800].map((seconds) =>
    timeAgo(new Date(now.getTime() - seconds * 1_000), now),
  )
  expect(agos).toEqual([
    'just now',
    '12 s ago',
    '89 s ago',
    '1 min ago',
    '89 min ago',
    '1 h ago',
    '47 h ago',
    '2 days ago',
  ])
  expect(timeAgo(new Date(now.getTime() + 3_000), now), 'clocks differ').toBe('just now')
  expect([840, 2_100, 12_400, 840_000, 11_100_000, 187_200_000].map(formatDuration)).toEqual([
    ...['840 ms', '2.1 s', '12 s', '14 min', '3 h 5 min', '2 d 4 h'],
  ])
})

test('a story is told in the order of its times; a step without one stays after the one before it', () => {
  const step = (title: string, minute: number | null) => ({
    title,
    tone: 'plain' as const,
    at: minute === null ? null : new Date(now.getTime() + minute * 60_000),
  })
  const told = inOrder([step('a2', 2), step('fetched', null), step('a9', 9), step('b1', 1), step('b5', 5)])
  expect(told.map(({ title }) => title)).toEqual(['b1', 'a2', 'fetched', 'b5', 'a9'])
})

test('a calendar has every day once, under its weekday, with what is missing in words', () => {
  const day: CompletenessDay = {
    ...{ day: '2026-11-18', source: 'acme', sessions: 880, missingIds: 140, implausibleMissingIds: 120 },
    ...{ completeness: 0.88, storedWithin24hShare: 1 },
  }
  const answer = { from: '2026-09-24', to: '2026-11-22', sources: ['acme'], days: [day], countedAt: now }
  const shell = { assets: { style: '/s', script: '/j' }, version: '1', program: 'aftercall' as const, now }
  const page = renderDaysPage({ ...answer, state: 'read' }, shell)
  const rows = page.split('<tr>').slice(2)
  const days = rows.map((row) =>
    [...row.matchAll(/<td [^>]*title="(\d{4}-\d\d-\d\d)/g)].map(([, found]) => found ?? ''),
  )
  for (const [weekday, found] of days.entries())
    for (const one of found) expect((new Date(one).getUTCDay() + 6) % 7).toBe(weekday)
  expect(new Set(days.flat()).size).toBe(60)
  expect(days.flat()).toHaveLength(60)
  expect(page).toContain('2026-11-18: 880 sessions, 140 ids missing, 120 ids missing beyond the usual')
  expect(page).toContain('880 sessions, 88 % complete')
  const first = { ...answer, days: [{ ...day, implausibleMissingIds: null, completeness: 1 }] }
  expect(renderDaysPage({ ...first, state: 'read' }, shell)).toContain(
    '880 sessions, nothing to compare with yet',
  )
})

test('what stands in a template is text; a template with several elements at its top is refused', () => {
  const evil = '"><script>alert(1)</script>'
  const text = renderDocument(html`<p title=${evil}>${evil}</p>`)
  expect(text).not.toContain('<script')
  expect(text).not.toContain('""')
  expect(() => html`<p>one</p><p>two</p>`).toThrow('one element')
})

test('the page of a session says which time counts in place of one that cannot be true, and who shares its id', () => {
  const at = new Date('2026-03-23T17:10:00Z')
  const place = { source: 'acme', channel: 'call', session_id: '401', bucket: 'files', object_key: 'b.json' }
  const times = { created_at: at, revision_updated_at: at, latest_event_at: at, object_last_modified: at }
  const head = { ...place, ...times, first_loaded_at: at, loaded_at: at, revision_count: 1 }
  const other = {
    createdAt: at,
    uuid: 'aaaa',
    bucket: 'files',
    objectKey: 'a.json',
    seenCount: 1,
    lastSeenAt: at,
  }
  const pageOf = (sentUpdatedAt: Date, collisions: (typeof other)[], hasMoreCollisions = false): string => {
    const story = { head, sentUpdatedAt, collisions, hasMoreCollisions, rows: [], objects: [] }
    return renderDocument(html`<${SessionHistoryView} story=${story} revisions=${[]} />`)
  }
  expect(pageOf(at, [])).not.toContain('Id and times')
  const page = pageOf(new Date('2099-03-23T17:12:00Z'), [other])
  expect(page).toContain('which cannot be true')
  expect(page).toContain('2099')
  expect(page).toContain('1 other session has the same id.')
  expect(page).toContain('a.json')
  expect(pageOf(at, [other], true)).toContain('More than 1 other session has the same id.')
})
