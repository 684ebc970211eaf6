import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { type EmbeddedStack, startEmbeddedStack } from '@aftercall/embedded/embedded-stack'
import { createReleasers, type Releasers } from '@aftercall/runtime/process/lifecycle'
import { writeDocument } from '@aftercall/samples/sample-session'
import { sampleSessions } from '@aftercall/samples/sample-stream'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { createS3Client, createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { writeS3Notification } from '@aftercall/storage/notifications/write-s3-notification'
import { putObject } from '@aftercall/storage/objects/fetch-object'
import { queueDepth } from '@aftercall/storage/queue/queue-depth'
import { sendMessages } from '@aftercall/storage/queue/send-messages'
import type { Database } from '@aftercall/warehouse/connection/database'
import { migrate, readMigrations } from '@aftercall/warehouse/schema/migrate'
import { PurgeQueueCommand } from '@aws-sdk/client-sqs'
import { sql } from 'kysely'
import { openBenchDatabase } from './harness/bench-postgres.ts'

export type TwoQueueBench = {
  liveUrl: string
  backfillUrl: string
  /** Lands files at a rate for some time and announces each on the queue. Returns their keys. */
  land(perSecond: number, seconds: number): Promise<string[]>
  /** The lags of these files from the ledger, in milliseconds, once all are in it. */
  lagsOf(keys: readonly string[]): Promise<number[]>
  /** Puts files, announces them all at once, and returns the files per second. */
  loadAll(queueUrl: string, files: number): Promise<number>
  /** Announces a backlog of files on the backfill queue. */
  fillBacklog(): Promise<void>
  /** Removes what is left of the backlog, and waits for what is in flight. */
  dropBacklog(): Promise<void>
  /** Files in the ledger that were not announced when they were put. */
  archiveLoaded(): Promise<number>
  close(): Promise<void>
}

const [landing, archive] = ['landing-files', 'archived-files']
const recordsPerMessage = 25
const putsAtOnce = 24
const settledMsMax = 120_000

/** A worker in a separate process with two queues and a database, and files for it. */
export async function openTwoQueueBench(backlogFiles: number): Promise<TwoQueueBench> {
  const releasers = createReleasers({
    timeLimitMs: 30_000,
    onError: (name, error) => process.stderr.write(`${name}: ${String(error)}\n`),
  })
  const { stack, db, liveUrl, backfillUrl } = await startAll(releasers).catch(async (error: unknown) => {
    await releasers.releaseAll()
    throw error
  })
  const env = stack.awsEnvironment
  const [s3, sqs] = [createS3Client({ env }), createSqsClient({ queueUrl: liveUrl, env })]
  releasers.register('clients', () => {
    s3.destroy()
    sqs.destroy()
  })
  const nextFile = openFiles()
  let backlog: string[] = []

  async function land(perSecond: number, seconds: number): Promise<string[]> {
    const files = Array.from({ length: perSecond * seconds }, nextFile)
    const firstAtMs = performance.now()
    const puts: Promise<unknown>[] = []
    for (const [position, file] of files.entries()) {
      await wait(Math.max(0, firstAtMs + (position * 1_000) / perSecond - performance.now()))
      puts.push(putObject(s3, { bucket: landing, ...file }))
    }
    await Promise.all(puts)
    return files.map(({ key }) => key)
  }

  async function putIntoArchive(count: number): Promise<string[]> {
    const files = Array.from({ length: count }, nextFile)
    const left = files.values()
    const putSome = async (): Promise<void> => {
      for (const file of left) await putObject(s3, { bucket: archive, ...file })
    }
    await Promise.all(Array.from({ length: putsAtOnce }, putSome))
    return files.map(({ key }) => key)
  }

  async function announce(keys: readonly string[], queueUrl: string): Promise<void> {
    const bodies: string[] = []
    for (let at = 0; at < keys.length; at += recordsPerMessage) {
      const refs = keys.slice(at, at + recordsPerMessage).map((key) => ({ bucket: archive, key }))
      bodies.push(writeS3Notification(refs, { eventName: 'ObjectCreated:Backfill' }))
    }
    for (const answer of await sendMessages(sqs, queueUrl, bodies)) {
      if (answer.kind === 'failed') throw answer.error
    }
  }

  return {
    liveUrl,
    backfillUrl,
    land,
    lagsOf: async (keys) => [...(await untilSettled(db, landing, keys)).values()],
    loadAll: async (queueUrl, count) => {
      const keys = await putIntoArchive(count)
      const fromMs = performance.now()
      await announce(keys, queueUrl)
      await untilSettled(db, archive, keys)
      return count / ((performance.now() - fromMs) / 1_000)
    },
    fillBacklog: async () => {
      backlog.push(...(await putIntoArchive(backlogFiles - backlog.length)))
      await announce(backlog, backfillUrl)
    },
    dropBacklog: async () => {
      await sqs.send(new PurgeQueueCommand({ QueueUrl: backfillUrl }))
      while ((await queueDepth(sqs, backfillUrl)).inFlight > 0) await wait(20)
      const settled = await settledOf(db, archive, backlog)
      backlog = backlog.filter((key) => !settled.has(key))
    },
    archiveLoaded: async () => {
      const { rows } = await sql<{ files: string }>`
        select count(*) as files from ingest.object where bucket = ${archive}`.execute(db)
      return Number(rows[0]?.files)
    },
    close: async () => void (await releasers.releaseAll()),
  }
}

/** An endless stream of sample sessions, each in its newest revision. */
function openFiles(): () => { key: string; bytes: Buffer } {
  const sessions = sampleSessions({ seed: 'live-beside-backfill', sessions: Number.MAX_SAFE_INTEGER })
  return () => {
    const { tenant, revisions } = sessions.next().value ?? { tenant: '', revisions: [] }
    const newest = revisions.at(-1)
    if (newest === undefined) throw new Error('a sample session without a document')
    return { key: `${tenant}/${newest.key}`, bytes: Buffer.from(writeDocument(newest.document)) }
  }
}

/** The keys in the ledger with their lags. */
async function settledOf(
  db: Database,
  bucket: string,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ key: string; lag: string | null }>`
    select object_key as key, lag_ms as lag from ingest.object
    where bucket = ${bucket} and object_key = any(${keys})`.execute(db)
  return new Map(rows.map(({ key, lag }) => [key, Number(lag)]))
}

async function untilSettled(
  db: Database,
  bucket: string,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const deadlineMs = performance.now() + settledMsMax
  const different = new Set(keys).size
  for (;;) {
    const settled = await settledOf(db, bucket, keys)
    if (settled.size === different) return settled
    if (performance.now() > deadlineMs)
      throw new Error(`${settled.size} of ${different} files were loaded in time`)
    await wait(20)
  }
}

async function startAll(releasers: Releasers) {
  const stack = await startEmbeddedStack()
  releasers.register('embedded stack', stack.stop)
  const { aws, databaseUrl } = stack
  for (const bucket of [landing, archive]) await aws.createBucket(bucket)
  const { url: liveUrl } = await aws.createQueue('live', { visibilitySeconds: 60 })
  const { url: backfillUrl } = await aws.createQueue('backfill', { visibilitySeconds: 60 })
  await aws.notify({ bucket: landing, queueUrl: liveUrl })
  const { db, close } = openBenchDatabase(databaseUrl, 1)
  releasers.register('database', close)
  await migrate(db, await readMigrations(new URL('../migrations', import.meta.url).pathname))
  const worker = await startWorker(
    stack,
    { live: { url: liveUrl }, backfill: { url: backfillUrl } },
    releasers,
  )
  releasers.register('worker', () => stopWorker(worker))
  return { stack, db, liveUrl, backfillUrl }
}

async function startWorker(
  stack: EmbeddedStack,
  queues: object,
  releasers: Releasers,
): Promise<ChildProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'aftercall-bench-'))
  releasers.register('folder', () => rm(dir, { recursive: true, force: true }))
  const sources = builtInTenants.flatMap(({ name, timeZone }) => [
    { name, bucket: landing, prefix: `${name}/`, timeZone },
    { name: `${name}_old`, bucket: archive, prefix: `${name}/`, timeZone },
  ])
  const database = { url: stack.databaseUrl, allowSuperuser: true }
  const config = { database, queues, sources, http: { port: 0 } }
  const file = join(dir, 'aftercall.yaml')
  await writeFile(file, JSON.stringify(config))
  const command = new URL('../services/cli/bin/aftercall.js', import.meta.url).pathname
  const worker = spawn(process.execPath, [command, 'worker', '--config', file], {
    env: { PATH: process.env.PATH, ...stack.awsEnvironment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let last = ''
  for await (const line of createInterface({ input: worker.stderr })) {
    last = line
    if (line.includes('"queue":"backfill"')) break
  }
  if (!last.includes('"queue":"backfill"')) throw new Error(`the worker did not start: ${last}`)
  worker.stderr.resume()
  return worker
}

async function stopWorker(worker: ChildProcess): Promise<void> {
  const ended = once(worker, 'exit')
  worker.kill('SIGTERM')
  await ended
}
