import { createHash } from 'node:crypto'
import { classifyError } from '@aftercall/storage/aws/error-class'
import { UnreadableAnswerError } from '../../../packages/storage/src/aws/service-answer.ts'
import { readFailures } from '../../../packages/storage/src/queue/batch-calls.ts'
import { readRefusal } from '../../../packages/storage/src/queue/read-queue-refusal.ts'
import {
  type ReceivedMessage,
  readReceivedMessages,
} from '../../../packages/storage/src/queue/received-message.ts'
import { must, type Target } from '../target.ts'

const body = '{"Records":[]}'
const received = {
  MessageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
  ReceiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
  MD5OfBody: createHash('md5').update(body).digest('hex'),
  Body: body,
  Attributes: { SentTimestamp: '1774296771000', ApproximateReceiveCount: '1' },
}
const seeds = [
  { Messages: [received, { ...received, ReceiptHandle: 'x' }] },
  {},
  {
    Successful: [{ Id: '0' }],
    Failed: [{ Id: '1', Code: 'ReceiptHandleIsInvalid', Message: 'no', SenderFault: true }],
  },
  { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'The specified queue does not exist.' },
  { __type: 'com.amazon.coral.service#RequestThrottled:http://…', Message: 'slow down' },
].map((answer) => Buffer.from(JSON.stringify(answer)))

/** The body of an answer of SQS: of a receive, of a batch, or an error. */
export function sqsAnswer(): Target {
  return {
    name: 'sqs-answer',
    bytesMax: 65_536,
    form: 'json',
    seeds: () => seeds,
    words: [
      'Messages',
      'Attributes',
      'Body',
      'MD5OfBody',
      'Successful',
      'Failed',
      'Id',
      'Code',
      '__type',
      'code',
      'message',
      'Message',
      'toString',
      'valueOf',
    ],
    bound: {
      steps: { least: 10_000, perByte: 5 },
      allocated: { least: 1_000_000, perByte: 200 },
    },
    read(bytes) {
      const answer = parse(bytes)
      const failures = readFailures(3, answer)
      for (const { cause, errorClass } of failures.values())
        must(cause instanceof Error && typeof errorClass.code === 'string', 'a failed entry has a code')
      const headers = { 'x-amzn-requestid': 'r' }
      const refusal = readRefusal({ kind: 'answered', statusCode: 400, headers, body: Buffer.from(bytes) })
      must(refusal.name.length <= 100 && refusal.message.length <= 1_001, 'the texts of a refusal are cut')
      return { messages: messagesOf(answer), failures: [...failures.keys()], ...classifyError(refusal) }
    },
  }
}

function messagesOf(answer: unknown): ReceivedMessage[] | string {
  try {
    const messages = readReceivedMessages(answer)
    for (const message of messages) checkMessage(message)
    return messages
  } catch (error) {
    if (error instanceof UnreadableAnswerError) return error.message
    throw error
  }
}

function checkMessage({ messageId, receiptHandle, body, receiveCount, sentAt }: ReceivedMessage): void {
  must(
    [messageId, receiptHandle, body].every((text) => typeof text === 'string'),
    'a message is made of texts',
  )
  must(messageId !== '' && receiptHandle !== '', 'a message can be named and acked')
  must(Number.isSafeInteger(receiveCount) && receiveCount > 0, 'a message was received once or more')
  must(sentAt === undefined || !Number.isNaN(sentAt.getTime()), 'a time is a time')
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString())
  } catch {
    return undefined
  }
}
