import type { Database } from '@aftercall/warehouse/connection/database'
import { markChanged, refreshAllRollups } from '@aftercall/warehouse/rollups/refresh-rollups'
import { sql } from 'kysely'
import { buildAftercall, startAftercall } from '../contenders/aftercall.ts'
import { openBenchDatabase } from '../harness/bench-postgres.ts'
import { type Bench, withBench } from '../harness/open-bench.ts'
import { runTrial } from '../harness/trial.ts'
import { preloadSessions } from '../stored/preload-sessions.ts'
import type { Comparison, ComparisonOptions, Found } from './comparison.ts'

/** What an analyst's query of one day reads of a month, and how long a month of completeness takes. */
export const queries: Comparison = {
  name: 'queries',
  about:
    'blocks that queries of one day read, of a month of 67,000 sessions; completeness_daily of that month',
  run: (options) => withBench((bench) => measureQueries(bench, options), options),
}

const sessionsOfMonth = 67_000
const [month, day] = ['2026-04', '2026-04-15']
const templates = 1_000

const dayOf = (column: string): string =>
  `${column} >= timestamptz '${day}' and ${column} < timestamptz '${day}' + interval '1 day'`

const queriesOfADay: Readonly<Record<string, string>> = {
  'sessions by source and channel': `
    select source, channel, count(*) from warehouse.session where ${dayOf('created_at')} group by 1, 2`,
  'handle time by agent': `
    select agent_id, count(distinct session_id), sum(duration_seconds + coalesce(acw_seconds, 0))
    from warehouse.handle_duration where ${dayOf('session_created_at')} group by 1`,
  'service level by half hour': `
    select date_bin('30 minutes', started_at, timestamptz '${day}') as half_hour,
           avg((service_level_event = 'in_sla')::int)
    from warehouse.queue_duration where ${dayOf('session_created_at')} group by 1`,
  'handle time by status of the session': `
    select status, sum(h.duration_seconds)
    from warehouse.session
    join warehouse.handle_duration h on h.session_created_at = created_at and h.session_id = session.session_id
      and h.source = session.source and h.channel = session.channel
    where ${dayOf('created_at')} and ${dayOf('h.session_created_at')} group by 1`,
}

async function measureQueries(bench: Bench, { print }: ComparisonOptions): Promise<Found> {
  const databaseUrl = await fillMonth(bench)
  const { db, close } = openBenchDatabase(databaseUrl)
  await markChanged(db, `${month}-01`, `${month}-30`)
  await refreshAllRollups(db, { quietMs: 0, patienceMs: 0 })
  await sql`vacuum`.execute(db)
  const blocks: Record<string, number> = {}
  for (const [name, text] of Object.entries(queriesOfADay)) {
    await explain(db, text)
    const { blocks: read, ms } = await explain(db, text)
    blocks[name] = read
    print(`${name}, one day: ${read} blocks, ${ms.toFixed(1)} ms`)
  }
  const completeness = `select * from analytics.completeness_daily where day >= '${month}-01' and day < '2026-05-01'`
  await explain(db, completeness)
  const { blocks: read, ms } = await explain(db, completeness)
  print(`completeness_daily, one month: ${read} blocks, ${ms.toFixed(0)} ms`)
  await close()
  return {
    name: queries.name,
    figures: { blocks, completeness: { blocks: read, ms } },
    measured: {
      blocksOfADay: Math.max(...Object.values(blocks)),
      completenessSeconds: ms / 1_000,
    },
  }
}

/** One month of whole sessions, copied from some that a worker has loaded. */
async function fillMonth(bench: Bench): Promise<string> {
  const place = await bench.makePlace('queries')
  const worker = await startAftercall(place, await buildAftercall())
  await runTrial(bench, worker, bench.nextLoad(templates))
  await worker.stop()
  const oneMonth = { lastMonth: month, months: 1, wholeMonths: 1 }
  await preloadSessions({ url: place.databaseUrl, sessions: sessionsOfMonth, ...oneMonth, onProgress() {} })
  return place.databaseUrl
}

/** The plan's JSON, as far as it is read here (https://www.postgresql.org/docs/current/sql-explain.html). */
type Explained = {
  'QUERY PLAN': [
    { Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number }; 'Execution Time': number },
  ]
}

async function explain(db: Database, query: string): Promise<{ blocks: number; ms: number }> {
  const { rows } = await sql.raw<Explained>(`explain (analyze, buffers, format json) ${query}`).execute(db)
  const [explained] = rows[0]?.['QUERY PLAN'] ?? []
  if (explained === undefined) throw new Error('there is no plan')
  const { Plan: plan, 'Execution Time': ms } = explained
  return { blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], ms }
}
