import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { z } from 'zod'
import { CALL_TIMEOUT_MS } from './batch-calls.ts'
import { QueueCallError } from './queue-call-error.ts'

/** How a queue is set up, as far as it decides about losing or blocking messages. */
export type QueueSettings = {
  visibilitySeconds: number
  retentionSeconds: number
  /** A larger message is refused by the queue, and then the event is not delivered at all. */
  messageBytesMax: number
  /** Null when the queue has no dead-letter queue. */
  redrive: { deadLetterArn: string; receivesMax: number } | null
  /** Undefined where the queue does not tell it. */
  arn: string | undefined
  /** Who may send, as JSON (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-creating-custom-policies.html). */
  policy: string | undefined
  /** Of KMS, when messages are encrypted with one. */
  encryptionKey: string | undefined
}

const redriveSchema = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() })

const attributesSchema = z.object({
  VisibilityTimeout: z.coerce.number(),
  MessageRetentionPeriod: z.coerce.number(),
  MaximumMessageSize: z.coerce.number(),
  RedrivePolicy: z.string().optional(),
  QueueArn: z.string().optional(),
  Policy: z.string().optional(),
  KmsMasterKeyId: z.string().optional(),
})

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html. Rejects with `QueueCallError`. */
export async function readQueueSettings(client: SQSClient, queueUrl: string): Promise<QueueSettings> {
  try {
    const answer = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: [
          'VisibilityTimeout',
          'MessageRetentionPeriod',
          'MaximumMessageSize',
          'RedrivePolicy',
          'QueueArn',
          'Policy',
          'KmsMasterKeyId',
        ],
      }),
      { requestTimeout: CALL_TIMEOUT_MS },
    )
    const attributes = attributesSchema.parse(answer.Attributes)
    return {
      visibilitySeconds: attributes.VisibilityTimeout,
      retentionSeconds: attributes.MessageRetentionPeriod,
      messageBytesMax: attributes.MaximumMessageSize,
      redrive: readRedrive(attributes.RedrivePolicy),
      arn: attributes.QueueArn,
      policy: attributes.Policy || undefined,
      encryptionKey: attributes.KmsMasterKeyId || undefined,
    }
  } catch (error) {
    throw new QueueCallError({ action: 'read-settings', queueUrl }, error)
  }
}

function readRedrive(policy: string | undefined): QueueSettings['redrive'] {
  if (policy === undefined || policy === '') return null
  const { deadLetterTargetArn, maxReceiveCount } = redriveSchema.parse(JSON.parse(policy))
  return { deadLetterArn: deadLetterTargetArn, receivesMax: maxReceiveCount }
}
