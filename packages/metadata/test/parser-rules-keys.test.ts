import { expect, test } from 'vitest'
import { call, chat, mapOne } from './map-document.ts'

// Contract, section g, rules 14 and 15: what identifies rows.

test('rule 14: the same id in two arrays, channels, or sources is another row; in one array it is not', () => {
  const arrays = {
    photos: [{ id: 1 }],
    videos: [{ id: 1 }],
    participants: [{ id: 1 }],
    transfers: [{ id: 1 }],
  }
  const { rows } = mapOne(call(arrays))
  expect(rows.media.map((row) => [row.media_type, row.media_id])).toEqual([
    ['photo', '1'],
    ['video', '1'],
  ])
  expect(rows.call_participant).toMatchObject([
    { source: 'acme', channel: 'call', session_id: '7', participant_id: '1' },
  ])
  const again = mapOne(
    call({
      participants: [
        { id: 1, type: 'agent' },
        { id: '1', type: 'end_user' },
      ],
    }),
  )
  expect(again.rows.call_participant).toMatchObject([{ participant_id: '1', type: 'agent' }])
  expect(again.rows.session).toMatchObject([{ extra: { participants: [{ id: '1', type: 'end_user' }] } }])
})

test('rule 14: elements without an id, or that are not objects, stay in extra', () => {
  const odd = [{ type: 'agent' }, { id: 'x1' }, 'text', 7, [1]]
  const { rows } = mapOne(call({ participants: [{ id: 1 }, ...odd] }))
  expect(rows.call_participant).toHaveLength(1)
  expect(rows.session).toMatchObject([{ extra: { participants: odd } }])
})

test.each([
  [call(), 'call_id', 'chat_id'],
  [chat(), 'chat_id', 'call_id'],
])(
  'rule 14: the session’s own id is dropped, but the id of the other channel is kept (%#)',
  (least, own, other) => {
    const { rows } = mapOne({
      ...least,
      participants: [
        { id: 1, [own]: 7 },
        { id: 2, [own]: 8 },
        { id: 3, [other]: 7 },
      ],
    })
    expect(rows.call_participant.map((row) => row.extra)).toEqual([undefined, { [own]: 8 }, { [other]: 7 }])
  },
)

test('rule 15: dispositions without an id are distinguished by their position', () => {
  const twice = { participant_id: 1, transfer_id: null, ujet_code_id: 4, code: 'Resolved' }
  const { rows } = mapOne(call({ dispositions: [twice, twice, 'text', twice] }))
  expect(rows.disposition.map((row) => [row.ordinal, row.participant_id, row.ujet_code_id])).toEqual([
    [1, '1', '4'],
    [2, '1', '4'],
    [4, '1', '4'],
  ])
  expect(rows.session).toMatchObject([{ extra: { dispositions: ['text'] } }])
})
