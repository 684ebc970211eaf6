import type { Disposition } from '@aftercall/storage/queue/consume-queue'
import type { Outcome } from './outcome.ts'

/** The delay after the first receive. It doubles with each further one. */
const firstDelaySeconds = 5
const delaySecondsMax = 900

/**
 * The one place that decides what happens to a message. It is acked when no object of it ended as `failed`, and otherwise
 * returned with a jittered backoff, until the queue's redrive policy dead-letters it.
 */
export function dispositionOf(
  outcomes: readonly Outcome[],
  receiveCount: number,
  random: () => number,
): Disposition {
  const failed = outcomes.filter((one) => one.kind === 'failed')
  if (failed.length === 0) return { kind: 'ack' }
  const bound = Math.min(delaySecondsMax, firstDelaySeconds * 2 ** Math.min(receiveCount - 1, 20))
  const leastSeconds = Math.max(...failed.map((one) => one.delaySeconds))
  // Half of the delay is certain: one near zero would only use up the queue's receives.
  const jitteredSeconds = (bound + random() * bound) / 2
  return { kind: 'return', delaySeconds: Math.ceil(Math.max(leastSeconds, jitteredSeconds)) }
}
