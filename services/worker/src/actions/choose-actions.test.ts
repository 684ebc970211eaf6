import type { Action, ActionKind } from '@aftercall/warehouse/actions/action'
import { expect, test } from 'vitest'
import { chooseActions } from './choose-actions.ts'

const at = new Date(0)
function action(id: number, kind: ActionKind, source: string | null = 'acme'): Action {
  return {
    ...{ id: String(id), kind, source, arguments: {}, askedBy: 'ana', askedLogin: 'console', askedAt: at },
    ...{
      confirmedCount: null,
      state: 'waiting',
      cancelAskedBy: null,
      takenBy: null,
      takeCount: 0,
      runId: null,
    },
    ...{ counts: {}, error: null, startedAt: null, updatedAt: at, endedAt: null },
  }
}
const chosen = (...open: Action[]) => chooseActions(open, ['acme', 'globex']).map(({ id }) => Number(id))

test('at most one bulk action of a source runs, the oldest first', () => {
  expect(chosen(action(1, 'replay'), action(2, 'reconcile'), action(3, 'backfill', 'globex'))).toEqual([1, 3])
})

test('an action that names no source waits for earlier ones of all sources, and later ones wait for it', () => {
  expect(chosen(action(1, 'replay'), action(2, 'replay', null), action(3, 'resume', 'globex'))).toEqual([1])
  expect(chosen(action(2, 'replay', null), action(3, 'resume', 'globex'))).toEqual([2])
})

test('a pause, and a change of rejections, wait for nothing; one maintenance runs at a time', () => {
  const open = [
    action(1, 'backfill'),
    action(2, 'pause'),
    action(3, 'ignore', null),
    action(4, 'maintain', null),
  ]
  expect(chosen(...open, action(5, 'maintain', null))).toEqual([1, 2, 3, 4])
})

test('an action of a source that this worker does not load is left to others, and still holds its turn', () => {
  expect(chosen(action(1, 'replay', 'other'), action(2, 'replay'))).toEqual([2])
  expect(chosen(action(1, 'replay', 'other'), action(2, 'replay', null))).toEqual([])
})
