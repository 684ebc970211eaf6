import { expect, test } from 'vitest'
import { call, mapOne, readSent, sessionRow } from './map-document.ts'

// Contract, section g, from rule 16 on: rows, people, and whole sessions.

test('rule 16: the menu path’s id, the leaf’s id, and the path of ids are all kept', () => {
  const { rows } = mapOne(
    call({
      selected_menu: { id: 70 },
      menu_path: { name: 'a/b', materialized_path: '6/70' },
      queue_durations: [{ id: 1, menu_path_id: 83, menu_path: 'a/b' }],
    }),
  )
  expect(rows.session).toMatchObject([{ menu_id: '70', menu_path: 'a/b', menu_path_ids: ['6', '70'] }])
  expect(rows.queue_duration).toMatchObject([{ menu_path_id: '83', menu_path: 'a/b' }])
})

test('rule 17: durations that contradict each other, negative or over a day are stored as sent', () => {
  const { rows } = mapOne(
    call({
      call_duration: -5,
      hold_duration: 90_000,
      participants: [{ id: 1, hold_duration: 50 }],
      consumer_handle_durations: [{ id: 1, hold_duration: 13 }],
    }),
  )
  expect(rows.session).toMatchObject([{ duration_seconds: -5, hold_seconds: 90_000 }])
  expect(rows.call_participant).toMatchObject([{ hold_seconds: 50 }])
  expect(rows.consumer_handle_duration).toMatchObject([{ hold_seconds: 13 }])
})

test('rule 18: name and id of a session’s virtual agent come from the same agent', () => {
  const sent = call({ agent_info: { id: 6, va_alias: 'Aki' }, virtual_agent: { id: 9, name: 'Other' } })
  expect(sessionRow(sent)).toMatchObject({ virtual_agent_id: '6' })
  expect(sessionRow(sent).virtual_agent_name).toBeUndefined()
})

test('rule 18: agents are counted from the participants, not from agent_info', () => {
  expect(sessionRow(call({ agent_info: { id: 5, email: 'jane@example.com' } })).agent_count).toBe(0)
})

test.each([
  ['text', 'x'],
  ['a number', 4],
  ['an object', { a: [1] }],
  ['an array', [{ a: 1 }, 'x']],
])('rule 19: what has no known shape may be %s, and is kept as sent', (_what, shape) => {
  const keys = [
    'wait_time_sms',
    'in_call_sms',
    'smart_action_text',
    'transfer_limit',
    'automation_redirection',
  ]
  const { rows } = mapOne(
    call({ ...Object.fromEntries(keys.map((key) => [key, shape])), participants: [{ id: 1, teams: shape }] }),
  )
  expect(rows.call_participant).toMatchObject([{ teams: shape }])
  expect(rows.session).toMatchObject([{ automation_redirection: shape, extra: { transfer_limit: shape } }])
  const [session = {}] = rows.session
  const kept = JSON.stringify([session.smart_action_text, session.extra, rows.session_message])
  for (const value of [shape].flat()) {
    const values = typeof value === 'object' ? JSON.stringify(value).slice(1, -1) : String(value)
    expect(kept.split(values).length - 1).toBeGreaterThanOrEqual(3)
  }
})

test('rule 20: free maps are kept as sent, with any keys', () => {
  const map = { queueId: '92', queue_id: 92, QUEUE: null, nested: { call_id: 7, ended_at: 'x' } }
  const { rows } = mapOne(
    call({
      sip_headers: map,
      custom_data_secured: map,
      custom_data_not_secured: map,
      participants: [{ id: 1, virtual_agent_params: map, sip_headers: map }],
    }),
  )
  expect(rows.session).toMatchObject([{ sip_headers: map, custom_data: map, custom_data_secured: map }])
  expect(rows.call_participant).toMatchObject([{ virtual_agent_params: map, sip_headers: map }])
})

test('rule 21: unreadable documents are reported without content', () => {
  const broken = readSent('{"id": 7, "email": "jane.smith@example.com", oops')
  expect(JSON.stringify(broken)).not.toMatch(/jane|example|oops/)
  const drift = mapOne(call({ nickname: 'Janey', participants: [{ id: 1, mood: 'Janey' }] })).drift
  expect(drift).toEqual([
    { path: 'nickname', type: 'string' },
    { path: 'participants[].mood', type: 'string' },
  ])
})

test.each(['queued', 'connecting', 'va_connected', 'campaign_dialing', 'voicemail', 'never heard of'])(
  'rule 22: a session that is still %s is loaded',
  (status) => {
    const sent = call({ status, ends_at: null, connected_at: null })
    expect(sessionRow(sent).status).toBe(status)
    expect(mapOne(sent).endedAt).toBeNull()
  },
)

test('rule 23: open vocabularies are never a reason to refuse', () => {
  const sent = {
    rating: 5,
    voicemail_reason: 'over_cap_holiday',
    deflection: 'over_cap_sip',
    answer_type: 'auto',
    queue_durations: [{ id: 1, service_level_event: 'excluded' }],
    participants: [{ id: 1, type: 'third_party', entry_type: 'barge' }],
  }
  const { rows } = mapOne(call(sent))
  const { queue_durations: queues, participants, ...words } = sent
  expect(rows.session).toMatchObject([words])
  expect(rows.queue_duration).toMatchObject([{ service_level_event: queues[0]?.service_level_event }])
  expect(rows.call_participant).toMatchObject([{ type: participants[0]?.type, entry_type: 'barge' }])
})

test('rule 24: handle time starts at the acceptance; the time from the assignment is kept separately', () => {
  const talk = {
    id: 1,
    call_duration: 80,
    hold_duration: 30,
    acw_duration: 0,
    bcw_duration: 10,
    assigned_connection_duration: 6,
  }
  const wrapUp = { id: 2, call_duration: 0, acw_duration: 20, assigned_connection_duration: 0 }
  const { rows } = mapOne(call({ handle_durations: [talk, wrapUp] }))
  expect(rows.session).toMatchObject([
    { talk_seconds: 50, acw_seconds: 20, bcw_seconds: 10, handle_seconds: 110 },
  ])
  expect(rows.session).toMatchObject([{ handle_from_assignment_seconds: 116 }])
  expect(rows.handle_duration[0]).toMatchObject({ assigned_connection_seconds: 6 })
})

test('rule 24: a second alias of a duration, kept in extra, does not affect the sums', () => {
  const handle = { id: 1, call_duration: 80, chat_duration: 81, acw_duration: 0 }
  const { rows } = mapOne(call({ handle_durations: [handle] }))
  expect(rows.handle_duration).toMatchObject([{ duration_seconds: 80, extra: { chat_duration: 81 } }])
  expect(rows.session).toMatchObject([{ talk_seconds: 80, handle_seconds: 80 }])
})

test('rule 24: without a handle row the handle time is null, not 0', () => {
  expect(sessionRow(call({ handle_durations: [] })).handle_seconds).toBeUndefined()
})

test('rule 25: an e-mail session is skipped with its reason', () => {
  const sent = { id: 7, email_type: 'Email Inbound', status: 'finished', created_at: '2026-03-23T13:12:51Z' }
  expect(readSent(sent, 'email-7.json')).toEqual({ kind: 'ignored', reason: 'email_session' })
})

test('rule 26: a session is loaded at any age', () => {
  const sent = call({ created_at: '2014-02-01T00:00:00Z', updated_at: '2026-03-23T20:12:51Z' })
  expect(mapOne(sent)).toMatchObject({
    createdAt: '2014-02-01T00:00:00.000000Z',
    revision: { updatedAt: '2026-03-23T20:12:51.000000Z' },
  })
})
