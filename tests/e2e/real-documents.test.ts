import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Bench, bucket, openBench } from './bench.ts'
import { endCommands } from './command.ts'
import { call1418, callBytes, chat135, chatBytes } from './documents.ts'
import { forms, wrapIn } from './key-forms.ts'
import { testMs } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const sourceOf = (position: number) => `form_${position}`
const sources = forms.map((_, position) => ({ name: sourceOf(position), bucket, prefix: `${position}/` }))
const last = { name: 'wrapped', bucket, prefix: 'wrapped/' }
const together = { name: 'together', bucket, prefix: 'together/' }
let bench: Bench

beforeAll(async () => {
  bench = await openBench({ sources: [...sources, last, together] })
  const worker = await startWorker(await bench.writeConfig('all'), { env: bench.env })
  for (const [name, bytes] of [
    ['call-1418', callBytes],
    ['chat-135', chatBytes],
  ] as const) {
    for (const [position, { key, content }] of forms.entries()) {
      for (const prefix of [String(position), `together/${position}`]) {
        await bench.put(`${prefix}/${key(name)}`, content?.(bytes) ?? bytes)
      }
    }
    await bench.put(`wrapped/${name}.json`, wrapIn(name.slice(0, 4), bytes))
  }
  await bench.untilSettled()
  await worker.stop()
})

afterAll(async () => {
  await endCommands()
  await bench.close()
})

const counts = (source: string) =>
  bench.rows(`
    select s.channel, s.session_id, s.participant_count, s.agent_count, s.transfer_count,
      (select count(*) from warehouse.call_participant p
       where (p.source, p.channel, p.session_id) = (s.source, s.channel, s.session_id)) as participants,
      (select count(*) from warehouse.transfer t
       where (t.source, t.channel, t.session_id) = (s.source, s.channel, s.session_id)) as transfers
    from warehouse.session s where s.source = '${source}' order by 1`)

const both = [
  {
    ...{ channel: 'call', session_id: '1418', participant_count: 5, agent_count: 1, transfer_count: 1 },
    ...{ participants: '5', transfers: '1' },
  },
  {
    ...{ channel: 'chat', session_id: '135', participant_count: 2, agent_count: 1, transfer_count: 0 },
    ...{ participants: '2', transfers: '0' },
  },
]

test.each(forms.map(({ of }, position) => ({ of, source: sourceOf(position) })))(
  'the real documents are stored once each under keys or content with $of',
  async ({ source }) => {
    expect(await counts(source)).toEqual(both)
    const ledger = await bench.rows(`select outcome, code from ingest.object where source = '${source}'`)
    expect(ledger).toEqual([
      { outcome: 'stored', code: null },
      { outcome: 'stored', code: null },
    ])
  },
)

test('the real documents are stored once each when wrapped in their channel', async () => {
  expect(await counts('wrapped')).toEqual(both)
})

test('I2 I4 the same documents under all of these keys are one session each, and every key is in the ledger', async () => {
  expect(await counts('together')).toEqual(both)
  const ledger = await bench.rows<{ object_key: string; outcome: string }>(
    `select object_key, outcome from ingest.object where source = 'together'`,
  )
  const keys = forms.flatMap(({ key }, position) =>
    ['call-1418', 'chat-135'].map((name) => `together/${position}/${key(name)}`),
  )
  expect(ledger.map((one) => one.object_key).sort()).toEqual(keys.sort())
  const others = ledger.filter(({ outcome }) => !['stored', 'superseded', 'duplicate'].includes(outcome))
  expect(others).toEqual([])
})

test('I4 the ledger keeps every key as it is in the bucket', async () => {
  const found = await bench.rows<{ object_key: string }>(
    `select object_key from ingest.object where source like 'form_%' and channel = 'call'`,
  )
  expect(found.map((one) => one.object_key).sort()).toEqual(
    forms.map(({ key }, position) => `${position}/${key('call-1418')}`).sort(),
  )
})

const rowsIn = async (table: string, source: string, channel: string) => {
  const rows = await bench.rows<{ row: Record<string, unknown> }>(`
    select to_jsonb(t) - '{source,channel,session_id,session_created_at}'::text[] as row
    from warehouse.${table} t where source = '${source}' and channel = '${channel}' order by (to_jsonb(t)->>'participant_id')::bigint`)
  return rows.map(({ row }) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)))
}
const utc = (time: string) => `2026-03-23T${time}+00:00`

test('I6 the columns of the real call hold what it says, in UTC, and the rest of it is in extra', async () => {
  const [{ loaded_at, extra, sip_headers, ...row } = {}] = await rowsIn('session', 'form_0', 'call')
  expect(loaded_at).toBeDefined()
  expect(row).toEqual({
    ...{ created_at: utc('20:12:51'), queued_at: utc('20:14:28'), assigned_at: utc('20:14:31') },
    ...{ connected_at: utc('20:13:36'), ended_at: utc('20:16:46'), updated_at: utc('20:16:58') },
    ...{ utc_offset_minutes: -420, lang: 'en', direction: 'inbound', status: 'finished', status_code: 8 },
    ...{ session_type: 'Voice Inbound (IVR)', session_type_legacy: 'Voice Inbound (IVR)' },
    ...{ wait_seconds: 27, duration_seconds: 126, hold_seconds: 5, talk_seconds: 107, acw_seconds: 14 },
    ...{ bcw_seconds: 0, handle_seconds: 126, handle_from_assignment_seconds: 137 },
    ...{ rating: 5, has_feedback: false, answer_type: 'manual' },
    ...{ offer_type: 'cascade', disconnected_by: 'disconnected_by_agent', fail_reason: 'nothing' },
    ...{ voicemail_reason: 'not_voicemail', deflection: 'no_deflection', recording_permission: 'not_asked' },
    recording_url: 'https://crm.example.com/sfc/servlet.shepherd/version/download/068ak00000HCpbFAAT',
    ...{ support_number: '+15550100300', ticket_id: '500ak000024vx4uAAA', is_ticket_account: false },
    ticket_url: 'https://crm.example.com/lightning/r/Case/500ak000024vx4uAAA/view',
    ...{ menu_id: 8, menu_name: 'optional-dispositions_menu-8', menu_type: 'ivr_menu' },
    ...{ menu_path: 'menu-path-test/optional-dispositions_menu-8', menu_path_ids: [6, 8], queue_priority: 0 },
    ...{ agent_id: 5, agent_name: 'Jane Smith', agent_email: 'jane.smith@example.com', end_user_id: 42 },
    end_user_identifier: '91237416-3705-4a43-b3d5-a99278016d75',
    ...{ end_user_contact_id: '003ak00000ipFq5AAE', verified: false, photo_count: 0, video_count: 0 },
    ...{ participant_count: 5, agent_count: 1, transfer_count: 1 },
    // Derived, as tests/analytics/expected.md calculates them.
    ...{ local_created_at: '2026-03-23T13:12:51', outcome: 'handled', virtual_agent_first: true },
    ...{ queue_entries: 2, handled_interactions: 2, completed_transfers: 1 },
    ...{ answer_seconds: 9, queue_wait_seconds: 27, recording_count: 1, disposition_count: 2 },
    ...{ first_menu_path_id: 4, first_menu_path: 'va-escalation_menu_id' },
    ...{ last_menu_path_id: 8, last_menu_path: 'menu-path-test/optional-dispositions_menu-8' },
    ...{ bucket, object_key: '0/metadata/2026/03/23/call-1418.json' },
  })
  expect(sip_headers).toEqual(call1418.sip_headers)
  expect(extra).toMatchObject({ voip_provider: 'deprecated', menu_path: { items_count: 2 } })
  expect(extra).not.toHaveProperty('handle_durations')
  const rows = {
    handle_duration: 4,
    queue_duration: 2,
    recording: 1,
    recording_redaction: 1,
    disposition: 2,
    escalation: 1,
  }
  for (const [table, count] of Object.entries(rows))
    expect(await rowsIn(table, 'form_0', 'call')).toHaveLength(count)
})

test('the columns of the real chat hold what it says, with the names that calls use', async () => {
  const [row] = await rowsIn('session', 'form_0', 'chat')
  expect(row).toMatchObject({
    ...{ created_at: '2025-09-09T20:50:05+00:00', ended_at: '2025-09-09T20:51:11+00:00' },
    ...{ utc_offset_minutes: -420, session_type: 'Messaging Inbound (Web Chat)', duration_seconds: 59 },
    ...{ wait_seconds: 5, handle_seconds: 59, message_count: 2, email: 'customer@example.com' },
    ...{ provider_type: 'twilio_conversations', after_hours: false, end_user_id: 19 },
    custom_data: chat135.custom_data_not_secured,
  })
  expect(row).not.toHaveProperty('rating')
  const participants = await rowsIn('call_participant', 'form_0', 'chat')
  expect(
    participants.map((one) => [one.participant_id, one.type, one.ended_at, one.duration_seconds]),
  ).toEqual([
    [323, 'end_user', '2025-09-09T20:51:11+00:00', 65],
    [324, 'agent', '2025-09-09T20:51:11+00:00', 59],
  ])
})

test('the children of the real call hold what it says: the agent who rejoined is two participants', async () => {
  const participants = await rowsIn('call_participant', 'form_0', 'call')
  const of = ['participant_id', 'type', 'user_id', 'connected_at', 'duration_seconds', 'hold_seconds']
  expect(participants.map((one) => of.map((name) => one[name]))).toEqual([
    [2915, 'end_user', undefined, utc('20:12:51'), 247, 13],
    [2916, 'virtual_agent', undefined, utc('20:13:36'), 50, undefined],
    [2917, 'agent', 5, utc('20:14:37'), 32, undefined],
    [2918, 'agent', 5, utc('20:15:26'), 80, 50],
    [2919, 'task_virtual_agent', undefined, utc('20:15:48'), 48, undefined],
  ])
  const [transfer] = await rowsIn('transfer', 'form_0', 'call')
  expect(transfer).toMatchObject({
    ...{ transfer_id: 12, status: 'transferred', is_cold: true, created_at: utc('20:15:03') },
    ...{ duration_seconds: 87, wait_seconds: 18, from_menu_path_ids: [4], to_menu_path_ids: [6, 8] },
    ...{ from_agent_id: 5, to_agent_name: 'Jane Smith', connected_at: utc('20:15:26') },
  })
})
