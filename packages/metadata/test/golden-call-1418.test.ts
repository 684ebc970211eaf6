import { expect, test } from 'vitest'
import { fixtureBytes, mapOne, withoutFacts } from './map-document.ts'

const session = mapOne(fixtureBytes('real/call-1418.json'), {
  key: 'metadata/2026/03/23/call-1418.json',
  objectLastModified: new Date('2026-03-23T20:17:02.000Z'),
})
const { rows: _, ...rest } = session
const rows = withoutFacts(session)

const key = {
  source: 'acme',
  channel: 'call',
  session_id: '1418',
  session_created_at: '2026-03-23T20:12:51.000000Z',
}
const sipHeaders = {
  'P-Attestation-Indicator': 'A',
  'P-Origination-ID': '96bf53ff-ac44-4ce8-94d1-129bbe7ddc2d',
}
const jane = {
  last_name: 'Smith',
  first_name: 'Jane',
  avatar_url: 'https://avatar.example.com/user/avatar/5/avatar.png',
}

test('the real call 1418 is one session row, value by value', () => {
  expect(rows.session).toEqual([
    {
      source: 'acme',
      channel: 'call',
      session_id: '1418',
      created_at: '2026-03-23T20:12:51.000000Z',
      lang: 'en',
      session_type: 'Voice Inbound (IVR)',
      session_type_legacy: 'Voice Inbound (IVR)',
      direction: 'inbound',
      status: 'finished',
      status_code: 8,
      queued_at: '2026-03-23T20:14:28.000000Z',
      assigned_at: '2026-03-23T20:14:31.000000Z',
      connected_at: '2026-03-23T20:13:36.000000Z',
      ended_at: '2026-03-23T20:16:46.000000Z',
      updated_at: '2026-03-23T20:16:58.000000Z',
      utc_offset_minutes: -420,
      wait_seconds: 27,
      duration_seconds: 126,
      hold_seconds: 5,
      // Talk rows 32 s + 80 s, of which 5 s on hold; ACW rows 8 s + 6 s.
      talk_seconds: 107,
      acw_seconds: 14,
      bcw_seconds: 0,
      handle_seconds: 126,
      handle_from_assignment_seconds: 137,
      rating: 5,
      has_feedback: false,
      answer_type: 'manual',
      offer_type: 'cascade',
      disconnected_by: 'disconnected_by_agent',
      fail_reason: 'nothing',
      voicemail_reason: 'not_voicemail',
      deflection: 'no_deflection',
      recording_permission: 'not_asked',
      recording_url: 'https://crm.example.com/sfc/servlet.shepherd/version/download/068ak00000HCpbFAAT',
      support_number: '+15550100300',
      ticket_id: '500ak000024vx4uAAA',
      ticket_url: 'https://crm.example.com/lightning/r/Case/500ak000024vx4uAAA/view',
      is_ticket_account: false,
      menu_id: '8',
      menu_name: 'optional-dispositions_menu-8',
      menu_type: 'ivr_menu',
      menu_path: 'menu-path-test/optional-dispositions_menu-8',
      menu_path_ids: ['6', '8'],
      queue_priority: 0,
      agent_id: '5',
      agent_name: 'Jane Smith',
      agent_email: 'jane.smith@example.com',
      end_user_id: '42',
      end_user_identifier: '91237416-3705-4a43-b3d5-a99278016d75',
      end_user_contact_id: '003ak00000ipFq5AAE',
      verified: false,
      photo_count: 0,
      video_count: 0,
      participant_count: 5,
      agent_count: 1,
      transfer_count: 1,
      sip_headers: sipHeaders,
      extra: {
        voip_provider: 'deprecated',
        selected_menu: { parent_id: 6, position: 1, deleted: false, hidden: false },
        menu_path: { items_count: 2 },
        agent_info: jane,
      },
    },
  ])
})

test('the real call 1418 has five participant rows: the agent who rejoined has two', () => {
  const common = { ...key, entry_type: 'queue_or_transfer', status: 'finished', fail_reason: 'nothing' }
  const agent = {
    type: 'agent',
    user_id: '5',
    email: 'jane.smith@example.com',
    first_name: 'Jane',
    last_name: 'Smith',
    location_id: '2',
    location: {
      created_at: '2025-10-17T08:32:47.000-07:00',
      id: 2,
      lang: 'en',
      location: 'en-US',
      pop_settings: { twilio: [], nexmo: [], telnyx: [] },
      updated_at: '2025-10-17T08:32:47.000-07:00',
    },
  }
  expect(rows.call_participant).toEqual([
    {
      ...common,
      participant_id: '2915',
      type: 'end_user',
      end_user_id: '42',
      connected_at: '2026-03-23T20:12:51.000000Z',
      ended_at: '2026-03-23T20:16:58.000000Z',
      duration_seconds: 247,
      hold_seconds: 13,
      phone_number: '+15550100100',
      sip_headers: sipHeaders,
    },
    {
      ...common,
      participant_id: '2916',
      type: 'virtual_agent',
      virtual_agent_id: '6',
      connected_at: '2026-03-23T20:13:36.000000Z',
      ended_at: '2026-03-23T20:14:26.000000Z',
      duration_seconds: 50,
      sip_headers: sipHeaders,
      virtual_agent: { conversation_id: '103HyRtV2H6STKbPL6lIZ5Hcg' },
      virtual_agent_params: {
        payload_menu_id: '4',
        payload_escalation_reason: 'by_virtual_agent',
        payload_action: 'escalation',
        payload_type: 'action',
        call_id: 1418,
        ani: '+15550100100',
        dnis: '+15550100300',
        queue_id: 25,
        lang: 'en',
        application: 'ccaip-incub-stg-br6n03v',
        escalation_type: 'custom_payload',
        tenant: 'ccaip-incub-stg-br6n03v',
        concat: '_',
      },
    },
    {
      ...common,
      ...agent,
      participant_id: '2917',
      connected_at: '2026-03-23T20:14:37.000000Z',
      ended_at: '2026-03-23T20:15:09.000000Z',
      duration_seconds: 32,
    },
    {
      ...common,
      ...agent,
      participant_id: '2918',
      connected_at: '2026-03-23T20:15:26.000000Z',
      ended_at: '2026-03-23T20:16:46.000000Z',
      duration_seconds: 80,
      hold_seconds: 50,
      sip_headers: sipHeaders,
    },
    {
      ...common,
      participant_id: '2919',
      type: 'task_virtual_agent',
      virtual_agent_id: '15',
      connected_at: '2026-03-23T20:15:48.000000Z',
      ended_at: '2026-03-23T20:16:36.000000Z',
      duration_seconds: 48,
      sip_headers: sipHeaders,
      virtual_agent: { conversation_id: '103Fk3GhZjORM6UqmdIJD2jqg' },
    },
  ])
})

test('the real call 1418 has one transfer row, cold because its queue and handle rows say so', () => {
  expect(rows.transfer).toEqual([
    {
      ...key,
      transfer_id: '12',
      status: 'transferred',
      fail_reason: 'nothing',
      deflection: 'no_deflection',
      created_at: '2026-03-23T20:15:03.000000Z',
      assigned_at: '2026-03-23T20:15:21.000000Z',
      connected_at: '2026-03-23T20:15:26.000000Z',
      updated_at: '2026-03-23T20:16:53.000000Z',
      duration_seconds: 87,
      wait_seconds: 18,
      answer_type_path: 'manual_to_manual',
      is_cold: true,
      from_menu_path: 'va-escalation_menu_id',
      from_menu_path_id: '4',
      to_menu_path_id: '8',
      from_menu_path_ids: ['4'],
      to_menu_path: 'menu-path-test/optional-dispositions_menu-8',
      to_menu_path_ids: ['6', '8'],
      from_agent_id: '5',
      from_agent_name: 'Jane Smith',
      from_agent_email: 'jane.smith@example.com',
      to_agent_id: '5',
      to_agent_name: 'Jane Smith',
      to_agent_email: 'jane.smith@example.com',
      from_queue_priority: 0,
      to_queue_priority: 0,
      extra: {
        from_menu_path: { items_count: 1 },
        to_menu_path: { items_count: 2 },
        from_agent: jane,
        to_agent: jane,
      },
    },
  ])
})

test('the real call 1418 is identified by its source, channel, and id, and ordered by its times', () => {
  expect(rest).toMatchObject({
    key: { source: 'acme', channel: 'call', sessionId: '1418' },
    createdAt: '2026-03-23T20:12:51.000000Z',
    endedAt: '2026-03-23T20:16:46.000000Z',
    revision: {
      updatedAt: '2026-03-23T20:16:58.000000Z',
      latestEventAt: '2026-03-23T20:16:58.000000Z',
      objectLastModified: '2026-03-23T20:17:02.000000Z',
      // sha256sum of the file.
      contentSha256: '1871f8b0f282fec2d9ecd5182c6224e8cafc4590d373944de9ecf5b7c5c2fc04',
    },
  })
})
