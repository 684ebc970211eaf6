import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { openReadOnlySession, type ReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import { refreshAllRollups } from '@aftercall/warehouse/rollups/refresh-rollups'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Choice, expandMacros } from '../../boards/generate/expand-macros.ts'
import { fillMetabase, formatMetabase } from '../../boards/generate/format-metabase.ts'
import { readBoards } from '../../boards/generate/read-boards.ts'
import { readSupersetModel } from '../../boards/generate/superset-model.ts'
import { variableQueries } from '../../boards/generate/variable-queries.ts'
import { loadSample, sample } from '../cookbook/load-sample.ts'

const boards = await readBoards()
const panels = boards.flatMap((board) =>
  board.panels.map((panel) => ({ board, panel, name: `${board.name}/${panel.sql}` })),
)
const sources = builtInTenants.map(({ name }) => name)
/** The two weeks of the sample. */
const span = { from: new Date('2026-03-30T00:00:00Z'), to: new Date('2026-04-12T23:59:59Z') }

type Answer = Awaited<ReturnType<ReadOnlySession['query']>>[number]

let database: TestDatabase
let analyst: TestLogin
let session: ReadOnlySession
let everything: Choice

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  analyst = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_analyst'] })
  await loadSample(database.db, { ...sample, sessions: 700, days: 14 })
  await refreshAllRollups(database.db, { quietMs: 0, patienceMs: 0 })
  session = await openReadOnlySession({ url: analyst.urlOf(database.url) })
  const values: Record<string, string[]> = {}
  for (const [name, { query }] of Object.entries(variableQueries)) {
    const { rows } = await ask(expandMacros(query, { ...span, values }))
    values[name] = rows.map(([value]) => value ?? '')
  }
  everything = { ...span, values }
})
afterAll(async () => {
  await session.close()
  await database.drop()
  await analyst.drop()
})

async function ask(sql: string): Promise<Answer> {
  const [answer] = await session.query(sql)
  if (answer === undefined) throw new Error('no answer')
  return answer
}

/** The rows as objects; numbers as Postgres writes them. */
async function rowsOf(name: string, choice: Choice = everything): Promise<Record<string, string | null>[]> {
  const found = panels.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no panel ${name}`)
  const { columns, rows } = await ask(expandMacros(found.panel.query, choice))
  return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column.name, row[at] ?? null])))
}

test('each variable has values, and source has all sources', () => {
  expect(everything.values.source).toEqual([...sources].sort())
  expect(everything.values.channel).toEqual(['call', 'chat'])
  expect(everything.values.queue?.length).toBeGreaterThan(10)
})

test.each(panels)(
  '$name answers an analyst, with rows, and with the columns that the board names',
  async ({ panel }) => {
    const { columns, rows } = await ask(expandMacros(panel.query, everything))
    const names = columns.map(({ name }) => name)
    expect(rows.length).toBeGreaterThan(0)
    expect(Object.keys(panel.units).filter((column) => !names.includes(column))).toEqual([])
    if (panel.type === 'timeseries') expect(names[0]).toBe('time')
    if (panel.type === 'stat') expect(rows).toHaveLength(1)
    const empty = names.filter((_, at) => rows.every((row) => row[at] === null))
    expect(empty).toEqual([])
  },
)

test.each(panels)(
  '$name runs as a card of Metabase, with and without its variables',
  async ({ board, panel }) => {
    const card = formatMetabase(board, panel)
    const days = { from: '2026-03-30', to: '2026-04-12' }
    const all = await ask(fillMetabase(card, days))
    expect(all.rows.length).toBeGreaterThan(0)
    const one = await ask(
      fillMetabase(card, { ...days, source: 'harborline', channel: 'call', queue: 'none' }),
    )
    expect(one.columns).toEqual(all.columns)
  },
)

const { datasets } = await readSupersetModel()

test.each(Object.entries(datasets))(
  "Superset's dataset %s has its dimensions and metrics",
  async (view, dataset) => {
    const metrics = Object.entries(dataset.metrics).map(([name, expression]) => `${expression} as ${name}`)
    const grouping = dataset.dimensions.map((name) => `"${name}"`).join(', ')
    const { columns, rows } = await ask(
      `select local_day, ${[grouping, ...metrics].join(', ')} from analytics.${view} group by local_day, ${grouping}`,
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(columns).toHaveLength(1 + dataset.dimensions.length + metrics.length)
  },
)

test('shares are between 0 and 1', async () => {
  for (const { name, panel } of panels) {
    const shares = Object.entries(panel.units).flatMap(([column, unit]) => (unit === 'share' ? [column] : []))
    for (const row of shares.length === 0 ? [] : await rowsOf(name)) {
      for (const column of shares) {
        const share = Number(row[column] ?? 0)
        expect(share >= 0 && share <= 1, `${name} ${column} ${share}`).toBe(true)
      }
    }
  }
})

test('what two panels count is equal, and equal to the views of single rows', async () => {
  const bounds = "local_day between '2026-03-30' and '2026-04-12'"
  const one = async (sql: string): Promise<number> => Number((await ask(sql)).rows[0]?.[0])
  const sum = (rows: Record<string, string | null>[], ...columns: string[]): number =>
    rows.reduce((total, row) => total + columns.reduce((all, column) => all + Number(row[column] ?? 0), 0), 0)

  const entries = await one(
    `select count(*) from analytics.queue_entry where menu_path_id is not null and ${bounds}`,
  )
  const outcomes = ['answered', 'abandoned', 'canceled', 'returned', 'deflected', 'other']
  expect(sum(await rowsOf('queues/totals'), 'entries')).toBe(entries)
  expect(sum(await rowsOf('service-level/totals'), 'entries')).toBe(entries)
  expect(sum(await rowsOf('queues/outcomes-by-day'), ...outcomes)).toBe(entries)
  expect(sum(await rowsOf('service-level/entries-by-hour'), 'answered', 'abandoned', 'other')).toBe(entries)
  expect(sum(await rowsOf('queues/hours-of-day'), 'entries')).toBe(entries)

  const handled = await one(`select count(*) from analytics.handled_interaction where ${bounds}`)
  expect(sum(await rowsOf('agents/totals'), 'interactions')).toBe(handled)
  expect(sum(await rowsOf('agents/work-by-day'), 'interactions')).toBe(handled)
  const aht = await one(`select avg(handle_seconds) from analytics.handled_interaction where ${bounds}`)
  expect(sum(await rowsOf('agents/totals'), 'aht')).toBeCloseTo(aht, 6)

  const sessions = await one(`select count(*) from analytics.session where ${bounds}`)
  expect(sum(await rowsOf('quality/totals'), 'sessions')).toBe(sessions)
  expect(sum(await rowsOf('quality/outcomes-by-day'), 'sessions')).toBe(sessions)
  const csat = await one(`select avg(rating) from analytics.session where ${bounds}`)
  expect(sum(await rowsOf('quality/totals'), 'csat')).toBeCloseTo(csat, 6)

  const stays = await one(`select count(*) from analytics.virtual_agent_interaction where ${bounds}`)
  expect(sum(await rowsOf('virtual-agents/outcomes-by-day'), 'interactions')).toBe(stays)
})

test('a chosen source and channel, and the ends of the span, leave out the others', async () => {
  const values = { ...everything.values, source: ['harborline'], channel: ['call'] }
  const queues = await rowsOf('queues/by-queue', { ...everything, values })
  expect(new Set(queues.map(({ source }) => source))).toEqual(new Set(['harborline']))
  const noon = new Date('2026-04-09T12:00:00Z')
  const hours = await rowsOf('service-level/entries-by-hour', { ...everything, from: noon, to: span.to })
  expect(Math.min(...hours.map(({ time }) => Number(time)))).toBeGreaterThanOrEqual(noon.getTime() / 1_000)
})
