import type { Message } from '@aws-sdk/client-sqs'
import { z } from 'zod'

export type ReceivedMessage = {
  messageId: string
  /** Proof of this one receive, to settle the message with. */
  receiptHandle: string
  body: string
  /** How often the message was received, this time included. */
  receiveCount: number
  sentAt?: Date
  firstReceivedAt?: Date
}

const epochMs = z.coerce
  .number()
  .positive()
  .transform((ms) => new Date(ms))
  .optional()
  .catch(undefined)

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const messageSchema = z.object({
  MessageId: z.string().catch('unknown'),
  ReceiptHandle: z.string().min(1),
  Body: z.string().catch(''),
  Attributes: z
    .object({
      ApproximateReceiveCount: z.coerce.number().int().positive().catch(1),
      SentTimestamp: epochMs,
      ApproximateFirstReceiveTimestamp: epochMs,
    })
    .catch({
      ApproximateReceiveCount: 1,
      SentTimestamp: undefined,
      ApproximateFirstReceiveTimestamp: undefined,
    }),
})

/** Undefined when there is no receipt handle: such a message can neither be held nor settled. */
export function readReceivedMessage(message: Message): ReceivedMessage | undefined {
  const parsed = messageSchema.safeParse(message)
  if (!parsed.success) return undefined
  const { MessageId, ReceiptHandle, Body, Attributes } = parsed.data
  const { ApproximateReceiveCount, SentTimestamp, ApproximateFirstReceiveTimestamp } = Attributes
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    receiveCount: ApproximateReceiveCount,
    ...(SentTimestamp === undefined ? {} : { sentAt: SentTimestamp }),
    ...(ApproximateFirstReceiveTimestamp === undefined
      ? {}
      : { firstReceivedAt: ApproximateFirstReceiveTimestamp }),
  }
}
