import { type OpenIngestOptions, openIngest } from '@aftercall/ingest/open-ingest'
import type { BackfillLimit } from './backfill-limit.ts'
import { createBackfillPermits } from './backfill-permits.ts'
import { type Consumer, type ConsumerOptions, openConsumer } from './open-consumer.ts'
import type { SharedPermits } from './share-permits.ts'

export type BackfillConsumerOptions = Omit<OpenIngestOptions, 'permits' | 'isLive' | 'mustStop'> &
  Pick<ConsumerOptions, 'queue' | 'callsBy' | 'env' | 'mustStop'> & {
    limit: BackfillLimit
    permits: SharedPermits['backfill']
  }

/**
 * A batch fills while the one before it is written. With a longer linger, the few objects that may be in flight would all wait
 * for others that cannot come: with 32 objects, 20 ms cost a third of the throughput.
 */
const lingerMsMax = 3

/**
 * Consumes the backfill queue with what live traffic leaves. It has a loader of its own: live objects would wait for those of
 * the backfill in shared batches, and behind them.
 */
export function openBackfillConsumer({
  queue,
  callsBy,
  env,
  limit,
  permits,
  ...path
}: BackfillConsumerOptions): Consumer {
  const { config, logger, metrics, mustStop } = path
  const ingest = openIngest({
    ...path,
    // On the connection that the live loader leaves to others.
    batchesMax: 1,
    lingerMs: Math.min(config.worker.lingerMs, lingerMsMax),
    permits,
    isLive: false,
  })
  const { objectsMax } = limit
  return openConsumer({
    ...{ name: 'backfill', queue, callsBy, env, logger, metrics, mustStop },
    ingest,
    receivers: 1,
    messagesInFlightMax: config.worker.inFlight,
    permits: createBackfillPermits({ untilDemand: permits.untilDemand, objectsMax }),
  })
}
