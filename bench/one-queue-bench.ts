import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedStack } from '@aftercall/embedded/embedded-stack'
import { createReleasers, type Releasers } from '@aftercall/runtime/process/lifecycle'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { createS3Client, createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { putObject } from '@aftercall/storage/objects/fetch-object'
import { type QueueDepth, queueDepth } from '@aftercall/storage/queue/queue-depth'
import type { Database } from '@aftercall/warehouse/connection/database'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { openBenchDatabase } from './harness/bench-postgres.ts'
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts'

export type OneQueueBench = {
  worker: WorkerProcess
  db: Database
  put(key: string, bytes: Uint8Array): Promise<void>
  /** The depth of the live queue, and the number of its dead letters. */
  depth(): Promise<QueueDepth & { deadLetters: number }>
  close(): Promise<void>
}

export const bucket = 'landing-files'

/** A worker and Postgres in separate processes; S3 and SQS in this process. */
export async function openOneQueueBench(): Promise<OneQueueBench> {
  const releasers = createReleasers({
    timeLimitMs: 30_000,
    onError: (name, error) => process.stderr.write(`${name}: ${String(error)}\n`),
  })
  const close = async (): Promise<void> => void (await releasers.releaseAll())
  try {
    return { ...(await openAll(releasers)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function openAll(releasers: Releasers): Promise<Omit<OneQueueBench, 'close'>> {
  const { aws, databaseUrl: url, awsEnvironment: env, stop } = await startEmbeddedStack()
  releasers.register('embedded stack', stop)
  await aws.createBucket(bucket)
  const deadLetterQueue = { name: 'dead', receivesMax: 5 }
  const { url: queueUrl } = await aws.createQueue('live', { visibilitySeconds: 60, deadLetterQueue })
  await aws.notify({ bucket, queueUrl })
  const { db, close } = openBenchDatabase(url, 1)
  releasers.register('database', close)
  await migrate(db, await readMigrations(new URL('../migrations', import.meta.url).pathname))
  const [s3, sqs] = [createS3Client({ env }), createSqsClient({ queueUrl, env })]
  releasers.register('clients', () => {
    s3.destroy()
    sqs.destroy()
  })
  const dir = await mkdtemp(join(tmpdir(), 'aftercall-bench-'))
  releasers.register('folder', () => rm(dir, { recursive: true, force: true }))
  const file = join(dir, 'aftercall.yaml')
  const sources = builtInTenants.map(({ name, timeZone }) => ({
    name,
    bucket,
    prefix: `${name}/`,
    timeZone,
  }))
  const database = { url, allowSuperuser: true }
  const queues = { live: { url: queueUrl } }
  await writeFile(file, JSON.stringify({ database, queues, sources, http: { port: 0 } }))
  const worker = await startWorkerProcess(file, env)
  releasers.register('worker', worker.stop)
  return {
    worker,
    db,
    put: async (key, bytes) => void (await putObject(s3, { bucket, key, bytes })),
    depth: async () => {
      const dead = await queueDepth(sqs, queueUrl.replace(/live$/, 'dead'))
      return { ...(await queueDepth(sqs, queueUrl)), deadLetters: dead.visible + dead.inFlight }
    },
  }
}
