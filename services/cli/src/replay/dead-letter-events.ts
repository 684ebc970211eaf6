import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { QueueEvents } from '@aftercall/storage/queue/consume-queue'

/** What goes wrong with the messages themselves; what becomes of them is counted elsewhere. Ids only, no bodies (I10). */
export function createDeadLetterEvents(logger: Logger): QueueEvents {
  return {
    received() {},
    acked() {},
    returned() {},
    ackFailed({ message: { messageId }, error }) {
      logger.error({ messageId, error }, 'the message is done but was not deleted; it stays in the queue')
    },
    returnFailed({ message: { messageId }, error }) {
      logger.warn({ messageId, error }, 'the message returns only when its visibility ends')
    },
    handleFailed({ message: { messageId }, error }) {
      logger.error({ messageId, error }, 'the message could not be handled; it stays in the queue')
    },
    receiveFailed({ error, failuresInARow }) {
      logger.warn({ error, failuresInARow }, 'the queue did not answer')
    },
    heartbeatFailed({ messages, error }) {
      logger.warn({ messages: messages.length, error }, 'messages could not be held longer; trying again')
    },
    receiptLost({ message: { messageId }, reason }) {
      logger.warn({ messageId, reason }, 'the message is no longer ours; another reader has it')
    },
  }
}
