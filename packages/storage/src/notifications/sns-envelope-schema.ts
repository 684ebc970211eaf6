import { z } from 'zod'

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const notificationSchema = z.object({ Type: z.literal('Notification'), Message: z.string() })

const subscriptionSchema = z.object({
  Type: z.enum(['SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  TopicArn: z.string().optional().catch(undefined),
})

export type SnsEnvelope =
  | { kind: 'notification'; message: string }
  /** SNS asks the subscriber to confirm a subscription. Queues normally need no confirmation. */
  | { kind: 'subscription'; type: string; topicArn: string | undefined }

/** The SNS envelope around a message. Undefined if there is none (direct or raw delivery). */
export function readSnsEnvelope(body: unknown): SnsEnvelope | undefined {
  const notification = notificationSchema.safeParse(body)
  if (notification.success) return { kind: 'notification', message: notification.data.Message }
  const subscription = subscriptionSchema.safeParse(body)
  if (!subscription.success) return undefined
  return { kind: 'subscription', type: subscription.data.Type, topicArn: subscription.data.TopicArn }
}
