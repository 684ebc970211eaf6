import { expect, vi } from 'vitest'
import {
  consumeQueue,
  type Disposition,
  type QueueConsumer,
  type QueueConsumerOptions,
  type QueueEvents,
  type ReceivedMessage,
} from '../src/queue/consume-queue.ts'
import type { EmulatedAws } from './emulated-aws.ts'

export type EventName = keyof QueueEvents
type EventOf<Name extends EventName> = Parameters<QueueEvents[Name]>[0]

/** Events in the order in which they were reported. */
export type EventRecorder = QueueEvents & {
  of<Name extends EventName>(name: Name): EventOf<Name>[]
}

export function recordEvents(): EventRecorder {
  const events: { name: EventName; event: unknown }[] = []
  const record =
    <Name extends EventName>(name: Name) =>
    (event: EventOf<Name>): void => {
      events.push({ name, event })
    }
  return {
    received: record('received'),
    acked: record('acked'),
    returned: record('returned'),
    ackFailed: record('ackFailed'),
    returnFailed: record('returnFailed'),
    handleFailed: record('handleFailed'),
    receiveFailed: record('receiveFailed'),
    heartbeatFailed: record('heartbeatFailed'),
    receiptLost: record('receiptLost'),
    of: <Name extends EventName>(name: Name) =>
      events.filter((recorded) => recorded.name === name).map((recorded) => recorded.event as EventOf<Name>),
  }
}

/** One handled message whose end the test decides. */
export type OpenHandle = {
  message: ReceivedMessage
  signal: AbortSignal
  end(disposition: Disposition): void
}

export type Harness = {
  queueUrl: string
  queueName: string
  events: EventRecorder
  consumer: QueueConsumer
  /** Handlers started so far, if no `handle` was given. */
  handles: OpenHandle[]
  send(...bodies: string[]): void
  /** Messages in the emulator's queue by state. */
  depth(): { ready: number; inflight: number }
  /** Calls of one SQS action that reached the proxy, parsed. */
  calls(action: string): SqsCall[]
}

export type SqsCall = {
  MaxNumberOfMessages?: number
  Entries: { Id: string; ReceiptHandle: string; VisibilityTimeout?: number }[]
}

let queueCount = 0

export function createHarness(aws: EmulatedAws, overrides: Partial<QueueConsumerOptions> = {}): Harness {
  const queueName = `q${queueCount++}`
  const { queueUrl } = aws.server.createQueue(queueName)
  const events = recordEvents()
  const handles: OpenHandle[] = []
  const consumer = consumeQueue({
    call: aws.callQueue(queueUrl),
    queueUrl,
    receivers: 2,
    messagesInFlightMax: 20,
    visibilitySeconds: 30,
    waitSeconds: 20,
    handle: (message, signal) =>
      new Promise((resolve) => {
        handles.push({ message, signal, end: resolve })
      }),
    events,
    ...overrides,
  })
  return {
    queueUrl,
    queueName,
    events,
    consumer,
    handles,
    send: (...bodies) => {
      for (const body of bodies) aws.server.sendMessage(queueName, body)
    },
    depth: () => {
      const messages = aws.server.inspectQueue(queueName)?.messages
      return { ready: messages?.ready.length ?? 0, inflight: messages?.inflight.length ?? 0 }
    },
    calls: (action) =>
      aws.proxy.requests
        .filter((request) => request.action === action && request.body.includes(`/${queueName}"`))
        .map((request) => JSON.parse(request.body) as SqsCall),
  }
}

export const ack = async (): Promise<Disposition> => ({ kind: 'ack' })

/** Waits for a condition, not for a time. */
export function eventually(condition: () => void, timeout = 15_000): Promise<void> {
  return vi.waitFor(condition, { timeout, interval: 10 })
}

export async function untilCount(count: number, list: () => readonly unknown[]): Promise<void> {
  await eventually(() => expect(list().length).toBeGreaterThanOrEqual(count))
}
