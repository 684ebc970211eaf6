import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { z } from 'zod'
import { callTimeoutMs } from './batch-calls.ts'
import { QueueCallError } from './queue-call-error.ts'

/** Messages in a queue, as SQS estimates them (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/confirm-queue-is-empty.html). */
export type QueueDepth = {
  /** Waiting to be received. */
  visible: number
  /** Received, and neither deleted nor visible again. */
  inFlight: number
  /** Sent with a delay that has not passed. */
  delayed: number
}

const attributesSchema = z.object({
  ApproximateNumberOfMessages: z.coerce.number(),
  ApproximateNumberOfMessagesNotVisible: z.coerce.number(),
  ApproximateNumberOfMessagesDelayed: z.coerce.number(),
})

/** Rejects with `QueueCallError`. */
export async function queueDepth(
  client: SQSClient,
  queueUrl: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<QueueDepth> {
  try {
    const answer = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
      {
        requestTimeout: callTimeoutMs,
        ...(options.signal === undefined ? {} : { abortSignal: options.signal }),
      },
    )
    const attributes = attributesSchema.parse(answer.Attributes)
    return {
      visible: attributes.ApproximateNumberOfMessages,
      inFlight: attributes.ApproximateNumberOfMessagesNotVisible,
      delayed: attributes.ApproximateNumberOfMessagesDelayed,
    }
  } catch (error) {
    throw new QueueCallError({ action: 'read-depth', queueUrl }, error)
  }
}
