import { expect, test } from 'vitest'
import { call, callText, chat, mapOne } from './map-document.ts'

// Contract, section g, rule 17, and h.1: odd values are stored as sent and reported by path.

function oddOf(document: object) {
  return mapOne(call({ ...document })).drift
}

test.each([
  ['wait_duration', 'wait_duration|queue_duration'],
  ['call_duration', 'call_duration|chat_duration'],
  ['hold_duration', 'hold_duration'],
])('rule 17: a %s of a session below zero or over a day is reported', (key, path) => {
  expect(oddOf({ [key]: -1 })).toEqual([{ path, type: 'negative duration' }])
  expect(oddOf({ [key]: '-1.0' })).toEqual([{ path, type: 'negative duration' }])
  expect(oddOf({ [key]: 86_401 })).toEqual([{ path, type: 'duration over a day' }])
  for (const usual of [0, -0, 1, 86_400, null]) expect(oddOf({ [key]: usual })).toEqual([])
})

test('rule 17: odd durations of rows are reported by the path of their array, each once', () => {
  const document = {
    queue_durations: [
      { id: 1, queue_duration: -3, service_level_target_time: 90_000 },
      { id: 2, queue_duration: -4 },
    ],
    handle_durations: [{ id: 1, assigned_connection_duration: 100_000 }],
    recordings: [{ id: 1, duration: '100000.5', redaction_times: [{ duration: -2.94 }] }],
    in_queue_wait_time_va: [{ duration: -0.5 }],
  }
  expect(new Set(oddOf(document).map(({ path, type }) => `${path}: ${type}`))).toEqual(
    new Set([
      'queue_durations[].queue_duration|wait_duration: negative duration',
      'handle_durations[].assigned_connection_duration: duration over a day',
      'recordings[].duration: duration over a day',
      'recordings[].redaction_times[].duration: negative duration',
      'in_queue_wait_time_va[].duration: negative duration',
    ]),
  )
  expect(mapOne(call(document)).rows.queue_duration).toMatchObject([
    { duration_seconds: -3 },
    { duration_seconds: -4 },
  ])
  expect(mapOne(chat({ average_response_time: -1 })).drift).toEqual([
    { path: 'average_response_time', type: 'negative duration' },
  ])
})

const stay = {
  id: 1,
  queue_duration: 9,
  menu_path_id: 83,
  transfer_id: 12,
  agent_id: 5,
  started_at: '2026-03-23T13:14:28.000-07:00',
  ended_at: '2026-03-23T13:14:38.000-07:00',
}

test('rule 17: a repeated stay in a queue is stored twice, and reported', () => {
  const { rows, drift } = mapOne(call({ queue_durations: [stay, { ...stay, id: 2 }, { ...stay, id: 3 }] }))
  expect(rows.queue_duration).toHaveLength(3)
  expect(drift).toEqual([{ path: 'queue_durations[]', type: 'doubled row' }])
  const others = [
    { ...stay, id: 2, transfer_id: 13 },
    { ...stay, id: 3, queue_duration: 10 },
    { id: 4 },
    { id: 5 },
  ]
  expect(oddOf({ queue_durations: [stay, ...others] })).toEqual([])
})

test('rule 14: elements that became no row are reported by their array, not key by key', () => {
  const document = {
    queue_durations: [stay, stay],
    participants: [{ type: 'agent' }, { id: 'x', type: 'agent' }],
  }
  expect(oddOf(document)).toEqual([
    { path: 'participants[]', type: 'element without an id' },
    { path: 'queue_durations[]', type: 'doubled row' },
  ])
  expect(oddOf({ participants: ['x', 7], transfers: 'x' })).toEqual(
    expect.arrayContaining([
      { path: 'participants[]', type: 'string' },
      { path: 'participants[]', type: 'number' },
      { path: 'transfers', type: 'string' },
    ]),
  )
})

test('I6 a spelling that differs from its term is kept, and is not reported as unknown', () => {
  const { rows, drift } = mapOne(
    call({ recording_permission: 'Recording_Permission_Granted', disconnected_by: ['agent'] }),
  )
  expect(rows.session).toMatchObject([
    { recording_permission: 'granted', extra: { recording_permission: 'Recording_Permission_Granted' } },
  ])
  expect(drift).toEqual([])
})

test('I10 odd values are reported without the value', () => {
  const sent = callText('"call_duration":-987654,"queue_durations":[{"id":987654},{"id":987654}]')
  expect(JSON.stringify(mapOne(sent).drift)).not.toContain('987654')
})
