import { expect, test } from 'vitest'
import { tables } from '../src/tables/all-tables.ts'
import { fixtureBytes, mapOne, withoutFacts } from './map-document.ts'

const rows = withoutFacts(mapOne(fixtureBytes('real/call-1418.json')))

const key = {
  source: 'acme',
  channel: 'call',
  session_id: '1418',
  session_created_at: '2026-03-23T20:12:51.000000Z',
}

test('the real call 1418 has two dispositions; empty custom ids are null', () => {
  expect(rows.disposition).toEqual([
    {
      ...key,
      ordinal: 1,
      participant_id: '2917',
      user_id: '5',
      code: 'No Resolution - followup needed',
      note: 'notes',
      ujet_code_id: '4',
      list: 'Inbound IVR dispostions',
      list_path: 'Inbound IVR dispostions',
      ujet_list_id: '2',
    },
    {
      ...key,
      ordinal: 2,
      participant_id: '2918',
      user_id: '5',
      transfer_id: '12',
      code: 'key_1',
      ujet_code_id: '1',
      list: 'dispositions_1',
      list_path: 'dispositions_1',
      ujet_list_id: '1',
    },
  ])
})

test('the real call 1418 has one recording, redacted once: to the millisecond, by the agent', () => {
  expect(rows.recording).toEqual([
    {
      ...key,
      recording_id: '1085',
      recording_type: 'default',
      conference_sid: '1a251a25-534d-412b-b4b9-8245462c9125',
      started_at: '2026-03-23T20:14:41.000000Z',
      duration_seconds: 127,
    },
  ])
  expect(rows.recording_redaction).toEqual([
    {
      ...key,
      recording_id: '1085',
      ordinal: 1,
      started_at: '2026-03-23T20:15:35.473000Z',
      ended_at: '2026-03-23T20:15:38.413000Z',
      duration_seconds: 2.94,
      start_agent_id: '5',
      end_agent_id: '5',
    },
  ])
})

test('the real call 1418 was escalated once, from the virtual agent to Jane', () => {
  expect(rows.escalation).toEqual([
    {
      ...key,
      escalation_id: '449',
      status: 'escalated',
      reason: 'by_virtual_agent',
      created_at: '2026-03-23T20:14:26.000000Z',
      escalated_at: '2026-03-23T20:14:38.000000Z',
      from_virtual_agent_id: '6',
      from_virtual_agent_name: 'ccaas_escalation_va',
      to_agent_id: '5',
      to_agent_name: 'Jane Smith',
      to_agent_email: 'jane.smith@example.com',
      from_menu_path: 'test_va_escalations',
      from_menu_path_ids: ['25'],
      to_menu_path: 'va-escalation_menu_id',
      to_menu_path_ids: ['4'],
      extra: {
        from_virtual_agent: {
          avatar_url: 'https://avatar.example.com/virtual_agent/avatar/6/avatar.png',
        },
        to_agent: {
          last_name: 'Smith',
          first_name: 'Jane',
          avatar_url: 'https://avatar.example.com/user/avatar/5/avatar.png',
        },
        from_menu_path: { items_count: 1 },
        to_menu_path: { items_count: 1 },
      },
    },
  ])
})

test('the real call 1418 was offered once', () => {
  expect(rows.offer_event).toEqual([
    { ...key, ordinal: 1, casting_at: '2026-03-23T20:14:29.000000Z', group_name: 'Group 1' },
  ])
})

test('the real call 1418 has rows in only these tables', () => {
  const counts = Object.fromEntries(tables.map(({ name }) => [name, rows[name].length]))
  expect(counts).toEqual({
    session: 1,
    call_participant: 5,
    transfer: 1,
    handle_duration: 4,
    queue_duration: 2,
    virtual_agent_handle_duration: 1,
    consumer_handle_duration: 1,
    consumer_event_duration: 1,
    consumer_in_menu_duration: 1,
    disposition: 2,
    recording: 1,
    recording_redaction: 1,
    escalation: 1,
    deflected_escalation: 0,
    deflection: 0,
    offer_event: 1,
    media: 0,
    session_message: 0,
    wait_time_virtual_agent: 0,
  })
  expect(Object.keys(rows).toSorted()).toEqual(Object.keys(counts).toSorted())
})
