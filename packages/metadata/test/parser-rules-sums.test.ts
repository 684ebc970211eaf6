import { expect, test } from 'vitest'
import { call, callText, chat, mapOne, sessionRow } from './map-document.ts'

// Contract, section g, rule 17: sums are null if one of their rows cannot be counted, for any reason.

const talk = {
  id: 1,
  call_duration: 200,
  hold_duration: 23,
  acw_duration: 0,
  bcw_duration: 10,
  assigned_connection_duration: 5,
}
const wrapUp = {
  id: 2,
  call_duration: 0,
  hold_duration: null,
  acw_duration: 30,
  bcw_duration: 0,
  assigned_connection_duration: 0,
}

function sumsOf(...handles: unknown[]) {
  const row = sessionRow(call({ handle_durations: handles }))
  return {
    talk: row.talk_seconds,
    acw: row.acw_seconds,
    bcw: row.bcw_seconds,
    handle: row.handle_seconds,
    fromAssignment: row.handle_from_assignment_seconds,
  }
}

const whole = { talk: 177, acw: 30, bcw: 10, handle: 240, fromAssignment: 245 }

test('rule 24: both handle times of the vendor are present, each in its column', () => {
  expect(sumsOf(talk, wrapUp)).toEqual(whole)
})

test.each([
  ['call_duration', { talk: null, handle: null, fromAssignment: null }],
  ['acw_duration', { acw: null, handle: null, fromAssignment: null }],
  ['assigned_connection_duration', { fromAssignment: null }],
])('rule 17: if %s is missing in a row, only the sums that need it are null', (key, sums) => {
  const { [key]: _, ...without } = talk as Record<string, unknown>
  expect(sumsOf(without, wrapUp)).toEqual({ ...whole, ...sums })
  expect(sumsOf({ ...talk, [key]: null }, wrapUp)).toEqual({ ...whole, ...sums })
})

test.each([
  ['call_duration', { talk: null, handle: null, fromAssignment: null }],
  ['hold_duration', { talk: null }],
  ['acw_duration', { acw: null, handle: null, fromAssignment: null }],
  ['bcw_duration', { bcw: null, handle: null, fromAssignment: null }],
  ['assigned_connection_duration', { fromAssignment: null }],
])('rule 17: a row whose %s is no number of seconds makes null of what is summed over it', (key, sums) => {
  for (const odd of ['soon', 12.5, '1:30', true, { seconds: 5 }, [1, 2], 3_000_000_000, -1, '-1']) {
    expect(sumsOf({ ...talk, [key]: odd }, wrapUp), JSON.stringify(odd)).toEqual({ ...whole, ...sums })
  }
  expect(sumsOf({ ...talk, [key]: `${talk[key as keyof typeof talk]}.0` }, wrapUp)).toEqual(whole)
})

test('rule 17: missing hold and before-call work count as 0: wrap-up rows and chats have none', () => {
  const { hold_duration: _, bcw_duration: __, ...plain } = talk
  expect(sumsOf(plain, { ...wrapUp, bcw_duration: null })).toMatchObject({ talk: 200, bcw: 0, handle: 230 })
  const row = { id: 1, chat_duration: 59, acw_duration: 4, assigned_connection_duration: 2 }
  expect(sessionRow(chat({ handle_durations: [row] }))).toMatchObject({
    talk_seconds: 59,
    acw_seconds: 4,
    bcw_seconds: 0,
    handle_seconds: 63,
    handle_from_assignment_seconds: 65,
  })
})

const nothing = { talk: null, acw: null, bcw: null, handle: null, fromAssignment: null }

test.each([
  ['no object', 'text'],
  ['without an id', { ...talk, id: undefined }],
  ['with an id that is none', { ...talk, id: 'x' }],
  ['of the id of another', { ...talk, id: 2, call_duration: 9 }],
])('rule 17: an element %s is no row, and makes null of every sum', (_what, element) => {
  expect(sumsOf(talk, wrapUp, element)).toEqual(nothing)
})

test('rule 17: an identical row counts once, and an empty element does not count', () => {
  expect(sumsOf(talk, wrapUp, talk, talk, null, {})).toEqual(whole)
  const anonymous = { call_duration: 5 }
  expect(sumsOf(talk, anonymous, anonymous)).toEqual(nothing)
})

test('rule 17: sums that do not fit their column, or are negative, are null', () => {
  const huge = { ...talk, call_duration: 1_774_300_000, hold_duration: 0 }
  expect(sumsOf(huge, { ...huge, id: 2 })).toMatchObject({ talk: null, handle: null, acw: 0, bcw: 20 })
  expect(sumsOf({ ...talk, hold_duration: 201 })).toMatchObject({ talk: null, handle: 210 })
  const exact = sessionRow(callText(`"handle_durations":[{"id":1,"call_duration":1e999,"acw_duration":4}]`))
  expect(exact).toMatchObject({ talk_seconds: null, handle_seconds: null, acw_seconds: 4 })
})

test('rule 17: a count over unreadable elements is null', () => {
  const people = [{ id: 1, type: 'agent', user_id: 5 }]
  const counts = (document: object) => {
    const {
      participant_count: all,
      agent_count: agents,
      transfer_count: transfers,
    } = sessionRow(call({ ...document }))
    return [all, agents, transfers]
  }
  expect(counts({ participants: people, transfers: [{ id: 1 }] })).toEqual([1, 1, 1])
  expect(counts({ participants: [...people, ...people, null] })).toEqual([1, 1, 0])
  expect(counts({ participants: [...people, { type: 'agent' }], transfers: [{}, { id: 'x' }] })).toEqual([
    null,
    null,
    null,
  ])
  expect(counts({ participants: 'two', transfers: 3 })).toEqual([null, null, null])
  expect(counts({ participants: [...people, { id: 2, type: null }] })).toEqual([2, null, 0])
  expect(counts({ participants: [...people, { id: 2, type: ['agent', 'x'] }] })).toEqual([2, null, 0])
  expect(counts({ participants: [...people, { id: 2, type: 'parrot' }] })).toEqual([2, 1, 0])
  const media = { photos: [{ id: 1 }, null, 'x'], videos: 2 }
  expect(sessionRow(call(media))).toMatchObject({ photo_count: 2, video_count: null })
  expect(sessionRow(call({ photos: { id: 1 }, videos: null }))).toMatchObject({
    photo_count: 1,
    video_count: 0,
  })
})

test('I5 thousands of elements that are not rows are compared in one pass', () => {
  const handles = Array.from({ length: 20_000 }, (_, at) => ({ id: at % 2, call_duration: at }))
  expect(mapOne(call({ handle_durations: handles })).rows.session[0]?.handle_seconds).toBeNull()
})
