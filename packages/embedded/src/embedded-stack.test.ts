import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { Client } from 'pg'
import { afterEach, expect, vi } from 'vitest'
import { type EmbeddedStack, type EmbeddedStackOptions, startEmbeddedStack } from './embedded-stack.ts'
import { releaseAfterEach } from './releases.fixture.ts'
import { makeEnterableFolder } from './server-identity.ts'

const it = drawnTests({ quick: 2, thorough: 'all' })

const releaseAfter = releaseAfterEach()

afterEach(() => {
  vi.unstubAllEnvs()
})

async function start(options?: EmbeddedStackOptions): Promise<EmbeddedStack> {
  const stack = await startEmbeddedStack(options)
  releaseAfter(stack.stop)
  return stack
}

async function query(url: string, sql: string): Promise<Record<string, string>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, string>>(sql)).rows
  } finally {
    await client.end()
  }
}

/** Clients that are configured only by the environment. */
function clientsFromEnvironment(stack: EmbeddedStack) {
  for (const [name, value] of Object.entries(stack.awsEnvironment)) vi.stubEnv(name, value)
  const s3 = new S3Client({})
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false })
  releaseAfter(() => s3.destroy())
  releaseAfter(() => sqs.destroy())
  return { s3, sqs }
}

async function receiveBodies(sqs: SQSClient, url: string): Promise<string[]> {
  const receive = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 })
  return ((await sqs.send(receive)).Messages ?? []).map((message) => message.Body ?? '')
}

it('without a folder, everything is in a temporary folder that stop removes', async () => {
  const stack = await start()
  const [row] = await query(stack.databaseUrl, 'show data_directory')
  const folder = dirname(row!.data_directory!)
  expect(await readdir(folder)).toEqual(['postgres'])
  await stack.stop()
  await stack.stop()
  await expect(readdir(folder)).rejects.toThrow('ENOENT')
  await expect(query(stack.databaseUrl, 'select 1')).rejects.toThrow()
  await expect(fetch(stack.awsEndpoint)).rejects.toThrow()
})

it('the AWS SDK connects to it with the environment alone', async () => {
  const stack = await start()
  const { s3, sqs } = clientsFromEnvironment(stack)
  await stack.aws.createBucket('sessions')
  const { url } = await stack.aws.createQueue('announcements')
  await stack.aws.notify({ bucket: 'sessions', queueUrl: url })
  await s3.send(new PutObjectCommand({ Bucket: 'sessions', Key: 'a b', Body: 'x' }))
  expect((await receiveBodies(sqs, url)).join()).toContain('"key":"a+b"')
})

it('with a folder, the database, the objects, and the notifications survive a restart', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'aftercall-test-'))
  releaseAfter(() => rm(dataDir, { recursive: true }))
  // Created by the stack, so that it sets the permissions.
  await rm(dataDir, { recursive: true })
  await makeEnterableFolder(dataDir)

  const first = await start({ dataDir })
  await query(first.databaseUrl, 'create table kept (n int)')
  await first.aws.createBucket('sessions')
  const { url } = await first.aws.createQueue('announcements')
  await first.aws.notify({ bucket: 'sessions', queueUrl: url })
  await first.stop()

  const second = await start({ dataDir })
  expect(await query(second.databaseUrl, 'select * from kept')).toEqual([])
  const { s3, sqs } = clientsFromEnvironment(second)
  await s3.send(new PutObjectCommand({ Bucket: 'sessions', Key: 'after', Body: 'x' }))
  const [testEvent, event] = await receiveBodies(sqs, url)
  expect(testEvent).toContain('s3:TestEvent')
  expect(event).toContain('"key":"after"')
  expect((await readdir(dataDir)).sort()).toEqual(['aws', 'postgres'])
})

it('if one part cannot start, the other is stopped and the folder removed', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  releaseAfter(() => other.close())
  const { port } = other.address() as { port: number }
  const lines: string[] = []
  const start = startEmbeddedStack({ awsPort: port, onLog: (line) => lines.push(line) })
  await expect(start).rejects.toThrow(`Port ${port} of 127.0.0.1 is in use`)
  expect(lines.at(-1)).toContain('database system is shut down')
})
