import { expect, test } from 'vitest'
import { accountLeaves, lostLeaves } from './account-leaves.ts'
import { call, callText, chat, mapOne, sessionRow } from './map-document.ts'

// Contract, section g, rules 11 and 19: values in other shapes and spellings keep their column if it can hold them.

test.each([
  ['text', 'order 66', 'order 66'],
  ['a list', ['order 66', 'blue'], '["order 66","blue"]'],
  ['a list of one', ['order 66'], '["order 66"]'],
  ['an object', { order: 66 }, '{"order":66}'],
  ['a number', 66, '66'],
  ['a boolean', false, 'false'],
])('rule 19: text of unknown shape may be %s, and stays in its column', (_what, sent, stored) => {
  const { rows, drift } = mapOne(
    call({ smart_action_text: sent, participants: [{ id: 1, caller_id: sent }] }),
  )
  expect(rows.session).toMatchObject([{ smart_action_text: stored }])
  expect(rows.session[0]?.extra).toBeUndefined()
  expect(rows.call_participant).toMatchObject([{ caller_id: stored }])
  expect(drift).toEqual([])
})

test('rule 19: blank text of unknown shape is null', () => {
  const { rows } = mapOne(call({ smart_action_text: ' ', participants: [{ id: 1, caller_id: '' }] }))
  expect([rows.session[0]?.smart_action_text, rows.call_participant[0]?.caller_id]).toEqual([
    undefined,
    undefined,
  ])
})

test('rule 19: a number that does not fit a double is exact within text of unknown shape', () => {
  const row = sessionRow(callText('"smart_action_text":[12345678901234567890,1e999]'))
  expect(row.smart_action_text).toBe('[12345678901234567890,1e999]')
})

test.each([
  ['text', 'x'],
  ['a list', [1, 'x']],
  ['an object', { a: { b: 1 } }],
  ['a number', 7],
  ['a boolean', true],
])('rule 19: a column of JSON takes %s', (_what, sent) => {
  const own = ['custom_data_secured', 'custom_data_not_secured', 'sip_headers', 'automation_redirection']
  const ofParticipant = [
    'teams',
    'location',
    'agent_assist',
    'virtual_agent',
    'virtual_agent_params',
    'sip_headers',
  ]
  const participant = Object.fromEntries(ofParticipant.map((key) => [key, sent]))
  const { rows } = mapOne(
    call({ ...Object.fromEntries(own.map((key) => [key, sent])), participants: [{ id: 1, ...participant }] }),
  )
  expect(rows.session).toMatchObject([
    { custom_data_secured: sent, custom_data: sent, sip_headers: sent, automation_redirection: sent },
  ])
  expect(rows.session[0]?.extra).toBeUndefined()
  expect(rows.call_participant).toMatchObject([participant])
})

test.each(['wait_time_sms', 'in_call_sms'])(
  'rule 19: an SMS of %s may be an object, text, or a single value',
  (key) => {
    const phase = key === 'in_call_sms' ? 'in_call' : 'waiting'
    const messages = (sent: unknown) => mapOne(call({ [key]: sent })).rows.session_message
    expect(messages(['Hello', { body: 'Bye', to: 15550100 }])).toMatchObject([
      { phase, ordinal: 1, body: 'Hello' },
      { phase, ordinal: 2, body: 'Bye', to_number: '15550100' },
    ])
    expect(messages('Hello')).toMatchObject([{ phase, ordinal: 1, body: 'Hello' }])
    expect(messages({ text: 'Hello', mood: 1 })).toMatchObject([{ phase, body: 'Hello', extra: { mood: 1 } }])
    for (const odd of [7, true, ' ', { '0': { text: 'Hello' } }]) {
      expect(messages(odd)).toEqual([])
      expect(sessionRow(call({ [key]: odd })).extra).toEqual({ [key]: odd })
    }
    expect(sessionRow(call({ [key]: ['Hello', 7, [1]] })).extra).toEqual({ [key]: [7, [1]] })
  },
)

test('an object in place of a list is its single element', () => {
  const redaction = { start: '2026-03-23T20:15:35.473Z', duration: 2.94 }
  const { rows } = mapOne(
    call({
      participants: { id: 1, type: 'agent' },
      dispositions: { code: 'Resolved' },
      photos: { id: 4 },
      offer_events: { group: 'Group 1' },
      recordings: { id: 9, redaction_times: redaction },
    }),
  )
  expect(rows.call_participant).toMatchObject([{ participant_id: '1', type: 'agent' }])
  expect(rows.disposition).toMatchObject([{ ordinal: 1, code: 'Resolved' }])
  expect(rows.media).toMatchObject([{ media_type: 'photo', media_id: '4' }])
  expect(rows.offer_event).toMatchObject([{ ordinal: 1, group_name: 'Group 1' }])
  expect(rows.recording).toMatchObject([{ recording_id: '9' }])
  expect(rows.recording[0]?.extra).toBeUndefined()
  expect(rows.recording_redaction).toMatchObject([{ recording_id: '9', ordinal: 1, duration_seconds: 2.94 }])
  expect(rows.session[0]?.extra).toBeUndefined()
})

test.each([
  ['participants', { type: 'agent' }],
  ['participants', { '17': { id: 17 } }],
  ['dispositions', { first: { code: 'Resolved' } }],
  ['recordings', 'x'],
])('I6 what stands in %s and is no row stays in extra, whole: %j', (key, sent) => {
  const { rows } = mapOne(call({ [key]: sent }))
  expect(rows.session).toMatchObject([{ extra: { [key]: sent } }])
  expect([rows.call_participant, rows.disposition, rows.recording]).toEqual([[], [], []])
})

test('a single value sent as a list with one element keeps its column', () => {
  const sent = call({
    rating: [5],
    status: ['Finished'],
    verified: ['True'],
    email: ['jane@example.com'],
    ends_at: ['2026-03-23T13:20:00.000-07:00'],
    menu_path: { materialized_path: ['6', 8] },
    agent_info: { id: [5], email: ['a@example.com'], agent_number: [1660] },
    participants: [{ id: [1], user_id: ['7'] }],
  })
  expect(sessionRow(sent)).toMatchObject({
    rating: 5,
    status: 'finished',
    verified: true,
    email: 'jane@example.com',
    ended_at: '2026-03-23T20:20:00.000000Z',
    menu_path_ids: ['6', '8'],
    agent_id: '5',
    agent_email: 'a@example.com',
    agent_number: '1660',
  })
  expect(sessionRow(sent).extra).toBeUndefined()
  expect(mapOne(sent).rows.call_participant).toMatchObject([{ participant_id: '1', user_id: '7' }])
  expect(mapOne(sent).revision.latestEventAt).toBe('2026-03-23T20:20:00.000000Z')
})

test('I6 a list of several values, or of lists, is not a single value and is kept as sent', () => {
  const sent = {
    rating: [4, 5],
    verified: [[true]],
    email: [{ a: 1 }],
    menu_path: { materialized_path: [6, 'x'] },
  }
  const row = sessionRow(call(sent))
  expect(row.extra).toEqual(sent)
  for (const column of ['rating', 'verified', 'email', 'menu_path_ids']) expect(row[column]).toBeUndefined()
})

test.each([true, 'true', 'True', 'TRUE', ' true ', 1, '1', 1.0])(
  'rule 11: the boolean %j is true',
  (sent) => {
    expect(sessionRow(call({ verified: sent }))).toMatchObject({ verified: true })
  },
)

test.each([false, 'false', 'False', 'FALSE', 0, '0', -0])('rule 11: the boolean %j is false', (sent) => {
  expect(sessionRow(call({ verified: sent }))).toMatchObject({ verified: false })
})

test.each(['yes', 'no', 't', 'f', 'on', 2, '2', 'truee', {}.toString()])(
  'I6 %j is not a documented boolean, and is kept as sent',
  (sent) => {
    expect(sessionRow(call({ verified: sent }))).toMatchObject({ extra: { verified: sent } })
  },
)

test.each([
  ['12', 12, '12'],
  [' 12 ', 12, '12'],
  ['+12', 12, '+12'],
  ['012', 12, '012'],
  ['12.0', 12, '12.0'],
  [12.0, 12, 12],
  ['1e3', 1_000, '1e3'],
  ['1.2E+1', 12, '1.2E+1'],
  ['1200e-2', 12, '1200e-2'],
  [1e3, 1_000, 1_000],
  ['-5', -5, '-5'],
  ['0.0', 0, '0.0'],
  ['-0', 0, '-0'],
  [-0, 0, 0],
])('rule 11: the number %j is read as a whole one and as a decimal one', (sent, integer, numeric) => {
  const row = sessionRow(chat({ message_count: sent, average_response_time: sent }))
  expect(row.message_count).toBe(integer)
  expect(row.average_response_seconds).toBe(numeric)
  expect(row.extra).toBeUndefined()
})

test('rule 11: minus zero is zero in every number', () => {
  const row = sessionRow(callText('"parent_id":-0,"call_duration":-0.0,"rating":-0'))
  for (const column of ['parent_id', 'duration_seconds', 'rating']) {
    expect(Object.is(row[column] === '0' ? 0 : row[column], 0), column).toBe(true)
  }
})

test.each([
  ['1,234'],
  ['1.234,5'],
  ['1 234'],
  ['1_000'],
  ['0x1F'],
  ['NaN'],
  ['Infinity'],
  ['-Infinity'],
  ['1e'],
  ['--1'],
  ['.5'],
  ['5.'],
  ['12s'],
  ['１２'],
  ['½'],
  [true],
])('I6 %j is no number, and is kept as sent', (sent) => {
  const row = sessionRow(chat({ message_count: sent, average_response_time: sent }))
  expect(row.message_count).toBeUndefined()
  expect(row.average_response_seconds).toBeUndefined()
  expect(row.extra).toEqual({ message_count: sent, average_response_time: sent })
})

test.each(['12.5', '125e-2', '1e10', '3000000000', '12.00000000000000000000001', '1.0000000000000001e1'])(
  'I6 %j is not a whole number that fits its column, and is kept as sent',
  (sent) => {
    const row = sessionRow(chat({ message_count: sent }))
    expect(row.message_count).toBeUndefined()
    expect(row.extra).toEqual({ message_count: sent })
  },
)

test('rule 11: text columns accept numbers and booleans, and ids of tickets and agents may be either', () => {
  expect(
    sessionRow(call({ out_ticket_id: 778120, feedback: 5, agent_info: { id: '5', agent_number: 1660 } })),
  ).toMatchObject({ ticket_id: '778120', feedback: '5', agent_id: '5', agent_number: '1660' })
})

test('only values are case-insensitive: a key in another case is another key, and is kept', () => {
  const { drift } = mapOne(call({ Rating: 5 }))
  expect(sessionRow(call({ Rating: 5 }))).toMatchObject({ extra: { Rating: 5 } })
  expect(drift).toEqual([{ path: 'Rating', type: 'number' }])
})

test.each([
  { participants: { id: 1, mood: ['x'] }, wait_time_sms: 'x', in_call_sms: ['y', { body: 'z' }, 7] },
  { smart_action_text: [[1, 'x'], { a: null }], recordings: [{ id: 1, redaction_times: { start: 'x' } }] },
  { rating: [[5]], dispositions: { a: { b: 1 } }, photos: [{ id: [4], url: ['x'] }] },
])('I6 nothing of %j is lost', (sent) => {
  const document = call(sent)
  expect(lostLeaves(accountLeaves(document, mapOne(document)))).toEqual([])
})
