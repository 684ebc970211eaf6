import { expect, test } from 'vitest'
import { call, chat, mapOne, sessionRow } from './map-document.ts'

// Contract, section g, rules 8 to 13: what single values become.

test.each([8, '8', '8.0', 'finished', 'Finished', 'FINISHED', ' finished '])(
  'rule 8: the call status %j is finished',
  (status) => {
    expect(sessionRow(call({ status }))).toMatchObject({ status: 'finished', status_code: 8 })
  },
)

test.each([
  ['va_connected', 14],
  ['VA Connected', 14],
  ['preview-pending', 15],
  [19, 19],
  ['requeued', 19],
  ['re_queued', 19],
  [81, 81],
])('rule 8: the call status %j has the code %j', (status, code) => {
  expect(sessionRow(call({ status })).status_code).toBe(code)
})

test.each(['teleported', '4711', 'very new'])('rule 8: the unknown status %j is stored as sent', (status) => {
  expect(sessionRow(call({ status })).status).toBe(status)
  expect(sessionRow(chat({ status })).status).toBe(status)
})

test('rule 8: other vocabularies also accept codes and words in any case', () => {
  const { rows } = mapOne(
    call({
      fail_reason: 20003,
      escalations: [{ id: 1, status: 4, reason: '1' }],
      deflection: 'No_Deflection',
    }),
  )
  expect(rows.session).toMatchObject([{ fail_reason: 'eu_abandoned', deflection: 'no_deflection' }])
  expect(rows.escalation).toMatchObject([{ status: 'deflected', reason: 'by_end_user_ask' }])
  expect(sessionRow(chat({ status: 'Finished' })).status).toBe('finished')
})

test('rule 9: a code has the meaning of its own channel', () => {
  expect(sessionRow(call({ fail_reason: 50001 })).fail_reason).toBe('stuck_due_to_api_error')
  expect(sessionRow(chat({ fail_reason: 50001 })).fail_reason).toBe('over_cap_email')
  expect(sessionRow(chat({ status: 8 }))).toMatchObject({ status: '8' })
  expect(sessionRow(chat({ status: 8 })).status_code).toBeUndefined()
})

test('rule 10: times with different offsets in one document are instants; created_at keeps its offset', () => {
  const sent = call({
    created_at: '2026-03-08T01:30:00.000-08:00',
    queued_at: '2026-03-08T03:30:00.000-07:00',
    ends_at: '2026-03-08T16:00:00+05:30',
    updated_at: '2026-03-08T10:31:00.473129Z',
  })
  expect(sessionRow(sent)).toMatchObject({
    created_at: '2026-03-08T09:30:00.000000Z',
    queued_at: '2026-03-08T10:30:00.000000Z',
    ended_at: '2026-03-08T10:30:00.000000Z',
    updated_at: '2026-03-08T10:31:00.473129Z',
    utc_offset_minutes: -480,
  })
})

test('rule 10: a time without an offset is read in the source’s zone and reported', () => {
  const sent = call({ ends_at: '2026-03-23T13:20:00.000' })
  const mapped = mapOne(sent, { timeZone: 'America/Los_Angeles' })
  expect(mapped.endedAt).toBe('2026-03-23T20:20:00.000000Z')
  expect(mapped.drift).toContainEqual({ path: '*', type: 'time without offset' })
  expect(mapOne(sent).endedAt).toBe('2026-03-23T13:20:00.000000Z')
  expect(mapOne(call()).drift).toEqual([])
})

test('rule 11: numbers as text are numbers, fractions stay, and an empty custom id is null', () => {
  const { rows } = mapOne(
    call({
      rating: '4.5',
      call_duration: '126.0',
      queue_durations: [{ id: '1', queue_duration: '9' }],
      recordings: [{ id: 1, duration: 126.75, redaction_times: [{ duration: '2.94' }] }],
      dispositions: [{ custom_code_id: '', custom_list_id: 'L1', transfer_id: '' }],
    }),
  )
  expect(rows.session).toMatchObject([{ rating: '4.5', duration_seconds: 126 }])
  expect(rows.queue_duration).toMatchObject([{ queue_duration_id: '1', duration_seconds: 9 }])
  expect(rows.recording).toMatchObject([{ duration_seconds: 126.75 }])
  expect(rows.recording_redaction).toMatchObject([{ duration_seconds: '2.94' }])
  expect(rows.disposition[0]).not.toHaveProperty('custom_code_id')
  expect(rows.disposition[0]).not.toHaveProperty('transfer_id')
  expect(rows.disposition[0]).toMatchObject({ custom_list_id: 'L1' })
})

test.each(['9007199254740993', '9223372036854775807'])(
  'rule 12: the id %s is exact, as a number and as text',
  (id) => {
    const { id: _, ...rest } = call()
    const asNumber = `{"id":${id},${JSON.stringify(rest).slice(1)}`
    expect(mapOne(asNumber).key.sessionId).toBe(id)
    expect(mapOne({ ...rest, id }).key.sessionId).toBe(id)
  },
)

test('rule 13: one user in several participants is several rows and one agent', () => {
  const { rows } = mapOne(
    call({ participants: [11, 12, 13].map((id) => ({ id, type: 'agent', user_id: id === 13 ? 6 : 5 })) }),
  )
  expect(rows.call_participant.map((row) => [row.participant_id, row.user_id])).toEqual([
    ['11', '5'],
    ['12', '5'],
    ['13', '6'],
  ])
  expect(rows.session).toMatchObject([{ participant_count: 3, agent_count: 2 }])
})
