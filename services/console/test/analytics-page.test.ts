import { expect, test } from 'vitest'
import { tableOfChart } from '../src/analytics-answer.ts'
import type { Answers } from '../src/answers.ts'
import { formatCsv } from '../src/csv.ts'
import { renderAnalyticsPage } from '../src/pages/analytics-page.ts'
import { testShell } from './test-shell.ts'

const shell = testShell(new Date('2026-03-24T12:00:00Z'))

function answerOf(charts: Partial<Answers['analytics']['charts']> = {}): Answers['analytics'] {
  const empty = { sql: 'select 1;', rows: [] }
  return {
    filter: { source: 'acme', channel: null, from: '2026-11-16', to: '2026-11-22' },
    ...{ sources: ['acme', 'beta'], chart: 'volume' },
    charts: { volume: empty, levels: empty, week: empty, transfers: empty, handling: empty, ...charts },
  }
}

test('each chart has its query, its rows, and a link to the rows as CSV with the filters of the page', () => {
  const page = renderAnalyticsPage(
    answerOf({
      volume: { sql: 'select a\nfrom b;', rows: [{ hour: 9, entries: 40, abandoned: 10 }] },
      week: { sql: 'select c;', rows: [{ weekday: 7, hour: 23, sessions: 5 }] },
      transfers: {
        sql: 'select d;',
        rows: [
          { from: 'Billing', to: 'Claims', transfers: 7 },
          { from: 'Claims', to: 'Billing', transfers: 3 },
          { from: 'Billing', to: 'Billing', transfers: 1 },
        ],
      },
    }),
    shell,
  )
  expect(page).toContain('09:00, 40 entries, 25 % abandoned')
  expect(page).toContain('Sun 23:00, 5 sessions')
  expect(page).toContain('Billing to Claims: 7 transfers')
  expect(page).toContain('Claims to Billing: 3 transfers')
  expect(page).toContain('select a')
  expect(page).toContain(
    '/api/analytics?source=acme&amp;from=2026-11-16&amp;to=2026-11-22&amp;chart=transfers&amp;format=csv',
  )
  expect(page.match(/Nothing was counted on these days/g)).toHaveLength(2)
  expect(page).not.toMatch(/NaN|undefined/)
})

test('bars are shares of their width: a service level of all entries fills it, one that was not measured none', () => {
  const page = renderAnalyticsPage(
    answerOf({
      levels: {
        sql: '',
        rows: [
          { queue: 'Billing', entries: 10, serviceLevel: 1 },
          { queue: 'Claims', entries: 10, serviceLevel: null },
        ],
      },
      handling: {
        sql: '',
        rows: [
          { queue: 'Billing', talk: 500, hold: 250, wrapUp: 250, beforeCall: 0 },
          { queue: 'Claims', talk: 100, hold: 0, wrapUp: 100, beforeCall: 50 },
        ],
      },
    }),
    shell,
  )
  expect(
    [...page.matchAll(/class="(level|talk|held|wrapped|before)" x="(\d+)" width="(\d+)"/g)].map((found) =>
      found.slice(1),
    ),
  ).toEqual([
    ['level', '0', '1000'],
    ...[
      ['talk', '0', '500'],
      ['held', '500', '250'],
      ['wrapped', '750', '250'],
      ['before', '1000', '0'],
    ],
    ...[
      ['talk', '0', '100'],
      ['held', '100', '0'],
      ['wrapped', '100', '100'],
      ['before', '200', '50'],
    ],
  ])
  expect(page).toContain('not measured, 10 entries')
})

test('the table of a chart has the columns of its query', () => {
  const answer = answerOf({ volume: { sql: '', rows: [{ hour: 9, entries: 40, abandoned: 10 }] } })
  expect(formatCsv(tableOfChart(answer, 'volume'))).toBe('"hour","entries","abandoned"\r\n9,40,10\r\n')
})
