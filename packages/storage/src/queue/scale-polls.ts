/** What one poll brought. */
export type PollYield = {
  asked: number
  given: number
  /** The longest that any of its messages had waited in the queue, of those received for the first time. */
  waitedMs: number
}

/** `behind`: more waits than is fetched. `ahead`: messages are fetched as they come. `idle`: none came. */
export type PollNeed = 'behind' | 'ahead' | 'idle'

const BEHIND_MS = 1_000

/**
 * A full poll tells that more waits. One that is not may still: SQS gives a few messages of many, above all from a
 * backlog below a thousand (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html),
 * but those had to wait. That any came tells nothing: sixteen polls would share what one can carry, a call for each
 * message. A clock that is wrong by more than `BEHIND_MS` costs calls, or leaves it to the full polls alone.
 */
export function judgePoll({ asked, given, waitedMs }: PollYield): PollNeed {
  if (given === 0) return 'idle'
  return given >= asked || waitedMs >= BEHIND_MS ? 'behind' : 'ahead'
}

/** How many polls should be open after one with this `need`. It steps by one both ways, because nothing suffers from a poll too many. */
export function scalePolls(polls: number, need: PollNeed, pollsMax: number): number {
  switch (need) {
    case 'behind':
      return Math.min(pollsMax, polls + 1)
    case 'ahead':
      return Math.max(1, polls - 1)
    case 'idle':
      return 1
  }
}
