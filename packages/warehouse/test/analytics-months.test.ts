import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { type RawBuilder, sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { Database } from '../src/connection/database.ts'
import { markChanged, refreshAllRollups } from '../src/rollups/refresh-rollups.ts'
import { fillMonths } from './fill-months.ts'

let database: TestDatabase
let views: string[]
/** Views of what was counted beforehand. */
let counted: string[]

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'), { poolMax: 1 })
  await fillMonths(database.db, 400)
  const found = await sql<{ name: string }>`
    select c.relname::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'local_day'
    where c.relnamespace = 'analytics'::regnamespace and c.relkind = 'v' and c.relname <> 'calendar' order by 1
  `.execute(database.db)
  const isCounted = (name: string) => /_(daily|hourly)$/.test(name) && name !== 'restatement_daily'
  const names = found.rows.map(({ name }) => name)
  views = names.filter((name) => !isCounted(name))
  counted = names.filter(isCounted)
})
afterAll(() => database.drop())

type Touched = { scanned: string[]; fetched: string[]; rows: number }

/**
 * The months of which the query scans a whole table, and those of which it fetches rows by an index, by the counters of its
 * own backend: these count inside of functions, too.
 */
async function touchedBy(query: RawBuilder<unknown>): Promise<Touched> {
  return database.db.transaction().execute(async (transaction) => {
    await sql`set local max_parallel_workers_per_gather = 0`.execute(transaction)
    const before = await readCounters(transaction)
    const { rows } = await query.execute(transaction)
    const after = await readCounters(transaction)
    // The counters also hold what this backend has not yet reported of earlier transactions.
    const monthsOf = (kind: 'scans' | 'fetches') =>
      [...after]
        .filter(([month, now]) => now[kind] > (before.get(month)?.[kind] ?? 0))
        .map(([month]) => month)
    return { scanned: monthsOf('scans'), fetched: monthsOf('fetches'), rows: rows.length }
  })
}

async function readCounters(db: Database): Promise<Map<string, { scans: number; fetches: number }>> {
  const { rows } = await sql<{ month: string; scans: number; fetches: number }>`
    select right(relname, 7) as month, sum(coalesce(seq_scan, 0))::integer as scans,
           sum(coalesce(idx_tup_fetch, 0))::integer as fetches
    from pg_stat_xact_user_tables where schemaname = 'warehouse' and relname ~ '_\\d{4}_\\d{2}$'
    group by 1 order by 1
  `.execute(db)
  return new Map(rows.map(({ month, ...counters }) => [month, counters]))
}

/** Nothing of any other month was read. */
function expectWithin({ scanned, fetched, rows }: Touched, months: string[], what: string): void {
  expect([what, rows > 0]).toEqual([what, true])
  expect([what, scanned.filter((month) => !months.includes(month))]).toEqual([what, []])
  expect([what, fetched.filter((month) => !months.includes(month))]).toEqual([what, []])
}

const inMarch = sql`local_day between '2026-03-05' and '2026-03-20'`

test('every view but agent_attempt and barge has rows here, and every view of facts has a local day', () => {
  expect(views).toEqual([
    ...['agent_attempt', 'barge', 'deflected_escalation', 'deflection', 'disposition', 'escalation'],
    ...[
      'handled_interaction',
      'menu_stay',
      'offer',
      'queue_entry',
      'recording',
      'restatement_daily',
      'session',
      'sms',
    ],
    ...['survey', 'transfer', 'virtual_agent_interaction'],
  ])
})

test('a view with a bound on the local day reads the months of these days, and scans no other', async () => {
  for (const view of views) {
    const from = sql.raw(`analytics.${view}`)
    const touched = await touchedBy(sql`select * from ${from} where ${inMarch}`)
    const isEmpty = ['agent_attempt', 'barge'].includes(view)
    expectWithin({ ...touched, rows: isEmpty ? 1 : touched.rows }, ['2026_03'], view)
    // The last hours of a month are those of the next month in UTC.
    const last = await touchedBy(
      sql`select count(*) from ${from} where local_day = '2026-03-31' and source = 'acme'`,
    )
    expectWithin(last, ['2026_03', '2026_04'], view)
    const open = await touchedBy(sql`select count(*) from ${from} where local_day >= '2026-12-01'::date`)
    expectWithin(open, ['2026_12'], view)
  }
})

test('what was counted beforehand is read without any month', async () => {
  await markChanged(database.db, '2026-03-05', '2026-03-20')
  await refreshAllRollups(database.db, { quietMs: 0, patienceMs: 0 })
  expect(counted).toHaveLength(12)
  for (const view of counted) {
    expectWithin(
      await touchedBy(sql`select * from ${sql.raw(`analytics.${view}`)} where ${inMarch}`),
      [],
      view,
    )
  }
})

test('without a bound, every month is scanned', async () => {
  const { scanned } = await touchedBy(sql`select count(*) from analytics.queue_entry`)
  expect(scanned).toHaveLength(24)
})

test('a bound on the creation of the session prunes, also in segment, which has no local day', async () => {
  for (const view of [...views.filter((one) => one !== 'restatement_daily'), 'segment']) {
    const touched = await touchedBy(sql`
      select count(*) from ${sql.raw(`analytics.${view}`)}
      where session_created_at >= '2026-03-05' and session_created_at < '2026-03-20'`)
    expectWithin(touched, ['2026_03'], view)
  }
  const one = await touchedBy(
    sql`select count(*) from analytics.segment where source = 'acme' and channel = 'call' and session_id = 1`,
  )
  expect(one.scanned).toEqual([])
})

test('a join of two views reads no other month when both have a bound', async () => {
  const touched = await touchedBy(sql`
    select e.menu_path_id, count(*), avg(h.handle_seconds)
    from analytics.session s
    join analytics.queue_entry e using (source, channel, session_id, session_created_at)
    left join analytics.handled_interaction h
      on h.source = e.source and h.channel = e.channel and h.session_id = e.session_id
         and h.session_created_at = e.session_created_at and h.local_day between '2026-03-05' and '2026-03-20'
    where s.${inMarch} and e.${inMarch}
    group by 1`)
  expectWithin(touched, ['2026_03'], 'join')
})

const questions: [string, RawBuilder<unknown>][] = [
  ['service_level', sql`select * from analytics.service_level('2026-03-05', '2026-03-20', 20)`],
  ['abandons', sql`select * from analytics.abandons('2026-03-05', '2026-03-20')`],
  ['csat', sql`select * from analytics.csat('2026-03-05', '2026-03-20')`],
  ['customers', sql`select * from analytics.customers('2026-03-05', '2026-03-20')`],
  ['interval_feed', sql`select * from analytics.interval_feed('2026-03-05', '2026-03-20')`],
  ['concurrency', sql`select * from analytics.concurrency('2026-03-05 08:00', '2026-03-05 12:00', 'queue')`],
]

test.each(questions)(
  '%s reads the months of its days, and scans no other, however often it is called',
  async (what, query) => {
    // From the sixth call on, a plan without the values could be kept.
    for (let call = 1; call <= 7; call += 1) expectWithin(await touchedBy(query), ['2026_03'], what)
  },
)

test('repeat_contacts reads as far back as its window reaches, and no further', async () => {
  const touched = await touchedBy(sql`select * from analytics.repeat_contacts('2026-03-05', '2026-03-20')`)
  expectWithin(touched, ['2026_02', '2026_03'], 'repeat_contacts')
})

test('a timeline reads the month of its session', async () => {
  const { rows } = await sql<{ id: string }>`
    select session_id::text as id from analytics.session where local_day = '2026-03-10' limit 1
  `.execute(database.db)
  const touched = await touchedBy(
    sql`select * from analytics.timeline('acme', 'call', ${rows[0]?.id}::bigint)`,
  )
  expectWithin(touched, ['2026_03'], 'timeline')
})

test('labels and agents are looked up only when they are asked for', async () => {
  const planOf = async (columns: string) => {
    const { rows } = await sql<{ 'QUERY PLAN': string }>`
      explain select ${sql.raw(columns)} from analytics.session where ${inMarch}
    `.execute(database.db)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }
  expect(await planOf('local_day, outcome')).not.toMatch(
    / on (?:status|session_type|fail_reason|deflection_kind) /,
  )
  expect(await planOf('local_day, status_label')).toMatch(/ on status /)
  expect(await planOf('local_day, status_label')).not.toMatch(/ on (?:session_type|fail_reason) /)
})
