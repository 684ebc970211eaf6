import { expect, test } from 'vitest'
import { call, chat, mapOne } from '../../test/map-document.ts'
import type { JsonObject } from '../read/parse-json.ts'

const at = (clock: string) => `2026-03-23T${clock}.000-07:00`
const row = {
  ...{ agent_id: 5, hold_duration: 0, acw_duration: 0, bcw_duration: 0, assigned_connection_duration: 2 },
  ...{ started_at: at('13:05:00'), ended_at: at('13:06:00'), call_duration: 60 },
}
const wrapUp = { ...row, call_duration: 0, hold_duration: null, acw_duration: 20, started_at: at('13:06:00') }
const reached = { connected_at: at('13:05:00') }

function handlesOf(document: JsonObject) {
  const { rows } = mapOne(document)
  return { session: rows.session[0], handles: rows.handle_duration }
}

test('a barge is no handling, and is in no sum: the supervisor and the agent talk at the same time', () => {
  const barge = { ...row, id: 3, agent_id: 9, barged: true, call_duration: 22, started_at: at('13:05:30') }
  const handles = [{ ...row, id: 1 }, { ...wrapUp, id: 2 }, barge]
  const { session, handles: rows } = handlesOf(call({ ...reached, handle_durations: handles }))
  expect(rows.map(({ kind }) => kind)).toEqual(['talk', 'wrap_up', 'barge'])
  expect(rows.map((one) => one.counts_as_handled)).toEqual([true, false, false])
  expect([session?.talk_seconds, session?.acw_seconds, session?.handle_seconds]).toEqual([60, 20, 80])
  expect([session?.handled_interactions, session?.handle_from_assignment_seconds]).toEqual([1, 84])
  expect(rows[2]?.interaction_talk_seconds).toBeUndefined()
})

test('a session of barges alone has no handle time', () => {
  const { session } = handlesOf(call({ ...reached, handle_durations: [{ ...row, id: 1, barged: true }] }))
  expect([session?.handle_seconds ?? null, session?.handled_interactions]).toEqual([null, 0])
})

test('a campaign call that no one took is an attempt: its time is summed, and it counts as no handling', () => {
  const handles = [
    { ...wrapUp, id: 2 },
    { ...row, id: 1, bcw_duration: 12 },
  ]
  const document = { session_type_v2: 'Voice Campaign', handle_durations: handles }
  const { session, handles: rows } = handlesOf(call(document))
  expect(rows.map(({ kind }) => kind)).toEqual(['wrap_up', 'attempt'])
  expect(rows.map((one) => one.counts_as_handled)).toEqual([false, false])
  expect(rows.map((one) => one.interaction_bcw_seconds)).toEqual([undefined, 12])
  expect([session?.handled_interactions, session?.handle_seconds]).toEqual([0, 92])
  expect(handlesOf(chat({ handle_durations: [{ ...row, id: 1 }] })).handles[0]?.kind).toBe('talk')
})

test('an agent who gets a session back is another interaction, by its transfer', () => {
  const handles = [
    { ...row, id: 1 },
    { ...row, id: 2, transfer_id: 8, started_at: at('13:08:00') },
    { ...row, id: 3, agent_id: 6, transfer_id: 8 },
    // The platform sometimes writes a talk in two rows.
    { ...row, id: 4, transfer_id: 8, started_at: at('13:10:00'), ended_at: at('13:11:00') },
    { ...wrapUp, id: 5, transfer_id: 8, started_at: at('13:11:00'), ended_at: at('13:11:20') },
  ]
  const { session, handles: rows } = handlesOf(call({ ...reached, handle_durations: handles.toReversed() }))
  const counted = rows.filter((one) => one.counts_as_handled === true)
  expect(counted.map((one) => one.handle_duration_id).sort()).toEqual(['1', '2', '3'])
  const twice = counted.find((one) => one.handle_duration_id === '2')
  expect([twice?.interaction_talk_seconds, twice?.interaction_acw_seconds]).toEqual([120, 20])
  expect(twice?.interaction_ended_at).toBe('2026-03-23T20:11:20.000000Z')
  expect(session?.handled_interactions).toBe(3)
})

test('wrap-up that was attributed later keeps its time, and counts as no handling', () => {
  const { session, handles } = handlesOf(call({ ...reached, handle_durations: [{ ...wrapUp, id: 1 }] }))
  expect([handles[0]?.interaction_acw_seconds, handles[0]?.counts_as_handled]).toEqual([20, false])
  expect([session?.acw_seconds, session?.handled_interactions]).toEqual([20, 0])
})

test('rule 17: an interaction with a duration that cannot be counted has no sum', () => {
  const handles = [
    { ...row, id: 1, hold_duration: -1 },
    { ...row, id: 2, transfer_id: 8 },
  ]
  const rows = handlesOf(call({ ...reached, handle_durations: handles })).handles
  expect(rows.map((one) => one.interaction_talk_seconds)).toEqual([null, 60])
  const left = handlesOf(call({ ...reached, handle_durations: [{ ...row, id: 1 }, 'torn'] }))
  expect([left.handles[0]?.interaction_talk_seconds, left.session?.handled_interactions]).toEqual([
    null,
    null,
  ])
})
