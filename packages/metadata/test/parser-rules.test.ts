import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { compareRevisions } from '../src/times/revision.ts'
import { call, chat, mapEach, mapOne, readSent, sessionRow } from './map-document.ts'

// Contract, section g, rules 1 to 7: documents, their order and their names.

test.each(['2026/03/23/call-99.json', 'tenant.a/metadata/metadata-99.txt', 'metadata.json', 'x', ''])(
  'rule 1: the key %j is not the identity; the document is',
  (key) => {
    expect(mapOne(call(), { key }).key).toEqual({ source: 'acme', channel: 'call', sessionId: '7' })
  },
)

test('rule 2: the greater updated_at is the newer revision, then the later event, then the later object', () => {
  const first = '2026-03-23T14:00:00.000-07:00'
  const early = { objectLastModified: new Date('2026-03-23T21:00:12Z') }
  const late = { objectLastModified: new Date('2026-03-23T21:20:00Z') }
  const inOrder = [
    mapOne(call({ updated_at: first }), early),
    mapOne(call({ updated_at: first, rating: 5 }), late),
    mapOne(
      call({ updated_at: first, handle_durations: [{ id: 1, ended_at: '2026-03-23T14:05:00-07:00' }] }),
      early,
    ),
    mapOne(call({ updated_at: '2026-03-23T21:00:01Z' }), early),
  ].map((mapping) => mapping.revision)
  expect(inOrder.toReversed().toSorted(compareRevisions)).toEqual(inOrder)
})

test('rule 2: two different documents with the same times are still ordered, the same way from both sides', () => {
  const one = mapOne(call({ rating: 1 })).revision
  const other = mapOne(call({ rating: 2 })).revision
  expect(compareRevisions(one, other)).toBe(-compareRevisions(other, one))
  expect(compareRevisions(one, other)).not.toBe(0)
  expect(compareRevisions(one, mapOne(call({ rating: 1 })).revision)).toBe(0)
})

test('rule 3: the tenant is the configured source, for any document', () => {
  expect(sessionRow(call({ source: 'other', tenant: 'other' }), { source: 'harborline' })).toMatchObject({
    source: 'harborline',
    extra: { source: 'other', tenant: 'other' },
  })
})

test.each([
  ['bare', JSON.stringify(call())],
  ['with a byte order mark', `\uFEFF${JSON.stringify(call())}`],
  ['gzipped', gzipSync(JSON.stringify(call()))],
  ['wrapped', JSON.stringify({ call: call() })],
  ['in an array', JSON.stringify([call()])],
  ['wrapped in an array', JSON.stringify([{ call: call() }])],
])('rule 4: a document %s gives the same rows, as .json and as .txt', (_how, sent) => {
  const { rows } = mapOne(call())
  expect(mapOne(sent, { key: 'metadata-7.json' }).rows).toEqual(rows)
  expect(mapOne(sent, { key: 'metadata-7.txt' }).rows).toEqual(rows)
})

test('rule 4: an array has as many sessions as documents, and at most one wrapper is removed', () => {
  const keys = mapEach([call(), chat(), { chat: chat({ id: 8 }) }]).map(
    (mapping) => mapping.kind === 'session' && mapping.session.key,
  )
  expect(keys).toMatchObject([
    { channel: 'call', sessionId: '7' },
    { channel: 'chat', sessionId: '7' },
    { channel: 'chat', sessionId: '8' },
  ])
  expect(readSent({ call: { call: call() } })).toEqual({ kind: 'ignored', reason: 'not_a_session' })
})

test.each([
  [
    'a transcript',
    { comm_type: 'call', comm_id: 7, transcript_version: '2.0', timezone: 'UTC', entries: [] },
    'transcript',
  ],
  ['a webhook', { count: 1, events: [{ id: 7 }] }, 'event_feed'],
  ['a raw export', { calls: [{ id: 7, status: 8 }], call_participants: [] }, 'raw_export'],
  ['something without a session type', { id: 7, name: 'x' }, 'not_a_session'],
])('rule 5: %s is skipped with its reason, not failed', (_what, sent, reason) => {
  expect(readSent(sent)).toEqual({ kind: 'ignored', reason })
})

test.each(['call_type', 'call_uuid', 'chat_type', 'chat_uuid'])(
  'rule 5: %s makes a document a session',
  (key) => {
    const { call_type: _, ...bare } = call()
    expect(mapOne({ ...bare, [key]: 'x' }).key.channel).toBe(key.slice(0, 4))
    expect(readSent({ ...bare, [key]: null }).kind).toBe('ignored')
  },
)

test.each([
  'participants',
  'transfers',
  'recordings',
  'dispositions',
  'photos',
  'in_call_sms',
  'rating',
  'agent_info',
  'menu_path',
  'sip_headers',
])('rule 6: %s missing, null, [] and {} are the same', (key) => {
  const { rows } = mapOne(call())
  for (const nothing of [null, [], {}]) expect(mapOne(call({ [key]: nothing })).rows).toEqual(rows)
})

const at = '2026-03-23T14:00:00-07:00'
const instant = '2026-03-23T21:00:00.000000Z'

test.each([
  ['sub_status', 'subStatus', 'sub_status', 'in_queue', 'in_queue'],
  ['ends_at', 'ended_at', 'ended_at', at, instant],
  ['wait_duration', 'queue_duration', 'wait_seconds', 27, 27],
  ['call_duration', 'chat_duration', 'duration_seconds', 126, 126],
  ['queue_priority_level', 'in_queue_priority', 'queue_priority', 1, 1],
  ['call_uuid', 'chat_uuid', 'uuid', 'u', 'u'],
  ['out_ticket_id', 'out_ticket_id', 'ticket_id', 778120, '778120'],
])('rule 7: of a session %s and %s are both %s', (one, other, column, sent, value) => {
  for (const key of [one, other]) expect(sessionRow(call({ [key]: sent }))).toMatchObject({ [column]: value })
})

test.each([
  ['participants', 'call_participant', 'ended_at', 'finished_at', { ended_at: instant }, at],
  ['participants', 'call_participant', 'call_duration', 'chat_duration', { duration_seconds: 9 }, 9],
  ['transfers', 'transfer', 'call_duration', 'chat_duration', { duration_seconds: 9 }, 9],
  [
    'transfers',
    'transfer',
    'from_menu_path',
    'from_menu',
    { from_menu_path: 'a/b', from_menu_path_ids: ['6', '8'] },
    { name: 'a/b', materialized_path: '6/8' },
  ],
  [
    'transfers',
    'transfer',
    'to_menu_path',
    'to_menu',
    { to_menu_path: 'a/b', to_menu_path_ids: ['6', '8'] },
    { name: 'a/b', materialized_path: '6/8' },
  ],
  ['escalations', 'escalation', 'from_menu_path', 'from_menu', { from_menu_path: 'a' }, { name: 'a' }],
  ['escalations', 'escalation', 'to_menu_path', 'to_menu', { to_menu_path: 'a' }, { name: 'a' }],
  ['deflection_details', 'deflection', 'from_menu_path', 'from_menu', { from_menu_path: 'a' }, { name: 'a' }],
  ['handle_durations', 'handle_duration', 'call_duration', 'chat_duration', { duration_seconds: 9 }, 9],
  [
    'consumer_handle_durations',
    'consumer_handle_duration',
    'call_duration',
    'chat_duration',
    { duration_seconds: 9 },
    9,
  ],
  [
    'virtual_agent_handle_durations',
    'virtual_agent_handle_duration',
    'call_duration',
    'chat_duration',
    { duration_seconds: 9 },
    9,
  ],
] as const)('rule 7: in %s → %s, %s and %s are one', (array, table, one, other, values, sent) => {
  for (const key of [one, other]) {
    expect(mapOne(call({ [array]: [{ id: 1, [key]: sent }] })).rows[table]).toMatchObject([values])
  }
})

test('rule 7: if two aliases differ, the preferred one fills the column and the other is kept', () => {
  expect(sessionRow(call({ ended_at: '2026-03-23T15:00:00-07:00', ends_at: at }))).toMatchObject({
    ended_at: instant,
    extra: { ended_at: '2026-03-23T15:00:00-07:00' },
  })
})

test.each([
  [
    { from_menu: { name: 'A' }, from_menu_path: { name: 'B' } },
    { from_menu_path: 'B', extra: { from_menu: { name: 'A' } } },
  ],
  [
    { from_menu_path: { name: 'B' }, from_menu: { name: 'A' } },
    { from_menu_path: 'B', extra: { from_menu: { name: 'A' } } },
  ],
  [
    { to_menu_path: { id: 5 }, to_menu_path_id: 6 },
    { to_menu_path_id: '6', extra: { to_menu_path: { id: 5 } } },
  ],
])('rule 7: of the nested names %j none is lost, in either order', (sent, row) => {
  expect(mapOne(call({ transfers: [{ id: 1, ...sent }] })).rows.transfer).toMatchObject([row])
})
