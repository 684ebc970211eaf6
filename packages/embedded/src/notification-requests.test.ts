import {
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  type QueueConfiguration,
  type S3Client,
  type TopicConfiguration,
} from '@aws-sdk/client-s3'
import { SetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { beforeEach, expect, test } from 'vitest'
import { bucket, drain, drainRecords, startAws } from './aws.fixture.ts'
import { releaseAfterEach } from './releases.fixture.ts'

const releaseAfter = releaseAfterEach()
let s3: S3Client
let sqs: SQSClient
let queue: { url: string; arn: string }

beforeEach(async () => {
  const started = await startAws(releaseAfter)
  s3 = started.s3
  sqs = started.sqs
  queue = started.queue
})

async function allowS3(): Promise<void> {
  const Policy = JSON.stringify({ Statement: [{ Principal: { Service: 's3.amazonaws.com' } }] })
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { Policy } }))
}

const put = (rules: NotificationConfiguration, name = bucket) =>
  s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: name, NotificationConfiguration: rules }))
const get = async (): Promise<NotificationConfiguration> => {
  const { $metadata: _, ...rules } = await s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: bucket }),
  )
  return rules
}

test('rules come back as they were put, also those for other targets, and replace all earlier ones', async () => {
  await allowS3()
  expect(await get()).toEqual({})
  const topic: TopicConfiguration = {
    Id: 'topic',
    TopicArn: 'arn:aws:sns:us-east-1:000000000000:t',
    Events: ['s3:ObjectCreated:Put'],
  }
  const rule = {
    Id: 'ours & <theirs>',
    QueueArn: queue.arn,
    Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'],
    Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'a & "b"/é/' }] } },
  } satisfies QueueConfiguration
  const rules = { QueueConfigurations: [rule], TopicConfigurations: [topic], EventBridgeConfiguration: {} }
  await put(rules)
  // S3 answers with a capital.
  expect(await get()).toEqual(JSON.parse(JSON.stringify(rules).replace('"prefix"', '"Prefix"')))
  await drain(sqs, queue.url)
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a & "b"/é/1.json', Body: '{}' }))
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'other/1.json', Body: '{}' }))
  expect((await drainRecords(sqs, queue.url)).map(({ s3: { configurationId } }) => configurationId)).toEqual([
    rule.Id,
  ])
  await put({})
  expect(await get()).toEqual({})
})

test('a queue to which S3 may not send, and one that there is not, are refused with the whole request', async () => {
  const rule = (QueueArn: string): NotificationConfiguration => ({
    QueueConfigurations: [{ QueueArn, Events: ['s3:ObjectCreated:*'] }],
  })
  await expect(put(rule(queue.arn))).rejects.toThrow('Unable to validate the following destination')
  await expect(put(rule(`${queue.arn}-not-there`))).rejects.toThrow('Unable to validate')
  await expect(put({}, 'no-such-bucket')).rejects.toMatchObject({ name: 'NoSuchBucket' })
  expect(await get()).toEqual({})
  await allowS3()
  await put(rule(queue.arn))
  expect((await get()).QueueConfigurations).toHaveLength(1)
})
