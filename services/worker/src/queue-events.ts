import type { StopReason } from '@aftercall/ingest/outcome'
import { stopReasonOfCall } from '@aftercall/ingest/stop-reason'
import type { Logger } from '@aftercall/runtime/logger'
import type { Metrics } from '@aftercall/runtime/metrics'
import type { QueueEvents } from '@aftercall/storage/queue'
import type { LaneName, Receiving } from './open-lane.ts'

/** What the queue tells, one function each: it writes the log line and the metric together. Ids only, no bodies (I10). */
type Deps = {
  lane: LaneName
  logger: Logger
  metrics: Metrics
  receiving: Receiving
  mustStop(reason: StopReason): void
}

/** Nothing is lost while nothing is received, so what passes by itself after all gets a chance. */
const failuresBeforeStop = 5

export function createQueueEvents({ lane, logger, metrics, receiving, mustStop }: Deps): QueueEvents {
  return {
    received({ message }) {
      metrics.messagesReceived.inc()
      // One that came back would be as old as its first failure.
      if (message.receiveCount === 1 && message.sentAt !== undefined)
        receiving.lastSentMs = message.sentAt.getTime()
      // How long a backfill waited tells how large it is, not that anything is late.
      if (lane === 'live' && message.sentAt !== undefined) {
        metrics.oldestMessageAgeSeconds.set(Math.max(0, (Date.now() - message.sentAt.getTime()) / 1000))
      }
    },
    acked() {
      metrics.messagesAcked.inc()
    },
    returned({ message, delaySeconds, reason }) {
      metrics.messagesReturned.inc()
      const { messageId, receiveCount } = message
      logger.info({ messageId, receiveCount, delaySeconds, reason }, 'message returned for a later try')
    },
    ackFailed({ message, error }) {
      logger.warn(
        { messageId: message.messageId, error },
        'message is done but was not deleted; it will come again',
      )
    },
    returnFailed({ message, error }) {
      const { messageId } = message
      logger.warn(
        { messageId, error },
        'the delay could not be set; the message returns when its visibility ends',
      )
    },
    handleFailed({ message, error }) {
      logger.error({ messageId: message.messageId, error }, 'a defect: the message could not be handled')
    },
    receiveFailed({ error, failuresInARow, pauseMs }) {
      receiving.lastFailureMs = performance.now()
      logger.warn(
        { error, failuresInARow, pauseMs: Math.round(pauseMs) },
        'the queue did not answer; trying again',
      )
      const stop = stopReasonOfCall(error)
      if (stop !== undefined && failuresInARow >= failuresBeforeStop) mustStop(stop)
    },
    heartbeatFailed({ messages, error }) {
      logger.warn({ messages: messages.length, error }, 'messages could not be held longer; trying again')
    },
    receiptLost({ message, reason }) {
      logger.warn(
        { messageId: message.messageId, reason },
        'the message is no longer ours; another worker has it',
      )
    },
  }
}
