import { createBatcher } from '@aftercall/runtime/limits/batcher'
import { fetchObject } from '@aftercall/storage/objects/fetch-object'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import pg from 'pg'
import { openMixSources } from '../../mix/open-mix-sources.ts'
import { s3EventSchema } from '../conventional/s3-event-schema.ts'
import type { ScriptPlace } from '../start-script.ts'
import { type FetchedFile, loadBatch } from './load-batch.ts'

/** What an ELT tool does: fetch documents, put them into a table unchanged, and transform them with SQL. */
const { queueUrl, databaseUrl, tuning }: ScriptPlace = JSON.parse(process.argv[2] ?? '{}')
const { batchSize = 500, loaders = 2, receivers = 8, ourGet = 0 } = tuning
const lingerMs = 200

const s3 = new S3Client({ forcePathStyle: true, requestHandler: { httpAgent: { maxSockets: 200 } } })
const sqs = new SQSClient({})
/** With `ourGet`, objects are read as aftercall reads them, so that the rest is compared. */
const getObject = ourGet === 1 ? openOurGet() : getBySdk
const pool = new pg.Pool({ connectionString: databaseUrl, max: loaders })

type Got = { bytes: Uint8Array; lastModified: Date }

type Delivery = { file: FetchedFile; receiptHandle: string }

const batcher = createBatcher<Delivery, undefined>({
  sizeMax: batchSize,
  weightMax: Number.MAX_SAFE_INTEGER,
  weightOf: () => 1,
  lingerMs,
  flushesMax: loaders,
  flush: async (batch) => {
    await loadBatch(
      pool,
      batch.map(({ file }) => file),
    )
    await remove(batch.map(({ receiptHandle }) => receiptHandle))
    return batch.map(() => undefined)
  },
})

const inWorkMax = batchSize * (loaders + 1)
let inWork = 0
const stopping = new AbortController()
const receiving = Array.from({ length: receivers }, receive)
process.stdout.write('receiving\n')

process.once('SIGTERM', () => stopping.abort())
await Promise.all(receiving).catch((error: unknown) => {
  if (stopping.signal.aborted) return
  throw error
})
await pool.end()
process.exit(0)

async function receive(): Promise<void> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: 20,
    VisibilityTimeout: 120,
  })
  while (!stopping.signal.aborted) {
    const { Messages = [] } = await sqs.send(command, { abortSignal: stopping.signal })
    inWork += Messages.length
    const deliveries = await Promise.all(Messages.map(fetchFile))
    const loaded = deliveries.map((delivery) => batcher.add(delivery))
    const settled = Promise.all(loaded).then(() => {
      inWork -= Messages.length
    })
    // A failure here is a bug in this contender, and must not look like slowness.
    settled.catch((error: unknown) => {
      process.stderr.write(`elt: ${String(error)}\n`)
      process.exit(1)
    })
    if (inWork >= inWorkMax) await settled
  }
}

async function fetchFile(message: Message): Promise<Delivery> {
  const record = s3EventSchema.parse(JSON.parse(message.Body ?? '')).Records[0]
  if (record === undefined) throw new Error('a notification without a record')
  const { bucket, object } = record.s3
  const { bytes, lastModified } = await getObject(bucket.name, object.key, object.versionId)
  return { file: { record, bytes, lastModified }, receiptHandle: message.ReceiptHandle ?? '' }
}

async function getBySdk(bucket: string, key: string, versionId: string): Promise<Got> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId })
  const { Body, LastModified: lastModified } = await s3.send(command)
  if (Body === undefined || lastModified === undefined) throw new Error(`${key} has no body`)
  return { bytes: await Body.transformToByteArray(), lastModified }
}

function openOurGet(): typeof getBySdk {
  const { client, sourceOf } = openMixSources(200)
  return async (bucket, key, versionId) => {
    const ref = { bucket, key, versionId }
    const fetched = await fetchObject(client.getObjectOf(sourceOf(key)), ref, { bytesMax: 8_388_608 })
    if (fetched.kind !== 'found') throw new Error(`${key}: ${fetched.kind}`)
    return fetched
  }
}

async function remove(receiptHandles: readonly string[]): Promise<void> {
  const calls = Array.from({ length: Math.ceil(receiptHandles.length / 10) }, (_, position) => {
    const handles = receiptHandles.slice(position * 10, position * 10 + 10)
    const Entries = handles.map((ReceiptHandle, at) => ({ Id: String(at), ReceiptHandle }))
    return sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }))
  })
  await Promise.all(calls)
}
