import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgePoll, type PollNeed, scalePolls } from '../src/queue/scale-polls.ts'
import { seed } from './fast-check-seed.ts'

const need = fc.constantFrom<PollNeed>('behind', 'ahead', 'idle')

/** The polls wanted after polls with these needs, one after the other. */
function scaleThrough(needs: readonly PollNeed[], pollsMax: number, from = 1): number[] {
  const wanted: number[] = []
  for (const one of needs) wanted.push(scalePolls(wanted.at(-1) ?? from, one, pollsMax))
  return wanted
}

describe(`polls are scaled to need (FC_SEED=${seed})`, () => {
  it('never more than allowed and never none, for any polls', () => {
    fc.assert(
      fc.property(fc.array(need), fc.integer({ min: 1, max: 64 }), (needs, pollsMax) => {
        for (const polls of scaleThrough(needs, pollsMax)) {
          expect(polls).toBeGreaterThanOrEqual(1)
          expect(polls).toBeLessThanOrEqual(pollsMax)
        }
      }),
    )
  })

  it('as many as allowed within a few rounds while every poll says that more messages wait', () => {
    let polls = 1
    let rounds = 0
    for (; polls < 64; rounds++) polls = scaleThrough(Array(polls).fill('behind'), 64, polls).at(-1)!
    expect(rounds).toBe(6)
  })

  it('one after an empty poll, and one fewer after each poll that is not full', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), (polls) => {
        expect(scalePolls(polls, 'idle', 64)).toBe(1)
        expect(scaleThrough(Array(polls).fill('ahead'), 64, polls).at(-1)).toBe(1)
      }),
    )
  })
})

describe('a poll means', () => {
  it.each([
    ['idle if it was empty', { asked: 10, given: 0, waitedMs: 0 }, 'idle'],
    [
      'that we are ahead if it was not full, with messages just sent',
      { asked: 10, given: 9, waitedMs: 999 },
      'ahead',
    ],
    ['that we are behind if it was full', { asked: 10, given: 10, waitedMs: 0 }, 'behind'],
    ['that we are behind if it used all permits', { asked: 1, given: 1, waitedMs: 0 }, 'behind'],
    ['that we are behind if a single message waited', { asked: 10, given: 1, waitedMs: 1_000 }, 'behind'],
  ])('%s', (_what, poll, expected) => {
    expect(judgePoll(poll)).toBe(expected)
  })
})
