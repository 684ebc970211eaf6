import { expect, test } from 'vitest'
import { fixtureBytes, mapOne } from './map-document.ts'

// The figures of the documents that are known by heart, with their arithmetic. No figure is taken from the mapping.

type Rows = ReturnType<typeof mapOne>['rows']
type Row = Rows['session'][number]

const calls = [
  'real/call-1418',
  'synthetic/call-48213',
  'synthetic/call-48377',
  'synthetic/call-50102',
].concat('synthetic/call-51977')
const chats = ['real/chat-135', 'synthetic/chat-9120']

function rowsOf(files: readonly string[]): Rows[] {
  return files.map((file) => mapOne(fixtureBytes(`${file}.json`)).rows)
}

const allOf = (sessions: Rows[], table: keyof Rows): Row[] => sessions.flatMap((rows) => rows[table])
const seconds = (rows: Row[], column: string): number[] => rows.map((row) => Number(row[column]))
const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)
const handled = (sessions: Rows[]): Row[] =>
  allOf(sessions, 'handle_duration').filter((row) => row.counts_as_handled === true)

test('five calls entered queues five times, three of them first, and four entries were answered', () => {
  const entries = allOf(rowsOf(calls), 'queue_duration').filter((row) => row.outcome !== undefined)
  expect(entries.map((row) => [row.queue_duration_id, row.outcome, row.is_first, row.is_last])).toEqual([
    ['324', 'answered', true, false],
    ['325', 'answered', false, true],
    ['6201', 'answered', true, false],
    ['6202', 'answered', false, true],
    ['8801', 'abandoned', true, true],
  ])
  // Average speed of answer: (9 + 18 + 38 + 90) / 4 = 38.75; of first entries (9 + 38) / 2 = 23.5.
  const answered = entries.filter((row) => row.outcome === 'answered')
  expect(sum(seconds(answered, 'duration_seconds')) / answered.length).toBe(38.75)
  const first = answered.filter((row) => row.is_first === true)
  expect(sum(seconds(first, 'duration_seconds')) / first.length).toBe(23.5)
  // 75 s is not below the threshold of 10 s.
  expect(entries.map((row) => row.is_short_abandon)).toEqual([false, false, false, false, false])
})

test('the row from agent to agent is no queue entry, and its 6 s are only in the vendor’s wait', () => {
  const [rows] = rowsOf(['synthetic/call-48213'])
  const row = rows?.queue_duration.find(({ queue_duration_id: id }) => id === '6203')
  expect([row?.outcome, row?.is_first, row?.is_last, row?.is_short_abandon]).toEqual(Array(4).fill(undefined))
  // 38 + 90 + 6 = 134, and 38 + 90 = 128.
  expect([rows?.session[0]?.wait_seconds, rows?.session[0]?.queue_wait_seconds]).toEqual([134, 128])
})

test('five calls have six handled interactions of 215.5 s on average, 219.7 s from the assignment', () => {
  const rows = handled(rowsOf(calls))
  const parts = ['talk', 'hold', 'acw', 'bcw'].map((part) =>
    sum(seconds(rows, `interaction_${part}_seconds`)),
  )
  // talk 27 + 80 + 195 + 270 + 210 + 225, hold 5 + 0 + 45 + 60, wrap-up 8 + 6 + 30 + 20 + 45 + 32, before the call 35
  expect(parts).toEqual([1007, 110, 141, 35])
  expect([sum(parts), rows.length]).toEqual([1293, 6])
  // 6 + 5 + 5 + 5 + 4 + 0 s from the assignment to accepting.
  expect(sum(seconds(rows, 'interaction_connect_seconds'))).toBe(25)
  // By session, as sums: 126, 875 and 292.
  const sessions = allOf(rowsOf(calls), 'session')
  expect(sessions.map((row) => row.handle_seconds)).toEqual([126, 875, undefined, 292, undefined])
  expect(sessions.map((row) => row.handled_interactions)).toEqual([2, 3, 0, 1, 0])
})

test('the outcomes of the seven documents', () => {
  const outcomes = allOf(rowsOf([...calls, ...chats]), 'session').map((row) => row.outcome)
  const [handledTwice, voicemail, campaign, left] = ['handled', 'voicemail', 'handled', 'abandoned_in_queue']
  expect(outcomes).toEqual([handledTwice, 'handled', voicemail, campaign, left, 'handled', 'handled'])
})

test('three transfers were completed, between these queues and agents', () => {
  const transfers = allOf(rowsOf(calls), 'transfer')
  expect(
    transfers.map((row) => [
      row.transfer_id,
      row.from_menu_path_id,
      row.to_menu_path_id ?? null,
      row.target_kind,
    ]),
  ).toEqual([
    ['12', '4', '8', 'queue'],
    ['701', '57', '60', 'queue'],
    ['702', '60', null, 'agent'],
  ])
  const sessions = allOf(rowsOf(calls), 'session')
  expect(sessions.map((row) => row.completed_transfers)).toEqual([1, 2, 0, 0, 0])
})

test('two calls began with the virtual agent: one was answered by an agent, one was abandoned', () => {
  const sessions = rowsOf(calls)
  const first = allOf(sessions, 'session').filter((row) => row.virtual_agent_first === true)
  expect(first.map((row) => row.session_id)).toEqual(['1418', '51977'])
  const outcomes = allOf(sessions, 'virtual_agent_handle_duration').map((row) => row.outcome)
  expect(outcomes).toEqual(['escalated_answered', 'escalated_abandoned'])
})

test('two chats: 477 s of handling on average, 457 s without wrap-up, 306 s for 17 responses', () => {
  const rows = handled(rowsOf(chats))
  // (59 + 0) and (855 + 40)
  expect(seconds(rows, 'interaction_talk_seconds')).toEqual([59, 855])
  expect(seconds(rows, 'interaction_acw_seconds')).toEqual([0, 40])
  expect(rows.map((row) => row.interaction_response_count)).toEqual([0, 17])
  expect(rows.map((row) => row.interaction_response_seconds_total)).toEqual([0, 306])
  expect(rows.map((row) => row.interaction_response_seconds_max)).toEqual([null, 52])
  const averages = allOf(rowsOf(chats), 'session').map((row) => row.average_response_seconds)
  expect(averages).toEqual([undefined, 18])
})

test('times on the tenant’s clock are those that the documents write, without the offset', () => {
  const [rows] = rowsOf(['real/call-1418'])
  expect(rows?.session[0]?.local_created_at).toBe('2026-03-23T13:12:51.000000')
  expect(rows?.transfer[0]?.local_created_at).toBe('2026-03-23T13:15:03.000000')
  expect(rows?.queue_duration.map((row) => row.local_started_at)).toEqual([
    '2026-03-23T13:14:29.000000',
    '2026-03-23T13:15:03.000000',
  ])
  // A disposition has no time of its own: the talk began then that it belongs to.
  expect(rows?.disposition.map((row) => row.local_at)).toEqual([
    '2026-03-23T13:14:37.000000',
    '2026-03-23T13:15:26.000000',
  ])
})
