import { expect, test } from 'vitest'
import { call, chat, mapOne, sessionRow } from '../../test/map-document.ts'
import type { JsonObject } from '../read/parse-json.ts'

// Every outcome at least twice, each by another way.

const at = (clock: string) => `2026-03-23T${clock}.000-07:00`
const created = { created_at: at('13:00:00'), ends_at: at('13:20:00') }
const connected = { connected_at: at('13:01:00') }
const talk = {
  ...{ id: 1, agent_id: 5, call_duration: 60, hold_duration: 0, acw_duration: 0, bcw_duration: 0 },
  ...{ started_at: at('13:05:00'), ended_at: at('13:06:00'), assigned_connection_duration: 2 },
}
const chatTalk = { ...talk, call_duration: undefined, chat_duration: 60 }
const entry = {
  id: 1,
  menu_path_id: 7,
  queue_duration: 30,
  started_at: at('13:01:00'),
  ended_at: at('13:01:30'),
}
const virtual = { id: 1, virtual_agent: { id: 6 }, call_duration: 20, started_at: at('13:00:10') }
const menu = { id: 1, duration: 9, started_at: at('13:00:00'), ended_at: at('13:00:09') }

const failed = (reason: string, more: JsonObject = {}) =>
  call({ ...created, status: 'failed', fail_reason: reason, ...more })

const sessions: [outcome: string, document: JsonObject][] = [
  ['open', call({ ...created, ...connected, status: 'queued', handle_durations: [talk] })],
  ['open', call({ status: 'something new' })],
  ['handled', call({ ...created, ...connected, handle_durations: [talk] })],
  ['handled', failed('eu_abandoned', { ...connected, handle_durations: [talk], queue_durations: [entry] })],
  ['handled', chat({ ...created, status: 'dismissed', handle_durations: [chatTalk] })],
  [
    'self_served',
    call({ ...created, virtual_agent_handle_durations: [{ ...virtual, finish_reason: 'resolved' }] }),
  ],
  [
    'self_served',
    chat({ ...created, virtual_agent_handle_durations: [{ ...virtual, finish_reason: 'resolved' }] }),
  ],
  ['voicemail', call({ ...created, status: 'voicemail_received', deflection: 'after_hours_voicemail' })],
  ['voicemail', call({ ...created, status: 82 })],
  ['deflected', call({ ...created, status: 'deflected', deflection: 'temp_redirection_phone' })],
  ['deflected', call({ ...created, status: 'deflected' })],
  ['deflected', chat({ ...created, status: 'failed', fail_reason: 'after_hours' })],
  ['deflected', chat({ ...created, status: 'failed', after_hours: true })],
  ['deflected', call({ ...created, status: 'deflected', deflection: 'temp_redirection_queue' })],
  ['abandoned_in_menu', failed('eu_in_menu_abandoned')],
  ['abandoned_in_menu', call({ ...created, status: 'abandoned', consumer_in_menu_durations: [menu] })],
  ['abandoned_in_queue', failed('eu_abandoned', { queue_durations: [entry] })],
  [
    'abandoned_in_queue',
    failed('eu_abandoned', { deflection: 'temp_redirection_queue', queue_durations: [entry] }),
  ],
  ['abandoned_in_queue', chat({ ...created, status: 'canceled', queue_durations: [entry] })],
  ['abandoned_in_queue', failed('eu_abandoned')],
  ['abandoned_with_virtual_agent', leftVirtualAgent(call(created))],
  ['abandoned_with_virtual_agent', leftVirtualAgent(chat({ ...created, status: 'va_dismissed' }))],
  ['no_contact', failed('eu_no_answer', { session_type_v2: 'Voice Campaign', handle_durations: [talk] })],
  ['no_contact', failed('eu_canceled', { session_type_v2: 'Voice Scheduled (Web)' })],
  ['no_contact', chat({ ...created, status: 'no_response', chat_type: 'Messaging Outbound (SMS)' })],
  ['canceled', failed('eu_canceled')],
  ['canceled', call({ ...created, status: 'canceled' })],
  ['canceled', chat({ ...created, status: 'canceled' })],
  ['expired', failed('expired')],
  ['expired', chat({ ...created, status: 'failed', fail_reason: 'expired_menu_selection' })],
  ['expired', chat({ ...created, status: 'no_response' })],
  ['failed', failed('voip_conn_general')],
  ['failed', call(created)],
]

function leftVirtualAgent(document: JsonObject): JsonObject {
  return { ...document, virtual_agent_handle_durations: [{ ...virtual, finish_reason: 'consumer_ended' }] }
}

test.each(sessions)('a session is %s: %j', (outcome, document) => {
  expect(sessionRow(document).outcome).toBe(outcome)
})

const transferEntry = { ...entry, id: 2, transfer: true, transfer_id: 9, started_at: at('13:07:00') }
const answered = { ...entry, agent_id: 5 }
const transfer = {
  id: 9,
  status: 'transferring',
  from_agent: { id: 5, email: null },
  created_at: at('13:07:00'),
}

const entries: [outcomes: string[], document: JsonObject][] = [
  [['answered', 'answered'], call({ queue_durations: [answered, { ...transferEntry, agent_id: 6 }] })],
  [['abandoned'], failed('eu_abandoned', { queue_durations: [entry] })],
  [['answered', 'abandoned'], failed('eu_abandoned', { queue_durations: [transferEntry, answered] })],
  [['abandoned'], chat({ ...created, status: 'abandoned', queue_durations: [entry] })],
  [
    ['abandoned', 'answered'],
    call({
      transfers: [{ ...transfer, fail_reason: 'eu_abandoned' }],
      queue_durations: [{ ...transferEntry, started_at: at('13:00:30') }, answered],
    }),
  ],
  [['open'], call({ status: 'queued', queue_durations: [entry] })],
  [['open'], chat({ status: 'queued', queue_durations: [entry] })],
  [['canceled'], failed('eu_canceled', { queue_durations: [entry] })],
  [['canceled'], call({ ...created, status: 'canceled', queue_durations: [entry] })],
  [['answered', 'returned'], call({ transfers: [transfer], queue_durations: [answered, transferEntry] })],
  [
    ['returned', 'answered'],
    failed('unknown', { queue_durations: [{ ...transferEntry, started_at: at('13:00:30') }, answered] }),
  ],
  [
    ['answered', 'returned'],
    failed('unknown', {
      transfers: [transfer],
      queue_durations: [answered, transferEntry],
      handle_durations: [{ ...talk, ended_at: at('13:15:00') }],
    }),
  ],
  [['deflected'], call({ ...created, status: 'voicemail_received', queue_durations: [entry] })],
  [
    ['deflected', 'answered'],
    call({
      queue_durations: [entry, { ...answered, id: 2 }],
      deflection_details: [{ id: 1, deflection: 'over_cap_queue' }],
    }),
  ],
  [['failed'], failed('voip_conn_timeout', { queue_durations: [entry] })],
  [['failed'], call({ ...created, queue_durations: [entry] })],
]

test.each(entries)('stays in queues, by start, are %j', (outcomes, document) => {
  const rows = mapOne(document).rows.queue_duration
  const byStart = rows.toSorted((one, other) => (String(one.started_at) < String(other.started_at) ? -1 : 1))
  expect(byStart.map((row) => row.outcome)).toEqual(outcomes)
  expect(byStart.map((row) => row.is_first)).toEqual(outcomes.map((_, index) => index === 0))
  expect(byStart.map((row) => row.is_last)).toEqual(outcomes.map((_, index) => index === outcomes.length - 1))
})

test.each([
  [9, 10, true],
  [10, 10, false],
  [9, null, null],
  [null, 10, null],
  [-3, 10, null],
])('an abandon after %j s is short with a threshold of %j s: %j', (seconds, threshold, isShort) => {
  const stay = { ...entry, queue_duration: seconds, service_level_abandon_time_threshold: threshold }
  const row = (agent: number | null, reason: string) =>
    mapOne(failed(reason, { queue_durations: [{ ...stay, agent_id: agent }] })).rows.queue_duration[0]
  expect(row(null, 'eu_abandoned')?.is_short_abandon).toBe(isShort)
  expect(row(5, 'nothing')?.is_short_abandon).toBe(false)
})

const escalated = { ...virtual, finish_reason: 'escalated' }
const redirected = {
  id: 1,
  status: 'deflected',
  deflection: 'temp_redirection_queue',
  from_virtual_agent: { id: 6 },
}
const virtualAgents: [outcome: string | null, document: JsonObject][] = [
  ['resolved', call({ virtual_agent_handle_durations: [{ ...virtual, finish_reason: 'resolved' }] })],
  [
    'resolved',
    call({
      ...connected,
      handle_durations: [{ ...talk, started_at: at('13:00:00') }],
      virtual_agent_handle_durations: [{ ...virtual, finish_reason: 'resolved' }],
    }),
  ],
  [
    'escalated_answered',
    call({ ...connected, handle_durations: [talk], virtual_agent_handle_durations: [escalated] }),
  ],
  [
    'escalated_answered',
    chat({
      handle_durations: [chatTalk],
      virtual_agent_handle_durations: [{ ...virtual, finish_reason: 'resolved' }],
    }),
  ],
  [
    'escalated_abandoned',
    failed('eu_abandoned', { queue_durations: [entry], virtual_agent_handle_durations: [escalated] }),
  ],
  [
    'escalated_abandoned',
    failed('eu_abandoned', {
      escalations: [redirected],
      queue_durations: [entry],
      virtual_agent_handle_durations: [escalated],
    }),
  ],
  [
    'escalated_deflected',
    call({ ...created, status: 'deflected', virtual_agent_handle_durations: [escalated] }),
  ],
  [
    'escalated_deflected',
    failed('unknown', {
      escalations: [{ ...redirected, deflection: 'after_hours_message_only' }],
      virtual_agent_handle_durations: [escalated],
    }),
  ],
  ['escalated_other', failed('unknown', { virtual_agent_handle_durations: [escalated] })],
  [
    'escalated_other',
    failed('unknown', { escalations: [redirected], virtual_agent_handle_durations: [escalated] }),
  ],
  ['left', leftVirtualAgent(call(created))],
  ['left', leftVirtualAgent(chat(created))],
  [
    'failed',
    failed('unknown', { virtual_agent_handle_durations: [{ ...virtual, finish_reason: 'failed' }] }),
  ],
  ['failed', call({ ...created, virtual_agent_handle_durations: [virtual] })],
  [null, call({ status: 'va_connected', virtual_agent_handle_durations: [virtual] })],
]

test.each(virtualAgents)('a handling by a virtual agent is %s: %j', (outcome, document) => {
  const [row] = mapOne(document).rows.virtual_agent_handle_duration
  expect(row?.outcome).toBe(outcome)
})

test('a session begins with its virtual agent where no queue and no agent came before', () => {
  const stays = { virtual_agent_handle_durations: [{ ...virtual, finish_reason: 'escalated' }] }
  expect(sessionRow(call({ ...stays, queue_durations: [entry] })).virtual_agent_first).toBe(true)
  const before = { ...entry, started_at: at('13:00:09') }
  expect(sessionRow(call({ ...stays, queue_durations: [before] })).virtual_agent_first).toBe(false)
  expect(
    sessionRow(call({ ...stays, handle_durations: [{ ...talk, started_at: at('13:00:09') }] }))
      .virtual_agent_first,
  ).toBe(false)
  expect(sessionRow(call()).virtual_agent_first).toBe(false)
})

test('a transfer without a queue row goes to the agent, virtual agent or place that is left', () => {
  const kinds = (more: JsonObject, rest: JsonObject = {}) =>
    mapOne(call({ transfers: [{ ...transfer, ...more }], ...rest })).rows.transfer[0]?.target_kind
  expect(kinds({ to_agent: { id: 6, email: null } })).toBe('agent')
  expect(kinds({}, { queue_durations: [{ ...transferEntry, menu_path_id: null }] })).toBe('agent')
  expect(kinds({ to_virtual_agent: { id: 6, va_alias: null }, to_menu_path: { name: 'a' } })).toBe(
    'virtual_agent',
  )
  expect(kinds({}, { virtual_agent_handle_durations: [{ ...virtual, transfer_id: 9 }] })).toBe(
    'virtual_agent',
  )
  expect(kinds({ to_menu_path: { name: 'a' } })).toBe('queue')
  expect(kinds({ deflection: 'temp_redirection_phone' })).toBe('other')
})

test('the id of a menu is no id of a queue, and stays in extra', () => {
  const sent = { ...transfer, from_menu: { id: 30, name: 'a' }, to_menu_path: { id: 31, name: 'b' } }
  const [row] = mapOne(call({ transfers: [sent] })).rows.transfer
  expect([row?.from_menu_path_id ?? null, row?.to_menu_path_id ?? null]).toEqual([null, null])
  expect(row?.extra).toEqual({ from_menu: { id: 30 }, to_menu_path: { id: 31 } })
})
