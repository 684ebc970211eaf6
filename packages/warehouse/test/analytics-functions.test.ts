import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  await sql`select ingest.create_month('2026-03-01')`.execute(database.db)
})
afterAll(() => database.drop())

async function ask(call: string, columns: string, order = '1'): Promise<unknown[][]> {
  const { rows } = await sql<{ row: unknown[] }>`
    select jsonb_build_array(${sql.raw(columns)}) as row from analytics.${sql.raw(call)} own order by ${sql.raw(order)}
  `.execute(database.db)
  return rows.map(({ row }) => row)
}

type Entry = [
  id: number,
  at: string,
  queue: number,
  outcome: string,
  wait: number | null,
  more?: Record<string, unknown>,
]

/** Queue entries of sessions of their own, at a tenant's local time that is UTC minus seven hours. */
async function addEntries(source: string, ...entries: Entry[]): Promise<void> {
  for (const [id, at, queue, outcome, wait, more = {}] of entries) {
    await sql`
      insert into warehouse.queue_duration (source, channel, session_id, session_created_at, queue_duration_id,
        local_started_at, started_at, menu_path_id, menu_path, outcome, duration_seconds, is_first, is_short_abandon,
        service_level_event)
      values (${source}, ${more.channel ?? 'call'}, ${id}, ${`${at}-07`}, 1, ${at}, ${`${at}-07`}, ${queue}, ${`Main/${queue}`},
        ${outcome}, ${wait}, ${more.first ?? true}, ${more.short ?? null}, ${more.event ?? null})
    `.execute(database.db)
  }
}

describe('service level and abandons', () => {
  beforeAll(() =>
    addEntries(
      'level',
      [1, '2026-03-05 10:00', 7, 'answered', 19, { short: false }],
      [2, '2026-03-05 10:01', 7, 'answered', 20, { short: false }],
      [3, '2026-03-05 10:02', 7, 'answered', null, { short: false }],
      [4, '2026-03-05 10:03', 7, 'abandoned', 4, { short: true }],
      [5, '2026-03-05 10:04', 7, 'abandoned', 12, { short: false }],
      // Its row has no threshold.
      [6, '2026-03-05 10:05', 7, 'abandoned', 3, { first: false }],
      [7, '2026-03-05 10:06', 7, 'canceled', 8, { short: false }],
      [8, '2026-03-05 23:59', 8, 'answered', 5, { short: false }],
      [9, '2026-03-06 00:00', 8, 'answered', 5, { short: false }],
    ),
  )
  const counts =
    'local_day, menu_path_id, entries, answered, answered_in_target, abandoned, abandoned_short, counted, service_level'

  test('an answer is in the target when its wait is below; short abandons do not count, by the threshold of their row', async () => {
    expect(await ask("service_level('2026-03-05', '2026-03-05', 20)", counts, 'menu_path_id')).toEqual([
      // Counted: answers 19 and 20 s, abandons 12 s and 3 s without a threshold. 1 / 4.
      ['2026-03-05', 7, 7, 3, 1, 3, 1, 4, 0.25],
      ['2026-03-05', 8, 1, 1, 1, 0, 0, 1, 1],
    ])
  })

  test.each([
    ['20, 10', 2, 3, 0.3333],
    ["20, 10, 'all'", 2, 5, 0.2],
    ["20, 10, 'none'", 2, 2, 0.5],
    ["21, null, 'none'", 1, 2, 1],
  ])('with the parameters %s', async (parameters, short, counted, level) => {
    expect(
      await ask(
        `service_level('2026-03-05', '2026-03-05', ${parameters})`,
        'abandoned_short, counted, service_level',
        'menu_path_id',
      ),
    ).toContainEqual([short, counted, level])
  })

  test('abandons: rates of all entries, first entries apart, canceled entries only when asked for', async () => {
    const columns =
      'entries, first_entries, answered, abandoned, abandoned_first, abandoned_short, abandon_seconds, abandon_rate, abandon_rate_without_short'
    expect(await ask("abandons('2026-03-05', '2026-03-05')", columns, 'menu_path_id')).toEqual([
      [7, 6, 3, 3, 2, 1, 19, 0.4286, 0.2857],
      [1, 1, 1, 0, 0, 0, 0, 0, 0],
    ])
    expect(
      await ask("abandons('2026-03-05', '2026-03-05', 10, true)", columns, 'menu_path_id'),
    ).toContainEqual([7, 6, 3, 4, 3, 3, 27, 0.5714, 0.1429])
  })

  test('days are local, and both bounds are included', async () => {
    expect(await ask("service_level('2026-03-06', '2026-03-06', 20)", 'local_day, entries')).toEqual([
      ['2026-03-06', 1],
    ])
    expect(
      await ask(
        "service_level('2026-03-05', '2026-03-06', 20)",
        'local_day, menu_path_id',
        '1, menu_path_id',
      ),
    ).toHaveLength(3)
    expect(await ask("service_level('2026-03-07', '2026-03-06', 20)", 'local_day')).toEqual([])
  })
})

test('interval_feed: every interval of every queue, zeros included; entries at their start, handles at their accept', async () => {
  await addEntries(
    'feed',
    [21, '2026-03-10 09:14:59', 7, 'answered', 10, { event: 'in_sla' }],
    [22, '2026-03-10 09:00:00', 7, 'answered', 31, { event: 'not_in_sla' }],
    [23, '2026-03-10 09:15:00', 7, 'abandoned', 4, { event: 'not_in_sla', short: true }],
    [24, '2026-03-10 23:59:59', 7, 'answered', 5, { channel: 'chat' }],
  )
  await sql`
    insert into warehouse.handle_duration (source, channel, session_id, session_created_at, handle_duration_id, local_started_at,
      menu_path_id, kind, counts_as_handled, interaction_talk_seconds, interaction_hold_seconds, interaction_acw_seconds,
      interaction_bcw_seconds, interaction_connect_seconds)
    values ('feed', 'call', 21, '2026-03-10 16:14:59Z', 1, '2026-03-10 09:15:09', 7, 'talk', true, 60, 10, 20, 0, 5),
           ('feed', 'call', 22, '2026-03-10 16:00:00Z', 1, '2026-03-10 09:15:31', 7, 'talk', true, 100, 0, 1, 0, 5),
           ('feed', 'call', 22, '2026-03-10 16:00:00Z', 2, '2026-03-10 09:15:31', 7, 'wrap_up', false, null, null, null, null, null),
           -- An internal call has no queue.
           ('feed', 'call', 29, '2026-03-10 16:00:00Z', 1, '2026-03-10 09:15:31', null, 'talk', true, 1, 1, 1, 1, 1)
  `.execute(database.db)
  const columns =
    'channel, local_start, offered, answered, abandoned, abandoned_short, in_sla, out_sla, answer_seconds, asa, handled, handle_seconds, aht'
  const rows = await ask("interval_feed('2026-03-10', '2026-03-10')", columns, 'channel, local_start')
  expect(rows).toHaveLength(2 * 96)
  expect(rows.filter((row) => row[2] !== 0 || row[10] !== 0)).toEqual([
    ['call', '2026-03-10T09:00:00', 2, 2, 0, 0, 1, 1, 41, 20.5, 0, 0, null],
    ['call', '2026-03-10T09:15:00', 1, 0, 1, 1, 0, 1, 0, null, 2, 191, 95.5],
    ['chat', '2026-03-10T23:45:00', 1, 1, 0, 0, 0, 0, 5, 5, 0, 0, null],
  ])
  expect(await ask("interval_feed('2026-03-10', '2026-03-11', 60)", 'channel')).toHaveLength(2 * 48)
})

describe('sessions', () => {
  type Session = [id: number, at: string, more: Record<string, unknown>]
  async function addSessions(source: string, ...sessions: Session[]): Promise<void> {
    for (const [id, at, more] of sessions) {
      await sql`
        insert into warehouse.session (source, channel, session_id, created_at, local_created_at, direction, outcome, rating,
          handled_interactions, customer_key, contact_key, first_menu_path_id, last_menu_path_id, bucket, object_key)
        values (${source}, ${more.channel ?? 'call'}, ${id}, ${at}, ${more.local ?? at.slice(0, 19)}, ${more.direction ?? 'inbound'},
          ${more.outcome ?? 'handled'}, ${more.rating ?? null}, ${more.outcome === undefined ? 1 : 0}, ${uuidOf(more.customer)}, ${uuidOf(more.contact)},
          ${more.queue === undefined ? 7 : more.queue}, 7, 'files', ${String(id)})
      `.execute(database.db)
    }
  }
  const uuidOf = (number: unknown) =>
    number === undefined ? null : `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

  test('csat: the mean of ratings, the share of the maximum, and response of all and of handled sessions', async () => {
    await addSessions(
      'csat',
      [31, '2026-03-12 10:00:00Z', { rating: 5 }],
      [32, '2026-03-12 10:00:00Z', { rating: 4 }],
      [33, '2026-03-12 10:00:00Z', { rating: 1, outcome: 'failed' }],
      [34, '2026-03-12 10:00:00Z', {}],
      [35, '2026-03-12 10:00:00Z', { outcome: 'abandoned_in_queue' }],
    )
    const columns =
      'sessions, handled_sessions, rated, rated_handled, rating_sum, rated_top_2, csat_mean, csat_percent, response_rate, response_rate_of_handled'
    expect(await ask("csat('2026-03-12', '2026-03-12')", columns)).toEqual([
      [5, 3, 3, 2, 10, 2, 3.3333, 0.6667, 0.6, 0.6667],
    ])
    expect(await ask("csat('2026-03-12', '2026-03-12', 10)", 'rated_top_2, csat_percent')).toEqual([
      [0, 0.3333],
    ])
  })

  test('repeat_contacts: inbound sessions within the window after one of the same consumer, and queue', async () => {
    await addSessions(
      'again',
      [41, '2026-03-10 10:00:00Z', { customer: 1, contact: 91 }],
      // Exactly seven days later: within.
      [42, '2026-03-17 10:00:00Z', { customer: 1, contact: 91 }],
      // A second more than seven days.
      [43, '2026-03-24 10:00:01Z', { customer: 1, contact: 91 }],
      [44, '2026-03-17 11:00:00Z', { customer: 1, contact: 91, queue: 8 }],
      [45, '2026-03-17 12:00:00Z', { customer: 2, contact: 91, queue: 8 }],
      [46, '2026-03-17 12:30:00Z', { customer: 2, direction: 'outbound', queue: 8 }],
      [47, '2026-03-17 13:00:00Z', { queue: 8 }],
      [48, '2026-03-17 14:00:00Z', { customer: 2, contact: 92, queue: null }],
    )
    const columns = 'local_day, menu_path_id, contacts, repeated, first_contact_share'
    const order = 'local_day, menu_path_id'
    const during = "'2026-03-17', '2026-03-24'"
    expect(await ask(`repeat_contacts(${during})`, columns, order)).toEqual([
      ['2026-03-17', 7, 1, 1, 0],
      ['2026-03-17', 8, 2, 0, 1],
      ['2026-03-24', 7, 1, 0, 1],
    ])
    expect(await ask(`repeat_contacts(${during}, '8 days')`, columns, order)).toContainEqual([
      '2026-03-24',
      7,
      1,
      1,
      0,
    ])
    expect(await ask(`repeat_contacts(${during}, '7 days', false)`, columns, order)).toEqual([
      ['2026-03-17', 7, 1, 1, 0],
      ['2026-03-17', 8, 2, 1, 0.5],
      ['2026-03-17', null, 1, 1, 0],
      ['2026-03-24', 7, 1, 1, 0],
    ])
    expect(await ask(`repeat_contacts(${during}, '7 days', true, 'contact')`, columns, order)).toContainEqual(
      ['2026-03-17', 8, 2, 1, 0.5],
    )
  })

  test('repeat_contacts says what to set when no session has a key', async () => {
    await addSessions('keyless', [51, '2026-03-28 10:00:00Z', {}])
    const asked = sql`select * from analytics.repeat_contacts('2026-03-28', '2026-03-28')`.execute(
      database.db,
    )
    await expect(asked).rejects.toMatchObject({
      ...{ code: '55000', message: 'no session of these days has a customer_key' },
      hint: 'Set identity.key in the configuration, and run: aftercall replay --from raw',
    })
    expect(await ask("repeat_contacts('2026-03-29', '2026-03-29')", '1')).toEqual([])
  })

  test('customers: a consumer counts once, for each channel and for all together', async () => {
    await addSessions(
      'base',
      [61, '2026-03-20 10:00:00Z', { customer: 1, contact: 91 }],
      [62, '2026-03-21 10:00:00Z', { customer: 1, contact: 92 }],
      [63, '2026-03-21 10:00:00Z', { customer: 1, channel: 'chat' }],
      [64, '2026-03-21 10:00:00Z', {}],
    )
    const columns = 'channel, sessions, customers, contact_keys, sessions_without_customer'
    expect(await ask("customers('2026-03-20', '2026-03-21')", columns, 'channel')).toEqual([
      ['all', 4, 1, 2, 1],
      ['call', 3, 1, 2, 1],
      ['chat', 1, 1, 0, 0],
    ])
  })
})

describe('concurrency', () => {
  const during = "'2026-03-25 10:00', '2026-03-25 11:00'"
  beforeAll(() =>
    addEntries(
      'load',
      // Waiting since before the time that is asked for.
      [71, '2026-03-25 09:59:00', 7, 'answered', 120],
      [72, '2026-03-25 10:00:30', 7, 'answered', 30],
      // Begins in the very second in which 71 and 72 end.
      [73, '2026-03-25 10:01:00', 8, 'answered', 60],
      [74, '2026-03-25 10:59:30', 8, 'answered', 600],
      [75, '2026-03-25 10:30:00', 8, 'answered', 0],
    ),
  )

  test('peak and mean of each step; a stretch that ends when another begins does not overlap it', async () => {
    expect(
      await ask(
        `concurrency(${during}, 'queue', '30 minutes')`,
        'key, local_start, peak, mean',
        'local_start',
      ),
    ).toEqual([
      // 60 s of 71, 30 s of 72, 60 s of 73 in 1800 s.
      [null, '2026-03-25T10:00:00', 2, 0.08],
      [null, '2026-03-25T10:30:00', 1, 0.02],
    ])
    expect(
      await ask(`concurrency(${during}, 'queue', '1 minute')`, 'local_start, peak, mean', 'local_start'),
    ).toHaveLength(60)
    expect(
      (await ask(`concurrency(${during}, 'queue', '1 minute')`, 'peak, mean', 'local_start')).slice(0, 3),
    ).toEqual([
      [2, 1.5],
      [1, 1],
      [0, 0],
    ])
  })

  test('by key: each queue apart', async () => {
    expect(await ask(`concurrency(${during}, 'queue', '1 hour', true)`, 'key, peak, mean', 'key')).toEqual([
      ['7', 2, 0.03],
      ['8', 1, 0.03],
    ])
  })

  test('a step that does not divide the time ends with it', async () => {
    expect(
      await ask(
        `concurrency('2026-03-25 10:00', '2026-03-25 10:01:30', 'queue', '1 minute')`,
        'local_start, peak, mean',
        'local_start',
      ),
    ).toEqual([
      ['2026-03-25T10:00:00', 2, 1.5],
      ['2026-03-25T10:01:00', 1, 1],
    ])
  })
})

test('percentile interpolates within a slot of a histogram that was made by width_bucket', async () => {
  const { rows } = await sql<{ median: number; p90: number; none: number | null; last: number }>`
    with slot as (
      select number, count(value) as counted
      from generate_series(1, 16) number
      left join generate_series(0, 99) value
        on width_bucket(value::numeric, array[1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200]::numeric[]) + 1 = number
      group by 1
    )
    select analytics.percentile(array_agg(counted order by number), 0.5)::float as median,
           analytics.percentile(array_agg(counted order by number), 0.9)::float as p90,
           analytics.percentile(array_fill(0::bigint, array[16]), 0.5) as none,
           analytics.percentile(array_fill(0::bigint, array[15]) || 3::bigint, 0.5)::float as last
    from slot
  `.execute(database.db)
  // 0 to 99 evenly: 45 to 59 in one slot, 60 to 89 in another.
  expect(rows).toEqual([{ median: 50, p90: 90, none: null, last: 1200 }])
})

test.each([
  ["service_level('2026-03-05', '2026-03-05', 0)", 'target_seconds must be a number of seconds above 0'],
  ["service_level('2026-03-05', '2026-03-05', 20, null, 'some')", 'count_abandons must be none, long or all'],
  ["repeat_contacts('2026-03-05', '2026-03-05', '0 days')", 'within must be an interval above 0'],
  ["repeat_contacts('2026-03-05', '2026-03-05', '1 day', true, 'phone')", 'by must be customer or contact'],
  ["concurrency('2026-03-05', '2026-03-06', 'team')", 'what must be queue, agent or virtual_agent'],
  [
    "concurrency('2026-03-05', '2026-03-06', 'agent', '1 month')",
    'step must be an interval above 0 without months',
  ],
  [
    "concurrency('2026-03-05', '2026-03-06', 'agent', '1 second')",
    'at most 10000 steps: choose a longer step or less time',
  ],
  ["csat('2026-03-05', '2026-03-05', 0)", 'max_rating must be above 0'],
  ["interval_feed('2026-03-05', '2026-03-05', 7)", 'minutes must divide a day: 5, 10, 15, 30, 60 and so on'],
  ["percentile('{1}', 0.5)", 'a histogram has 16 counts'],
  ['percentile(array_fill(1::bigint, array[16]), 50)', 'p must be between 0 and 1'],
])('%s is refused: %s', async (call, message) => {
  await expect(ask(call, '1')).rejects.toMatchObject({ code: '22023', message })
})
