import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type ObjectStoreAndQueue,
  startObjectStoreAndQueue,
} from '@aftercall/embedded/object-store-and-queue'
import { createS3Client, createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { putObject } from '@aftercall/storage/objects/fetch-object'
import { type QueueDepth, queueDepth } from '@aftercall/storage/queue/queue-depth'
import { countOf } from '@aftercall/testkit/test-count'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { ChangeMessageVisibilityCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { sql } from 'kysely'
import { inject } from 'vitest'
import { until } from './until.ts'

export const bucket = 'session-files'

/**
 * Longer than a heartbeat can be late on a busy machine: a message that comes twice by chance would use up its
 * receives.
 */
export const visibilitySecondsDefault = 60

/** For tests that kill workers or lose acks: what was in flight comes back soon, and as often as it has to. */
export const redelivering = { visibilitySeconds: 2, receivesMax: 1_000 }

/** What the worker needs: a database, a bucket that notifies a queue of its objects, and a configuration. */
export type Bench = {
  dir: string
  aws: ObjectStoreAndQueue
  database: TestDatabase
  queueUrl: string
  /** For the AWS SDK of a command. */
  env: Record<string, string>
  /** `changes` replaces whole sections. Every name gives another file. */
  writeConfig(name: string, changes?: object): Promise<string>
  put(key: string, content: string | Uint8Array | object, place?: string): Promise<void>
  remove(key: string): Promise<void>
  send(...bodies: (string | object)[]): Promise<void>
  depth(): Promise<QueueDepth>
  /** Shows received messages again, as if their time had passed. Nothing happens to those that were acked. */
  lapse(receipts: readonly string[]): Promise<void>
  deadLetters(): Promise<number>
  /**
   * Resolves when every message was acked; by I1 everything is committed then. A load takes its time: only a queue that keeps
   * its length for a whole wait is an error. `meanwhile` is called while messages are left.
   */
  untilSettled(meanwhile?: (left: QueueDepth) => Promise<void>): Promise<void>
  rows<Row = Record<string, unknown>>(query: string): Promise<Row[]>
  close(): Promise<void>
}

export type BenchOptions = {
  sources?: object[]
  /** How often a message is delivered before it is dead-lettered. */
  receivesMax?: number
  /** How long a message is hidden after a receive or heartbeat. */
  visibilitySeconds?: number
  /** Where its database is. The server of all tests by default. */
  serverUrl?: string
  /** Whether the months of the usual documents are there, so that no worker has to make them. True by default in the quick run. */
  hasMonths?: boolean
  /** Whether the bucket notifies the queue of its objects. True by default. */
  notifies?: boolean
}

export const acme = { name: 'acme', bucket, prefix: 'acme/' }

export async function openBench(options: BenchOptions = {}): Promise<Bench> {
  const dir = await mkdtemp(join(tmpdir(), 'aftercall-e2e-'))
  const { serverUrl = inject('postgresUrl'), hasMonths = countOf({ quick: 1, thorough: 0 }) === 1 } = options
  const database = await createTestDatabase(serverUrl, { hasMonths })
  const aws = await startObjectStoreAndQueue()
  await aws.createBucket(bucket)
  const deadLetterQueue = { name: 'dead', receivesMax: options.receivesMax ?? 5 }
  const { visibilitySeconds = visibilitySecondsDefault } = options
  const { url: queueUrl } = await aws.createQueue('live', { visibilitySeconds, deadLetterQueue })
  if (options.notifies !== false) await aws.notify({ bucket, queueUrl })
  const env = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
  }
  const s3 = createS3Client({ env })
  const sqs = createSqsClient({ queueUrl, env })
  const config = {
    database: { url: database.url },
    queues: { live: { url: queueUrl, visibilitySeconds } },
    sources: options.sources ?? [acme],
    http: { port: 0 },
  }
  const depth = (): Promise<QueueDepth> => queueDepth(sqs, queueUrl)
  return {
    ...{ dir, aws, database, queueUrl, env, depth },
    writeConfig: async (name, changes = {}) => {
      const file = join(dir, `${name}.yaml`)
      const merged = { ...config, ...changes }
      // The server's own user, in every database.
      const database = { allowSuperuser: true, ...merged.database }
      await writeFile(file, JSON.stringify({ ...merged, database }))
      return file
    },
    put: async (key, content, place = bucket) => {
      await putObject(s3, { bucket: place, key, bytes: bytesOf(content) })
    },
    remove: async (key) => {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
    },
    send: async (...bodies) => {
      for (const body of bodies) {
        const text = typeof body === 'string' ? body : JSON.stringify(body)
        await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: text }))
      }
    },
    lapse: async (receipts) => {
      for (const ReceiptHandle of receipts) {
        await sqs.send(
          new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
        )
      }
    },
    deadLetters: async () => {
      const { visible, inFlight } = await queueDepth(sqs, queueUrl.replace(/live$/, 'dead'))
      return visible + inFlight
    },
    untilSettled: async (meanwhile) => {
      let messages = Number.POSITIVE_INFINITY
      while (messages > 0) {
        const before = messages
        messages = await until(`the queue has more or fewer than ${before} messages`, async () => {
          const left = await depth()
          const now = left.visible + left.inFlight + left.delayed
          if (now === 0 || now !== before) return now
          await meanwhile?.(left)
          throw new Error(JSON.stringify(left))
        })
      }
    },
    rows: async <Row>(query: string) => (await sql.raw<Row>(query).execute(database.db)).rows,
    close: async () => {
      s3.destroy()
      sqs.destroy()
      await aws.stop()
      await database.drop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function bytesOf(content: string | Uint8Array | object): Uint8Array {
  if (content instanceof Uint8Array) return content
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content))
}
