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
