import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DrainOptions, drainQueue } from '../src/queue/drain-queue.ts'
import type { Disposition } from '../src/queue/in-flight-messages.ts'
import { deadLetterUrlOf } from '../src/queue/queue-settings.ts'
import { ack, recordEvents, untilCount } from './consumer-harness.ts'
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts'

let aws: EmulatedAws
beforeAll(async () => {
  aws = await startEmulatedAws()
})
afterAll(() => aws.stop())

let queues = 0

function openQueue(bodies: string[], overrides: Partial<DrainOptions> = {}) {
  const name = `drained-${queues++}`
  const { queueUrl } = aws.server.createQueue(name)
  for (const body of bodies) aws.server.sendMessage(name, body)
  const handled: string[] = []
  const drain = () =>
    drainQueue({
      client: aws.sqsFor(queueUrl),
      queueUrl,
      messagesInFlightMax: 4,
      visibilitySeconds: 30,
      isWanted: async () => true,
      handle: async ({ body }) => {
        handled.push(body)
        return { kind: 'ack' }
      },
      events: recordEvents(),
      signal: new AbortController().signal,
      ...overrides,
    })
  const left = () => {
    const messages = aws.server.inspectQueue(name)?.messages
    return { ready: messages?.ready.length ?? 0, inflight: messages?.inflight.length ?? 0 }
  }
  return { queueUrl, handled, drain, left }
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index))

test('a queue is drained until it returns nothing more, and unwanted messages are visible again at once', async () => {
  const { drain, handled, left } = openQueue(numbers(30), {
    isWanted: async ({ body }) => Number(body) % 3 !== 0,
  })
  expect(await drain()).toEqual({ kind: 'empty' })
  expect(handled.map(Number).sort((one, other) => one - other)).toEqual(
    numbers(30)
      .map(Number)
      .filter((number) => number % 3 !== 0),
  )
  expect(left()).toEqual({ ready: 10, inflight: 0 })
})

test('a message that fails is handled once in a run, although it is visible again at once', async () => {
  const handled: string[] = []
  const { drain, left } = openQueue(numbers(3), {
    handle: async ({ body }): Promise<Disposition> => {
      handled.push(body)
      return { kind: 'return', delaySeconds: 0 }
    },
  })
  expect(await drain()).toEqual({ kind: 'empty' })
  expect(handled.sort()).toEqual(['0', '1', '2'])
  expect(left()).toEqual({ ready: 3, inflight: 0 })
})

test('at most the limit is handled, and the rest is visible again', async () => {
  const { drain, handled, left } = openQueue(numbers(25), { limit: 7 })
  expect(await drain()).toEqual({ kind: 'limit' })
  expect(handled).toHaveLength(7)
  expect(left()).toEqual({ ready: 18, inflight: 0 })
})

test('I8 it ends when too many messages are set aside', async () => {
  const { drain, left } = openQueue(Array<string>(40).fill('x'.repeat(100)), {
    isWanted: async () => false,
    asideBytesMax: 1_000,
  })
  expect(await drain()).toEqual({ kind: 'full' })
  expect(left()).toEqual({ ready: 40, inflight: 0 })
})

test('I9 once stopped, it receives nothing more, and running handlers finish', async () => {
  const stop = new AbortController()
  const ends: ((disposition: Disposition) => void)[] = []
  const { drain, left } = openQueue(numbers(20), {
    signal: stop.signal,
    handle: () => new Promise((resolve) => ends.push(resolve)),
  })
  const ending = drain()
  await untilCount(4, () => ends)
  stop.abort()
  for (const end of ends) end({ kind: 'ack' })
  expect(await ending).toEqual({ kind: 'stopped' })
  expect(left()).toEqual({ ready: 16, inflight: 0 })
})

test('if the queue cannot be read, it ends with the reason', async () => {
  const { drain } = openQueue([], { queueUrl: 'http://127.0.0.1/000000000000/nowhere', handle: ack })
  expect(await drain()).toMatchObject({ kind: 'failed', error: { name: 'QueueCallError' } })
})

test('the dead-letter queue is the one that the redrive policy names, in the same account and Region', () => {
  expect(
    deadLetterUrlOf(
      'https://sqs.eu-west-1.amazonaws.com/123456789012/live',
      'arn:aws:sqs:eu-west-1:123456789012:live-dead',
    ),
  ).toBe('https://sqs.eu-west-1.amazonaws.com/123456789012/live-dead')
})
