import { sql } from 'kysely'
import { expect } from 'vitest'
import type { Database } from '../src/connection/database.ts'

/** What a rollup table has to say, asked of the views of `analytics` in words of their own. */
type Question = {
  kind: string
  dims: string[]
  /** Of these, the daily rows have no column. */
  onlyOfHours?: string[]
  /** Over the rows of `from`, which has a local time `at`. */
  from: string
  measures: Record<string, string>
  /** Values whose histogram a column is. */
  histograms?: Record<string, string>
}

const sessionOf = 'join analytics.session s using (source, channel, session_id, session_created_at)'

const work = `(
  select h.source, h.channel, h.direction, h.agent_key, h.menu_path_id, h.local_started_at as at, 1 as interactions,
         0 as attempts, 0 as barges, h.talk_seconds, h.hold_seconds, h.acw_seconds, h.bcw_seconds, h.connect_seconds,
         h.handle_seconds, null::integer as attempt_seconds, h.response_count, h.response_seconds_total, s.rating,
         case when not exists (
           select from analytics.handled_interaction later
           where later.source = h.source and later.channel = h.channel and later.session_id = h.session_id
             and (later.local_started_at, later.handle_duration_id) > (h.local_started_at, h.handle_duration_id))
         then s.rating end as last_rating,
         0 as transfers_out, 0 as transfers_out_cold, 0 as dispositions
  from analytics.handled_interaction h ${sessionOf}
  union all
  select source, channel, direction, agent_key, menu_path_id, local_started_at, 0, 1, 0, null, null, null, null, null, null,
         handle_seconds, null, null, null, null, 0, 0, 0
  from analytics.agent_attempt
  union all
  select source, channel, direction, agent_key, menu_path_id, local_started_at, 0, 0, 1, null, null, null, null, null, null,
         null, null, null, null, null, 0, 0, 0
  from analytics.barge
  union all
  select t.source, t.channel, s.direction, t.from_agent_key, t.from_menu_path_id, t.local_created_at, 0, 0, 0, null, null,
         null, null, null, null, null, null, null, null, null, 1, (t.is_cold is true)::integer, 0
  from analytics.transfer t ${sessionOf} where t.from_agent_key is not null
  union all
  select d.source, d.channel, s.direction, d.agent_key, s.last_menu_path_id, d.local_at, 0, 0, 0, null, null, null, null,
         null, null, null, null, null, null, null, 0, 0, 1
  from analytics.disposition d ${sessionOf} where d.agent_key is not null
) own`

const countIf = (condition: string) => `count(*) filter (where ${condition})`
const sumOf = (expression: string) => `coalesce(sum(${expression}), 0)`

const questions: Question[] = [
  {
    kind: 'session',
    dims: ['channel', 'direction', 'session_type', 'lang', 'first_menu_path_id', 'outcome'],
    from: '(select *, local_created_at as at from analytics.session) own',
    measures: {
      sessions: 'count(*)',
      handled: countIf('handled_interactions > 0'),
      virtual_agent_first: countIf('virtual_agent_first'),
      queued: countIf('queue_entries > 0'),
      with_transfer: countIf('completed_transfers > 0'),
      completed_transfers: sumOf('completed_transfers'),
      queue_wait_sum: sumOf('queue_wait_seconds'),
      handle_sum: sumOf('handle_seconds'),
      rated: 'count(rating)',
      rated_handled: countIf('rating is not null and handled_interactions > 0'),
      rating_sum: sumOf('rating'),
      rated_5: countIf('rating >= 4.5 and rating < 5.5'),
      feedbacks: countIf('has_feedback'),
      consent_granted: countIf("recording_permission = 'granted'"),
      recorded: countIf('recording_count > 0'),
      verified: countIf('verified'),
      messages: sumOf('message_count'),
    },
  },
  {
    kind: 'queue',
    dims: ['channel', 'direction', 'menu_path_id', 'lang', 'is_first'],
    from: '(select *, local_started_at as at from analytics.queue_entry) own',
    measures: {
      entries: 'sum(entries)',
      answered: 'sum(answered)',
      abandoned: 'sum(abandoned)',
      abandoned_short: countIf('is_short_abandon'),
      abandoned_no_threshold: countIf("outcome = 'abandoned' and abandon_threshold_seconds is null"),
      canceled: countIf("outcome = 'canceled'"),
      returned: countIf("outcome = 'returned'"),
      in_sla: 'sum(in_sla)',
      out_sla: 'sum(out_sla)',
      answer_sum: sumOf('wait_seconds * answered'),
      abandon_sum: sumOf('wait_seconds * abandoned'),
    },
    histograms: {
      answer_histogram: 'case answered when 1 then wait_seconds end',
      abandon_histogram: 'case abandoned when 1 then wait_seconds end',
    },
  },
  {
    kind: 'agent',
    dims: ['channel', 'direction', 'agent_key', 'menu_path_id'],
    onlyOfHours: ['menu_path_id'],
    from: work,
    measures: {
      interactions: 'sum(interactions)',
      attempts: 'sum(attempts)',
      barges: 'sum(barges)',
      talk_sum: sumOf('talk_seconds'),
      hold_sum: sumOf('hold_seconds'),
      with_hold: countIf('hold_seconds > 0'),
      acw_sum: sumOf('acw_seconds'),
      bcw_sum: sumOf('bcw_seconds'),
      connect_sum: sumOf('connect_seconds'),
      handle_times: 'count(handle_seconds)',
      handle_sum: sumOf('handle_seconds'),
      attempt_handle_sum: sumOf('attempt_seconds'),
      responses: sumOf('response_count'),
      response_sum: sumOf('response_seconds_total'),
      rated: 'count(rating)',
      rating_sum: sumOf('rating'),
      rated_last: 'count(last_rating)',
      rating_last_sum: sumOf('last_rating'),
      transfers_out: 'sum(transfers_out)',
      transfers_out_cold: 'sum(transfers_out_cold)',
      dispositions: 'sum(dispositions)',
    },
    histograms: { handle_histogram: 'handle_seconds' },
  },
  {
    kind: 'virtual_agent',
    dims: [
      'channel',
      'direction',
      'virtual_agent_id',
      'menu_path_id',
      'is_first',
      'outcome',
      'escalation_reason',
    ],
    from: '(select *, local_started_at as at from analytics.virtual_agent_interaction) own',
    measures: {
      interactions: 'count(*)',
      interaction_times: 'count(seconds)',
      seconds_sum: sumOf('seconds'),
      responses: sumOf('response_count'),
      fallbacks: sumOf('fallback_count'),
    },
  },
  {
    kind: 'transfer',
    dims: ['channel', 'from_menu_path_id', 'target_kind', 'to_menu_path_id', 'is_cold', 'status'],
    from: '(select *, local_created_at as at from analytics.transfer) own',
    measures: {
      transfers: 'count(*)',
      completed: 'sum(completed)',
      waits: 'count(wait_seconds)',
      wait_sum: sumOf('wait_seconds'),
    },
  },
  {
    kind: 'disposition',
    dims: ['channel', 'list', 'code', 'menu_path_id'],
    from: `(
      select d.source, d.channel, d.list, d.code, s.last_menu_path_id as menu_path_id, d.local_at as at,
             not exists (
               select from analytics.disposition earlier
               where earlier.source = d.source and earlier.channel = d.channel and earlier.session_id = d.session_id
                 and earlier.list is not distinct from d.list and earlier.code is not distinct from d.code
                 and (earlier.local_at, earlier.ordinal) < (d.local_at, d.ordinal)) as is_first
      from analytics.disposition d ${sessionOf}
    ) own`,
    measures: { dispositions: 'count(*)', sessions: countIf('is_first') },
  },
]

const bounds = [1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200]

function histogramOf(seconds: readonly (number | null)[]): number[] {
  const slots = Array.from({ length: 16 }, () => 0)
  for (const one of seconds) {
    if (one === null) continue
    const slot = bounds.filter((bound) => one >= bound).length
    slots[slot] = (slots[slot] ?? 0) + 1
  }
  return slots
}

type Row = { row: Record<string, unknown> }

async function askedOfViews(db: Database, { dims, from, measures, histograms = {} }: Question, at: string) {
  const columns = [
    ...Object.entries(measures).map(([name, expression]) => `${expression} as ${name}`),
    ...Object.entries(histograms).map(([name, expression]) => `array_agg(${expression}) as ${name}`),
  ]
  const answer = await sql<Row>`
    select to_jsonb(answer) as row from (
      select source, ${sql.raw(at)} as at, ${sql.raw([...dims, ...columns].join(', '))}
      from ${sql.raw(from)} group by ${sql.raw(['source', at, ...dims].join(', '))}
    ) answer
  `.execute(db)
  return answer.rows.map(({ row }) => {
    const filled = Object.keys(histograms).map((name) => {
      const seconds = row[name]
      return [name, histogramOf(Array.isArray(seconds) ? seconds : [])]
    })
    return { ...row, ...Object.fromEntries(filled) }
  })
}

async function askedOfRollup(db: Database, question: Question, table: string, at: string) {
  const { kind, dims, measures, histograms = {} } = question
  const columns = [
    ...Object.keys(measures).map((name) => `sum(${name}) as ${name}`),
    ...Object.keys(histograms).map((name) => `rollup.sum_histogram(${name}) as ${name}`),
  ]
  const from =
    kind === 'agent'
      ? `(select r.*, a.agent_key from rollup.${table} r left join warehouse.agent a using (source, agent_id)) own`
      : `rollup.${table} own`
  const answer = await sql<Row>`
    select to_jsonb(answer) as row from (
      select source, ${sql.raw(at)} as at, ${sql.raw([...dims, ...columns].join(', '))}
      from ${sql.raw(from)} group by ${sql.raw(['source', at, ...dims].join(', '))}
    ) answer
  `.execute(db)
  return answer.rows.map(({ row }) => row)
}

const sorted = (rows: readonly object[]) =>
  rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort()

/** Every hourly and every daily row is the same aggregate over the views. Returns how many rows there were. */
export async function expectRollupsOfViews(db: Database): Promise<number> {
  let compared = 0
  for (const question of questions) {
    const hours = await askedOfViews(db, question, `date_trunc('hour', at)`)
    const ofHours = await askedOfRollup(db, question, `${question.kind}_hour`, 'local_hour')
    expect(sorted(ofHours), `${question.kind}_hour`).toEqual(sorted(hours))
    const { dims, onlyOfHours = [] } = question
    const ofDay = { ...question, dims: dims.filter((name) => !onlyOfHours.includes(name)) }
    const days = await askedOfViews(db, ofDay, 'at::date')
    const ofDays = await askedOfRollup(db, ofDay, `${question.kind}_day`, 'local_day')
    expect(sorted(ofDays), `${question.kind}_day`).toEqual(sorted(days))
    compared += ofHours.length + ofDays.length
  }
  return compared
}
