import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { z } from 'zod'
import { callTimeoutMs } from './batch-calls.ts'
import { QueueCallError } from './queue-call-error.ts'

/** The settings of a queue that decide whether messages can be lost or blocked. */
export type QueueSettings = {
  visibilitySeconds: number
  retentionSeconds: number
  /** The queue refuses a larger message, and the event is then not delivered at all. */
  messageBytesMax: number
  /** Null when the queue has no dead-letter queue. */
  redrive: { deadLetterArn: string; receivesMax: number } | null
  /** Undefined if the queue does not report it. */
  arn: string | undefined
  /** Which principals may send, as JSON (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-creating-custom-policies.html). */
  policy: string | undefined
  /** The KMS key, if messages are encrypted with one. */
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
      { requestTimeout: callTimeoutMs },
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

/**
 * The URL of the dead-letter queue that a redrive policy names. It is in the account and Region of the source queue
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html), so only the
 * name differs. Asking SQS for the URL would need another permission.
 */
export function deadLetterUrlOf(queueUrl: string, deadLetterArn: string): string {
  const name = deadLetterArn.slice(deadLetterArn.lastIndexOf(':') + 1)
  return `${queueUrl.slice(0, queueUrl.lastIndexOf('/') + 1)}${name}`
}

/** `queue` is a URL or an ARN (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fifo-queues.html). */
export function isFifo(queue: string): boolean {
  return queue.endsWith('.fifo')
}
