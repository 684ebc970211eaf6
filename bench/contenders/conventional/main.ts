import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { Consumer } from 'sqs-consumer'
import type { ScriptPlace } from '../start-script.ts'
import type { Tables } from './fetched-session.ts'
import { handleMessage } from './handle-message.ts'

/** What a good engineer writes in a week: sqs-consumer, the AWS SDK, zod, kysely, one transaction per session. */
const { queueUrl, databaseUrl, tuning }: ScriptPlace = JSON.parse(process.argv[2] ?? '{}')
/** Each consumer handles up to ten messages, and polls again when all of them are done. */
const { consumers = 4, poolMax = 10 } = tuning

const s3 = new S3Client({ forcePathStyle: true, requestHandler: { httpAgent: { maxSockets: 200 } } })
const sqs = new SQSClient({})
const pool = new pg.Pool({ connectionString: databaseUrl, max: poolMax })
const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })

const running = Array.from({ length: consumers }, () => {
  const consumer = Consumer.create({
    queueUrl,
    sqs,
    batchSize: 10,
    waitTimeSeconds: 20,
    handleMessageBatch: async (messages) => {
      await Promise.all(messages.map((message) => handleMessage({ s3, db }, message)))
      return messages
    },
  })
  consumer.on('error', fail)
  consumer.on('processing_error', fail)
  consumer.start()
  return consumer
})
process.stdout.write('receiving\n')

process.once('SIGTERM', () => {
  for (const consumer of running) consumer.stop({ abort: true })
  void db.destroy().then(() => process.exit(0))
})

/** A failure here is a bug in this contender, and must not look like slowness. */
function fail(error: Error): void {
  if (error.name === 'AbortError') return
  process.stderr.write(`conventional: ${error.stack ?? error.message}\n`)
  process.exit(1)
}
