import type { Disposition } from '@aftercall/storage/queue/consume-queue'
import type { Outcome } from './outcome.ts'

/** Waits between deliveries: around this after the first, doubling with each further receive up to the cap. */
const firstDelaySeconds = 5
const delaySecondsMax = 900

/**
 * The one place that decides what becomes of a message: acked when each of its objects ended in something other
 * than `failed`, returned with full-jitter backoff otherwise. The queue's redrive policy dead-letters it.
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
  // Half of the bound is certain: a delay near zero would only use up the queue's receives.
  const jitteredSeconds = (bound + random() * bound) / 2
  return { kind: 'return', delaySeconds: Math.ceil(Math.max(leastSeconds, jitteredSeconds)) }
}
