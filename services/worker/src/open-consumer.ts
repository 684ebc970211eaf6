import { ingestMessage } from '@aftercall/ingest/ingest-message'
import type { Ingest } from '@aftercall/ingest/ingest-object'
import type { StopReason } from '@aftercall/ingest/outcome'
import type { Config, QueueConfig } from '@aftercall/runtime/config/config'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import { createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { callQueueBySdk } from '@aftercall/storage/queue/call-queue-by-sdk'
import { callQueueSigned } from '@aftercall/storage/queue/call-queue-signed'
import {
  consumeQueue,
  type QueueConsumer,
  type QueueConsumerOptions,
} from '@aftercall/storage/queue/consume-queue'
import { QueueCallError } from '@aftercall/storage/queue/queue-call-error'
import { queueDepth } from '@aftercall/storage/queue/queue-depth'
import { createQueueEvents } from './queue-events.ts'
import type { ConsumerName, Receiving } from './receiving.ts'

/** A queue and what consumes it. */
export type Consumer = {
  name: ConsumerName
  queueUrl: string
  sqs: ReturnType<typeof createSqsClient>
  ingest: Ingest
  consumer: QueueConsumer
  /** A consumer that holds this number of messages does not receive. */
  messagesInFlightMax: number
  receiving: Receiving
}

export type ConsumerOptions = Pick<QueueConsumerOptions, 'receivers' | 'messagesInFlightMax' | 'permits'> & {
  name: ConsumerName
  queue: QueueConfig
  callsBy: Config['sqs']['client']
  ingest: Ingest
  env: Readonly<Record<string, string | undefined>>
  logger: Logger
  metrics: Metrics
  mustStop(reason: StopReason): void
}

const longestPollSeconds = 20
/** For acks and heartbeats beside the polls, which may all be waiting. */
const connectionsBesidePolls = 32

/** Makes the consumer of one queue, and starts nothing. */
export function openConsumer(options: ConsumerOptions): Consumer {
  const { name, queue, callsBy, ingest, env, logger, metrics, mustStop, ...places } = options
  const { url: queueUrl, visibilitySeconds } = queue
  const connectionsMax = places.receivers + connectionsBesidePolls
  const sqs = createSqsClient({ queueUrl, env, connectionsMax })
  const receiving: Receiving = { lastFailureMs: null, lastSentMs: null, depth: null }
  const askAgain = (): Promise<QueueCallError | undefined> =>
    queueDepth(sqs, queueUrl).then(
      () => undefined,
      (error: unknown) => (error instanceof QueueCallError ? error : undefined),
    )
  const consumer = consumeQueue({
    call:
      callsBy === 'sdk'
        ? callQueueBySdk(sqs)
        : callQueueSigned({ client: sqs, queueUrl, env, connectionsMax }),
    queueUrl,
    ...places,
    visibilitySeconds,
    waitSeconds: longestPollSeconds,
    handle: (message, signal) => ingestMessage(ingest, message, signal),
    events: createQueueEvents({ lane: name, logger, metrics, receiving, askAgain, mustStop }),
  })
  const { messagesInFlightMax } = places
  return { name, queueUrl, sqs, ingest, consumer, messagesInFlightMax, receiving }
}
