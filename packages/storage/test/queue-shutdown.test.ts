import { endPollsWithTheirClient } from '@aftercall/testkit/http-fault-proxy'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { callQueueBySdk } from '../src/queue/call-queue-by-sdk.ts'
import { consumeQueue } from '../src/queue/consume-queue.ts'
import { ack, createHarness, eventually, recordEvents, untilCount } from './consumer-harness.ts'
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts'

let aws: EmulatedAws

beforeAll(async () => {
  aws = await startEmulatedAws()
})
beforeEach(() => aws.proxy.setRule(endPollsWithTheirClient))
afterAll(() => aws.stop())

describe('I9 stop', () => {
  it('lets messages in flight end within the grace time, and acks them', async () => {
    const { consumer, handles, send, events, depth } = createHarness(aws)
    consumer.start()
    send('a', 'b')
    await untilCount(2, () => handles)
    const stopping = consumer.stop({ graceMs: 20_000 })
    expect(consumer.state().running).toBe(false)
    for (const handle of handles) handle.end({ kind: 'ack' })
    expect(await stopping).toEqual({ returned: 0 })
    expect(events.of('acked')).toHaveLength(2)
    expect(handles.some((handle) => handle.signal.aborted)).toBe(false)
    expect(depth()).toEqual({ ready: 0, inflight: 0 })
    expect(consumer.state().inFlight).toBe(0)
  })

  it('then returns the rest: aborts their handlers, and makes the messages visible at once', async () => {
    const { consumer, handles, send, events, calls, depth } = createHarness(aws)
    consumer.start()
    send('a', 'b', 'c')
    await untilCount(3, () => handles)
    expect(await consumer.stop({ graceMs: 50 })).toEqual({ returned: 3 })
    expect(handles.every((handle) => handle.signal.aborted)).toBe(true)
    expect(depth()).toEqual({ ready: 3, inflight: 0 })
    expect(events.of('returned').map((event) => [event.reason, event.delaySeconds])).toEqual(
      Array.from({ length: 3 }, () => ['shutdown', 0]),
    )
    // The results of handlers that finish later no longer count.
    for (const handle of handles) handle.end({ kind: 'ack' })
    await new Promise(setImmediate)
    expect(calls('DeleteMessageBatch')).toEqual([])
  })

  it('returns a message once, for any reaction of its handler to the signal', async () => {
    const { consumer, send, events, calls, depth } = createHarness(aws, {
      handle: (_message, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ kind: 'ack' }))
        }),
    })
    consumer.start()
    send('a')
    await untilCount(1, () => events.of('received'))
    expect(await consumer.stop({ graceMs: 10 })).toEqual({ returned: 1 })
    expect(calls('DeleteMessageBatch')).toEqual([])
    expect(depth()).toEqual({ ready: 1, inflight: 0 })
  })

  it('does not wait for a heartbeat that hangs', async () => {
    const { consumer, send, events, calls, depth } = createHarness(aws, { visibilitySeconds: 4 })
    consumer.start()
    send('a')
    await untilCount(1, () => events.of('received'))
    let hung = 0
    aws.proxy.setRule((request, forward) => {
      if (request.action !== 'ChangeMessageVisibilityBatch' || hung++ > 0) {
        return endPollsWithTheirClient(request, forward)
      }
      return new Promise(() => {})
    })
    await untilCount(1, () => calls('ChangeMessageVisibilityBatch'))
    expect(await consumer.stop({ graceMs: 0 })).toEqual({ returned: 1 })
    expect(depth()).toEqual({ ready: 1, inflight: 0 })
  })

  it('counts a handler that stops on its signal as returned, not as failed', async () => {
    const { consumer, send, events } = createHarness(aws, {
      handle: (_message, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    })
    consumer.start()
    send('a')
    await untilCount(1, () => events.of('received'))
    expect(await consumer.stop({ graceMs: 10 })).toEqual({ returned: 1 })
    expect(events.of('handleFailed')).toEqual([])
    expect(events.of('returned')).toMatchObject([{ reason: 'shutdown' }])
  })

  it('aborts the long polls instead of waiting for them, without reporting a failure', async () => {
    const { consumer, events, send } = createHarness(aws, {
      receivers: 3,
      handle: ack,
      messagesInFlightMax: 40,
    })
    let answered = 0
    aws.proxy.setRule(async (request, forward) => {
      const answer = await endPollsWithTheirClient(request, forward)
      if (request.action === 'ReceiveMessage' && !request.closed.aborted) answered += 1
      return answer
    })
    send(...Array.from({ length: 40 }, (_, i) => `m${i}`))
    consumer.start()
    await untilCount(40, () => events.of('acked'))
    await untilCount(2, () =>
      aws.proxy.requests.filter(({ action, closed }) => action === 'ReceiveMessage' && !closed.aborted),
    )
    const answeredBefore = answered
    expect(await consumer.stop({ graceMs: 20_000 })).toEqual({ returned: 0 })
    expect(answered).toBe(answeredBefore)
    expect(events.of('receiveFailed')).toEqual([])
  })

  it('returns messages that arrive while the poll is being aborted', async () => {
    const harness = createHarness(aws)
    const client = aws.sqsFor(harness.queueUrl)
    const handler = client.config.requestHandler
    const handleRequest = handler.handle.bind(handler)
    // The answer is already on its way: the signal is too late for the connection.
    handler.handle = (request) => handleRequest(request)
    const events = recordEvents()
    const consumer = consumeQueue({
      call: callQueueBySdk(client),
      queueUrl: harness.queueUrl,
      events,
      handle: ack,
      receivers: 1,
      messagesInFlightMax: 10,
      visibilitySeconds: 600,
      waitSeconds: 20,
    })
    consumer.start()
    await untilCount(1, () => harness.calls('ReceiveMessage'))
    const stopping = consumer.stop({ graceMs: 20_000 })
    harness.send('late')
    expect(await stopping).toEqual({ returned: 1 })
    expect(events.of('acked')).toEqual([])
    expect(harness.depth()).toEqual({ ready: 1, inflight: 0 })
  })

  it('may be called twice, or before a start, and a stopped consumer stays stopped', async () => {
    const { consumer, calls, handles, send } = createHarness(aws)
    consumer.start()
    send('a')
    await untilCount(1, () => handles)
    const [first, second] = await Promise.all([
      consumer.stop({ graceMs: 10 }),
      consumer.stop({ graceMs: 60_000 }),
    ])
    expect([first, second]).toEqual([{ returned: 1 }, { returned: 1 }])
    const callsBefore = calls('ReceiveMessage').length
    consumer.start()
    expect(consumer.state().running).toBe(false)
    expect(calls('ReceiveMessage')).toHaveLength(callsBefore)
    const neverStarted = createHarness(aws).consumer
    expect(await neverStarted.stop({ graceMs: 60_000 })).toEqual({ returned: 0 })
  })

  it('ends at most four seconds after the grace time if SQS does not answer', async () => {
    const { consumer, handles, send, events } = createHarness(aws)
    consumer.start()
    send('acking', 'open')
    await untilCount(2, () => handles)
    aws.proxy.setRule(() => new Promise(() => {}))
    handles[0]!.end({ kind: 'ack' })
    // As late as the stop itself where the machine is busy.
    let tenths = 0
    const ticking = setInterval(() => {
      tenths += 1
    }, 100)
    expect(await consumer.stop({ graceMs: 100 })).toEqual({ returned: 0 })
    clearInterval(ticking)
    expect(tenths).toBeLessThanOrEqual(42)
    await eventually(() => expect(events.of('ackFailed')).toHaveLength(1))
    expect(events.of('returnFailed')).toMatchObject([{ reason: 'shutdown' }])
  })

  it('loses nothing between a stopped consumer and its successor', async () => {
    const bodies = Array.from({ length: 60 }, (_, i) => `m${i}`)
    const first = createHarness(aws, { receivers: 1, messagesInFlightMax: 30 })
    first.send(...bodies)
    first.consumer.start()
    await untilCount(30, () => first.handles)
    for (const handle of first.handles.slice(0, 12)) handle.end({ kind: 'ack' })
    await first.consumer.stop({ graceMs: 300 })
    const acked = first.events.of('acked').map((event) => event.message.body)
    const events = recordEvents()
    const second = consumeQueue({
      call: aws.callQueue(first.queueUrl),
      queueUrl: first.queueUrl,
      events,
      handle: ack,
      receivers: 2,
      messagesInFlightMax: 30,
      visibilitySeconds: 30,
      waitSeconds: 1,
    })
    second.start()
    await eventually(() => expect(first.depth()).toEqual({ ready: 0, inflight: 0 }))
    await second.stop({ graceMs: 5_000 })
    const rest = events.of('acked').map((event) => event.message.body)
    expect([...acked, ...rest].toSorted()).toEqual(bodies.toSorted())
  })
})
