import { expect, test } from 'vitest'
import { fixtureBytes, mapOne, withoutFacts } from './map-document.ts'

const rows = withoutFacts(mapOne(fixtureBytes('real/call-1418.json')))

const key = {
  source: 'acme',
  channel: 'call',
  session_id: '1418',
  session_created_at: '2026-03-23T20:12:51.000000Z',
}
const escalationMenu = { menu_path_id: '4', menu_path: 'va-escalation_menu_id', lang: 'en' }
const dispositionsMenu = {
  menu_path_id: '8',
  menu_path: 'menu-path-test/optional-dispositions_menu-8',
  lang: 'en',
}

test('the real call 1418 has four handle rows: before and after the transfer a talk row and a wrap-up row', () => {
  const common = { ...key, agent_id: '5', bcw_seconds: 0, is_barged: false }
  expect(rows.handle_duration).toEqual([
    {
      ...common,
      ...escalationMenu,
      handle_duration_id: '307',
      started_at: '2026-03-23T20:14:37.000000Z',
      ended_at: '2026-03-23T20:15:09.000000Z',
      duration_seconds: 32,
      hold_seconds: 5,
      acw_seconds: 0,
      assigned_connection_seconds: 6,
      is_transfer: false,
    },
    {
      ...common,
      ...escalationMenu,
      handle_duration_id: '308',
      started_at: '2026-03-23T20:15:09.000000Z',
      ended_at: '2026-03-23T20:15:17.000000Z',
      duration_seconds: 0,
      acw_seconds: 8,
      assigned_connection_seconds: 0,
      is_transfer: false,
    },
    {
      ...common,
      ...dispositionsMenu,
      handle_duration_id: '309',
      started_at: '2026-03-23T20:15:26.000000Z',
      ended_at: '2026-03-23T20:16:46.000000Z',
      duration_seconds: 80,
      hold_seconds: 0,
      acw_seconds: 0,
      assigned_connection_seconds: 5,
      is_transfer: true,
      transfer_id: '12',
      is_transfer_cold: true,
    },
    {
      ...common,
      ...dispositionsMenu,
      handle_duration_id: '310',
      started_at: '2026-03-23T20:16:46.000000Z',
      ended_at: '2026-03-23T20:16:52.000000Z',
      duration_seconds: 0,
      acw_seconds: 6,
      assigned_connection_seconds: 0,
      is_transfer: true,
      transfer_id: '12',
    },
  ])
})

test('the real call 1418 has two queue rows, both within their service level', () => {
  const common = {
    ...key,
    agent_id: '5',
    service_level_event: 'in_sla',
    service_level_target_seconds: 60,
    service_level_target_percent: 90,
    service_level_abandon_seconds: 8,
  }
  expect(rows.queue_duration).toEqual([
    {
      ...common,
      ...escalationMenu,
      queue_duration_id: '324',
      started_at: '2026-03-23T20:14:29.000000Z',
      ended_at: '2026-03-23T20:14:38.000000Z',
      duration_seconds: 9,
      is_transfer: false,
    },
    {
      ...common,
      ...dispositionsMenu,
      queue_duration_id: '325',
      started_at: '2026-03-23T20:15:03.000000Z',
      ended_at: '2026-03-23T20:15:21.000000Z',
      duration_seconds: 18,
      is_transfer: true,
      transfer_id: '12',
      is_transfer_cold: true,
    },
  ])
})

test('the real call 1418 has one row for the virtual agent that escalated', () => {
  expect(rows.virtual_agent_handle_duration).toEqual([
    {
      ...key,
      virtual_agent_handle_duration_id: '1069',
      virtual_agent_id: '6',
      virtual_agent_name: 'ccaas_escalation_va',
      started_at: '2026-03-23T20:13:36.000000Z',
      ended_at: '2026-03-23T20:14:26.000000Z',
      duration_seconds: 50,
      initiated_by: 'end_user',
      finish_reason: 'escalated',
      escalation_reason: 'by_virtual_agent',
      sentiment: 52,
      response_count: 3,
      fallback_response_count: 0,
      menu_path_id: '30',
      menu_path: 'test_va_escalations',
      lang: 'en',
      is_transfer: false,
      extra: {
        virtual_agent: { avatar_url: 'https://avatar.example.com/virtual_agent/avatar/6/avatar.png' },
      },
    },
  ])
})

test('the real call 1418 has one row each for the consumer’s stay, survey and time in the menu', () => {
  expect(rows.consumer_handle_duration).toEqual([
    {
      ...key,
      consumer_handle_duration_id: '997',
      started_at: '2026-03-23T20:12:51.000000Z',
      ended_at: '2026-03-23T20:16:58.000000Z',
      duration_seconds: 247,
      hold_seconds: 13,
    },
  ])
  expect(rows.consumer_event_duration).toEqual([
    {
      ...key,
      ...dispositionsMenu,
      consumer_event_duration_id: '80',
      type: 'csat',
      event: 'finished',
      started_at: '2026-03-23T20:16:47.000000Z',
      ended_at: '2026-03-23T20:16:57.000000Z',
      duration_seconds: 10,
    },
  ])
  expect(rows.consumer_in_menu_duration).toEqual([
    {
      ...key,
      consumer_in_menu_duration_id: '1188',
      event: 'finished',
      started_at: '2026-03-23T20:12:51.000000Z',
      ended_at: '2026-03-23T20:13:28.000000Z',
      duration_seconds: 37,
      lang: 'en',
    },
  ])
})
