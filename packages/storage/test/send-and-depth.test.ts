import { jsonAnswer } from '@aftercall/testkit/http-fault-proxy'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { QueueCallError } from '../src/queue/queue-call-error.ts'
import { queueDepth } from '../src/queue/queue-depth.ts'
import { readQueueSettings } from '../src/queue/queue-settings.ts'
import { sendMessages } from '../src/queue/send-messages.ts'
import { createHarness } from './consumer-harness.ts'
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts'

let aws: EmulatedAws
beforeAll(async () => {
  aws = await startEmulatedAws()
})
afterEach(() => aws.proxy.setRule())
afterAll(() => aws.stop())

function bodiesIn(queueName: string): string[] {
  return aws.server.inspectQueue(queueName)!.messages.ready.map((message) => message.body)
}

describe('sendMessages', () => {
  it('sends any number of bodies, ten at a time', async () => {
    const { queueUrl, queueName, calls } = createHarness(aws)
    const bodies = Array.from({ length: 23 }, (_, i) => `m${i}`)
    const answers = await sendMessages(aws.sqsFor(queueUrl), queueUrl, bodies)
    expect(answers).toEqual(bodies.map(() => ({ kind: 'sent' })))
    expect(bodiesIn(queueName)).toEqual(bodies)
    expect(calls('SendMessageBatch').map((call) => call.Entries.length)).toEqual([10, 10, 3])
    expect(await sendMessages(aws.sqsFor(queueUrl), queueUrl, [])).toEqual([])
  })

  it('keeps a batch below the size limit of SQS', async () => {
    const { queueUrl, queueName, calls } = createHarness(aws)
    const bodies = Array.from({ length: 5 }, () => 'ü'.repeat(50_000))
    await sendMessages(aws.sqsFor(queueUrl), queueUrl, bodies)
    expect(calls('SendMessageBatch').map((call) => call.Entries.length)).toEqual([2, 2, 1])
    expect(bodiesIn(queueName)).toHaveLength(5)
  })

  it('sends a throttled entry again, and answers a refused one by position', async () => {
    const { queueUrl, queueName } = createHarness(aws)
    let calls = 0
    aws.proxy.setRule(async (request, forward) => {
      calls += 1
      const call = JSON.parse(request.body) as { Entries: { Id: string; MessageBody: string }[] }
      const refused = call.Entries.filter((entry) => entry.MessageBody === 'refused')
      const throttled = call.Entries.filter((entry) => entry.MessageBody === 'throttled' && calls < 3)
      const passed = call.Entries.filter((entry) => ![...refused, ...throttled].includes(entry))
      const given =
        passed.length === 0 ? undefined : await forward(JSON.stringify({ ...call, Entries: passed }))
      const { Successful = [] } = given === undefined ? {} : JSON.parse(given.body.toString())
      return jsonAnswer(200, {
        Successful,
        Failed: [
          ...refused.map(({ Id }) => ({ Id, Code: 'InvalidMessageContents', SenderFault: true })),
          ...throttled.map(({ Id }) => ({ Id, Code: 'RequestThrottled', SenderFault: false })),
        ],
      })
    })
    const answers = await sendMessages(aws.sqsFor(queueUrl), queueUrl, ['a', 'refused', 'throttled', 'b'])
    expect(answers).toMatchObject([
      { kind: 'sent' },
      { kind: 'failed', error: { code: 'invalid_request', retryable: false } },
      { kind: 'sent' },
      { kind: 'sent' },
    ])
    expect(bodiesIn(queueName).toSorted()).toEqual(['a', 'b', 'throttled'])
    expect(calls).toBe(3)
  })

  it('answers failed for all entries if the queue does not exist', async () => {
    const { queueUrl } = createHarness(aws)
    const answers = await sendMessages(aws.sqsFor(queueUrl), `${queueUrl}-not`, ['a', 'b'])
    expect(answers.map((answer) => answer.kind === 'failed' && answer.error.code)).toEqual(
      Array.from({ length: 2 }, () => 'no_such_queue'),
    )
  })
})

describe('queueDepth', () => {
  it('counts visible messages and those in flight', async () => {
    const { queueUrl, send } = createHarness(aws)
    send('a', 'b')
    aws.server.sendMessage(queueUrl.split('/').at(-1)!, 'c', { delaySeconds: 600 })
    expect(await queueDepth(aws.sqsFor(queueUrl), queueUrl)).toEqual({ visible: 2, inFlight: 0, delayed: 1 })
  })

  it('fails with queue URL and code', async () => {
    const { queueUrl } = createHarness(aws)
    const asking = queueDepth(aws.sqsFor(queueUrl), `${queueUrl}-not`)
    await expect(asking).rejects.toThrow(QueueCallError)
    await expect(asking).rejects.toMatchObject({ code: 'no_such_queue', action: 'read-depth' })
  })
})

describe('readQueueSettings', () => {
  it('reads what decides about losing or blocking messages', async () => {
    const { queueUrl } = createHarness(aws)
    const settings = await readQueueSettings(aws.sqsFor(queueUrl), queueUrl)
    expect(settings).toMatchObject({ visibilitySeconds: expect.any(Number), redrive: null })
  })

  it('fails with the place, the code, and its own action', async () => {
    const { queueUrl } = createHarness(aws)
    const asking = readQueueSettings(aws.sqsFor(queueUrl), `${queueUrl}-not`)
    await expect(asking).rejects.toMatchObject({ code: 'no_such_queue', action: 'read-settings' })
  })
})
