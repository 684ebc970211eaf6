import { expect, test } from 'vitest'
import { tables } from '../src/tables/all-tables.ts'
import { fixtureBytes, mapOne, withoutFacts } from './map-document.ts'

const rows = withoutFacts(mapOne(fixtureBytes('real/chat-135.json')))

const key = {
  source: 'acme',
  channel: 'chat',
  session_id: '135',
  session_created_at: '2025-09-09T20:50:05.000000Z',
}

test('the real chat 135 has two participant rows; chats have finished_at and chat_duration', () => {
  const common = {
    ...key,
    entry_type: 'queue_or_transfer',
    status: 'finished',
    fail_reason: 'nothing',
    agent_assist: { spelling_and_grammar_check: {} },
    ended_at: '2025-09-09T20:51:11.000000Z',
  }
  expect(rows.call_participant).toEqual([
    {
      ...common,
      participant_id: '323',
      type: 'end_user',
      end_user_id: '19',
      connected_at: '2025-09-09T20:50:06.000000Z',
      duration_seconds: 65,
    },
    {
      ...common,
      participant_id: '324',
      type: 'agent',
      user_id: '5',
      connected_at: '2025-09-09T20:50:12.000000Z',
      duration_seconds: 59,
      email: 'jane.smith@example.com',
      first_name: 'Jane',
      last_name: 'Smith',
    },
  ])
})

test('the real chat 135 has one handle row; the average of no response is left out', () => {
  expect(rows.handle_duration).toEqual([
    {
      ...key,
      handle_duration_id: '69',
      agent_id: '5',
      started_at: '2025-09-09T20:50:12.000000Z',
      ended_at: '2025-09-09T20:51:11.000000Z',
      duration_seconds: 59,
      acw_seconds: 0,
      assigned_connection_seconds: 2,
      menu_path_id: '13',
      menu_path: 'web_3',
      lang: 'en',
      is_transfer: false,
      response_count: 0,
      response_seconds_total: 0,
      response_seconds_max: 0,
    },
  ])
})

test('the real chat 135 has one queue row, within its service level', () => {
  expect(rows.queue_duration).toEqual([
    {
      ...key,
      queue_duration_id: '71',
      agent_id: '5',
      started_at: '2025-09-09T20:50:05.000000Z',
      ended_at: '2025-09-09T20:50:10.000000Z',
      duration_seconds: 5,
      menu_path_id: '13',
      menu_path: 'web_3',
      lang: 'en',
      is_transfer: false,
      service_level_event: 'in_sla',
      service_level_target_seconds: 60,
      service_level_target_percent: 90,
      service_level_abandon_seconds: 10,
    },
  ])
})

test('the real chat 135 has one row for the consumer’s stay, and one offer', () => {
  expect(rows.consumer_handle_duration).toEqual([
    {
      ...key,
      consumer_handle_duration_id: '133',
      started_at: '2025-09-09T20:50:06.000000Z',
      ended_at: '2025-09-09T20:51:11.000000Z',
      duration_seconds: 65,
      message_count: 0,
      response_count: 0,
      response_seconds_total: 0,
      response_seconds_max: 0,
    },
  ])
  expect(rows.offer_event).toEqual([
    { ...key, ordinal: 1, casting_at: '2025-09-09T20:50:05.000000Z', group_name: 'Group 1' },
  ])
})

test('the real chat 135 has rows in only these tables', () => {
  const counts = Object.fromEntries(tables.map(({ name }) => [name, rows[name].length]))
  expect(counts).toEqual({
    session: 1,
    call_participant: 2,
    transfer: 0,
    handle_duration: 1,
    queue_duration: 1,
    virtual_agent_handle_duration: 0,
    consumer_handle_duration: 1,
    consumer_event_duration: 0,
    consumer_in_menu_duration: 0,
    disposition: 0,
    recording: 0,
    recording_redaction: 0,
    escalation: 0,
    deflected_escalation: 0,
    deflection: 0,
    offer_event: 1,
    media: 0,
    session_message: 0,
    wait_time_virtual_agent: 0,
  })
})
