import { chance, fork, integer, type Random, unit } from './random.ts'
import { instantAtShare, shareBefore, type VolumeCurve } from './volume-curve.ts'

/** The sessions of one tenant and channel in a history. */
export type ContactGroup = {
  /** Only of this group. */
  random: Random
  channel: 'call' | 'chat'
  curve: VolumeCurve
  /** How many sessions of the group the history has. */
  sessions: number
  /** The other channel of the tenant. */
  sibling: ContactGroup | null
}

/** Sessions of people who were there in the seven days before, and of those who return after weeks. */
const soonShare = 0.125
const laterShare = 0.08
/** Some who called write next, and the reverse. */
const otherChannelShare = 0.25
const daySeconds = 86_400

/** When the session with that rank begins, in epoch seconds. Ascends with the rank. */
export function beginOfContact({ random, curve, sessions }: ContactGroup, rank: number): number {
  return instantAtShare(curve, (rank + unit(fork(random, rank))) / sessions)
}

/**
 * The person of the session with that rank, which begins at `at`: a new one, or the one of an earlier session of either channel.
 * Ranks of two channels give different people.
 */
export function personOfContact(group: ContactGroup, rank: number, at: number): number {
  const random = fork(fork(group.random, 'person'), rank)
  const secondsBack = drawReturn(random)
  if (secondsBack !== null) {
    const { sibling } = group
    const before = sibling !== null && chance(random, otherChannelShare) ? sibling : group
    // Every rank below this one begins before that instant.
    const earlier = Math.floor(shareBefore(before.curve, at - secondsBack) * before.sessions) - 1
    if (earlier >= 0) return personOfContact(before, earlier, beginOfContact(before, earlier))
  }
  return 2 * rank + (group.channel === 'chat' ? 1 : 0)
}

/** Null for a person who was not there before. */
function drawReturn(random: Random): number | null {
  const drawn = unit(random)
  // Most who call again do so within a day or two.
  if (drawn < soonShare) return Math.round(600 + 6.9 * daySeconds * unit(random) ** 2)
  if (drawn < soonShare + laterShare) return integer(random, 7 * daySeconds, 40 * daySeconds)
  return null
}
