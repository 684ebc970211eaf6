import { type FaultRule, jsonAnswer, type ProxiedAnswer } from '@aftercall/testkit/http-fault-proxy'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { QueueConsumer, QueueConsumerOptions } from '../src/queue/consume-queue.ts'
import { ack, createHarness, eventually, type Harness, type SqsCall, untilCount } from './consumer-harness.ts'
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

/** Fails chosen entries of a batch action, which then do not reach the queue. */
function failEntries(
  action: string,
  code: string | undefined,
  chooses: (handle: string) => boolean,
): FaultRule {
  return async (request, forward) => {
    if (request.action !== action) return forward()
    const call = JSON.parse(request.body) as SqsCall
    const failed = call.Entries.filter((entry) => chooses(entry.ReceiptHandle))
    const passed = call.Entries.filter((entry) => !chooses(entry.ReceiptHandle))
    if (passed.length > 0) await forward(JSON.stringify({ ...call, Entries: passed }))
    return jsonAnswer(200, {
      Successful: passed.map(({ Id }) => ({ Id })),
      Failed: code === undefined ? [] : failed.map(({ Id }) => ({ Id, Code: code, SenderFault: false })),
    })
  }
}

const internalError = jsonAnswer(500, { __type: 'com.amazonaws.sqs#InternalError', message: 'try later' })

describe('when some entries of a delete fail', () => {
  it.each([
    ['fails as throttled', 'RequestThrottled'],
    ['is not mentioned in the answer', undefined],
  ])('tries an entry that %s again, and the others are done', async (_what, code) => {
    const { handles, send, events, depth } = start()
    send('a', 'b', 'c')
    await untilCount(3, () => handles)
    const unlucky = handles[1]!.message.receiptHandle
    let failures = 0
    aws.proxy.setRule(
      failEntries('DeleteMessageBatch', code, (handle) => handle === unlucky && failures++ < 2),
    )
    for (const handle of handles) handle.end({ kind: 'ack' })
    await untilCount(3, () => events.of('acked'))
    expect(events.of('acked')[2]!.message.receiptHandle).toBe(unlucky)
    expect(events.of('ackFailed')).toEqual([])
    expect(depth()).toEqual({ ready: 0, inflight: 0 })
  })

  it('reports an entry that keeps failing, after four tries', async () => {
    const { handles, send, events, calls } = start()
    send('a', 'b')
    await untilCount(2, () => handles)
    const unlucky = handles[0]!.message.receiptHandle
    aws.proxy.setRule(failEntries('DeleteMessageBatch', 'InternalError', (handle) => handle === unlucky))
    for (const handle of handles) handle.end({ kind: 'ack' })
    await untilCount(1, () => events.of('ackFailed'))
    expect(events.of('ackFailed')).toMatchObject([
      { message: { receiptHandle: unlucky }, error: { code: 'internal_error', action: 'ack' } },
    ])
    expect(events.of('acked')).toHaveLength(1)
    const tries = calls('DeleteMessageBatch').filter((call) =>
      call.Entries.some((entry) => entry.ReceiptHandle === unlucky),
    )
    expect(tries).toHaveLength(4)
  })

  it('does not retry an invalid receipt', async () => {
    const { handles, send, events, calls } = start()
    send('a')
    await untilCount(1, () => handles)
    aws.proxy.setRule(failEntries('DeleteMessageBatch', 'ReceiptHandleIsInvalid', () => true))
    handles[0]!.end({ kind: 'ack' })
    await untilCount(1, () => events.of('ackFailed'))
    expect(calls('DeleteMessageBatch')).toHaveLength(1)
  })

  it('deletes the messages after the whole call has failed for a while', async () => {
    const { handles, send, events, depth } = start()
    send('a')
    await untilCount(1, () => handles)
    let failures = 0
    aws.proxy.setRule(async (request, forward) =>
      request.action === 'DeleteMessageBatch' && failures++ < 3 ? internalError : forward(),
    )
    handles[0]!.end({ kind: 'ack' })
    await untilCount(1, () => events.of('acked'))
    expect(failures).toBeGreaterThan(3)
    expect(depth()).toEqual({ ready: 0, inflight: 0 })
  })

  it('reports a return that SQS refuses', async () => {
    const { handles, send, events } = start()
    send('a')
    await untilCount(1, () => handles)
    aws.proxy.setRule(failEntries('ChangeMessageVisibilityBatch', 'InvalidParameterValue', () => true))
    handles[0]!.end({ kind: 'return', delaySeconds: 5 })
    await untilCount(1, () => events.of('returnFailed'))
    expect(events.of('returnFailed')).toMatchObject([
      { reason: 'disposition', error: { code: 'invalid_request' } },
    ])
  })
})

describe('when receiving fails', () => {
  it('reports it, waits longer each time, and continues once SQS is back', async () => {
    aws.proxy.setRule(async (request, forward) =>
      request.action === 'ReceiveMessage' ? internalError : forward(),
    )
    const { events, send, consumer } = start({ handle: ack, receivers: 1 })
    await untilCount(3, () => events.of('receiveFailed'))
    expect(events.of('receiveFailed').slice(0, 3)).toMatchObject(
      [1, 2, 3].map((failuresInARow) => ({ failuresInARow, error: { code: 'internal_error' } })),
    )
    expect(consumer.state()).toEqual({ running: true, inFlight: 0 })
    aws.proxy.setRule()
    send('back')
    await untilCount(1, () => events.of('acked'))
  })

  it('counts failures from one again after a success', async () => {
    let fail = true
    aws.proxy.setRule(async (request, forward) =>
      request.action === 'ReceiveMessage' && fail ? internalError : forward(),
    )
    const { events, send } = start({ handle: ack, receivers: 1 })
    await untilCount(2, () => events.of('receiveFailed'))
    fail = false
    send('between')
    await untilCount(1, () => events.of('acked'))
    const before = events.of('receiveFailed').length
    fail = true
    send('ends the poll under way')
    await untilCount(before + 1, () => events.of('receiveFailed'))
    expect(events.of('receiveFailed')[before]).toMatchObject({ failuresInARow: 1 })
  })

  it.each([{}, null])('pauses longer each time when an empty answer (%j) arrives at once', async (body) => {
    aws.proxy.setRule(async (request, forward) =>
      request.action === 'ReceiveMessage' ? jsonAnswer(200, body) : forward(),
    )
    const { events, calls, send } = start({ handle: ack })
    await untilCount(1, () => events.of('receiveFailed'))
    const [failure] = events.of('receiveFailed')
    expect(failure).toMatchObject({ error: { code: 'unreadable_answer' }, failuresInARow: 4 })
    expect(failure?.pauseMs).toBeGreaterThanOrEqual(800)
    expect(calls('ReceiveMessage')).toHaveLength(4)
    aws.proxy.setRule()
    send('back')
    await untilCount(1, () => events.of('acked'))
  })

  it('pauses longer each time when a message arrives again and again after its delete', async () => {
    const { events, calls, send } = start({ handle: ack })
    let given: ProxiedAnswer | undefined
    aws.proxy.setRule(async (request, forward) => {
      if (request.action !== 'ReceiveMessage') return forward()
      given ??= await forward()
      return given
    })
    send('again')
    await untilCount(1, () => events.of('receiveFailed'))
    expect(events.of('receiveFailed')).toMatchObject([{ error: { code: 'unreadable_answer' } }])
    // The receives before the first delete, and four after it.
    expect(calls('ReceiveMessage').length).toBeLessThan(40)
  })

  it.each([
    ['com.amazonaws.sqs#QueueDoesNotExist', 400, 'no_such_queue'],
    ['com.amazon.coral.service#AccessDeniedException', 403, 'access_denied'],
    ['com.amazon.coral.service#ExpiredTokenException', 403, 'credentials_expired'],
    ['com.amazonaws.sqs#OverLimit', 403, 'too_many_in_flight'],
    ['com.amazonaws.sqs#KmsAccessDenied', 400, 'encryption_key'],
  ])('reports %s by code, and does not end', async (type, status, code) => {
    aws.proxy.setRule(async () => jsonAnswer(status, { __type: type, message: 'no' }))
    const { events, queueUrl, consumer } = start({ receivers: 1 })
    await untilCount(2, () => events.of('receiveFailed'))
    expect(events.of('receiveFailed')[0]).toMatchObject({ error: { code, queueUrl, action: 'receive' } })
    expect(consumer.state().running).toBe(true)
  })

  it('knows the emulator’s own missing queue', async () => {
    const harness = createHarness(aws)
    const { events } = start({ queueUrl: `${harness.queueUrl}-not`, receivers: 1 })
    await untilCount(1, () => events.of('receiveFailed'))
    expect(events.of('receiveFailed')[0]!.error.code).toBe('no_such_queue')
  })

  it('continues after broken connections', async () => {
    const { events, send } = start({ handle: ack, waitSeconds: 1 })
    let cuts = 0
    aws.proxy.setRule(async (request, forward) => {
      if (request.action !== 'ReceiveMessage' || cuts++ >= 2) return forward()
      return { ...jsonAnswer(200, {}), cutAfterBytes: 0 }
    })
    await untilCount(1, () => events.of('receiveFailed'))
    send('after')
    await untilCount(1, () => events.of('acked'))
  })
})

describe('when extending the visibility fails', () => {
  it('I1 gives up a message whose receipt is no longer valid: aborts its handler, and neither acks nor returns it', async () => {
    const { handles, send, events, calls, consumer } = start({ visibilitySeconds: 2 })
    send('gone', 'kept')
    await untilCount(2, () => handles)
    const gone = handles.find((handle) => handle.message.body === 'gone')!
    const kept = handles.find((handle) => handle.message.body === 'kept')!
    aws.proxy.setRule(
      failEntries('ChangeMessageVisibilityBatch', 'ReceiptHandleIsInvalid', (handle) => {
        return handle === gone.message.receiptHandle
      }),
    )
    await untilCount(1, () => events.of('receiptLost'))
    expect(events.of('receiptLost')).toMatchObject([{ message: { body: 'gone' }, reason: 'receipt-invalid' }])
    expect([gone.signal.aborted, kept.signal.aborted]).toEqual([true, false])
    gone.end({ kind: 'ack' })
    kept.end({ kind: 'ack' })
    await untilCount(1, () => events.of('acked'))
    await eventually(() => expect(consumer.state().inFlight).toBe(0))
    const deleted = calls('DeleteMessageBatch').flatMap((call) => call.Entries)
    expect(deleted.map((entry) => entry.ReceiptHandle)).toEqual([kept.message.receiptHandle])
  })

  it('retries a failed heartbeat before the message becomes visible', async () => {
    const { handles, send, events } = start({ visibilitySeconds: 4 })
    send('slow')
    await untilCount(1, () => handles)
    let failures = 0
    aws.proxy.setRule(async (request, forward) =>
      request.action === 'ChangeMessageVisibilityBatch' && failures++ < 1 ? internalError : forward(),
    )
    await untilCount(1, () => events.of('heartbeatFailed'))
    expect(events.of('heartbeatFailed')).toMatchObject([{ messages: [{ body: 'slow' }] }])
    // The third is beyond the first timeout.
    await eventually(() => expect(failures).toBeGreaterThanOrEqual(3))
    expect(handles).toHaveLength(1)
    handles[0]!.end({ kind: 'ack' })
    await untilCount(1, () => events.of('acked'))
  })

  it('waits for a running extension before it returns the message, so that the delay is kept', async () => {
    const { handles, send, events, calls, queueName } = start({ visibilitySeconds: 2 })
    send('returned')
    await untilCount(1, () => handles)
    const letExtend = Promise.withResolvers<void>()
    let extending = false
    aws.proxy.setRule(async (request, forward) => {
      if (request.action === 'ChangeMessageVisibilityBatch' && !extending) {
        extending = true
        await letExtend.promise
      }
      return forward()
    })
    await eventually(() => expect(extending).toBe(true))
    handles[0]!.end({ kind: 'return', delaySeconds: 300 })
    // A later message that is returned shows that the first one's return would have been sent by now.
    send('passes by')
    await untilCount(2, () => handles)
    handles[1]!.end({ kind: 'return', delaySeconds: 400 })
    await untilCount(1, () => events.of('returned'))
    const secondsSet = (): unknown[] =>
      calls('ChangeMessageVisibilityBatch').flatMap((call) =>
        call.Entries.map((entry) => entry.VisibilityTimeout),
      )
    expect(secondsSet()).toEqual([2, 400])
    letExtend.resolve()
    await untilCount(2, () => events.of('returned'))
    expect(secondsSet()).toEqual([2, 400, 300])
    const { inflight } = aws.server.inspectQueue(queueName)!.messages
    const returned = inflight.find((entry) => entry.message.body === 'returned')!
    expect(returned.visibilityDeadline - Date.now()).toBeGreaterThan(200_000)
  })
})
