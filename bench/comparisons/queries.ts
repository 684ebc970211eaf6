import { createTestLogin } from '@aftercall/testkit/test-login'
import { connectAlone } from '../analytics/connect-alone.ts'
import { questionOfSessions, questionsOfADay } from '../analytics/day-questions.ts'
import { withFilledDatabase } from '../analytics/fill-database.ts'
import { type Measured, measureQuery } from '../analytics/measure-query.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

/** What an analyst's query of one day reads of a month, and how long a month of completeness takes. */
export const queries: Comparison = {
  name: 'queries',
  about:
    'blocks that queries of one day read, of a month of 67,000 sessions; completeness_daily of that month',
  run: (options) => {
    const filling = { sessions: periods * sessionsOfMonth, periods, rawDocuments: false }
    return withFilledDatabase(options, filling, (url) => measureQueries(url, options))
  },
}

/** February 2026 has as many days as a period, and lies within the second and the first of three. */
const [periods, sessionsOfMonth] = [3, 67_000]
const [day, firstDay, lastDay] = ['2026-02-11', '2026-02-01', '2026-02-28']
const runs = 3

async function measureQueries(url: string, { print }: ComparisonOptions): Promise<Found> {
  const login = await createTestLogin(url, { inRoles: ['aftercall_analyst'] })
  const analyst = await connectAlone(login.urlOf(url))
  try {
    await analyst.query('set search_path = analytics')
    print(lineOf('one day', ['blocks', 'ms', 'CPU ms', 'by rows', 'ms', 'CPU ms']))
    const asked = []
    for (const { title, asked: text, byRows } of questionsOfADay(day)) {
      // Once before: a session's first plan of a function reads the catalog.
      await analyst.query(text)
      const found = await measureQuery(analyst, text, runs)
      const ofRows = byRows === undefined ? undefined : await measureQuery(analyst, byRows, runs)
      print(lineOf(title, [...figuresOf(found), ...(ofRows === undefined ? [] : figuresOf(ofRows))]))
      asked.push({ title, ...withoutAnswer(found), byRows: ofRows && withoutAnswer(ofRows) })
    }
    const ofSessions = await measureQuery(analyst, questionOfSessions(day), runs)
    print(lineOf('handle time by status of the session', figuresOf(ofSessions)))
    const month = await measureQuery(
      analyst,
      `select * from completeness_daily where day between '${firstDay}' and '${lastDay}'`,
      runs,
    )
    print(lineOf('completeness_daily, one month', figuresOf(month)))
    return {
      name: queries.name,
      figures: { asked, ofSessions: withoutAnswer(ofSessions), completeness: withoutAnswer(month) },
      measured: {
        blocksOfADay: Math.max(...asked.map(({ blocks }) => blocks)),
        completenessSeconds: month.ms / 1_000,
      },
    }
  } finally {
    await analyst.end()
    await login.drop()
  }
}

function withoutAnswer({ answer: _, ...figures }: Measured): Omit<Measured, 'answer'> {
  return figures
}

function figuresOf({ blocks, ms, cpuMs }: Omit<Measured, 'answer'>): string[] {
  return [String(blocks), ms.toFixed(1), cpuMs.toFixed(1)]
}

function lineOf(title: string, figures: readonly string[]): string {
  return [title.padEnd(66), ...figures.map((figure) => figure.padStart(8))].join('')
}
