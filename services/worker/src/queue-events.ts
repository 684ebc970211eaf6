import type { StopReason } from '@aftercall/ingest/outcome'
import { stopReasonOfCall } from '@aftercall/ingest/stop-reason'
import { createLimitedLog } from '@aftercall/runtime/telemetry/limited-log'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import type { QueueEvents } from '@aftercall/storage/queue/consume-queue'
import type { QueueCallError } from '@aftercall/storage/queue/queue-call-error'
import type { ConsumerName, Receiving } from './receiving.ts'

/** What the queue tells, one function each: it writes the log line and the metric together. Ids only, no bodies (I10). */
type Deps = {
  lane: ConsumerName
  logger: Logger
  metrics: Metrics
  receiving: Receiving
  /** Asks the queue something else than for messages; how it refuses that, too. */
  askAgain(): Promise<QueueCallError | undefined>
  mustStop(reason: StopReason): void
}

type QueueFault =
  | 'ack_failed'
  | 'return_failed'
  | 'handle_failed'
  | 'receive_failed'
  | 'heartbeat_failed'
  | 'receipt_lost'

/** Nothing is lost while nothing is received, so what passes by itself after all gets a chance. */
const failuresBeforeStop = 5

export function createQueueEvents(deps: Deps): QueueEvents {
  const { lane, logger, metrics, receiving, askAgain, mustStop } = deps
  const log = createLimitedLog(logger)

  function fault(level: 'warn' | 'error', event: QueueFault, line: object, text: string): void {
    metrics.queueFaults.inc({ event })
    log(level, event, line, text)
  }

  async function stopIfRefused(): Promise<void> {
    const refusal = await askAgain()
    const stop = refusal === undefined ? undefined : stopReasonOfCall(refusal)
    if (stop !== undefined) mustStop(stop)
  }

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
      const line = { messageId, receiveCount, delaySeconds, reason }
      log('info', `returned ${reason}`, line, 'message returned for a later try')
    },
    ackFailed({ message, error }) {
      const line = { messageId: message.messageId, error }
      fault('warn', 'ack_failed', line, 'message is done but was not deleted; it will come again')
    },
    returnFailed({ message, error }) {
      const line = { messageId: message.messageId, error }
      fault(
        'warn',
        'return_failed',
        line,
        'the delay could not be set; the message returns when its visibility ends',
      )
    },
    handleFailed({ message, error }) {
      const line = { messageId: message.messageId, error }
      fault('error', 'handle_failed', line, 'a defect: the message could not be handled')
    },
    receiveFailed({ error, failuresInARow, pauseMs }) {
      receiving.lastFailureMs = performance.now()
      const line = { error, failuresInARow, pauseMs: Math.round(pauseMs) }
      fault('warn', 'receive_failed', line, 'the queue did not answer; trying again')
      if (stopReasonOfCall(error) !== undefined && failuresInARow >= failuresBeforeStop) void stopIfRefused()
    },
    heartbeatFailed({ messages, error }) {
      const line = { messages: messages.length, error }
      fault('warn', 'heartbeat_failed', line, 'messages could not be held longer; trying again')
    },
    receiptLost({ message, reason }) {
      const line = { messageId: message.messageId, reason }
      fault('warn', 'receipt_lost', line, 'the message is no longer ours; another worker has it')
    },
  }
}
