import { expect, test } from 'vitest'
import { canonicalValue } from './canonical-value.ts'
import { call, chat, mapEach, mapOne, sessionRow } from './map-document.ts'

// Contract, section g, rule 7, for all aliases, and the shapes in which the API sends what files send as text.

const at = '2026-03-23T14:00:00-07:00'
const instant = '2026-03-23T21:00:00.000000Z'

const rowsWithAnEnd = [
  'participants',
  'handle_durations',
  'queue_durations',
  'virtual_agent_handle_durations',
  'consumer_handle_durations',
  'consumer_event_durations',
  'consumer_in_menu_durations',
  'recordings',
]

function onlyRow(array: string, element: object, document = call) {
  const { rows } = mapOne(document({ [array]: [{ id: 1, ...element }] }))
  const [row, ...more] = Object.entries(rows).flatMap(([table, all]) => (table === 'session' ? [] : all))
  if (row === undefined || more.length > 0) throw new Error('not one row')
  return row
}

test.each(
  rowsWithAnEnd.flatMap((array) =>
    ['ends_at', 'ended_at', 'finished_at'].map((key) => [array, key] as const),
  ),
)('rule 7: %s end by %s, in calls and chats', (array, key) => {
  for (const document of [call, chat]) {
    expect(onlyRow(array, { [key]: at }, document)).toMatchObject({ ended_at: instant })
  }
})

test.each([
  ['queue_durations', 'duration_seconds'],
  ['transfers', 'wait_seconds'],
] as const)('rule 7: the wait of %s goes by either name', (array, column) => {
  for (const key of ['wait_duration', 'queue_duration']) {
    expect(onlyRow(array, { [key]: 9 })).toMatchObject({ [column]: 9 })
    expect(onlyRow(array, { [key]: 9 }).extra).toBeUndefined()
  }
})

const path = { name: 'a/b', materialized_path: '6/8' }

test.each([
  'handle_durations',
  'queue_durations',
  'virtual_agent_handle_durations',
  'consumer_event_durations',
  'consumer_in_menu_durations',
  'virtual_agent_deflected_escalations',
])('I6 a menu path of %s is text, or an object with a name', (array) => {
  expect(onlyRow(array, { menu_path: 'a/b' })).toMatchObject({ menu_path: 'a/b' })
  expect(onlyRow(array, { menu_path: path })).toMatchObject({
    menu_path: 'a/b',
    extra: { menu_path: { materialized_path: '6/8' } },
  })
  expect(onlyRow(array, { menu_path: [1, 2] })).toMatchObject({ extra: { menu_path: [1, 2] } })
})

test.each([
  ['transfers', ['from_menu_path', 'to_menu_path']],
  ['escalations', ['from_menu_path', 'to_menu_path']],
  ['deflection_details', ['from_menu_path']],
] as const)('I6 the menu paths of %s are objects, or text', (array, columns) => {
  for (const column of columns) {
    for (const key of [column, column.replace('_path', '')]) {
      expect(onlyRow(array, { [key]: 'a/b' })).toMatchObject({ [column]: 'a/b' })
      expect(onlyRow(array, { [key]: path })).toMatchObject({
        [column]: 'a/b',
        [`${column}_ids`]: ['6', '8'],
      })
    }
  }
})

test('I6 the menu path of a session is an object, or text', () => {
  const row = sessionRow(call({ menu_path: 'a/b' }))
  expect(row).toMatchObject({ menu_path: 'a/b' })
  expect(row.extra).toBeUndefined()
  expect(sessionRow(call({ menu_path: path }))).toMatchObject({ menu_path: 'a/b', menu_path_ids: ['6', '8'] })
})

test('I6 if two menu paths differ, the preferred one is stored, and only the other is kept', () => {
  const element = { id: 1, from_menu_path: path, from_menu: { name: 'c', materialized_path: '6/8' } }
  expect(onlyRow('transfers', element)).toMatchObject({
    from_menu_path: 'a/b',
    from_menu_path_ids: ['6', '8'],
    extra: { from_menu: { name: 'c' } },
  })
  expect(onlyRow('transfers', element).extra).toEqual({ from_menu: { name: 'c' } })
  expect(onlyRow('transfers', { from_menu: path, from_menu_path: 'c' })).toMatchObject({
    from_menu_path: 'a/b',
    extra: { from_menu_path: 'c' },
  })
})

test('rule 7: two spellings of one instant under two aliases are one value', () => {
  const row = sessionRow(call({ ends_at: '2026-03-23T14:00:00.000-07:00', ended_at: '2026-03-23T21:00:00Z' }))
  expect(row).toMatchObject({ ended_at: instant })
  expect(row.extra).toBeUndefined()
})

test('a document in which every value is a list with one element is the same session', () => {
  const plain = call({ updated_at: at, ends_at: at, rating: 5, call_uuid: 'U-1' })
  const listed = Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, [value]]))
  const [mapping] = mapEach(listed)
  expect(mapping).toMatchObject({
    kind: 'session',
    session: { key: { sessionId: '7' }, createdAt: '2026-03-23T20:12:51.000000Z', uuid: 'u-1' },
  })
  expect(sessionRow(listed)).toEqual(sessionRow(plain))
  expect(canonicalValue('session-id', listed.id)).toBe('7')
})
