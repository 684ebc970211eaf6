import { planHistory, sampleHistory } from '@aftercall/samples/sample-history'
import { writeDocument } from '@aftercall/samples/sample-session'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { documentLimits, mapFetched } from '../../packages/ingest/src/mapping/map-fetched.ts'
import { openLoader } from '../../packages/warehouse/test/open-loader.ts'

/** Six weeks of the sample, as a person who analyses them would load them. */
const history = { seed: 'figures', sessions: 4_200, days: 42, until: new Date('2026-04-13T00:00:00Z') }

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  const loader = openLoader(database.db, { raw: 'none' })
  const ends: Promise<{ kind: string }>[] = []
  for (const { tenant, revisions } of sampleHistory(planHistory(history))) {
    const newest = revisions.at(-1)
    if (newest === undefined) continue
    const key = `${tenant}/${newest.key}`
    const bytes = Buffer.from(writeDocument(newest.document))
    const fetched = {
      kind: 'found',
      foundAs: 'announced',
      ...{ bytes, sizeBytes: bytes.byteLength, lastModified: newest.exportedAt, key },
    } as const
    const object = { bucket: 'files', key, source: tenant, receiveCount: 1 }
    const limits = { ...documentLimits, objectBytesMax: 8_388_608 }
    ends.push(loader.commit(mapFetched(limits, { name: tenant, timeZone: 'UTC' }, object, fetched)))
    // A whole history at once would leave no time to anything else.
    if (ends.length % 200 === 0) await Promise.all(ends)
  }
  for (const { kind } of await Promise.all(ends)) expect(kind).toBe('stored')
})
afterAll(() => database.drop())

async function figure(query: string): Promise<number> {
  const { rows } = await sql<{ value: unknown }>`${sql.raw(query)}`.execute(database.db)
  return Number(rows[0]?.value)
}

const own = (other: string) =>
  `(${other}.source, ${other}.channel, ${other}.session_id) = (s.source, s.channel, s.session_id)`
/** Sessions whose first contact is a virtual agent. */
const virtualAgentFirst = `exists (select from warehouse.virtual_agent_handle_duration v where ${own('v')} and not v.is_transfer)`
const handled = `exists (select from warehouse.handle_duration h where ${own('h')} and not coalesce(h.is_barged, false))`
const entries = `from warehouse.queue_duration q where q.menu_path_id is not null`
const share = (condition: string, from: string) => `select avg((${condition})::int) * 100 as value ${from}`
const sessions = 'from warehouse.session s'

/** What a person of the trade would believe. Rates in percent, times in seconds. */
const figures: readonly (readonly [name: string, least: number, most: number, query: string])[] = [
  [
    'abandon rate of calls that waited',
    4,
    8,
    share(
      `s.fail_reason = 'eu_abandoned'`,
      `${sessions} where s.channel = 'call' and s.queued_at is not null`,
    ),
  ],
  [
    'service level',
    75,
    85,
    share(
      `q.service_level_event = 'in_sla'`,
      `${entries} and q.service_level_event in ('in_sla', 'not_in_sla')`,
    ),
  ],
  [
    'speed of answer',
    15,
    60,
    `select avg(q.duration_seconds) as value ${entries} and q.agent_id is not null`,
  ],
  [
    'average handle time of calls',
    240,
    420,
    `select sum(coalesce(duration_seconds, 0) + coalesce(acw_seconds, 0) + coalesce(bcw_seconds, 0)) / count(*) filter (where duration_seconds > 0) as value from warehouse.handle_duration where channel = 'call' and not is_barged`,
  ],
  [
    'average handle time of chats',
    240,
    600,
    `select sum(coalesce(duration_seconds, 0) + coalesce(acw_seconds, 0)) / count(*) filter (where duration_seconds > 0) as value from warehouse.handle_duration where channel = 'chat'`,
  ],
  [
    'containment',
    25,
    40,
    share(
      `s.status = 'finished' and not ${handled} and exists (select from warehouse.virtual_agent_handle_duration v where ${own('v')} and v.finish_reason = 'resolved')`,
      `${sessions} where ${virtualAgentFirst}`,
    ),
  ],
  ['sessions with a rating', 11, 18, share('s.rating is not null', sessions)],
  ['mean rating', 3.5, 4.3, `select avg(rating) as value ${sessions}`],
  [
    'handled sessions with a transfer',
    8,
    18,
    share(`exists (select from warehouse.transfer t where ${own('t')})`, `${sessions} where ${handled}`),
  ],
  ['share of calls', 65, 75, share(`s.channel = 'call'`, sessions)],
  [
    'dial attempts that reached somebody',
    60,
    85,
    share('s.connected_at is not null', `${sessions} where s.channel = 'call' and s.direction = 'outbound'`),
  ],
  [
    'ids left out',
    1,
    4,
    `select 100 - 100 * sum(sessions) / sum(ids) as value from (select count(*) as sessions, max(session_id) - min(session_id) + 1 as ids ${sessions} group by source, channel) g`,
  ],
]

test.each(figures)('%s is between %d and %d', async (name, least, most, query) => {
  const value = await figure(query)
  expect(value, name).toBeGreaterThanOrEqual(least)
  expect(value, name).toBeLessThanOrEqual(most)
})

const inTable = (table: string, condition: string) =>
  `select count(*) as value from warehouse.${table} where ${condition}`

/** What each question of a contact center needs at least some of. */
const kinds: readonly (readonly [name: string, query: string])[] = [
  ...[
    ...['finished', 'failed', 'recovered', 'deflected', 'voicemail_received', 'voicemail_read'],
    ...['no_response', 'canceled', 'dismissed', 'va_dismissed'],
  ].map((status) => [`status ${status}`, inTable('session', `status = '${status}'`)] as const),
  ...[
    ...['eu_abandoned', 'eu_in_menu_abandoned', 'eu_canceled', 'eu_no_answer', 'eu_busy', 'eu_rejected'],
    ...['eu_wrong_number', 'ag_ignored', 'ag_canceled', 'voip_conn_general', 'no_response', 'expired'],
    ...['after_hours', 'expired_menu_selection', 'end_user_opt_out', 'escalation_failed'],
  ].map((reason) => [`fail reason ${reason}`, inTable('session', `fail_reason = '${reason}'`)] as const),
  ...['after_hours_message_only', 'temp_redirection_queue', 'temp_redirection_phone'].map(
    (kind) => [`deflection ${kind}`, inTable('deflection', `deflection = '${kind}'`)] as const,
  ),
  ...['agent', 'end_user', 'virtual_agent', 'unknown'].map(
    (who) =>
      [`disconnected by ${who}`, inTable('session', `disconnected_by = 'disconnected_by_${who}'`)] as const,
  ),
  ...['resolved', 'escalated', 'consumer_ended', 'unexpectedly_ended', 'failed'].map(
    (reason) =>
      [
        `virtual agent ${reason}`,
        inTable('virtual_agent_handle_duration', `finish_reason = '${reason}'`),
      ] as const,
  ),
  ...['escalated', 'deflected', 'canceled'].map(
    (status) => [`escalation ${status}`, inTable('escalation', `status = '${status}'`)] as const,
  ),
  ...['transferred', 'transferring'].map(
    (status) => [`transfer ${status}`, inTable('transfer', `status = '${status}'`)] as const,
  ),
  ...['granted', 'denied', 'not_asked'].map(
    (word) => [`recording ${word}`, inTable('session', `recording_permission = '${word}'`)] as const,
  ),
  ...['default', 'virtual_agent'].map(
    (type) => [`recording type ${type}`, inTable('recording', `recording_type = '${type}'`)] as const,
  ),
  ...['in_sla', 'not_in_sla', 'excluded'].map(
    (event) =>
      [`service level ${event}`, inTable('queue_duration', `service_level_event = '${event}'`)] as const,
  ),
  ...['finished', 'abandoned'].map(
    (event) => [`survey ${event}`, inTable('consumer_event_duration', `event = '${event}'`)] as const,
  ),
  [
    'short abandon',
    inTable(
      'queue_duration',
      'agent_id is null and not is_transfer and duration_seconds < service_level_abandon_seconds',
    ),
  ],
  ['wait between agents', inTable('queue_duration', 'menu_path_id is null')],
  ['barge', inTable('handle_duration', 'is_barged')],
  ['before-call work', inTable('handle_duration', 'bcw_seconds > 0')],
  ['hold', inTable('handle_duration', 'hold_seconds > 0')],
  ['dial attempt', inTable('session', `session_type = 'Voice Campaign' and connected_at is null`)],
  ['callback', inTable('session', `session_type = 'Voice Callback (Web)'`)],
  ['scheduled call', inTable('session', 'scheduled_at is not null')],
  ['anonymous caller', inTable('session', `direction = 'inbound' and end_user_id is null`)],
  ['disposition', inTable('disposition', 'code is not null')],
  [
    'several dispositions',
    'select count(*) as value from (select from warehouse.disposition group by source, channel, session_id having count(*) > 1) d',
  ],
  ['offer', inTable('offer_event', 'true')],
  ['SMS', inTable('session_message', 'true')],
  ['SMS while waiting', inTable('session_message', `phase like '%wait%'`)],
  ['SMS in the call', inTable('session_message', `phase like '%call%'`)],
  [
    'session with several queues',
    'select count(*) as value from (select from warehouse.queue_duration group by source, channel, session_id having count(distinct menu_path_id) > 1) q',
  ],
  [
    'session that comes back to an agent',
    'select count(*) as value from (select from warehouse.handle_duration where duration_seconds > 0 and not coalesce(is_barged, false) group by source, channel, session_id having count(*) > count(distinct agent_id)) h',
  ],
  [
    'chats of an agent at the same time',
    `select count(*) as value from warehouse.handle_duration a join warehouse.handle_duration b using (source, channel, agent_id) where a.channel = 'chat' and a.session_id < b.session_id and a.started_at < b.ended_at and b.started_at < a.ended_at`,
  ],
  ['verified', inTable('session', 'verified')],
  ['feedback', inTable('session', 'has_feedback')],
  ['photo', inTable('media', 'true')],
  ['task virtual agent', inTable('call_participant', `type = 'task_virtual_agent'`)],
]

test.each(kinds)('the sample has: %s', async (name, query) => {
  expect(await figure(query), name).toBeGreaterThan(0)
})
