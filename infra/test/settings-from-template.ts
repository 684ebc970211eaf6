import type {
  Expirations,
  NotificationRule,
  NotificationRules,
} from '@aftercall/storage/objects/bucket-settings'
import type { QueueSettings } from '@aftercall/storage/queue/queue-settings'
import { z } from 'zod'
import { resolve } from './resolve.ts'
import { type CfnTemplate, resourcesOf } from './synthesised.ts'

const queueSchema = z.object({
  // The defaults of SQS for settings that a template leaves out.
  VisibilityTimeout: z.number().default(30),
  MessageRetentionPeriod: z.number().default(345_600),
  MaximumMessageSize: z.number().default(262_144),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() }).optional(),
  KmsMasterKeyId: z.string().optional(),
})

/** What GetQueueAttributes would return for the queue once the template is deployed. */
export function queueSettingsOf(template: CfnTemplate, id: string): QueueSettings {
  const properties = queueSchema.parse(resolve(template, template.Resources[id]?.Properties))
  const { RedrivePolicy: redrive } = properties
  const policy = resourcesOf(template, 'AWS::SQS::QueuePolicy')
    .map(
      ([, { Properties }]) => resolve(template, Properties) as { Queues: string[]; PolicyDocument: unknown },
    )
    .find(({ Queues }) => Queues.some((url) => url.endsWith(`/${id}`)))
  return {
    visibilitySeconds: properties.VisibilityTimeout,
    retentionSeconds: properties.MessageRetentionPeriod,
    messageBytesMax: properties.MaximumMessageSize,
    redrive:
      redrive === undefined
        ? null
        : { deadLetterArn: redrive.deadLetterTargetArn, receivesMax: redrive.maxReceiveCount },
    arn: `arn:aws:sqs:eu-west-1:111122223333:${id}`,
    policy: policy === undefined ? undefined : JSON.stringify(policy.PolicyDocument),
    encryptionKey: properties.KmsMasterKeyId,
  }
}

const bucketSchema = z.object({
  NotificationConfiguration: z
    .object({
      EventBridgeConfiguration: z.object({ EventBridgeEnabled: z.literal(true) }).optional(),
      QueueConfigurations: z
        .array(
          z.object({
            Event: z.string(),
            Queue: z.string(),
            Filter: z
              .object({
                S3Key: z.object({ Rules: z.array(z.object({ Name: z.string(), Value: z.string() })) }),
              })
              .optional(),
          }),
        )
        .default([]),
    })
    .default({ QueueConfigurations: [] }),
  LifecycleConfiguration: z
    .object({
      Rules: z.array(
        z.object({
          Id: z.string(),
          Status: z.string(),
          Prefix: z.string().default(''),
          ExpirationInDays: z.number().optional(),
        }),
      ),
    })
    .default({ Rules: [] }),
})

const ruleSchema = z.object({
  EventPattern: z.object({
    'detail-type': z.array(z.string()),
    detail: z.object({
      bucket: z.object({ name: z.array(z.string()) }),
      object: z.object({ key: z.array(z.object({ prefix: z.string() })) }).optional(),
    }),
  }),
})

/** The notifications of the bucket; for an external bucket, the EventBridge rule. */
export function notificationsOf(template: CfnTemplate, bucketName: string): NotificationRules {
  const bucket = bucketOf(template, bucketName)
  const direct = (bucket?.NotificationConfiguration.QueueConfigurations ?? []).map(
    (configuration): NotificationRule => {
      const named = (name: string) =>
        configuration.Filter?.S3Key.Rules.find(({ Name }) => Name === name)?.Value ?? ''
      return {
        target: { kind: 'queue', arn: configuration.Queue },
        events: [configuration.Event],
        prefix: named('prefix'),
        suffix: named('suffix'),
      }
    },
  )
  return { kind: 'rules', rules: [...direct, ...forwardedOf(template, bucketName)] }
}

function forwardedOf(template: CfnTemplate, bucketName: string): NotificationRule[] {
  const patterns = resourcesOf(template, 'AWS::Events::Rule').flatMap(([, { Properties }]) => {
    const read = ruleSchema.safeParse(resolve(template, Properties))
    return read.success && read.data.EventPattern.detail.bucket.name.includes(bucketName)
      ? [read.data.EventPattern]
      : []
  })
  return patterns.flatMap(({ detail, ...pattern }) =>
    (detail.object?.key ?? [{ prefix: '' }]).map(({ prefix }) => ({
      target: { kind: 'eventbridge' as const },
      events: pattern['detail-type'].includes('Object Created') ? ['s3:ObjectCreated:*'] : [],
      prefix,
      suffix: '',
    })),
  )
}

export function expirationsOf(template: CfnTemplate, bucketName: string): Expirations {
  const rules = bucketOf(template, bucketName)?.LifecycleConfiguration.Rules ?? []
  return {
    kind: 'expirations',
    expirations: rules.flatMap(({ Id, Status, Prefix, ExpirationInDays }) =>
      Status === 'Enabled' && ExpirationInDays !== undefined
        ? [{ id: Id, prefix: Prefix, days: ExpirationInDays }]
        : [],
    ),
  }
}

function bucketOf(template: CfnTemplate, bucketName: string) {
  const found = resourcesOf(template, 'AWS::S3::Bucket').find(
    ([, { Properties }]) => Properties.BucketName === bucketName,
  )
  return found === undefined ? undefined : bucketSchema.parse(resolve(template, found[1].Properties))
}
