import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { expect, test } from 'vitest'
import type { Delivery } from './delivery.ts'
import { createIngestEvents, createLoaderEvents } from './ingest-events.ts'
import type { Outcome } from './outcome.ts'

const delivery: Delivery = {
  event: { kind: 'created', ref: { bucket: 'files', key: 'call-1.json' }, eventName: 'ObjectCreated:Put' },
  messageId: 'm',
  receiveCount: 1,
}
const notice = { source: 'acme', channel: 'call', sessionId: '1', bucket: 'files', objectKey: 'call-1.json' }
const message = { messageId: 'm', body: 'content', receiveCount: 1 }
const outcomes: Outcome[] = [
  { kind: 'stored' },
  { kind: 'superseded' },
  { kind: 'duplicate' },
  { kind: 'missing' },
  { kind: 'ignored', code: 'object_removed' },
  { kind: 'ignored', code: 'past_retention' },
  { kind: 'rejected', code: 'not_json' },
  { kind: 'failed', code: 'throttled', delaySeconds: 30, cause: new Error('SlowDown') },
]

function open(level: string) {
  const lines: string[] = []
  const metrics = createMetrics({ version: '0' })
  const logger = createLogger({ level, destination: { write: (line) => void lines.push(line) } })
  const events = createIngestEvents({ logger, metrics, now: () => new Date(), isLive: true })
  const ours = async () =>
    (await metrics.render()).split('\n').filter((line) => line.startsWith('aftercall_'))
  const drift = { note: () => {}, noteWord: () => {}, flush: async () => {} }
  return { events, loader: createLoaderEvents({ logger, metrics, drift }), lines, ours }
}

type Opened = ReturnType<typeof open>
const endings: [string, (opened: Opened) => void][] = [
  ...outcomes.map((outcome): [string, (opened: Opened) => void] => [
    `an object that ended as ${outcome.kind}`,
    ({ events }) => events.objectEnded(delivery, outcome, events.objectStarted(delivery)),
  ]),
  [
    'a message that is rejected',
    ({ events }) => events.messageEnded(message, { kind: 'rejected', code: 'message_not_json' }),
  ],
  ['a test event', ({ events }) => events.testEventReceived()],
  ['sessions past their retention', ({ events }) => events.sessionsExpired(delivery, 2)],
  [
    'a fetch that is tried again',
    ({ events }) => events.fetchRetried({ source: 'acme', code: 'throttled', attempt: 1, waitMs: 1 }),
  ],
  [
    'a batch',
    ({ loader }) =>
      loader.batchCommitted({ documents: 1, durationMs: 1, rowsByTable: new Map([['session', 1]]) }),
  ],
  [
    'a batch that is tried again',
    ({ loader }) => loader.batchRetried({ objects: 1, attempt: 1, waitMs: 1, error: new Error('x') }),
  ],
  ...(['session_collision', 'superseded_by_older_object'] as const).map(
    (kind): [string, (opened: Opened) => void] => [
      `a document with the notice ${kind}`,
      ({ loader }) => loader.noticed({ ...notice, kind, other: { bucket: 'b', objectKey: 'other.json' } }),
    ],
  ),
  [
    'a large object',
    ({ events }) => events.largeEnded({ end: 'too_costly', bytes: 1_000_000, durationMs: 1 }),
  ],
  ['a batch that is split', ({ loader }) => loader.batchSplit({ objects: 2, error: new Error('x') })],
]

test.each(endings)('%s has its line in the log and its count in the metrics', async (_what, end) => {
  const opened = open('debug')
  const before = await opened.ours()
  end(opened)
  expect(opened.lines).toHaveLength(1)
  expect(opened.lines[0]).not.toContain('"content"')
  const counted = (await opened.ours()).filter((line) => !before.includes(line))
  expect(counted.length).toBeGreaterThan(0)
})

test('I8 the log has a hundred lines a minute of each kind in a flood, and the metrics count all', async () => {
  const opened = open('info')
  const rejected: Outcome = { kind: 'rejected', code: 'message_not_json' }
  for (let index = 0; index < 10_000; index += 1) opened.events.messageEnded(message, rejected)
  opened.events.messageEnded(message, { kind: 'rejected', code: 'message_too_large' })
  expect(opened.lines).toHaveLength(101)
  expect(await opened.ours()).toContain('aftercall_messages_rejected_total{code="message_not_json"} 10000')
})
