import type { Ingest } from '@aftercall/ingest/ingest-object'
import { type OpenIngestOptions, openIngest } from '@aftercall/ingest/open-ingest'
import type { BackfillLimit } from './backfill-limit.ts'
import { createBackfillPermits } from './backfill-permits.ts'
import { type Consumer, type ConsumerOptions, openConsumer } from './open-consumer.ts'
import type { SharedPermits } from './share-permits.ts'

export type BackfillConsumerOptions = Omit<OpenIngestOptions, 'slots' | 'isLive' | 'mustStop'> &
  Pick<ConsumerOptions, 'queue' | 'callsBy' | 'env' | 'mustStop'> & {
    live: Ingest
    limit: BackfillLimit
    slots: SharedPermits['backfill']
  }

/**
 * A batch gathers while the one before it is written. Longer, and the few objects that may be under way would all wait
 * for company that cannot come: of 32 objects, 20 ms cost a third of the throughput.
 */
const lingerMsMax = 3

/**
 * The queue of bulk loads, read with what live traffic leaves. It has a loader of its own: in the live one's batches,
 * and behind them, live objects would wait for those of the backfill.
 */
export function openBackfillConsumer({
  queue,
  callsBy,
  env,
  live,
  limit,
  slots,
  ...path
}: BackfillConsumerOptions): Consumer {
  const { config, logger, metrics, mustStop } = path
  const ingest = openIngest({
    ...path,
    config: {
      ...config,
      // One batch at a time, on the connection that the live loader leaves to others.
      database: { ...config.database, poolMax: 2 },
      worker: { ...config.worker, lingerMs: Math.min(config.worker.lingerMs, lingerMsMax) },
    },
    slots,
    isLive: false,
  })
  const { objectsMax } = limit
  return openConsumer({
    ...{ name: 'backfill', queue, callsBy, env, logger, metrics, mustStop },
    ingest: { ...ingest, drift: live.drift },
    receivers: 1,
    messagesInFlightMax: config.worker.inFlight,
    permits: createBackfillPermits({ untilDemand: slots.untilDemand, objectsMax }),
  })
}
