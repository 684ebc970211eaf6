import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { QueueEvents } from '@aftercall/storage/queue/consume-queue'

/** Logs what goes wrong with messages; outcomes are counted elsewhere. Logs ids, never bodies (I10). */
export function createDeadLetterEvents(logger: Logger): QueueEvents {
  return {
    received() {},
    acked() {},
    returned() {},
    ackFailed({ message: { messageId }, error }) {
      logger.error({ messageId, error }, 'the message was replayed but not deleted; it stays in the queue')
    },
    returnFailed({ message: { messageId }, error }) {
      logger.warn(
        { messageId, error },
        'the message could not be returned; it returns after its visibility timeout',
      )
    },
    handleFailed({ message: { messageId }, error }) {
      logger.error({ messageId, error }, 'the message could not be handled; it stays in the queue')
    },
    receiveFailed({ error, failuresInARow }) {
      logger.warn({ error, failuresInARow }, 'the queue did not answer')
    },
    heartbeatFailed({ messages, error }) {
      logger.warn({ messages: messages.length, error }, 'the visibility heartbeat failed; trying again')
    },
    receiptLost({ message: { messageId }, reason }) {
      logger.warn({ messageId, reason }, 'the message was received by another reader')
    },
  }
}
