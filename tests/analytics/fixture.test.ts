import { readFileSync } from 'node:fs'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { type RawBuilder, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { parse } from 'yaml'
import { isRatio, type Metric } from '../../metrics/generate/metric.ts'
import { metricSql } from '../../metrics/generate/metric-sql.ts'
import { readCatalogue } from '../../metrics/generate/read-catalogue.ts'
import { fixtureDocuments, loadFixture } from './load-fixture.ts'
import { readTable, type TableRow } from './read-table.ts'

const page = readFileSync(new URL('expected.md', import.meta.url), 'utf8')
const chapters = await readCatalogue()
const metrics = chapters.flatMap((chapter) => chapter.metrics).filter((metric) => !('function' in metric))
const byName = new Map(metrics.map((metric) => [metric.name, metric]))

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  await loadFixture(database.db)
})
afterAll(() => database.drop())

/** The rows of a query as the page writes them: every cell a text, null an empty one. */
async function written(query: RawBuilder<Record<string, string | null>>): Promise<TableRow[]> {
  const { rows } = await query.execute(database.db)
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? ''])),
  )
}

function below(heading: string, ...without: string[]): TableRow[] {
  return readTable(page, heading).map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !without.includes(name))),
  )
}

/** `made call 7002.1`: a part of a session by its place in it. */
const partName = (began: string) =>
  sql.raw(
    `source || ' ' || channel || ' ' || session_id || '.' || row_number() over (
       partition by source, channel, session_id order by ${began})`,
  )
const yesOrNo = (column: string) => sql.raw(`case ${column} when true then 'yes' when false then 'no' end`)

describe('the tables of expected.md', () => {
  test('name every document of the fixture', () => {
    const files = fixtureDocuments().map(({ source, name }) => {
      const [, channel, id] = /^(call|chat)-(\d+)(?:-revision-\d)?\.json$/.exec(name) ?? []
      return `${source} ${channel} ${id}`
    })
    expect(new Set(below('## Sessions').map(({ document }) => document))).toEqual(new Set(files))
  })

  test('have each session as analytics.session has it', async () => {
    const found = await written(sql`
      select source || ' ' || channel || ' ' || session_id as document, outcome, local_created_at::text as "local time",
             queue_entries::text as "queue entries", handled_interactions::text as handled,
             completed_transfers::text as "transfers completed"
      from analytics.session order by source, channel, session_id
    `)
    expect(found).toEqual(below('## Sessions', 'what it shows'))
  })

  test('have each queue entry as analytics.queue_entry has it', async () => {
    const found = await written(sql`
      select ${partName('session_created_at, queue_duration_id')} as entry, menu_path_id::text as queue,
             local_started_at::text as "local time", wait_seconds::text as wait, outcome, ${yesOrNo('is_first')} as first,
             ${yesOrNo('is_short_abandon')} as short,
             case service_level_event when 'in_sla' then 'in' when 'not_in_sla' then 'out' end as sla
      from analytics.queue_entry order by source, channel, session_id, queue_duration_id
    `)
    expect(found).toEqual(below('## Queue entries'))
  })

  test('have each handled interaction as analytics.handled_interaction has it', async () => {
    const found = await written(sql`
      select ${partName('handle_duration_id')} as interaction, talk_seconds::text as talk, hold_seconds::text as hold,
             acw_seconds::text as "wrap-up", bcw_seconds::text as before, connect_seconds::text as connection,
             handle_seconds::text as handle, handle_seconds_from_assignment::text as "from assignment"
      from analytics.handled_interaction order by source, channel, session_id, handle_duration_id
    `)
    expect(found).toEqual(below('## Handled interactions'))
  })

  test('have each stay with a virtual agent as analytics.virtual_agent_interaction has it', async () => {
    const found = await written(sql`
      select ${partName('virtual_agent_handle_duration_id')} as stay, outcome, seconds::text as seconds
      from analytics.virtual_agent_interaction order by source, channel, session_id, virtual_agent_handle_duration_id
    `)
    expect(found).toEqual(below('## Virtual agents'))
  })

  test('have each transfer as analytics.transfer has it', async () => {
    const found = await written(sql`
      select ${partName('transfer_id')} as transfer, from_menu_path_id::text as "from queue",
             to_menu_path_id::text as "to queue", target_kind as target, ${yesOrNo('is_cold')} as cold, status
      from analytics.transfer order by source, channel, session_id, transfer_id
    `)
    expect(found).toEqual(below('## Transfers'))
  })

  test('hit each outcome at least twice', () => {
    const twice = (heading: string) => {
      const counts = Map.groupBy(below(heading), ({ outcome }) => outcome)
      return [...counts].filter(([, rows]) => rows.length < 2).map(([outcome]) => outcome)
    }
    expect(['## Sessions', '## Queue entries', '## Virtual agents'].flatMap(twice)).toEqual([])
  })

  test('have every metric of the catalogue', () => {
    expect(below('## Metrics').map(({ metric }) => metric)).toEqual(metrics.map(({ name }) => name))
  })
})

type Answer = { above: string | null; below: string | null }

/** Numerator and denominator of a metric over the rows of a source and channel, each by itself. */
async function evaluate(metric: Metric, where: string): Promise<Answer> {
  const of = async (view: string, aggregate: string): Promise<string | null> => {
    const answer = await sql<{ value: string | null }>`
      select (${sql.raw(aggregate)})::text as value from analytics.${sql.raw(view)} where ${sql.raw(where)}
    `.execute(database.db)
    return answer.rows[0]?.value ?? null
  }
  const sum = async (names: string[]): Promise<string | null> => {
    const terms = await Promise.all(
      names.map(async (name) => {
        const { view, numerator } = metricSql(byName.get(name) ?? metric, byName)
        return of(view ?? '', numerator ?? '')
      }),
    )
    return terms.length === 1
      ? (terms[0] ?? null)
      : String(terms.reduce((total, term) => total + Number(term), 0))
  }
  if (!isRatio(metric)) return { above: await sum([metric.name]), below: null }
  return { above: await sum([metric.numerator].flat()), below: await sum([metric.denominator].flat()) }
}

const groups = [
  ['known calls', "source = 'known' and channel = 'call'"],
  ['known chats', "source = 'known' and channel = 'chat'"],
  ['made calls', "source = 'made' and channel = 'call'"],
  ['made chats', "source = 'made' and channel = 'chat'"],
] as const

test.each(groups)('every metric of %s is as calculated', async (group, where) => {
  const expected = below('## Metrics').map((row) => `${row.metric} ${row[group]}`)
  const found: string[] = []
  for (const metric of metrics) {
    const { above, below: under } = await evaluate(metric, where)
    const sides = [above === null ? 'none' : plain(above), ...(under === null ? [] : [plain(under)])]
    found.push(`${metric.name} ${sides.join('/')}`)
  }
  expect(found).toEqual(expected)
})

test('documents in another order, and each of them twice, give the same numbers', async () => {
  const other = await createTestDatabase(inject('postgresUrl'))
  try {
    const kinds = await loadFixture(other.db, fixtureDocuments().reverse())
    expect(kinds).toContain('superseded')
    expect(new Set(await loadFixture(other.db))).toEqual(new Set(['duplicate', 'superseded']))
    for (const view of [
      'session',
      'queue_entry',
      'handled_interaction',
      'virtual_agent_interaction',
      'transfer',
    ]) {
      const without = ['loaded_at', 'agent_key', 'from_agent_key', 'to_agent_key']
      expect(await other.dump(`analytics.${view}`, without)).toEqual(
        await database.dump(`analytics.${view}`, without),
      )
    }
  } finally {
    await other.drop()
  }
})

test.each(groups)("MetricFlow's form of each metric gives the same numbers of %s", async (_, where) => {
  const { models } = parse(
    readFileSync(new URL('../../dbt/models/models.yml', import.meta.url), 'utf8'),
  ) as DbtModels
  const simple = models.flatMap(({ semantic_model: semantics, metrics: own = [] }) =>
    own.filter(({ type }) => type === 'simple').map((metric) => ({ ...metric, view: semantics?.name ?? '' })),
  )
  expect(simple.length).toBeGreaterThan(70)
  for (const { name, view, agg, expr, percentile } of simple) {
    const call =
      agg === 'percentile'
        ? `percentile_cont(${percentile}) within group (order by ${expr})`
        : `${agg}(${expr})`
    const answer = await sql<{ value: string | null }>`
      select (${sql.raw(call)})::text as value from analytics.${sql.raw(view)} where ${sql.raw(where)}
    `.execute(database.db)
    const metric = byName.get(name)
    const { above } = metric === undefined ? { above: 'no metric' } : await evaluate(metric, where)
    // MetricFlow gives 0 for sums of no rows (fill_nulls_with).
    const found = answer.rows[0]?.value ?? (agg === 'sum' ? '0' : null)
    expect([name, found], call).toEqual([name, above])
  }
})

type DbtModels = {
  models: {
    semantic_model?: { name: string }
    metrics?: { name: string; type: string; agg: string; expr: string; percentile?: number }[]
  }[]
}

test('every function gives what was calculated', async () => {
  const rows = below('## Functions')
  const found = await Promise.all(
    rows.map(async ({ call, of, value }) => {
      const answer = await sql<{ is: string | null }>`
        select sum(${sql.raw(value ?? '')})::text as is from analytics.${sql.raw(call ?? '')} own
        where source = 'made' and ${sql.raw(of ?? '')}
      `.execute(database.db)
      return { call, of, value, is: String(Number(answer.rows[0]?.is)) }
    }),
  )
  expect(found).toEqual(rows)
})

/** Percentiles are doubles, which have digits that no one calculated. */
function plain(number: string): number {
  return Number(Number(number).toFixed(6))
}
