import { expect, test } from 'vitest'
import { formatSummary, type Summary } from './print-summary.ts'

const summary: Summary = {
  history: { days: 60, sessions: 6_000, files: 6_100, seconds: 9 },
  ...{ sessions: 60, landed: 80, seconds: 5, problems: [], brokenOnPurpose: 2 },
  ...{ deliveries: [], objects: [], rows: [] },
  lagMs: { p50: 40, p99: 90 },
  ...{ databaseUrl: 'postgres://demo', configPath: '/state/demo.yaml', httpUrl: 'http://worker' },
  ...{ consoleUrl: 'http://console', exampleObject: 's3://b/k', exampleSession: 'acme/call/1000' },
}

test('a demo that keeps running says what to try next', () => {
  const text = formatSummary(summary, 'aftercall', { stops: false })
  expect(text).toContain('http://console  (the console)')
  expect(text).toContain('/state/demo.yaml')
  expect(text).not.toContain('--exit')
})

test('the history is told apart from what was played, if there is one', () => {
  const tell = (one: Summary) => formatSummary(one, 'aftercall', { stops: true })
  expect(tell(summary)).toContain(
    'Loaded 60 days of history by backfill: 6,000 sessions in 9.0 s.\nLoaded 80 files of 60 sessions in 5.0 s',
  )
  const none = { days: 0, sessions: 0, files: 0, seconds: 0 }
  expect(tell({ ...summary, history: none })).not.toContain('history')
})

test('a demo that stops shows nothing that is gone by then', () => {
  const text = formatSummary(summary, 'aftercall', { stops: true })
  expect(text).toContain('To look around, run it without --exit.')
  for (const gone of [
    'http://console',
    'http://worker',
    'postgres://demo',
    '/state/demo.yaml',
    'acme/call/1000',
  ])
    expect(text).not.toContain(gone)
})
