import { createTestLogin } from '@aftercall/testkit/test-login'
import type pg from 'pg'
import { connectAlone } from '../analytics/connect-alone.ts'
import { until, withFilledDatabase } from '../analytics/fill-database.ts'
import { fillingOfLargeCenter } from '../analytics/large-center.ts'
import { type Measured, measureQuery } from '../analytics/measure-query.ts'
import { questionsOfBoards } from '../analytics/questions-of-boards.ts'
import {
  type DashboardQuestion,
  dashboardQuestions,
  monthOfCompleteness,
} from '../analytics/rollup-questions.ts'
import { quantileOf } from '../harness/statistics.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

export const rollups: Comparison = {
  name: 'rollups',
  about:
    'dashboards of a center with ten million sessions a year, by the counts of days and hours and by the facts',
  run: (options) => {
    const filling = fillingOfLargeCenter(options.sessions)
    options.print(`the last ${filling.periods} weeks, ${filling.sessions} sessions`)
    return withFilledDatabase(options, filling, (url) => compare(url, options))
  },
}

const runs = 5

async function compare(url: string, { print }: ComparisonOptions): Promise<Found> {
  const login = await createTestLogin(url, { inRoles: ['aftercall_analyst'] })
  const owner = await connectAlone(url)
  const analyst = await connectAlone(login.urlOf(url))
  try {
    await analyst.query('set search_path = analytics')
    const sizes = await readSizes(owner)
    print(`rollups: ${sizes.rollup} MB, facts: ${sizes.facts} MB`)
    print(lineOf('', ['ms', 'CPU ms', 'blocks', 'facts: ms', 'CPU ms', 'blocks', 'times']))
    const asked = []
    for (const question of dashboardQuestions) asked.push(await askBoth(analyst, question, print))
    const boards = []
    for (const { title, query, isOfFacts } of await questionsOfBoards(analyst, until)) {
      const { answer: _, ...measured } = await measureQuery(analyst, query, runs)
      print(lineOf(title, figuresOf(measured)))
      boards.push({ title, isOfFacts, ...measured })
    }
    const month = await measureQuery(analyst, monthOfCompleteness, runs)
    print(lineOf('a month of completeness_daily', figuresOf(month)))
    const ofYear = p95Of(asked.map(({ counted }) => counted))
    const ofBoards = p95Of(boards.filter(({ isOfFacts }) => !isOfFacts))
    const blocksTimes =
      sum(asked.map(({ facts }) => facts.blocks)) / sum(asked.map(({ counted }) => counted.blocks))
    print(`p95 of the questions: ${ofYear.text}; of the boards: ${ofBoards.text}`)
    print(`blocks of all questions: ${blocksTimes.toFixed(0)} times fewer than by the facts`)
    const measured = { dashboardP95Ms: Math.max(ofYear.ms, ofBoards.ms), dashboardBlocks: blocksTimes }
    return { name: rollups.name, figures: { sizes, asked, boards, month, ofYear, ofBoards }, measured }
  } finally {
    await analyst.end()
    await owner.end()
    await login.drop()
  }
}

function p95Of(measured: readonly Pick<Measured, 'ms' | 'cpuMs'>[]) {
  const p95 = (values: number[]) =>
    quantileOf(
      values.toSorted((left, right) => left - right),
      0.95,
    )
  const [ms, cpuMs] = [p95(measured.map((one) => one.ms)), p95(measured.map((one) => one.cpuMs))]
  return { ms, cpuMs, text: `${ms.toFixed(0)} ms, CPU ${cpuMs.toFixed(0)} ms` }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

async function readSizes(owner: pg.Client): Promise<{ rollup: number; facts: number }> {
  const { rows } = await owner.query<{ rollup: number; facts: number }>(`
    select round(sum(pg_total_relation_size(oid)) filter (where relnamespace = 'rollup'::regnamespace) / 1e6)::integer as rollup,
           round(sum(pg_total_relation_size(oid)) filter (where relnamespace = 'warehouse'::regnamespace) / 1e6)::integer as facts
    from pg_class where relkind = 'r'`)
  return rows[0] ?? { rollup: Number.NaN, facts: Number.NaN }
}

/** @throws Error where the two do not give the same answer. */
async function askBoth(analyst: pg.Client, question: DashboardQuestion, print: (line: string) => void) {
  const { answer: countedAnswer, ...counted } = await measureQuery(analyst, question.counted, runs)
  const { answer: factsAnswer, ...facts } = await measureQuery(analyst, question.facts, 1)
  if (JSON.stringify(countedAnswer.map(texts)) !== JSON.stringify(factsAnswer.map(texts)))
    throw new Error(`${question.title}: the counts and the facts differ`)
  const times = facts.blocks / counted.blocks
  print(lineOf(question.title, [...figuresOf(counted), ...figuresOf(facts), times.toFixed(1)]))
  return { title: question.title, counted, facts, times }
}

/** A sum of bigints is a numeric, which the driver reads as text; a count is not. */
const texts = (row: readonly unknown[]): string[] => row.map(String)

function figuresOf({ ms, cpuMs, blocks }: Omit<Measured, 'answer'>): string[] {
  return [ms.toFixed(1), cpuMs.toFixed(1), String(blocks)]
}

function lineOf(title: string, figures: readonly string[]): string {
  return [title.padEnd(40), ...figures.map((figure) => figure.padStart(10))].join('')
}
