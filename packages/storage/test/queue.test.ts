import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { QueueConsumer, QueueConsumerOptions } from '../src/queue/consume-queue.ts'
import { ack, createHarness, eventually, type Harness, untilCount } from './consumer-harness.ts'
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts'

let aws: EmulatedAws
const started: QueueConsumer[] = []

beforeAll(async () => {
  aws = await startEmulatedAws()
})
afterEach(async () => {
  aws.proxy.setRule()
  await Promise.all(started.splice(0).map((consumer) => consumer.stop({ graceMs: 0 })))
})
afterAll(() => aws.stop())

function start(overrides: Partial<QueueConsumerOptions> = {}): Harness {
  const harness = createHarness(aws, overrides)
  started.push(harness.consumer)
  harness.consumer.start()
  return harness
}

describe('receiving', () => {
  it('delivers each message with its times and receive count, and deletes it once handled', async () => {
    const { events, handles, send, depth, consumer } = start()
    expect(consumer.state()).toEqual({ running: true, inFlight: 0 })
    send('hello')
    await untilCount(1, () => handles)
    const { message } = handles[0]!
    expect(message).toMatchObject({ body: 'hello', receiveCount: 1 })
    expect(message.sentAt).toBeInstanceOf(Date)
    expect(consumer.state()).toMatchObject({ running: true, inFlight: 1 })
    expect(consumer.state().lastReceiveMs).toBeGreaterThan(0)
    handles[0]!.end({ kind: 'ack' })
    await untilCount(1, () => events.of('acked'))
    expect(depth()).toEqual({ ready: 0, inflight: 0 })
    await eventually(() => expect(consumer.state().inFlight).toBe(0))
  })

  it('waits in one long poll, and requests the visibility timeout that it will extend', async () => {
    const { calls, send, events } = start({ handle: ack, receivers: 1, visibilitySeconds: 77 })
    await untilCount(1, () => calls('ReceiveMessage'))
    send('late')
    await untilCount(1, () => events.of('acked'))
    expect(calls('ReceiveMessage')[0]).toMatchObject({ WaitTimeSeconds: 20, VisibilityTimeout: 77 })
    expect(calls('ReceiveMessage').length).toBeLessThanOrEqual(2)
  })

  it('opens more polls while messages wait, up to the limit, and returns to one when the queue is empty', async () => {
    const polls = { open: 0, openMax: 0, count: 0 }
    aws.proxy.setRule(async (request, forward) => {
      if (request.action !== 'ReceiveMessage') return forward()
      polls.open += 1
      polls.count += 1
      polls.openMax = Math.max(polls.openMax, polls.open)
      return forward().finally(() => {
        polls.open -= 1
      })
    })
    const options = { handle: ack, receivers: 4, messagesInFlightMax: 60, waitSeconds: 1 }
    const harness = createHarness(aws, options)
    started.push(harness.consumer)
    harness.send(...Array.from({ length: 300 }, (_, i) => `m${i}`))
    harness.consumer.start()
    await untilCount(300, () => harness.events.of('acked'))
    expect(polls.openMax).toBe(4)
    await eventually(() => expect(polls.open).toBe(1))
    Object.assign(polls, { openMax: 1, count: 0 })
    await eventually(() => expect(polls.count).toBe(2))
    expect(polls.openMax).toBe(1)
  })

  it('I8 never has more messages in flight than permits, with several receivers', async () => {
    const messagesInFlightMax = 7
    const seen: number[] = []
    const harness = createHarness(aws, {
      receivers: 4,
      messagesInFlightMax,
      handle: async () => {
        seen.push(harness.depth().inflight)
        await new Promise(setImmediate)
        return { kind: 'ack' }
      },
    })
    started.push(harness.consumer)
    harness.send(...Array.from({ length: 200 }, (_, i) => `m${i}`))
    harness.consumer.start()
    await untilCount(200, () => harness.events.of('acked'))
    expect(Math.max(...seen)).toBe(messagesInFlightMax)
    expect(seen).toHaveLength(200)
    const asked = harness.calls('ReceiveMessage').map((call) => call.MaxNumberOfMessages ?? 0)
    expect(Math.max(...asked)).toBeLessThanOrEqual(messagesInFlightMax)
  })

  it('releases the permits that a receive did not need', async () => {
    const { send, events } = start({ handle: ack, receivers: 1, messagesInFlightMax: 10 })
    for (let count = 1; count <= 12; count++) {
      send(`single ${count}`)
      await untilCount(count, () => events.of('acked'))
    }
  })

  it('I8 receives nothing while every permit is taken', async () => {
    const { handles, send, calls, depth } = start({ messagesInFlightMax: 3, receivers: 2 })
    send('a', 'b', 'c', 'd')
    await untilCount(3, () => handles)
    expect(depth()).toEqual({ ready: 1, inflight: 3 })
    const callsWhenFull = calls('ReceiveMessage').length
    handles[0]!.end({ kind: 'ack' })
    await untilCount(4, () => handles)
    expect(calls('ReceiveMessage').length).toBeGreaterThan(callsWhenFull)
  })

  it('continues if a listener throws', async () => {
    const broken = (): never => {
      throw new Error('broken listener')
    }
    const harness = createHarness(aws)
    const events = { ...harness.events, received: broken, acked: broken }
    const { handles, send, depth } = start({ events })
    send('a')
    await untilCount(1, () => handles)
    handles[0]!.end({ kind: 'ack' })
    await eventually(() => expect(depth()).toEqual({ ready: 0, inflight: 0 }))
  })
})

describe('ack and return', () => {
  it('deletes in batches of at most ten, with positions as ids', async () => {
    const harness = createHarness(aws, { handle: ack, messagesInFlightMax: 60, receivers: 4 })
    started.push(harness.consumer)
    harness.send(...Array.from({ length: 100 }, (_, i) => `m${i}`))
    harness.consumer.start()
    await untilCount(100, () => harness.events.of('acked'))
    const batches = harness.calls('DeleteMessageBatch').map((call) => call.Entries.map((entry) => entry.Id))
    expect(batches.flat()).toHaveLength(100)
    for (const ids of batches) expect(ids).toEqual(ids.map((_, position) => String(position)))
    expect(batches.length).toBeLessThan(40)
  })

  it('returns a message with its delay', async () => {
    const { handles, send, events, queueName } = start()
    send('later')
    await untilCount(1, () => handles)
    const before = Date.now()
    handles[0]!.end({ kind: 'return', delaySeconds: 299.5 })
    await untilCount(1, () => events.of('returned'))
    expect(events.of('returned')).toMatchObject([{ delaySeconds: 300, reason: 'disposition' }])
    const inflight = aws.server.inspectQueue(queueName)?.messages.inflight[0]
    expect((inflight!.visibilityDeadline - before) / 1_000).toBeCloseTo(300, -1)
  })

  it('receives a returned message again, with its count', async () => {
    const { handles, send } = start()
    send('again')
    await untilCount(1, () => handles)
    handles[0]!.end({ kind: 'return', delaySeconds: 0 })
    await untilCount(2, () => handles)
    expect(handles[1]!.message).toMatchObject({ body: 'again', receiveCount: 2 })
  })

  it('shortens a delay that would exceed the 12 hours of SQS', async () => {
    const { handles, send, events } = start()
    send('never')
    await untilCount(1, () => handles)
    handles[0]!.end({ kind: 'return', delaySeconds: 1e9 })
    await untilCount(1, () => events.of('returned'))
    expect(events.of('returned')[0]!.delaySeconds).toBeLessThan(43_200)
  })

  it('I1 returns a message whose handler throws, with a delay, and reports it', async () => {
    const { send, events } = start({ handle: () => Promise.reject(new Error('a bug')) })
    send('bug')
    await untilCount(1, () => events.of('returned'))
    expect(events.of('handleFailed')).toMatchObject([{ error: { message: 'a bug' } }])
    const { delaySeconds, reason } = events.of('returned')[0]!
    expect(reason).toBe('handle-failed')
    expect(delaySeconds).toBeGreaterThanOrEqual(5)
    expect(delaySeconds).toBeLessThanOrEqual(10)
  })
})

describe('heartbeat', () => {
  it('keeps slow messages invisible, in batches of ten, until they are handled', async () => {
    const { handles, send, calls, events, depth } = start({ visibilitySeconds: 3, messagesInFlightMax: 40 })
    send(...Array.from({ length: 25 }, (_, i) => `slow${i}`))
    await untilCount(25, () => handles)
    const firstHandles = handles.map((handle) => handle.message.receiptHandle)
    // Three rounds are longer than the first timeout, so a second delivery would have arrived.
    await eventually(() => {
      const extensions = calls('ChangeMessageVisibilityBatch').flatMap((call) => call.Entries)
      for (const receiptHandle of firstHandles) {
        expect(extensions.filter((entry) => entry.ReceiptHandle === receiptHandle).length).toBeGreaterThan(2)
      }
    })
    for (const call of calls('ChangeMessageVisibilityBatch')) {
      expect(call.Entries.length).toBeLessThanOrEqual(10)
      expect(call.Entries.every((entry) => entry.VisibilityTimeout === 3)).toBe(true)
    }
    expect(handles).toHaveLength(25)
    for (const handle of handles) handle.end({ kind: 'ack' })
    await untilCount(25, () => events.of('acked'))
    expect(depth()).toEqual({ ready: 0, inflight: 0 })
    expect(events.of('receiptLost')).toEqual([])
  })

  it('gives up a message that was in flight too long, and neither acks nor returns it', async () => {
    const { handles, send, calls, events } = start({ visibilitySeconds: 2, inFlightSecondsMax: 2 })
    send('forever')
    await untilCount(1, () => events.of('receiptLost'))
    expect(events.of('receiptLost')).toMatchObject([
      { reason: 'held-too-long', message: { body: 'forever' } },
    ])
    expect(handles[0]!.signal.aborted).toBe(true)
    handles[0]!.end({ kind: 'ack' })
    await untilCount(2, () => handles)
    expect(handles[1]!.message.receiveCount).toBe(2)
    expect(calls('DeleteMessageBatch')).toEqual([])
  })
})

describe('options', () => {
  it.each([
    ['visibilitySeconds', 0],
    ['visibilitySeconds', 43_201],
    ['waitSeconds', 21],
    ['receivers', 0],
    ['messagesInFlightMax', 1.5],
  ])('refuses %s of %d at once', (name, value) => {
    expect(() => createHarness(aws, { [name]: value })).toThrow(name)
  })
})
