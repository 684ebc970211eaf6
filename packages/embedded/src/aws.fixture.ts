import { createHash } from 'node:crypto'
import { S3Client } from '@aws-sdk/client-s3'
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type ObjectStoreAndQueueOptions, startObjectStoreAndQueue } from './object-store-and-queue.ts'

export type EventRecord = {
  eventVersion: string
  eventSource: string
  awsRegion: string
  eventTime: string
  eventName: string
  s3: {
    s3SchemaVersion: string
    configurationId: string
    bucket: { name: string; arn: string; ownerIdentity: { principalId: string } }
    object: { key: string; size?: number; eTag?: string; sequencer: string }
  }
}

export const bucket = 'sessions'

/** A bucket, a queue, and real clients for both over real sockets. */
export async function startAws(
  releaseAfter: (release: () => unknown) => void,
  options: ObjectStoreAndQueueOptions = {},
) {
  const aws = await startObjectStoreAndQueue(options)
  releaseAfter(aws.stop)
  await aws.createBucket(bucket)
  const queue = await aws.createQueue('announcements')
  const client = {
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  }
  const s3 = new S3Client(client)
  const sqs = new SQSClient({ ...client, useQueueUrlAsEndpoint: false })
  releaseAfter(() => s3.destroy())
  releaseAfter(() => sqs.destroy())
  return { aws, queue, s3, sqs }
}

/** Receives and deletes all messages in the queue. */
export async function drain(sqs: SQSClient, url: string): Promise<unknown[]> {
  const bodies: unknown[] = []
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
    )
    if (Messages.length === 0) return bodies
    for (const { Body, ReceiptHandle } of Messages) {
      bodies.push(JSON.parse(Body ?? ''))
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }))
    }
  }
}

export async function drainRecords(sqs: SQSClient, url: string): Promise<EventRecord[]> {
  const bodies = (await drain(sqs, url)) as { Records?: EventRecord[] }[]
  return bodies.flatMap((body) => body.Records ?? [])
}

/** Decodes a key as a reader of the message does. */
export const decodeKey = (key: string) => decodeURIComponent(key.replaceAll('+', ' '))
export const md5 = (body: string | Buffer) => createHash('md5').update(body).digest('hex')
