import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import type { QueueEvents } from '@aftercall/storage/queue/consume-queue'
import { QueueCallError } from '@aftercall/storage/queue/queue-call-error'
import { expect, test } from 'vitest'
import { createQueueEvents } from '../src/queue-events.ts'

const message = { messageId: 'm', receiptHandle: 'r', body: 'content', receiveCount: 2 }
const error = new QueueCallError({ action: 'ack', queueUrl: 'https://queue' }, new Error('x'))
const faults: [keyof QueueEvents, (events: QueueEvents) => void][] = [
  [
    'returned',
    (events) => events.returned({ message, inFlightMs: 1, delaySeconds: 5, reason: 'disposition' }),
  ],
  ['ackFailed', (events) => events.ackFailed({ message, error })],
  ['returnFailed', (events) => events.returnFailed({ message, error, reason: 'disposition' })],
  ['handleFailed', (events) => events.handleFailed({ message, error })],
  ['receiveFailed', (events) => events.receiveFailed({ error, failuresInARow: 1, pauseMs: 1 })],
  ['heartbeatFailed', (events) => events.heartbeatFailed({ messages: [message], error })],
  ['receiptLost', (events) => events.receiptLost({ message, reason: 'held-too-long' })],
]

test.each(faults)(
  '%s of the queue has its line in the log and its count in the metrics',
  async (_name, tell) => {
    const lines: string[] = []
    const metrics = createMetrics({ version: '0' })
    const events = createQueueEvents({
      lane: 'live',
      logger: createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } }),
      metrics,
      receiving: { lastFailureMs: null, lastSentMs: null, depth: null },
      askAgain: async () => undefined,
      mustStop: () => {},
    })
    const ours = async () =>
      (await metrics.render()).split('\n').filter((line) => line.startsWith('aftercall_'))
    const before = await ours()
    tell(events)
    expect(lines).toHaveLength(1)
    expect((await ours()).filter((line) => !before.includes(line))).toHaveLength(1)
  },
)
