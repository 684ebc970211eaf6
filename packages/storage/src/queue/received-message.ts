import { cutText } from '@aftercall/runtime/text/cut-text'
import { md5Of } from '../aws/md5.ts'
import { isRecord, UnreadableAnswerError } from '../aws/service-answer.ts'

/** SQS's ids have 36 characters. */
const messageIdLengthMax = 128

export type ReceivedMessage = {
  messageId: string
  /** Identifies this receive. Needed to ack or return the message. */
  receiptHandle: string
  body: string
  /** How often the message was received, including this time. */
  receiveCount: number
  sentAt?: Date
}

/**
 * The messages in the answer to a receive. Leaves out messages without a receipt handle: they can be neither acked nor
 * returned. Throws `UnreadableAnswerError` when a body does not match its checksum, as the SDK does, or when no message
 * has a handle. Checked by hand instead of zod, because it runs for every message
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html).
 */
export function readReceivedMessages(answer: unknown): ReceivedMessage[] {
  const given = isRecord(answer) && Array.isArray(answer.Messages) ? answer.Messages.filter(isRecord) : []
  const damaged = given.filter(({ Body, MD5OfBody }) => (md5Of(textOf(Body)) ?? MD5OfBody) !== MD5OfBody)
  if (damaged.length > 0) {
    const ids = damaged.map(({ MessageId }) => cutText(textOf(MessageId), messageIdLengthMax))
    throw new UnreadableAnswerError(`bodies that do not match their MD5, of the messages ${ids.join(', ')}`)
  }
  const messages = given.map(readMessage).filter((message) => message !== undefined)
  if (given.length > 0 && messages.length === 0) {
    throw new UnreadableAnswerError('the received messages have no receipt handle')
  }
  return messages
}

function readMessage(given: Record<string, unknown>): ReceivedMessage | undefined {
  const { MessageId, ReceiptHandle, Body, Attributes } = given
  if (typeof ReceiptHandle !== 'string' || ReceiptHandle === '') return undefined
  const attributes = isRecord(Attributes) ? Attributes : {}
  const receiveCount = numberOf(attributes.ApproximateReceiveCount)
  const sentAt = readTime(attributes.SentTimestamp)
  return {
    messageId: cutText(textOf(MessageId), messageIdLengthMax) || 'unknown',
    receiptHandle: ReceiptHandle,
    body: textOf(Body),
    receiveCount: Number.isSafeInteger(receiveCount) && receiveCount > 0 ? receiveCount : 1,
    ...(sentAt === undefined ? {} : { sentAt }),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** SQS writes numbers as text. JSON can describe objects that `Number` throws an error for. */
function numberOf(value: unknown): number {
  return typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
}

/** The latest time of JavaScript (https://tc39.es/ecma262/#sec-time-values-and-time-range). */
const latestMs = 8.64e15

/** SQS writes times as milliseconds since 1970. */
function readTime(value: unknown): Date | undefined {
  const ms = numberOf(value)
  return ms > 0 && ms <= latestMs ? new Date(ms) : undefined
}
