import { createHash } from 'node:crypto'
import { jsonAnswer } from '@aftercall/testkit/http-fault-proxy'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { classifyError, type FailureCode } from '../src/aws/error-class.ts'
import type { CallQueue, QueueCall } from '../src/queue/call-queue.ts'
import { readReceivedMessages } from '../src/queue/received-message.ts'
import { createHarness, eventually } from './consumer-harness.ts'
import { type CallsBy, type EmulatedAws, startEmulatedAws } from './emulated-aws.ts'

let aws: EmulatedAws

beforeAll(async () => {
  aws = await startEmulatedAws()
})
afterEach(() => aws.proxy.setRule())
afterAll(() => aws.stop())

const never = new AbortController().signal
const limits = { signal: never, timeoutMs: 10_000 }

function receive(queueUrl: string): QueueCall {
  const MessageSystemAttributeNames = ['ApproximateReceiveCount', 'SentTimestamp'] as const
  const input = {
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    VisibilityTimeout: 30,
    WaitTimeSeconds: 0,
    MessageSystemAttributeNames: [...MessageSystemAttributeNames],
  }
  return { name: 'ReceiveMessage', input }
}

const refusals: [number, string, FailureCode][] = [
  [400, 'com.amazonaws.sqs#QueueDoesNotExist', 'no_such_queue'],
  [400, 'com.amazonaws.sqs#ReceiptHandleIsInvalid', 'receipt_invalid'],
  [403, 'com.amazon.coral.service#ExpiredTokenException', 'credentials_expired'],
  [403, 'com.amazon.coral.service#InvalidSignatureException', 'credentials_invalid'],
  [403, 'com.amazonaws.sqs#OverLimit', 'too_many_in_flight'],
  [400, 'RequestThrottled', 'throttled'],
  [500, 'com.amazonaws.sqs#InternalError:http://internal.amazon.com/', 'internal_error'],
  [400, 'com.amazonaws.sqs#SomethingNew', 'unknown'],
]

describe.each<CallsBy>(['signed', 'sdk'])('calls by %s', (by) => {
  function openQueue(): { queueUrl: string; queueName: string; call: CallQueue } {
    const { queueUrl, queueName } = createHarness(aws)
    return { queueUrl, queueName, call: aws.callQueue(queueUrl, by) }
  }

  /** When throttled, the SDK waits for seconds before it rejects. */
  function isQuick([, , code]: readonly [number, string, FailureCode]): boolean {
    return by === 'signed' || code !== 'throttled'
  }

  it('receive, extend, and delete the same messages', async () => {
    const { queueUrl, queueName, call } = openQueue()
    const bodies = ['plain', 'ünïcode "quoted" \\ \n', '{"Records":[]}']
    for (const body of bodies) aws.server.sendMessage(queueName, body)
    const received = readReceivedMessages(await call(receive(queueUrl), limits))
    expect(received.map((message) => message.body)).toEqual(bodies)
    expect(received.every((message) => message.receiveCount === 1 && message.sentAt instanceof Date)).toBe(
      true,
    )
    const Entries = received.map(({ receiptHandle }, i) => ({ Id: String(i), ReceiptHandle: receiptHandle }))
    const longer = Entries.map((entry) => ({ ...entry, VisibilityTimeout: 300 }))
    const input = { QueueUrl: queueUrl, Entries: longer }
    expect(await call({ name: 'ChangeMessageVisibilityBatch', input }, limits)).toMatchObject({
      Successful: [{ Id: '0' }, { Id: '1' }, { Id: '2' }],
    })
    await call({ name: 'DeleteMessageBatch', input: { QueueUrl: queueUrl, Entries } }, limits)
    expect(aws.server.inspectQueue(queueName)?.messages).toMatchObject({ ready: [], inflight: [] })
  })

  it('send the same request, signed for the queue’s Region', async () => {
    const { queueUrl, call } = openQueue()
    await call(receive(queueUrl), limits)
    const { method, path, headers, body } = aws.proxy.requests.at(-1)!
    expect({ method, path, body: JSON.parse(body) }).toEqual({
      method: 'POST',
      path: '/',
      body: receive(queueUrl).input,
    })
    expect(headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.ReceiveMessage',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/us-east-1\/sqs\/aws4_request, /,
      ),
    })
  })

  it.each(refusals.filter(isQuick))('reject with SQS’s error: %i %s is %s', async (status, type, code) => {
    const { queueUrl, call } = openQueue()
    aws.proxy.setRule(async () => jsonAnswer(status, { __type: type, message: 'not now' }))
    const error = await call(receive(queueUrl), limits).catch((one: unknown) => one)
    expect(error).toMatchObject({ message: 'not now', $metadata: { httpStatusCode: status } })
    expect(classifyError(error).code).toBe(code)
  })

  it('reject by the status alone if another server answers', async () => {
    const { queueUrl, call } = openQueue()
    const headers = { 'content-type': 'text/html' }
    aws.proxy.setRule(async () => ({ status: 503, headers, body: Buffer.from('<html>busy</html>') }))
    const error = await call(receive(queueUrl), limits).catch((one: unknown) => one)
    expect(classifyError(error).code).toBe('service_unavailable')
  })

  it('reject as soon as their signal fires, and abort the poll', async () => {
    const { queueUrl, call } = openQueue()
    const stopping = new AbortController()
    let closed: AbortSignal | undefined
    aws.proxy.setRule((request) => {
      closed = request.closed
      return new Promise(() => {})
    })
    const polling = call(receive(queueUrl), { signal: stopping.signal, timeoutMs: 30_000 })
    await eventually(() => expect(closed).toBeDefined())
    stopping.abort()
    expect(classifyError(await polling.catch((one: unknown) => one)).code).toBe('aborted')
    await eventually(() => expect(closed?.aborted).toBe(true))
  })

  it('reject if no answer arrives in time', async () => {
    const { queueUrl, call } = openQueue()
    aws.proxy.setRule(() => new Promise(() => {}))
    const error = await call(receive(queueUrl), { signal: never, timeoutMs: 100 }).catch(
      (one: unknown) => one,
    )
    expect(classifyError(error).code).toBe('timeout')
  })

  it('refuse bodies that do not match their MD5', async () => {
    const { queueUrl, call } = openQueue()
    const MD5OfBody = createHash('md5').update('sent').digest('hex')
    const Messages = [{ MessageId: 'm1', ReceiptHandle: 'r1', Body: 'damaged', MD5OfBody }]
    aws.proxy.setRule(async () => jsonAnswer(200, { Messages }))
    const reading = call(receive(queueUrl), limits).then(readReceivedMessages)
    await expect(reading).rejects.toThrow(/MD5.*m1/)
  })
})

describe('signed calls', () => {
  it('are made once, while the SDK makes three attempts', async () => {
    const { queueUrl, calls } = createHarness(aws)
    aws.proxy.setRule(async () => jsonAnswer(500, { __type: 'InternalError', message: 'no' }))
    await expect(aws.callQueue(queueUrl)(receive(queueUrl), limits)).rejects.toThrow('no')
    expect(calls('ReceiveMessage')).toHaveLength(1)
    await expect(aws.callQueue(queueUrl, 'sdk')(receive(queueUrl), limits)).rejects.toThrow('no')
    expect(calls('ReceiveMessage')).toHaveLength(4)
  })

  it('correct a wrong clock once SQS has sent its time', async () => {
    const { queueUrl, calls } = createHarness(aws)
    const serverMs = Date.now() + 3_600_000
    aws.proxy.setRule(async (request, forward) => {
      const dateHeader = String(request.headers['x-amz-date'])
      const signedMs = Date.parse(dateHeader.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'))
      if (Math.abs(signedMs - serverMs) < 300_000) return forward()
      const refused = jsonAnswer(403, { __type: 'InvalidSignatureException', message: 'expired' })
      return { ...refused, headers: { ...refused.headers, date: new Date(serverMs).toUTCString() } }
    })
    await aws.callQueue(queueUrl)(receive(queueUrl), limits)
    expect(calls('ReceiveMessage')).toHaveLength(2)
  })

  it('report an answer that is not JSON', async () => {
    const { queueUrl } = createHarness(aws)
    const headers = { 'content-type': 'text/html' }
    aws.proxy.setRule(async () => ({ status: 200, headers, body: Buffer.from('<html>log in</html>') }))
    const error = await aws
      .callQueue(queueUrl)(receive(queueUrl), limits)
      .catch((one: unknown) => one)
    expect(classifyError(error).code).toBe('unreadable_answer')
  })
})
