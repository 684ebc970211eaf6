import { sampleSessions } from '@aftercall/samples/sample-stream'
import { countOf } from '@aftercall/testkit/test-count'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { seedOfTest } from '@aftercall/testkit/test-seed'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { loadStream } from './load-stream.ts'

type Row = Record<string, unknown>
type Document = Row & { queue_durations?: Row[]; handle_durations?: Row[]; transfers?: Row[] }

const sessions = countOf({ quick: 250, thorough: 3_000 })
let database: TestDatabase
let login: TestLogin
let analyst: pg.Client
/** The newest revision of each session. */
const documents: { tenant: string; document: Document }[] = []

/** Loads every revision of sample sessions by the real mapping and the real loader, and reads as an analyst. */
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  const loaded = [...sampleSessions({ seed: String(seedOfTest()), sessions })]
  await loadStream(database.db, loaded)
  for (const { tenant, revisions } of loaded) {
    const newest = revisions.at(-1)?.document
    if (newest !== undefined) documents.push({ tenant, document: newest as Document })
  }
  login = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_analyst'] })
  analyst = new pg.Client({ connectionString: login.urlOf(database.url) })
  await analyst.connect()
})
afterAll(async () => {
  await analyst.end()
  await login.drop()
  await database.drop()
})

async function ask(query: string): Promise<Row[]> {
  return (await analyst.query<Row>(query)).rows
}

/** How many of these fall on each place, in the form of the answers of `ask`. */
function countBy(places: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const place of places) counts[place] = (counts[place] ?? 0) + 1
  return counts
}

async function countsOf(query: string): Promise<Record<string, number>> {
  const rows = await ask(query)
  return Object.fromEntries(rows.map((row) => [String(row.place), Number(row.counted)]))
}

test('sessions, queue entries and interactions count on the days that their documents write', async () => {
  const dayOf = (time: unknown) => String(time).slice(0, 10)
  expect(
    await countsOf(`
      select format('%s %s', source, local_day) as place, count(*) as counted from analytics.session group by 1`),
  ).toEqual(countBy(documents.map(({ tenant, document }) => `${tenant} ${dayOf(document.created_at)}`)))
  const entries = documents.flatMap(({ tenant, document }) =>
    (document.queue_durations ?? [])
      .filter((row) => row.menu_path_id !== null && row.menu_path_id !== undefined)
      .map(
        (row) => `${tenant} ${row.menu_path_id} ${dayOf(row.started_at)} ${row.service_level_event ?? ''}`,
      ),
  )
  expect(
    await countsOf(`
      select format('%s %s %s %s', source, menu_path_id, local_day, service_level_event) as place, count(*) as counted
      from analytics.queue_entry group by 1`),
  ).toEqual(countBy(entries))
  const transfers = documents.flatMap(({ tenant, document }) =>
    (document.transfers ?? []).map((row) => `${tenant} ${row.status} ${dayOf(row.created_at)}`),
  )
  expect(
    await countsOf(`
      select format('%s %s %s', source, status, local_day) as place, count(*) as counted from analytics.transfer group by 1`),
  ).toEqual(countBy(transfers))
})

test('handle time of interactions, attempts and barges together is that of all rows of the documents', async () => {
  const seconds = (row: Row, ...names: string[]) =>
    names.reduce((sum, name) => sum + Number(row[name] ?? 0), 0)
  let inDocuments = 0
  for (const { document } of documents) {
    for (const row of document.handle_durations ?? []) {
      inDocuments += seconds(row, 'call_duration', 'chat_duration', 'acw_duration', 'bcw_duration')
    }
  }
  const [found] = await ask(`
    select (select sum(handle_seconds) from analytics.handled_interaction)::int
           + coalesce((select sum(handle_seconds) from analytics.agent_attempt), 0)::int
           + coalesce((select sum(talk_seconds + coalesce(hold_seconds, 0) + coalesce(acw_seconds, 0)) from analytics.barge), 0)::int
           as seconds`)
  expect(found).toEqual({ seconds: inDocuments })
  expect(inDocuments).toBeGreaterThan(0)
})

const identities: [rule: string, violations: string][] = [
  [
    'a session has one outcome',
    `select outcome from analytics.session where outcome is null or outcome not in ('open', 'handled', 'self_served',
       'voicemail', 'deflected', 'abandoned_in_menu', 'abandoned_in_queue', 'abandoned_with_virtual_agent', 'no_contact',
       'canceled', 'expired', 'failed')`,
  ],
  [
    'an entry has one outcome',
    'select 1 from analytics.queue_entry where outcome is null or answered + abandoned > 1',
  ],
  [
    'in and out are at most the entries',
    'select 1 from analytics.queue_entry where in_sla + out_sla > entries',
  ],
  [
    'the session counts its entries, of which one is the first and one the last',
    `select s.session_id from analytics.session s
     left join (select source, channel, session_id, count(*) as entries, count(*) filter (where is_first) as first,
                       count(*) filter (where is_last) as last from analytics.queue_entry group by 1, 2, 3) e
       using (source, channel, session_id)
     where s.queue_entries is distinct from coalesce(e.entries, 0) or e.first <> 1 or e.last <> 1`,
  ],
  [
    'the session counts its interactions, and its handle time is that of them and of attempts',
    `select s.session_id from analytics.session s
     left join (select source, channel, session_id, sum(handled) as handled, sum(handle_seconds) as seconds
                from (select source, channel, session_id, 1 as handled, handle_seconds from analytics.handled_interaction
                      union all
                      select source, channel, session_id, 0, handle_seconds from analytics.agent_attempt) own
                group by 1, 2, 3) h
       using (source, channel, session_id)
     where s.handled_interactions is distinct from coalesce(h.handled, 0)
        or s.handle_seconds is distinct from h.seconds`,
  ],
  [
    'a session is handled if and only if it has an interaction',
    `select 1 from analytics.session where (outcome = 'handled') <> (handled_interactions > 0) and outcome <> 'open'`,
  ],
  [
    'parts add up to handle time',
    `select 1 from analytics.handled_interaction
     where talk_seconds + hold_seconds + acw_seconds + bcw_seconds is distinct from handle_seconds
        or handle_seconds + connect_seconds is distinct from handle_from_assignment_seconds`,
  ],
  [
    'an agent has a key wherever a queue entry was answered or an interaction handled',
    `select 1 from analytics.queue_entry where answered = 1 and agent_key is null
     union all select 1 from analytics.handled_interaction where agent_key is null`,
  ],
  [
    'every agent and queue of a row is in its dimension',
    `select 1 from analytics.queue_entry e left join analytics.queue q using (source, menu_path_id) where q.source is null
     union all
     select 1 from analytics.handled_interaction h left join analytics.agent a using (source, agent_key) where a.source is null`,
  ],
  [
    'the feed adds up to the entries and the interactions',
    `with day as (select min(local_day) as first, max(local_day) as last from analytics.queue_entry),
          feed as (select sum(offered) as offered, sum(answered) as answered, sum(abandoned) as abandoned, sum(in_sla) as in_sla,
                          sum(handled) as handled, sum(handle_seconds) as seconds
                   from day, analytics.interval_feed(day.first - 2, day.last + 2, 60))
     select 1 from feed, (select count(*) as entries, sum(answered) as answered, sum(abandoned) as abandoned,
                                 sum(in_sla) as in_sla from analytics.queue_entry) e,
          (select count(*) as handled, sum(handle_seconds) as seconds from analytics.handled_interaction
           where menu_path_id is not null) h
     where (feed.offered, feed.answered, feed.abandoned, feed.in_sla, feed.handled, feed.seconds)
           is distinct from (e.entries, e.answered, e.abandoned, e.in_sla, h.handled, h.seconds)`,
  ],
  [
    'service_level and abandons count the same entries',
    `with day as (select min(local_day) as first, max(local_day) as last from analytics.queue_entry)
     select 1 from (select sum(l.entries)::int as entries, sum(l.abandoned)::int as abandoned, sum(l.abandoned_short)::int as short
                    from day, analytics.service_level(day.first, day.last, 20) l) l,
                   (select sum(a.entries)::int as entries, sum(a.abandoned)::int as abandoned, sum(a.abandoned_short)::int as short
                    from day, analytics.abandons(day.first, day.last) a) a,
                   (select count(*)::int as entries, sum(abandoned)::int as abandoned,
                           (count(*) filter (where is_short_abandon))::int as short from analytics.queue_entry) e
     where l is distinct from a or l is distinct from e`,
  ],
  [
    'one vocabulary word of a session has one label: labels never double a row',
    'select 1 from analytics.session group by source, channel, session_id having count(*) > 1',
  ],
  [
    'a timeline has every queue entry',
    `select 1 from (select count(*) as entries from analytics.queue_entry) e,
                   (select count(*) as entries from analytics.segment where kind = 'queue' and menu_path_id is not null) s
     where e.entries <> s.entries`,
  ],
]

test.each(identities)('%s', async (_rule, violations) => {
  expect((await ask(violations)).length).toBe(0)
})

test('restatement_daily has every session once as stored first', async () => {
  expect(
    await ask('select sum(sessions_first_stored)::int as stored from analytics.restatement_daily'),
  ).toEqual([{ stored: documents.length }])
})
