import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mapSession } from '../src/map-session.ts'
import { readDocuments } from '../src/read-documents.ts'

const place = new URL('../../testkit/fixtures/real/chat-135.json', import.meta.url)
const bytes = readFileSync(place)
const sent = JSON.parse(bytes.toString('utf8'))

function map() {
  const reading = readDocuments({ key: 'metadata/metadata-135.json', bytes, bytesMax: 1_000_000 })
  if (reading.kind !== 'documents') throw new Error(reading.kind)
  const [document] = reading.documents
  if (document === undefined) throw new Error('no document')
  const mapping = mapSession(document, {
    source: 'acme',
    objectLastModified: new Date('2025-09-09T20:51:24.000Z'),
    limits: { depthMax: 64, valuesMax: 200_000 },
  })
  if (mapping.kind !== 'session') throw new Error(mapping.detail)
  return mapping.session
}

test('the real chat 135 is one session row, value by value', () => {
  expect(map().rows.session).toEqual([
    {
      source: 'acme',
      channel: 'chat',
      session_id: '135',
      created_at: '2025-09-09T20:50:05.000000Z',
      lang: 'en',
      session_type: 'Messaging Inbound (Web Chat)',
      session_type_legacy: 'Messaging Inbound (Web Chat)',
      direction: 'inbound',
      status: 'finished',
      assigned_at: '2025-09-09T20:50:10.000000Z',
      ended_at: '2025-09-09T20:51:11.000000Z',
      updated_at: '2025-09-09T20:51:23.000000Z',
      utc_offset_minutes: -420,
      wait_seconds: 5,
      duration_seconds: 59,
      talk_seconds: 59,
      acw_seconds: 0,
      bcw_seconds: 0,
      handle_seconds: 59,
      has_feedback: false,
      answer_type: 'manual',
      offer_type: 'cascade',
      after_hours: false,
      email: 'customer@example.com',
      ticket_url: 'https://media.ccaiplatform.com/v1/download/88900e6a-76cd-449d-87c6-0524afdbf877',
      is_ticket_account: false,
      menu_id: '12',
      menu_name: 'web_3',
      menu_type: 'web_menu',
      menu_path: 'web_3',
      menu_path_ids: ['12'],
      agent_id: '5',
      agent_name: 'Jane Smith',
      agent_email: 'jane.smith@example.com',
      end_user_id: '19',
      end_user_identifier: 'customer@example.com',
      verified: false,
      photo_count: 0,
      video_count: 0,
      message_count: 2,
      average_response_seconds: 0,
      longest_response_seconds: 0,
      provider_type: 'twilio_conversations',
      provider_channel_id: 'CH3e7cd69351964458841002a6029896eb',
      participant_count: 2,
      agent_count: 1,
      transfer_count: 0,
      custom_data: sent.custom_data_not_secured,
      extra: {
        selected_menu: { position: 2, deleted: false, hidden: false },
        menu_path: { items_count: 1 },
        transcript: false,
        agent_info: {
          last_name: 'Smith',
          first_name: 'Jane',
          avatar_url: 'https://avatar.example.com/user/avatar/5/avatar.png',
        },
        handle_durations: sent.handle_durations,
        queue_durations: sent.queue_durations,
        consumer_handle_durations: sent.consumer_handle_durations,
        offer_events: sent.offer_events,
      },
    },
  ])
})

test('the real chat 135 has two participant rows; chats say finished_at and chat_duration', () => {
  const common = {
    source: 'acme',
    channel: 'chat',
    session_id: '135',
    session_created_at: '2025-09-09T20:50:05.000000Z',
    entry_type: 'queue_or_transfer',
    status: 'finished',
    fail_reason: 'nothing',
    agent_assist: { spelling_and_grammar_check: {} },
    ended_at: '2025-09-09T20:51:11.000000Z',
  }
  expect(map().rows.call_participant).toEqual([
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
  expect(map().rows.transfer).toEqual([])
})
