import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openBucketNotifications } from './bucket-notifications.ts'
import { hasErrno } from './embedded-postgres-error.ts'
import { endLostPolls } from './end-lost-polls.ts'
import { accountId, type FauxqsStores, openFauxqsStores } from './fauxqs-stores.ts'
import { answerNotificationRequests } from './notification-requests.ts'
import { watchObjectChanges } from './object-changes.ts'
import { listInByteOrder } from './object-listing.ts'
import { createSequencer, formatObjectEvent, formatTestEvent, region } from './s3-event.ts'

export type ObjectStoreAndQueueOptions = {
  /** Folder for objects, messages, and configuration. In memory by default. */
  dataDir?: string
  /** On 127.0.0.1. A free port by default, and for 0. */
  port?: number
  /** From 0 to 1: the share of events that are delivered twice, the second time up to a quarter of a second later. */
  duplicateShare?: number
  /** Returns 0 up to, not including, 1, and decides about duplicates. Pass a seeded one to repeat a run. */
  random?: () => number
}

export type QueueOptions = {
  /** How long a received message stays invisible. 30 by default, as in SQS. */
  visibilitySeconds?: number
  /** How long a message is kept. Four days by default, as in SQS. A dead-letter queue created here keeps messages for 14 days. */
  retentionSeconds?: number
  /** Created if missing. Gets a message instead of its `receivesMax` + 1st delivery. */
  deadLetterQueue?: { name: string; receivesMax: number }
}

export type NotifyOptions = {
  bucket: string
  queueUrl: string
  /** Of the key, not encoded. */
  prefix?: string
  suffix?: string
  /** `['s3:ObjectCreated:*', 's3:ObjectRemoved:*']` by default. */
  events?: string[]
}

export type ObjectStoreAndQueue = {
  /** For both S3 and SQS, with any credentials and the region us-east-1. */
  endpoint: string
  createBucket(name: string): Promise<void>
  /** Stores an object without an event, as if it had been there before the bucket's notifications. */
  addObject(bucket: string, key: string, bytes: Uint8Array): void
  isEmpty(bucket: string): boolean
  /** Creates a queue. For an existing queue, changes its settings and keeps its messages. */
  createQueue(name: string, options?: QueueOptions): Promise<{ url: string; arn: string }>
  /** Sends a test event, and from now on the bucket's events to the queue, at least once each. */
  notify(options: NotifyOptions): Promise<void>
  stop(): Promise<void>
}

const lateSecondsMax = 0.25

/** S3 and SQS in this process (fauxqs), with the event notifications it lacks. */
export async function startObjectStoreAndQueue(
  options: ObjectStoreAndQueueOptions = {},
): Promise<ObjectStoreAndQueue> {
  const notifications = openBucketNotifications(
    options.dataDir && join(options.dataDir, 'notifications.json'),
  )
  const { buildApp } = await import('fauxqs')
  // Closed to other users, like the folder of Postgres.
  if (options.dataDir !== undefined) await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const stores = await openFauxqsStores(options.dataDir)
  const app = buildApp({ logger: false, defaultRegion: region, stores })
  const nextSequencer = createSequencer(Date.now)
  const addObject = stores.s3Store.putObject.bind(stores.s3Store)
  const random = options.random ?? Math.random

  watchObjectChanges(app, stores, (change) => {
    const event = { ...change, sequencer: nextSequencer(), at: new Date() }
    for (const notification of notifications.match(event)) {
      const queue = stores.sqsStore.getQueueByName(notification.queueName)
      // The queue was deleted. S3 also drops such an event.
      if (queue === undefined) continue
      const body = formatObjectEvent(event, notification.id)
      stores.enqueue(queue, body, 0)
      // Uses the queue's delay, so that the message survives a stop and later events overtake it.
      if (random() < (options.duplicateShare ?? 0)) stores.enqueue(queue, body, random() * lateSecondsMax)
    }
  })
  answerNotificationRequests(app, stores, notifications)
  listInByteOrder(stores)
  endLostPolls(app, stores)
  app.addHook('onClose', async () => stores.close())

  const endpoint = await listen(app, options.port ?? 0)
  stores.relocateQueues(endpoint)
  let stopping: Promise<void> | undefined
  return {
    endpoint,
    createBucket: async (name) => stores.s3Store.createBucket(name),
    addObject: (bucket, key, bytes) => void addObject(bucket, key, Buffer.from(bytes), 'application/json'),
    isEmpty: (bucket) => (stores.objectsOf(bucket)?.size ?? 0) === 0,
    createQueue: async (name, queueOptions) => createQueue(stores, endpoint, name, queueOptions ?? {}),
    async notify({
      bucket,
      queueUrl,
      prefix = '',
      suffix = '',
      events = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'],
    }) {
      const queue = stores.sqsStore.getQueue(queueUrl)
      if (queue === undefined) throw new Error(`Queue ${queueUrl} does not exist`)
      if (!stores.s3Store.hasBucket(bucket)) throw new Error(`Bucket ${bucket} does not exist`)
      // S3 accepts no rule without it.
      if (queue.attributes.Policy === undefined) queue.setAttributes({ Policy: sendingPolicy(queue.arn) })
      stores.enqueue(queue, formatTestEvent(bucket, new Date()), 0)
      notifications.add({ bucket, queueName: queue.name, prefix, suffix, events })
    },
    stop() {
      stopping ??= app.close().then(() => undefined)
      return stopping
    },
  }
}

/** Allows S3 to send, for any bucket of this one account. */
function sendingPolicy(queueArn: string): string {
  const Principal = { Service: 's3.amazonaws.com' }
  const statement = { Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: queueArn }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

async function listen(
  app: { listen(options: { host: string; port: number }): Promise<string>; close(): PromiseLike<unknown> },
  port: number,
): Promise<string> {
  try {
    return await app.listen({ host: '127.0.0.1', port })
  } catch (error) {
    await app.close()
    if (!hasErrno(error, 'EADDRINUSE')) throw error
    throw new Error(`Port ${port} of 127.0.0.1 is in use by another program. Choose another port, or none.`, {
      cause: error,
    })
  }
}

function createQueue(
  stores: FauxqsStores,
  endpoint: string,
  name: string,
  { visibilitySeconds, retentionSeconds, deadLetterQueue }: QueueOptions,
): { url: string; arn: string } {
  const attributes: Record<string, string> = {}
  if (visibilitySeconds !== undefined) attributes.VisibilityTimeout = String(visibilitySeconds)
  if (retentionSeconds !== undefined) attributes.MessageRetentionPeriod = String(retentionSeconds)
  if (deadLetterQueue !== undefined) {
    const { arn } = createQueue(stores, endpoint, deadLetterQueue.name, { retentionSeconds: 1_209_600 })
    attributes.RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: arn,
      maxReceiveCount: deadLetterQueue.receivesMax,
    })
  }
  const url = `${endpoint}/${accountId}/${name}`
  const arn = `arn:aws:sqs:${region}:${accountId}:${name}`
  const existing = stores.sqsStore.getQueueByArn(arn)
  // Creating it again would delete its messages.
  if (existing === undefined) stores.sqsStore.createQueue(name, url, arn, attributes)
  else existing.setAttributes(attributes)
  return { url, arn }
}
