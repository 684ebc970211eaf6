/** The result of one poll. */
export type PollYield = {
  asked: number
  given: number
  /** The longest wait in the queue among the messages that were received for the first time. */
  waitedMs: number
}

/** `behind`: messages wait in the queue. `ahead`: messages are received as they arrive. `idle`: none arrived. */
export type PollNeed = 'behind' | 'ahead' | 'idle'

const behindMs = 1_000

/**
 * A full poll means that more messages wait. A poll that is not full can mean the same: SQS returns only a few of many
 * messages, above all from a backlog below a thousand
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html), but those messages have
 * waited. That some messages arrived means nothing: sixteen polls would then share the messages of one, with a call for
 * each. If our clock is wrong by more than `behindMs`, we make more calls than needed, or only full polls count.
 */
export function judgePoll({ asked, given, waitedMs }: PollYield): PollNeed {
  if (given === 0) return 'idle'
  return given >= asked || waitedMs >= behindMs ? 'behind' : 'ahead'
}

/** How many polls should be open after a poll with this `need`. */
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
