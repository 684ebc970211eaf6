import { describe, expect, it } from 'vitest'
import { readFailures } from '../src/queue/batch-calls.ts'
import { readRefusal } from '../src/queue/read-queue-refusal.ts'
import { readReceivedMessages } from '../src/queue/received-message.ts'

/** JSON can describe an object that JavaScript cannot turn into a text or a number. */
const odd: unknown = JSON.parse('{"toString":1,"valueOf":1}')

describe('an answer of a queue that is not as SQS writes it', () => {
  const message = {
    MessageId: 'm',
    ReceiptHandle: 'r',
    Body: '',
    MD5OfBody: 'd41d8cd98f00b204e9800998ecf8427e',
  }
  const received = (Attributes: unknown) => readReceivedMessages({ Messages: [{ ...message, Attributes }] })

  it.each([odd, true, '', 'x', -1])(
    'gives the message without a count of receives and a time when those are %j',
    (value) => {
      const found = received({ ApproximateReceiveCount: value, SentTimestamp: value })
      expect(found).toEqual([{ messageId: 'm', receiptHandle: 'r', body: '', receiveCount: 1 }])
    },
  )

  it.each(['8640000000000001', 1e300])(
    'gives the message without a time when that is beyond those of JavaScript: %j',
    (SentTimestamp) => {
      expect(received({ SentTimestamp })).not.toHaveProperty('0.sentAt')
    },
  )

  it('counts the entries of a batch whose id is no text as not mentioned', () => {
    const answer = { Successful: [{ Id: '0' }, { Id: odd }, {}], Failed: [{ Id: odd }, { Id: null }] }
    expect([...readFailures(2, answer).keys()]).toEqual([1])
  })

  it.each([odd, {}, 1, null])('is a refusal with a message of ours when its own is %j', (message) => {
    const body = Buffer.from(JSON.stringify({ __type: 'InternalError', message, Message: message }))
    const refusal = readRefusal({ kind: 'answered', statusCode: 500, headers: {}, body })
    expect([refusal.name, refusal.message]).toEqual(['InternalError', 'SQS answered with HTTP status 500'])
  })
})
