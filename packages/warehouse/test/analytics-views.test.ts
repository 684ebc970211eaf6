import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

let database: TestDatabase

type Values = Record<string, unknown>

const agentKeys = { 501: '00000000-0000-4000-8000-000000000501', 502: '00000000-0000-4000-8000-000000000502' }
const key = {
  source: 'acme',
  channel: 'call',
  session_id: 1,
  session_created_at: '2026-03-05T06:50:00+00:00',
}

async function insert(table: string, ...rows: Values[]): Promise<void> {
  for (const row of rows) {
    const names = Object.keys(row).map((name) => sql.id(name))
    await sql`insert into ${sql.id('warehouse', table)} (${sql.join(names)}) values (${sql.join(Object.values(row))})`.execute(
      database.db,
    )
  }
}

/** Every row of a view, without the key of its session. */
async function rowsOf(view: string, order: string): Promise<Values[]> {
  const { rows } = await sql<{ row: Values }>`
    select to_jsonb(own) - '{source,channel,session_id,session_created_at}'::text[] as row
    from ${sql.id('analytics', view)} own order by ${sql.raw(order)}
  `.execute(database.db)
  return rows.map(({ row }) => row)
}

/**
 * One call at a tenant seven hours behind UTC, created at 23:50 and queued after midnight: menu, virtual agent, escalation
 * to a queue, talk with agent 501, a cold transfer to another queue, talk with agent 502 while 501 barges in.
 */
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  await insert(
    'agent',
    ...[501, 502].map((id) => ({
      ...{ source: 'acme', agent_id: id, agent_key: agentKeys[id as 501 | 502], name: `Agent ${id}` },
      ...{ first_seen_at: '2026-03-01T00:00:00Z', last_seen_at: '2026-03-05T00:00:00Z' },
    })),
  )
  const { session_created_at: createdAt, ...sessionKey } = key
  await insert('session', {
    ...{
      ...sessionKey,
      created_at: createdAt,
      local_created_at: '2026-03-04 23:50:00',
      utc_offset_minutes: -420,
    },
    ...{
      direction: 'inbound',
      session_type: 'Voice Inbound (IVR)',
      lang: 'en',
      status: 'finished',
      outcome: 'handled',
    },
    ...{ fail_reason: 'nothing', deflection: 'no_deflection', disconnected_by: 'disconnected_by_agent' },
    ...{
      first_menu_path_id: 71,
      first_menu_path: 'Main/Billing',
      last_menu_path_id: 72,
      last_menu_path: 'Main/Sales',
    },
    ...{ virtual_agent_first: true, queue_entries: 2, handled_interactions: 2, completed_transfers: 1 },
    ...{ answer_seconds: 20, queue_wait_seconds: 50, wait_seconds: 56, talk_seconds: 150, hold_seconds: 10 },
    ...{ acw_seconds: 30, bcw_seconds: 0, handle_seconds: 190, handle_from_assignment_seconds: 195 },
    ...{
      duration_seconds: 400,
      rating: 4,
      has_feedback: true,
      feedback: 'fine',
      support_number: '+18005550100',
    },
    ...{ customer_key: '00000000-0000-4000-8000-000000000001', custom: '{"Tier":"gold"}', verified: true },
    ...{
      updated_at: '2026-03-05T08:00:00Z',
      loaded_at: '2026-03-05T08:01:00Z',
      bucket: 'files',
      object_key: '1',
    },
  })
  const inQueue = { ...key, is_transfer: false, direction: 'inbound', lang: 'en', outcome: 'answered' }
  await insert(
    'queue_duration',
    {
      ...{ ...inQueue, queue_duration_id: 11, agent_id: 501, menu_path_id: 71, menu_path: 'Main/Billing' },
      ...{ started_at: '2026-03-05T07:01:00Z', ended_at: '2026-03-05T07:01:20Z', duration_seconds: 20 },
      ...{
        local_started_at: '2026-03-05 00:01:00',
        is_first: true,
        is_last: false,
        service_level_event: 'in_sla',
      },
      ...{
        service_level_target_seconds: 30,
        service_level_target_percent: 80,
        service_level_abandon_seconds: 5,
      },
      is_short_abandon: false,
    },
    {
      ...{ ...inQueue, queue_duration_id: 12, agent_id: 502, menu_path_id: 72, menu_path: 'Main/Sales' },
      ...{ started_at: '2026-03-05T07:03:00Z', ended_at: '2026-03-05T07:03:30Z', duration_seconds: 30 },
      ...{
        local_started_at: '2026-03-05 00:03:00',
        is_first: false,
        is_last: true,
        service_level_event: 'not_in_sla',
      },
      ...{ is_transfer: true, transfer_id: 31, is_transfer_cold: true },
    },
    // From agent to agent: no queue.
    {
      ...key,
      queue_duration_id: 13,
      started_at: '2026-03-05T07:03:00Z',
      duration_seconds: 6,
      local_started_at: '2026-03-05 00:03:00',
    },
  )
  const handled = {
    ...key,
    direction: 'inbound',
    lang: 'en',
    counts_as_handled: false,
    interaction_bcw_seconds: null,
  }
  await insert(
    'handle_duration',
    {
      ...{
        ...handled,
        handle_duration_id: 21,
        agent_id: 501,
        menu_path_id: 71,
        menu_path: 'Main/Billing',
        kind: 'talk',
      },
      ...{
        started_at: '2026-03-05T07:01:20Z',
        ended_at: '2026-03-05T07:03:00Z',
        duration_seconds: 100,
        hold_seconds: 10,
      },
      ...{
        assigned_connection_seconds: 5,
        local_started_at: '2026-03-05 00:01:20',
        counts_as_handled: true,
        is_transfer: false,
      },
      ...{ interaction_talk_seconds: 90, interaction_hold_seconds: 10, interaction_acw_seconds: 30 },
      ...{
        interaction_bcw_seconds: 0,
        interaction_wait_seconds: 20,
        interaction_connect_seconds: 5,
        interaction_ended_at: '2026-03-05T07:03:30Z',
      },
    },
    {
      ...{
        ...handled,
        handle_duration_id: 22,
        agent_id: 501,
        menu_path_id: 71,
        menu_path: 'Main/Billing',
        kind: 'wrap_up',
      },
      ...{
        started_at: '2026-03-05T07:03:00Z',
        ended_at: '2026-03-05T07:03:30Z',
        duration_seconds: 0,
        acw_seconds: 30,
      },
      local_started_at: '2026-03-05 00:03:00',
    },
    {
      ...{
        ...handled,
        handle_duration_id: 23,
        agent_id: 502,
        menu_path_id: 72,
        menu_path: 'Main/Sales',
        kind: 'talk',
      },
      ...{
        started_at: '2026-03-05T07:03:30Z',
        ended_at: '2026-03-05T07:04:30Z',
        duration_seconds: 60,
        hold_seconds: 0,
      },
      ...{
        local_started_at: '2026-03-05 00:03:30',
        counts_as_handled: true,
        is_transfer: true,
        is_transfer_cold: true,
      },
      ...{
        transfer_id: 31,
        interaction_talk_seconds: 60,
        interaction_hold_seconds: 0,
        interaction_acw_seconds: 0,
      },
      ...{
        interaction_bcw_seconds: 0,
        interaction_connect_seconds: 0,
        interaction_ended_at: '2026-03-05T07:04:30Z',
      },
    },
    {
      ...{
        ...handled,
        handle_duration_id: 24,
        agent_id: 501,
        menu_path_id: 72,
        menu_path: 'Main/Sales',
        kind: 'barge',
      },
      ...{
        started_at: '2026-03-05T07:04:00Z',
        ended_at: '2026-03-05T07:04:22Z',
        duration_seconds: 22,
        hold_seconds: 2,
      },
      ...{ local_started_at: '2026-03-05 00:04:00', transfer_id: 31, acw_seconds: 0 },
    },
    {
      ...{ ...handled, handle_duration_id: 25, agent_id: 999, kind: 'attempt', duration_seconds: 25 },
      ...{
        started_at: '2026-03-05T07:10:00Z',
        ended_at: '2026-03-05T07:10:25Z',
        local_started_at: '2026-03-05 00:10:00',
      },
      ...{ interaction_talk_seconds: 25, interaction_hold_seconds: 0, interaction_acw_seconds: 3 },
      ...{
        interaction_bcw_seconds: 7,
        interaction_connect_seconds: 2,
        interaction_ended_at: '2026-03-05T07:10:28Z',
      },
    },
  )
  await insert('transfer', {
    ...{
      ...key,
      transfer_id: 31,
      status: 'transferred',
      fail_reason: 'nothing',
      deflection: 'no_deflection',
    },
    ...{
      created_at: '2026-03-05T07:02:55Z',
      connected_at: '2026-03-05T07:03:30Z',
      local_created_at: '2026-03-05 00:02:55',
    },
    ...{
      wait_seconds: 35,
      duration_seconds: 60,
      is_cold: true,
      from_menu_path_id: 71,
      from_menu_path: 'Main/Billing',
    },
    ...{
      to_menu_path_id: 72,
      to_menu_path: 'Main/Sales',
      from_agent_id: 501,
      to_agent_id: 502,
      target_kind: 'queue',
    },
  })
  await insert('virtual_agent_handle_duration', {
    ...{
      ...key,
      virtual_agent_handle_duration_id: 41,
      virtual_agent_id: 8,
      virtual_agent_name: 'Ada',
      virtual_agent_alias: 'A',
    },
    ...{
      started_at: '2026-03-05T06:50:30Z',
      ended_at: '2026-03-05T07:01:00Z',
      duration_seconds: 630,
      initiated_by: 'end_user',
    },
    ...{ finish_reason: 'escalated', escalation_reason: 'by_consumer', sentiment: 0.5, response_count: 9 },
    ...{
      fallback_response_count: 2,
      local_started_at: '2026-03-04 23:50:30',
      direction: 'inbound',
      is_first: true,
    },
    ...{ outcome: 'escalated_answered', is_transfer: false },
  })
  await insert('escalation', {
    ...{
      ...key,
      escalation_id: 51,
      status: 'escalated',
      reason: 'by_consumer',
      created_at: '2026-03-05T07:00:50Z',
    },
    ...{
      escalated_at: '2026-03-05T07:01:00Z',
      from_virtual_agent_id: 8,
      from_virtual_agent_name: 'Ada',
      to_agent_id: 501,
    },
    ...{ to_menu_path: 'Main/Billing', local_at: '2026-03-05 00:00:50' },
  })
  await insert('deflected_escalation', {
    ...{
      ...key,
      deflected_escalation_id: 52,
      escalation_id: 51,
      escalation_reason: 'by_consumer',
      deflection: 'after_hours_voicemail',
    },
    ...{
      virtual_agent_id: 8,
      virtual_agent_name: 'Ada',
      menu_path_id: 71,
      menu_path: 'Main/Billing',
      local_at: '2026-03-05 00:00:51',
    },
  })
  await insert('deflection', {
    ...key,
    deflection_id: 53,
    transfer_id: 31,
    deflection: 'unheard_of',
    local_at: '2026-03-05 00:02:55',
  })
  await insert('consumer_event_duration', {
    ...{
      ...key,
      consumer_event_duration_id: 61,
      type: 'csat',
      event: 'finished',
      duration_seconds: 12,
      menu_path_id: 72,
    },
    ...{
      started_at: '2026-03-05T07:05:00Z',
      ended_at: '2026-03-05T07:05:12Z',
      local_at: '2026-03-05 00:05:00',
    },
  })
  await insert('consumer_in_menu_duration', {
    ...{
      ...key,
      consumer_in_menu_duration_id: 62,
      event: 'finished',
      duration_seconds: 30,
      menu_path: 'Main',
    },
    ...{
      started_at: '2026-03-05T06:50:00Z',
      ended_at: '2026-03-05T06:50:30Z',
      local_at: '2026-03-04 23:50:00',
    },
  })
  await insert('recording', {
    ...key,
    recording_id: 63,
    recording_type: 'call',
    duration_seconds: 160.5,
    local_at: '2026-03-05 00:01:20',
  })
  await insert(
    'recording_redaction',
    { ...key, recording_id: 63, ordinal: 1, duration_seconds: 3.25 },
    { ...key, recording_id: 63, ordinal: 2, duration_seconds: 1 },
    // Of another recording.
    { ...key, recording_id: 64, ordinal: 1, duration_seconds: 100 },
  )
  await insert('disposition', {
    ...{
      ...key,
      ordinal: 1,
      user_id: 501,
      code: 'Paid',
      note: 'said her name',
      list: 'Billing',
      list_path: 'All/Billing',
    },
    local_at: '2026-03-05 00:01:20',
  })
  await insert('session_message', {
    ...key,
    phase: 'in_call',
    ordinal: 1,
    status: 'sent',
    body: 'Hello',
    to_number: '+1',
    local_at: '2026-03-05 00:02:00',
  })
  await insert('offer_event', { ...key, ordinal: 1, group_name: 'Level 1', local_at: '2026-03-05 00:01:10' })
  await insert('queue', {
    ...{
      source: 'acme',
      menu_path_id: 71,
      menu_path: 'Main/Billing',
      target_seconds: 30,
      target_percent: 80,
    },
    ...{ abandon_seconds: 5, first_seen_at: '2026-03-01T00:00:00Z', last_seen_at: '2026-03-05T00:00:00Z' },
  })
})
afterAll(() => database.drop())

test('session: local half hour and weekday, labels of its channel, the line, no free text', async () => {
  const [row] = await rowsOf('session', '1')
  expect(row).toMatchObject({
    ...{
      local_created_at: '2026-03-04T23:50:00',
      local_day: '2026-03-04',
      local_half_hour: '2026-03-04T23:30:00',
      weekday: 3,
    },
    ...{
      session_type: 'Voice Inbound (IVR)',
      is_campaign: false,
      status_label: 'Finished',
      outcome: 'handled',
    },
    ...{ first_menu_path_id: 71, last_menu_path: 'Main/Sales', queue_entries: 2, handled_interactions: 2 },
    ...{
      answer_seconds: 20,
      queue_wait_seconds: 50,
      wait_seconds: 56,
      handle_seconds: 190,
      rating: 4,
      has_feedback: true,
    },
    ...{ line: '+18005550100', customer_key: '00000000-0000-4000-8000-000000000001', contact_key: null },
    ...{ custom: { Tier: 'gold' } },
  })
  for (const label of ['type_label', 'fail_label', 'deflection_label']) expect(row?.[label]).toMatch(/^\w/)
  expect(JSON.stringify(row)).not.toContain('fine')
})

test.each([
  ['Voice Inbound (IVR)', 'inbound', '+18005550100'],
  ['Voice Callback (Web)', 'inbound', '+18005550100'],
  ['Voice Inbound (Direct)', 'inbound', null],
  ['Voice Inbound (Extension)', 'inbound', null],
  ['Voice Inbound (Own Number)', 'inbound', null],
  ['Voice Outbound', 'outbound', null],
  ['Voice Internal', 'internal', null],
  [null, 'inbound', null],
])('I10 the line of a session of the type %s is %s, %s', async (type, direction, line) => {
  await sql`update warehouse.session set session_type = ${type}, direction = ${direction}`.execute(
    database.db,
  )
  expect((await rowsOf('session', '1'))[0]?.line).toBe(line)
  await sql`update warehouse.session set session_type = 'Voice Inbound (IVR)', direction = 'inbound'`.execute(
    database.db,
  )
})

test('queue_entry: a row for each stay with a queue, on its own local day, which may be another than the session’s', async () => {
  expect(await rowsOf('queue_entry', 'queue_duration_id')).toEqual([
    {
      ...{
        queue_duration_id: 11,
        local_started_at: '2026-03-05T00:01:00',
        local_day: '2026-03-05',
        menu_path_id: 71,
      },
      ...{
        menu_path: 'Main/Billing',
        lang: 'en',
        direction: 'inbound',
        agent_key: agentKeys[501],
        wait_seconds: 20,
      },
      ...{
        is_first: true,
        is_last: false,
        is_transfer: false,
        is_cold: null,
        transfer_id: null,
        outcome: 'answered',
      },
      ...{ is_short_abandon: false, service_level_event: 'in_sla', target_seconds: 30, target_percent: 80 },
      ...{ abandon_threshold_seconds: 5, entries: 1, answered: 1, abandoned: 0, in_sla: 1, out_sla: 0 },
    },
    {
      ...{
        queue_duration_id: 12,
        local_started_at: '2026-03-05T00:03:00',
        local_day: '2026-03-05',
        menu_path_id: 72,
      },
      ...{
        menu_path: 'Main/Sales',
        lang: 'en',
        direction: 'inbound',
        agent_key: agentKeys[502],
        wait_seconds: 30,
      },
      ...{
        is_first: false,
        is_last: true,
        is_transfer: true,
        is_cold: true,
        transfer_id: 31,
        outcome: 'answered',
      },
      ...{
        is_short_abandon: null,
        service_level_event: 'not_in_sla',
        target_seconds: null,
        target_percent: null,
      },
      ...{ abandon_threshold_seconds: null, entries: 1, answered: 1, abandoned: 0, in_sla: 0, out_sla: 1 },
    },
  ])
})

describe('agents', () => {
  test('handled_interaction: one row for each agent and transfer, with the sums of its rows', async () => {
    expect(await rowsOf('handled_interaction', 'handle_duration_id')).toEqual([
      {
        ...{ handle_duration_id: 21, local_started_at: '2026-03-05T00:01:20', local_day: '2026-03-05' },
        ...{
          agent_key: agentKeys[501],
          menu_path_id: 71,
          menu_path: 'Main/Billing',
          lang: 'en',
          direction: 'inbound',
        },
        ...{
          is_transfer: false,
          is_cold: null,
          transfer_id: null,
          talk_seconds: 90,
          hold_seconds: 10,
          acw_seconds: 30,
        },
        ...{
          bcw_seconds: 0,
          wait_seconds: 20,
          connect_seconds: 5,
          handle_seconds: 130,
          handle_from_assignment_seconds: 135,
        },
        ...{ response_count: null, response_seconds_total: null, response_seconds_max: null },
      },
      {
        ...{ handle_duration_id: 23, local_started_at: '2026-03-05T00:03:30', local_day: '2026-03-05' },
        ...{
          agent_key: agentKeys[502],
          menu_path_id: 72,
          menu_path: 'Main/Sales',
          lang: 'en',
          direction: 'inbound',
        },
        ...{
          is_transfer: true,
          is_cold: true,
          transfer_id: 31,
          talk_seconds: 60,
          hold_seconds: 0,
          acw_seconds: 0,
        },
        ...{
          bcw_seconds: 0,
          wait_seconds: null,
          connect_seconds: 0,
          handle_seconds: 60,
          handle_from_assignment_seconds: 60,
        },
        ...{ response_count: null, response_seconds_total: null, response_seconds_max: null },
      },
    ])
  })

  test('agent_attempt and barge: what handled_interaction leaves out; an agent without a row has no key', async () => {
    expect(await rowsOf('agent_attempt', '1')).toEqual([
      {
        ...{
          handle_duration_id: 25,
          local_started_at: '2026-03-05T00:10:00',
          local_day: '2026-03-05',
          kind: 'attempt',
        },
        ...{
          agent_key: null,
          menu_path_id: null,
          menu_path: null,
          lang: 'en',
          direction: 'inbound',
          is_transfer: null,
        },
        ...{
          is_cold: null,
          transfer_id: null,
          talk_seconds: 25,
          hold_seconds: 0,
          acw_seconds: 3,
          bcw_seconds: 7,
        },
        ...{ connect_seconds: 2, handle_seconds: 35, handle_from_assignment_seconds: 37 },
      },
    ])
    expect(await rowsOf('barge', '1')).toEqual([
      {
        ...{ handle_duration_id: 24, local_started_at: '2026-03-05T00:04:00', local_day: '2026-03-05' },
        ...{
          agent_key: agentKeys[501],
          menu_path_id: 72,
          menu_path: 'Main/Sales',
          lang: 'en',
          direction: 'inbound',
        },
        ...{ transfer_id: 31, talk_seconds: 20, hold_seconds: 2, acw_seconds: 0 },
      },
    ])
  })

  test('transfer and disposition name agents by key, and dispositions have no note', async () => {
    expect(await rowsOf('transfer', '1')).toMatchObject([
      {
        ...{
          transfer_id: 31,
          local_created_at: '2026-03-05T00:02:55',
          local_day: '2026-03-05',
          from_menu_path_id: 71,
        },
        ...{
          to_menu_path_id: 72,
          from_agent_key: agentKeys[501],
          to_agent_key: agentKeys[502],
          target_kind: 'queue',
        },
        ...{ is_cold: true, status: 'transferred', completed: 1, wait_seconds: 35, talk_seconds: 60 },
      },
    ])
    expect(await rowsOf('disposition', '1')).toEqual([
      {
        ...{
          ordinal: 1,
          local_at: '2026-03-05T00:01:20',
          local_day: '2026-03-05',
          agent_key: agentKeys[501],
        },
        ...{ transfer_id: null, code: 'Paid', ujet_code_id: null, custom_code_id: null, list: 'Billing' },
        ...{ list_path: 'All/Billing', ujet_list_id: null, custom_list_id: null },
      },
    ])
  })
})

test('virtual agents and what they hand over', async () => {
  expect(await rowsOf('virtual_agent_interaction', '1')).toMatchObject([
    {
      ...{
        virtual_agent_handle_duration_id: 41,
        local_day: '2026-03-04',
        virtual_agent_id: 8,
        virtual_agent_alias: 'A',
      },
      ...{
        is_first: true,
        outcome: 'escalated_answered',
        seconds: 630,
        sentiment: 0.5,
        response_count: 9,
        fallback_count: 2,
      },
    },
  ])
  expect(await rowsOf('escalation', '1')).toMatchObject([
    {
      escalation_id: 51,
      local_day: '2026-03-05',
      status: 'escalated',
      to_agent_key: agentKeys[501],
      seconds: 10,
    },
  ])
  expect(await rowsOf('deflected_escalation', '1')).toMatchObject([
    { deflected_escalation_id: 52, escalation_id: 51, deflection: 'after_hours_voicemail', menu_path_id: 71 },
  ])
})

test('the other parts of a session; a word that is in no vocabulary has no label', async () => {
  expect(await rowsOf('deflection', '1')).toEqual([
    {
      ...{ deflection_id: 53, local_at: '2026-03-05T00:02:55', local_day: '2026-03-05', transfer_id: 31 },
      ...{ deflection: 'unheard_of', deflection_label: null, from_menu_path: null },
    },
  ])
  expect(await rowsOf('survey', '1')).toMatchObject([
    { type: 'csat', event: 'finished', seconds: 12, local_day: '2026-03-05' },
  ])
  expect(await rowsOf('menu_stay', '1')).toMatchObject([
    { event: 'finished', seconds: 30, local_day: '2026-03-04' },
  ])
  expect(await rowsOf('recording', '1')).toMatchObject([
    { recording_id: 63, seconds: 160.5, redacted_seconds: 4.25 },
  ])
  expect(await rowsOf('sms', '1')).toEqual([
    {
      phase: 'in_call',
      ordinal: 1,
      local_at: '2026-03-05T00:02:00',
      local_day: '2026-03-05',
      status: 'sent',
    },
  ])
  expect(await rowsOf('offer', '1')).toEqual([
    { ordinal: 1, local_at: '2026-03-05T00:01:10', local_day: '2026-03-05', group_name: 'Level 1' },
  ])
})

test('segment and timeline: the session in the order of time', async () => {
  const said = (rows: Values[]) => rows.map(({ ordinal, kind, seconds }) => `${ordinal} ${kind} ${seconds}`)
  const segments = await rowsOf('segment', 'ordinal')
  expect(said(segments)).toEqual([
    ...['1 menu 30', '2 virtual_agent 630', '3 queue 20', '4 ring 5', '5 talk 100', '6 transfer 35'],
    // The wait from agent to agent has no end.
    ...[
      '7 queue 30',
      '8 wrap_up 30',
      '9 queue 6',
      '10 talk 60',
      '11 barge 22',
      '12 survey 12',
      '13 attempt 25',
    ],
  ])
  expect(segments[3]).toMatchObject({
    started_at: '2026-03-05T07:01:15+00:00',
    ended_at: '2026-03-05T07:01:20+00:00',
  })
  expect(segments[4]).toMatchObject({ agent_key: agentKeys[501], hold_seconds: 10, menu_path_id: 71 })
  const { rows } = await sql<{ row: Values }>`
    select to_jsonb(own) as row from analytics.timeline('acme', 'call', 1) own
  `.execute(database.db)
  expect(rows.map(({ row }) => row)).toEqual(segments)
  expect((await sql`select * from analytics.timeline('acme', 'chat', 1)`.execute(database.db)).rows).toEqual(
    [],
  )
})

test('dimensions: a queue by the levels of its path, days without a session, every word once for each channel', async () => {
  expect(await rowsOf('queue', '1')).toMatchObject([
    {
      menu_path_id: 71,
      name: 'Billing',
      level_1: 'Main',
      level_2: 'Billing',
      level_3: null,
      abandon_threshold_seconds: 5,
    },
  ])
  const { rows: days } = await sql<{ row: Values }>`
    select to_jsonb(own) as row from analytics.calendar own where local_day = '2026-01-01'
  `.execute(database.db)
  expect(days).toEqual([
    {
      row: {
        ...{
          local_day: '2026-01-01',
          week_start: '2025-12-29',
          month_start: '2026-01-01',
          quarter_start: '2026-01-01',
        },
        ...{ iso_year: 2026, iso_week: 1, weekday: 4, weekday_name: 'Thursday', is_weekend: false },
      },
    },
  ])
  const { rows: halves } =
    await sql`select count(*)::int as halves, max(local_time)::text as last from analytics.half_hour`.execute(
      database.db,
    )
  expect(halves).toEqual([{ halves: 48, last: '23:30:00' }])
  const { rows: twice } = await sql`
    select vocabulary, channel, value from analytics.word group by 1, 2, 3 having count(*) > 1
  `.execute(database.db)
  expect(twice).toEqual([])
  const { rows: words } = await sql`
    select count(distinct vocabulary)::int as vocabularies,
           (select count(*)::int from pg_class where relnamespace = 'analytics'::regnamespace and relname like '%\\_word') as views
    from analytics.word
  `.execute(database.db)
  expect(words).toEqual([{ vocabularies: 26, views: 26 }])
})

test('freshness and restatement_daily: what was stored when, by the heads', async () => {
  await sql`insert into ingest.source (name, bucket) values ('acme', 'files')`.execute(database.db)
  await sql`
    insert into ingest.session_head (source, channel, session_id, created_at, revision_updated_at, latest_event_at,
      object_last_modified, first_loaded_at, loaded_at, revision_count, mapping_version, content_sha256)
    values ('acme', 'call', 1, '2026-03-05 06:50Z', now(), now(), now(), '2026-03-05 08:01Z', '2026-03-09 23:30Z', 3, 1, ''),
           ('acme', 'call', 2, '2026-03-06 06:50Z', now(), now(), now(), '2026-03-06 08:01Z', '2026-03-06 08:01Z', 1, 1, '')
  `.execute(database.db)
  const { rows } = await sql<{
    row: Values
  }>`select to_jsonb(own) as row from analytics.freshness own`.execute(database.db)
  expect(rows).toEqual([
    {
      row: {
        ...{ source: 'acme', channel: 'call', newest_session_created_at: '2026-03-06T06:50:00+00:00' },
        newest_loaded_at: '2026-03-09T23:30:00+00:00',
        ...{ rollups_current_to: expect.any(String), changed_hours_waiting: 0 },
      },
    },
  ])
  expect(await rowsOf('restatement_daily', 'loaded_day')).toEqual([
    { local_day: '2026-03-04', loaded_day: '2026-03-05', sessions_first_stored: 1, sessions_revised: 0 },
    { local_day: '2026-03-04', loaded_day: '2026-03-09', sessions_first_stored: 0, sessions_revised: 1 },
  ])
})
