import type { ProblemSeverity } from '@aftercall/operator/problems/found-problem'
import { wordProblem } from '@aftercall/operator/problems/word-problem'
import { propertyOptions } from '@aftercall/testkit/test-seed'
import type { CompletenessDay } from '@aftercall/warehouse/console/days'
import { retentionKinds } from '@aftercall/warehouse/maintenance/retention/retention-kinds'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderDaysPage } from '../src/pages/days-page.ts'
import { renderDriftPage } from '../src/pages/drift-page.ts'
import { renderHistoryPage } from '../src/pages/history-page.ts'
import { renderObjectsPage } from '../src/pages/objects-page.ts'
import { renderRejectionGroupPage } from '../src/pages/rejection-group-page.ts'
import { renderRejectionsPage } from '../src/pages/rejections-page.ts'
import { renderRetentionPage } from '../src/pages/retention-page.ts'
import { renderRunsPage } from '../src/pages/runs-page.ts'
import { renderSessionsPage } from '../src/pages/sessions-page.ts'
import { html, renderDocument } from '../src/views/html.ts'
import { outcomes } from '../src/views/outcome-words.ts'
import { ProblemList } from '../src/views/problem-list.ts'
import { SessionHistoryView } from '../src/views/session-history.ts'
import { stackOutcomes } from '../src/views/stack-outcomes.ts'
import { inOrder } from '../src/views/timeline.ts'
import { WorkerStrip } from '../src/views/worker-strip.ts'
import { testShell } from './test-shell.ts'

const now = new Date('2026-11-22T14:25:11Z')

test('every outcome that occurs is drawn, end to end and within the chart, for any counts', () => {
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

test('the overview shows how many workers run, and when a Lambda function ran last', () => {
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

test('the overview counts notices apart from problems, as its status does', () => {
  const headingOf = (...severities: ProblemSeverity[]) => {
    const problems = severities.map((severity) => wordProblem({ code: 'no_worker_known', severity }))
    return renderDocument(html`<${ProblemList} problems=${problems} />`).match(/<h2 [^>]+>([^<]+)/)?.[1]
  }
  expect(headingOf('critical', 'warning', 'warning', 'notice')).toBe('3 problems, 1 notice')
  expect(headingOf('warning')).toBe('1 problem')
  expect(headingOf('notice', 'notice')).toBe('2 notices')
})

test('a timeline is ordered by time; a step without a time stays after the step before it', () => {
  const step = (title: string, minute: number | null) => ({
    title,
    tone: 'plain' as const,
    at: minute === null ? null : new Date(now.getTime() + minute * 60_000),
  })
  const steps = inOrder([step('a2', 2), step('fetched', null), step('a9', 9), step('b1', 1), step('b5', 5)])
  expect(steps.map(({ title }) => title)).toEqual(['b1', 'a2', 'fetched', 'b5', 'a9'])
})

test('a calendar has every day once, in the row of its weekday, with the missing ids in words', () => {
  const day: CompletenessDay = {
    ...{ day: '2026-11-18', source: 'acme', sessions: 880, missingIds: 140, implausibleMissingIds: 120 },
    ...{ completeness: 0.88, storedWithin24hShare: 1 },
  }
  const answer = { from: '2026-09-24', to: '2026-11-22', sources: ['acme'], days: [day], countedAt: now }
  const shell = testShell(now)
  const page = renderDaysPage({ ...answer, count: 60, source: null, state: 'read' }, shell)
  const rows = page.split('<tr>').slice(2)
  const days = rows.map((row) =>
    [...row.matchAll(/<td [^>]*title="(\d{4}-\d\d-\d\d)/g)].map(([, found]) => found ?? ''),
  )
  for (const [weekday, found] of days.entries())
    for (const one of found) expect((new Date(one).getUTCDay() + 6) % 7).toBe(weekday)
  expect(new Set(days.flat()).size).toBe(60)
  expect(days.flat()).toHaveLength(60)
  expect(page).toContain('2026-11-18: 880 sessions, 140 ids missing, 120 more than usual')
  expect(page).toContain('880 sessions, 88 % complete')
  expect(page).toContain('href="/sessions?source=acme&amp;day=2026-11-18"')
  const year = { ...answer, from: '2025-11-23', count: 365, source: null, state: 'read' as const }
  const dense = renderDaysPage(year, shell)
  expect(dense).toContain('class="calendar dense"')
  expect(dense.match(/<td class="plain" title="[^"]+"><span class="unseen">/g)).toHaveLength(364)
  const first = { ...answer, days: [{ ...day, implausibleMissingIds: null, completeness: 1 }] }
  expect(renderDaysPage({ ...first, count: 60, source: null, state: 'read' }, shell)).toContain(
    '880 sessions, nothing to compare with yet',
  )
})

test('today and yesterday are never shown as complete', () => {
  const whole = { source: 'acme', sessions: 10, missingIds: 0, implausibleMissingIds: 0, completeness: 1 }
  const days = ['2026-11-20', '2026-11-21', '2026-11-22'].map((day) => ({
    ...{ ...whole, day, storedWithin24hShare: 1 },
  }))
  const answer = { from: '2026-09-24', to: '2026-11-22', sources: ['acme'], days, countedAt: now }
  const shell = testShell(now)
  const page = renderDaysPage({ ...answer, count: 60, source: null, state: 'read' }, shell)
  const cell = (day: string) => new RegExp(`<td [^>]*title="${day}[^"]*"[^>]*>.*?</td>`, 's').exec(page)?.[0]
  expect(cell('2026-11-20')).toContain('✓')
  for (const day of ['2026-11-21', '2026-11-22']) {
    expect(cell(day)).not.toContain('✓')
    expect(cell(day)).toContain('not final yet')
  }
})

test('the texts of empty pages contain no characters that would have to be shown as invisible', () => {
  const shell = testShell(now)
  const pages = [
    renderRunsPage({ backfills: [], reconciles: [] }, shell),
    renderDriftPage({ source: null, rows: [], isCut: false }, shell),
    renderRejectionsPage({ source: null, groups: [] }, shell),
    renderRejectionGroupPage({ code: 'x', source: null, state: 'open', rejections: [], next: null }, shell),
    renderSessionsPage({ kind: 'recent', recent: [], sources: [] }, shell),
    renderObjectsPage({ source: null, outcome: null, key: '', objects: [], next: null, sources: [] }, shell),
    renderHistoryPage({ kind: 'unknown', of: 'acme/call/1', place: 'session' }, shell),
  ]
  for (const page of pages) {
    expect(page).toContain('empty-state')
    expect(page).not.toContain('␊')
  }
})

test('values in a template are text; a template with several top elements is refused', () => {
  const evil = '"><script>alert(1)</script>'
  const text = renderDocument(html`<p title=${evil}>${evil}</p>`)
  expect(text).not.toContain('<script')
  expect(text).not.toContain('""')
  expect(() => html`<p>one</p><p>two</p>`).toThrow('one element')
})

test('the page of a session shows which time replaces an impossible one, and which sessions share its id', () => {
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
    const history = { head, sentUpdatedAt, collisions, hasMoreCollisions, rows: [], objects: [] }
    return renderDocument(
      html`<${SessionHistoryView} history=${history} revisions=${[]} parts=${null} changes=${[]} />`,
    )
  }
  expect(pageOf(at, [])).not.toContain('Id and times')
  const page = pageOf(new Date('2099-03-23T17:12:00Z'), [other])
  expect(page).toContain('which cannot be true')
  expect(page).toContain('2099')
  expect(page).toContain('1 other session has the same id.')
  expect(page).toContain('a.json')
  expect(pageOf(at, [other], true)).toContain('More than 1 other session has the same id.')
})

test('the page of retention shows every kind with its period, and says what is not known', () => {
  const shell = testShell(now)
  const row = {
    ...{
      source: null,
      rows: 12,
      isEstimate: false,
      oldestAt: now,
      measuredAt: now,
      removed: 3,
      tidiedAt: now,
    },
    kept: { count: 90, unit: 'days' as const },
  }
  const rows = retentionKinds.map((kind) => ({ ...row, kind }))
  const page = renderRetentionPage({ rows, lastRun: { host: 'a', endedAt: now, halted: null } }, shell)
  expect(page.match(/<tr role="row">/g)).toHaveLength(retentionKinds.length + 1)
  expect(page).toContain('90 days')
  const unknown = {
    kept: null,
    rows: 5_000_000,
    isEstimate: true,
    oldestAt: null,
    removed: null,
    tidiedAt: null,
  }
  const halted = { host: 'a', endedAt: now, halted: 'retention_too_large' }
  const held = renderRetentionPage(
    { rows: [{ ...row, kind: 'session', source: 'acme', ...unknown }], lastRun: halted },
    shell,
  )
  for (const text of [
    'always',
    'about 5,000,000',
    'unknown',
    'never',
    '/sources/acme',
    'retention_too_large',
  ])
    expect(held).toContain(text)
  expect(renderRetentionPage({ rows: [], lastRun: null }, shell)).toContain('Maintenance has not run yet')
})
