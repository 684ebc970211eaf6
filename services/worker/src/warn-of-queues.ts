import type { Config } from '@aftercall/runtime/config/config'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import { isFifo } from '@aftercall/storage/queue/queue-settings'

/** Queues that work, but not as they are meant; doctor says what to do. */
export function warnOfQueues({ queues: { live, backfill } }: Config, logger: Logger): void {
  for (const queue of [live, backfill]) {
    if (queue !== undefined && isFifo(queue.url))
      logger.warn({ queueUrl: queue.url }, 'a FIFO queue: S3 cannot send to it; see aftercall doctor')
  }
  if (live !== undefined && live.url === backfill?.url)
    logger.warn({ queueUrl: live.url }, 'queues.live and queues.backfill are one queue; see aftercall doctor')
}
