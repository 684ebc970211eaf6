import { createTestLogin } from '@aftercall/testkit/test-login'
import type pg from 'pg'
import { cookbookOfMonth, furtherQuestions, month, type Question } from '../analytics/bind-cookbook.ts'
import { connectAlone } from '../analytics/connect-alone.ts'
import { withFilledDatabase } from '../analytics/fill-database.ts'
import { type Measured, measureQuery } from '../analytics/measure-query.ts'
import { aTransferredCall, rawQuestions } from '../analytics/raw-questions.ts'
import { quantileOf } from '../harness/statistics.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

export const analytics: Comparison = {
  name: 'analytics',
  about: 'every query of docs/cookbook.md for one month, and eight of the questions on raw documents',
  run: (options) => {
    const filling = { sessions: options.sessions, periods: options.periods, rawDocuments: true }
    return withFilledDatabase(options, filling, (url) => askEverything(url, options))
  },
}

async function askEverything(url: string, { print }: ComparisonOptions): Promise<Found> {
  const login = await createTestLogin(url, { inRoles: ['aftercall_analyst'] })
  const analyst = await connectAlone(login.urlOf(url))
  const owner = await connectAlone(url)
  try {
    print(`\none month, ${month.first} to ${month.last}, as a login of aftercall_analyst`)
    print(lineOf('', ['ms', 'CPU ms', 'blocks', 'rows']))
    const cookbook = await askAll(analyst, cookbookOfMonth(), print)
    const all = {
      ms: quantilesOf(cookbook.map(({ ms }) => ms)),
      cpuMs: quantilesOf(cookbook.map(({ cpuMs }) => cpuMs)),
    }
    print(`cookbook: ${all.ms.text} ms; ${all.cpuMs.text} CPU ms`)
    const further = await askAll(analyst, furtherQuestions, print)
    const beside = await askBeside(analyst, owner, print)
    return { name: analytics.name, figures: { cookbook, all, further, beside } }
  } finally {
    await analyst.end()
    await owner.end()
    await login.drop()
  }
}

function quantilesOf(values: readonly number[]) {
  const sorted = values.toSorted((left, right) => left - right)
  const [p50, p95, max] = [0.5, 0.95, 1].map((share) => quantileOf(sorted, share).toFixed(0))
  return { p50, p95, max, text: `p50 ${p50}, p95 ${p95}, max ${max}` }
}

type Asked = Omit<Measured, 'answer'> & { title: string }

async function askAll(
  client: pg.Client,
  questions: readonly Question[],
  print: (line: string) => void,
): Promise<Asked[]> {
  const asked: Asked[] = []
  for (const { title, sql } of questions) {
    const { answer: _, ...measured } = await measureQuery(client, sql, 3)
    const far = measured.months.filter((name) => !nearMonths.includes(name))
    print(lineOf(title, figuresOf(measured)) + (far.length === 0 ? '' : `  also reads ${far.join(' ')}`))
    asked.push({ title, ...measured })
  }
  return asked
}

/** A local day may begin in the UTC month before or end in the one after; two functions look back a week or four. */
const nearMonths = ['2025_02', '2025_03', '2025_04']

async function askBeside(analyst: pg.Client, owner: pg.Client, print: (line: string) => void) {
  print('\nthe same questions, one week: views, then raw documents')
  print(lineOf('', ['ms', 'CPU ms', 'blocks', 'rows', 'raw ms', 'CPU ms', 'blocks', 'rows', 'times']))
  const { rows } = await owner.query<{ session_id: string; document_id: string }>(aTransferredCall)
  const [call] = rows
  if (call === undefined) throw new Error('no call with a transfer: more sessions are needed')
  const beside = []
  for (const { title, analytics: ofViews, raw: ofRaw } of rawQuestions(call)) {
    const { answer: viewAnswer, ...views } = await measureQuery(analyst, ofViews, 3)
    const { answer: rawAnswer, ...raw } = await measureQuery(owner, ofRaw, 1)
    const agree = JSON.stringify(viewAnswer) === JSON.stringify(rawAnswer)
    const times = raw.cpuMs / views.cpuMs
    const figures = [...figuresOf(views), ...figuresOf(raw), times.toFixed(1)]
    print(lineOf(title, figures) + (agree ? '' : `  answers differ`))
    if (!agree) print(`  ${JSON.stringify(viewAnswer)}\n  ${JSON.stringify(rawAnswer)}`)
    beside.push({ title, views, raw, agree })
  }
  return beside
}

function figuresOf({ ms, cpuMs, blocks, rows }: Omit<Measured, 'answer'>): string[] {
  return [ms.toFixed(1), cpuMs.toFixed(1), String(blocks), String(rows)]
}

function lineOf(title: string, figures: readonly string[]): string {
  return [title.padEnd(66), ...figures.map((figure) => figure.padStart(8))].join('')
}
