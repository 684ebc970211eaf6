import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgePoll, type PollNeed, scalePolls } from '../src/queue/scale-polls.ts'

const need = fc.constantFrom<PollNeed>('behind', 'ahead', 'idle')

/** The polls wanted after polls that told of these needs, one after the other. */
function scaleThrough(needs: readonly PollNeed[], pollsMax: number, from = 1): number[] {
  const wanted: number[] = []
  for (const one of needs) wanted.push(scalePolls(wanted.at(-1) ?? from, one, pollsMax))
  return wanted
}

describe('polls are scaled to need', () => {
  it('never more than allowed and never none, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(need), fc.integer({ min: 1, max: 64 }), (needs, pollsMax) => {
        for (const polls of scaleThrough(needs, pollsMax)) {
          expect(polls).toBeGreaterThanOrEqual(1)
          expect(polls).toBeLessThanOrEqual(pollsMax)
        }
      }),
      propertyOptions(),
    )
  })

  it('all that are allowed within a few rounds while every poll tells that more waits', () => {
    let polls = 1
    let rounds = 0
    for (; polls < 64; rounds++) polls = scaleThrough(Array(polls).fill('behind'), 64, polls).at(-1)!
    expect(rounds).toBe(6)
  })

  it('one after a poll that brought nothing, and one fewer for each that brought little', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), (polls) => {
        expect(scalePolls(polls, 'idle', 64)).toBe(1)
        expect(scaleThrough(Array(polls).fill('ahead'), 64, polls).at(-1)).toBe(1)
      }),
      propertyOptions(),
    )
  })
})

describe('a poll tells', () => {
  it.each([
    ['idle when it brought nothing', { asked: 10, given: 0, waitedMs: 0 }, 'idle'],
    [
      'that we are ahead when it was not full, of messages just sent',
      { asked: 10, given: 9, waitedMs: 999 },
      'ahead',
    ],
    ['that we are behind when it is full', { asked: 10, given: 10, waitedMs: 0 }, 'behind'],
    ['that we are behind when it filled the room there was', { asked: 1, given: 1, waitedMs: 0 }, 'behind'],
    ['that we are behind when a single message waited', { asked: 10, given: 1, waitedMs: 1_000 }, 'behind'],
  ])('%s', (_what, poll, expected) => {
    expect(judgePoll(poll)).toBe(expected)
  })
})
