import { expect, test } from 'vitest'
import { fixtureBytes, mapOne, withoutFacts } from './map-document.ts'

const session = mapOne(fixtureBytes('real/chat-135.json'), {
  key: 'metadata/metadata-135.json',
  objectLastModified: new Date('2025-09-09T20:51:24.000Z'),
})
const { rows: _, ...rest } = session
const rows = withoutFacts(session)

test('the real chat 135 is one session row, value by value', () => {
  expect(rows.session).toEqual([
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
      handle_from_assignment_seconds: 61,
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
      longest_response_seconds: 0,
      provider_type: 'twilio_conversations',
      provider_channel_id: 'CH3e7cd69351964458841002a6029896eb',
      participant_count: 2,
      agent_count: 1,
      transfer_count: 0,
      custom_data: {
        CustomDataOne: { label: 'CustomDataOne', value: 'test1' },
        CustomDataTwo: { label: 'CustomDataTwo', value: 'test2' },
        CustomDataThree: { label: 'CustomDataThree', value: 'test3' },
        CustomAppID: { label: 'CustomAppID', value: 'ccaip-incub-stg' },
      },
      extra: {
        selected_menu: { position: 2, deleted: false, hidden: false },
        menu_path: { items_count: 1 },
        transcript: false,
        agent_info: {
          last_name: 'Smith',
          first_name: 'Jane',
          avatar_url: 'https://avatar.example.com/user/avatar/5/avatar.png',
        },
      },
    },
  ])
})

test('the real chat 135 is identified by its source, channel, and id, and ordered by its times', () => {
  expect(rest).toMatchObject({
    key: { source: 'acme', channel: 'chat', sessionId: '135' },
    createdAt: '2025-09-09T20:50:05.000000Z',
    endedAt: '2025-09-09T20:51:11.000000Z',
    revision: {
      updatedAt: '2025-09-09T20:51:23.000000Z',
      latestEventAt: '2025-09-09T20:51:23.000000Z',
      objectLastModified: '2025-09-09T20:51:24.000000Z',
      // sha256sum of the file.
      contentSha256: 'ba78ed2d38a2d9e237e5b4ca96a80e12ecd71e0eab8bd47568507845ec53de72',
    },
  })
})
