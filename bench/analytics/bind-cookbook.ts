import { readFileSync } from 'node:fs'
import { readCookbook } from '../../tests/cookbook/read-cookbook.ts'

/** A query with the name that it is printed under. */
export type Question = { title: string; sql: string }

/** A month in the middle of the history, and the days around it that a few queries also ask for. */
export const month = {
  first: '2025-03-01',
  last: '2025-03-31',
  dayBefore: '2025-02-28',
  dayAfter: '2025-04-01',
}
const singleDay = '2025-03-12'

/** The queries of docs/cookbook.md. Those that ask for several days ask for the month. */
export function cookbookOfMonth(): Question[] {
  const page = readFileSync(new URL('../../docs/cookbook.md', import.meta.url), 'utf8')
  return readCookbook(page).map(({ title, sql }) => ({ title, sql: bindToMonth(sql) }))
}

function bindToMonth(query: string): string {
  return query
    .replace(/'(2026-0[34]-\d\d)'(, | and )'(2026-0[34]-\d\d)'/g, (pair, from, between, to) =>
      from === to ? pair : `'${firstFor(from)}'${between}'${lastFor(to)}'`,
    )
    .replace(/'2026-0[34]-\d\d/g, `'${singleDay}`)
}

/** The page's own days end with 12 April; 1 March and 13 April are the days around them. */
function firstFor(day: string): string {
  return day === '2026-03-01' ? month.dayBefore : month.first
}

function lastFor(day: string): string {
  return day === '2026-04-13' ? month.dayAfter : month.last
}

/** What else is known to read much. */
export const furtherQuestions: readonly Question[] = [
  {
    title: 'interval_feed, 31 days in quarter hours',
    sql: `select count(*), sum(offered), sum(handled) from analytics.interval_feed('${month.first}', '${month.last}', 15)`,
  },
  {
    title: 'completeness_daily of the month',
    sql: `select * from analytics.completeness_daily where day between '${month.first}' and '${month.last}'`,
  },
]
