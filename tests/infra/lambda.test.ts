import { execFile } from 'node:child_process'
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  type ObjectStoreAndQueue,
  startObjectStoreAndQueue,
} from '@aftercall/embedded/object-store-and-queue'
import { type EmbeddedPostgres, startPostgres } from '@aftercall/embedded/postgres'
import { createS3Client } from '@aftercall/storage/aws/aws-clients'
import { putObject } from '@aftercall/storage/objects/fetch-object'
import { costlyContent } from '@aftercall/testkit/costly-content'
import { testPostgres } from '@aftercall/testkit/test-postgres'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { buildLambda, type LambdaName } from '../../infra/src/build-lambda.ts'
import { callWithId } from '../e2e/documents.ts'

const bucket = 'session-files'
const token = 'of this environment'
const secrets = {
  master: { username: 'master', password: 'master-0.9_-' },
  worker: { username: 'aftercall_worker', password: 'worker-0.9_-' },
  console: { username: 'aftercall_console', password: 'console-0.9_-' },
  lake: { username: 'aftercall_lake', password: 'lake-0.9_-' },
  rotated: { username: 'aftercall_worker_clone', password: 'rotated-0.9_-' },
}

let dir: string
let postgres: EmbeddedPostgres
let aws: ObjectStoreAndQueue
let extension: Server

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aftercall-lambda-'))
  // Root's Postgres runs as another user, who has to get into the folder.
  await chmod(dir, 0o711)
  for (const name of ['work-messages', 'prepare-database'] as const)
    buildLambda(name, join(dir, name), 'none')
  await cp(inject('emptyCluster'), join(dir, 'postgres'), { recursive: true })
  const [server, store] = await Promise.all([
    startPostgres({ ...testPostgres(), dataDir: join(dir, 'postgres'), settings: { fsync: 'off' } }),
    startObjectStoreAndQueue(),
  ])
  postgres = server
  aws = store
  await aws.createBucket(bucket)
  extension = await startSecretsExtension()
  // What RDS gives: a master user who may make roles, is no superuser, and owns the database.
  await run(postgres.url, [
    `create role master login createrole createdb password '${secrets.master.password}'`,
    'create database aftercall owner master',
  ])
})

afterAll(async () => {
  extension?.close()
  await aws?.stop()
  await postgres?.stop()
  await rm(dir, { recursive: true, force: true })
})

test('a deployment prepares an empty database, and again after the password was rotated', async () => {
  await prepare('worker')
  await prepare('worker')
  await prepare('rotated')
  const url = new URL(postgres.url)
  url.pathname = 'aftercall'
  const roles = await run<{ name: string }>(url.href, [
    `select rolname as name from pg_roles where pg_has_role(oid, 'aftercall_loader', 'usage')
       and rolname like 'aftercall_worker%' and not rolsuper and not rolcreaterole order by 1`,
  ])
  expect(roles.map(({ name }) => name)).toEqual(['aftercall_worker', 'aftercall_worker_clone'])
})

test('the login of the console, made where there is one, reads the ledger and changes nothing', async () => {
  await prepare('worker', { CONSOLE_SECRET_ARN: 'console' })
  const url = new URL(postgres.url)
  url.pathname = 'aftercall'
  Object.assign(url, secrets.console)
  expect(await run(url.href, ['select from ingest.object'])).toEqual([])
  await expect(run(url.href, ['update ingest.object set code = null'])).rejects.toThrow('permission denied')
  await expect(run(url.href, ['select content from ingest.rejected_content'])).rejects.toThrow(
    'permission denied',
  )
  const asked = await run(url.href, [
    "select has_function_privilege(oid, 'execute') as may from pg_proc where proname = 'ask_replay'",
  ])
  expect(asked).toEqual([{ may: true }])
})

test('the login of the publisher, made where there is one, reads analytics and keeps the lake, and nothing else', async () => {
  await prepare('worker', { PUBLISHER_SECRET_ARN: 'lake' })
  const url = new URL(postgres.url)
  url.pathname = 'aftercall'
  Object.assign(url, secrets.lake)
  expect(await run(url.href, ['select from analytics.session'])).toEqual([])
  expect(await run(url.href, ['select from lake.place'])).toEqual([])
  for (const table of ['warehouse.session', 'ingest.object'])
    await expect(run(url.href, [`select from ${table}`])).rejects.toThrow('permission denied')
})

test('I1 Lambda keeps the message whose object failed, and no other', async () => {
  await prepare('worker')
  const s3 = createS3Client({ env: awsEnv() })
  const files = { 'acme/good.json': JSON.stringify(callWithId(71)), 'acme/broken.json': 'no JSON' }
  for (const [key, text] of Object.entries(files)) {
    await putObject(s3, { bucket, key, bytes: Buffer.from(text) })
  }
  s3.destroy()
  const { answer, lines } = await invoke('work-messages', workerEnv(), {
    Records: [
      message('1', 'acme/good.json'),
      message('2', 'away/any.json'),
      message('3', 'acme/broken.json'),
    ],
  })
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] })

  const url = new URL(postgres.url)
  url.pathname = 'aftercall'
  const settled = await run(url.href, [
    'select object_key as key, outcome, code from ingest.object order by 1',
  ])
  expect(settled).toMatchObject([
    { key: 'acme/broken.json', outcome: 'rejected' },
    { key: 'acme/good.json', outcome: 'stored' },
    { key: 'away/any.json', outcome: 'failed' },
  ])
  const reported = await run<{ host: string; invokes: boolean }>(url.href, [
    "select host, (queues -> 0 ->> 'invokes')::boolean as invokes from ingest.worker",
  ])
  expect(reported).toEqual([{ host: 'AWS Lambda, function', invokes: true }])
  const counted = lines.filter(({ _aws }) => _aws !== undefined)
  expect(counted).toContainEqual(
    expect.objectContaining({ deployment: 'test', outcome: 'stored', aftercall_objects_total: 1 }),
  )
  expect(counted).toContainEqual(
    expect.objectContaining({
      deployment: 'test',
      ...{ aftercall_freshness_sessions: 1, aftercall_session_collisions_total: 0 },
    }),
  )
})

test('I5 a document of megabytes is mapped on the thread of the bundle, and one that is no JSON rejected', async () => {
  await prepare('worker')
  const s3 = createS3Client({ env: awsEnv() })
  const files = {
    'acme/large.json': costlyContent('many keys', 40_000, 72),
    'acme/large-other.json': `{"cut off":"${'x'.repeat(500_000)}`,
  }
  for (const [key, text] of Object.entries(files)) {
    await putObject(s3, { bucket, key, bytes: Buffer.from(text) })
  }
  s3.destroy()
  const env = { ...workerEnv(), LOG_LEVEL: 'debug' }
  const { answer, lines } = await invoke('work-messages', env, {
    Records: Object.keys(files).map((key, position) => message(String(position), key)),
  })
  expect(answer).toEqual({ batchItemFailures: [] })
  const apart = lines.filter(({ msg }) => msg === 'a large object was mapped on its own thread')
  expect(apart.map(({ end }) => end)).toEqual(['mapped', 'mapped'])
  const url = new URL(postgres.url)
  url.pathname = 'aftercall'
  expect(
    await run(url.href, [
      `select object_key as key, outcome, session_id::int as id from ingest.object
       where object_key like 'acme/large%' order by 1`,
    ]),
  ).toEqual([
    { key: 'acme/large-other.json', outcome: 'rejected', id: null },
    { key: 'acme/large.json', outcome: 'stored', id: 72 },
  ])
})

test('a function that is not configured says everything that is wrong', async () => {
  const wrong = { ...workerEnv(), AFTERCALL_YAML: JSON.stringify({ database: { url: 'x' }, sources: [] }) }
  const { error } = await invoke('work-messages', wrong, { Records: [message('1', 'acme/good.json')] })
  expect(error).toMatch(/database\.url[\s\S]*sources/)
})

async function prepare(login: keyof typeof secrets, more: Record<string, string> = {}): Promise<void> {
  const { host } = new URL(postgres.url)
  const env = {
    DATABASE_ADDRESS: `${host}/aftercall`,
    MASTER_SECRET_ARN: 'master',
    WORKER_SECRET_ARN: login,
    ...more,
  }
  const { error } = await invoke('prepare-database', { ...extensionEnv(), ...env }, {})
  expect(error).toBeUndefined()
}

type Invocation = { answer?: unknown; error?: string; lines: Record<string, unknown>[] }

/** As Lambda does: a process of its own, which has nothing but the folder and the environment. */
async function invoke(name: LambdaName, env: Record<string, string>, event: object): Promise<Invocation> {
  const driver = `
    const { handler } = await import(process.argv[1])
    const context = { getRemainingTimeInMillis: () => 30_000 }
    const ended = await handler(JSON.parse(process.argv[2]), context).then(
      (answer) => ({ answer }), (error) => ({ error: String(error) }))
    process.stdout.write(JSON.stringify({ ended }) + '\\n', () => process.exit(0))`
  const args = ['--input-type=module', '-e', driver, join(dir, name, 'index.mjs'), JSON.stringify(event)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: tmpdir(), env })
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const { ended } = lines.at(-1) as { ended: Omit<Invocation, 'lines'> }
  return { ...ended, lines }
}

function message(messageId: string, key: string) {
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    eventTime: '2026-03-23T20:17:00.000Z',
    s3: { bucket: { name: bucket }, object: { key } },
  }
  return {
    messageId,
    receiptHandle: `receipt of ${messageId}`,
    body: JSON.stringify({ Records: [record] }),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1774297020000' },
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:live',
  }
}

function awsEnv() {
  return {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
  }
}

function extensionEnv() {
  const address = extension.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(port), AWS_SESSION_TOKEN: token }
}

function workerEnv(): Record<string, string> {
  const { host } = new URL(postgres.url)
  const config = {
    database: { url: `postgres://\${DATABASE_USER}:\${DATABASE_PASSWORD}@${host}/aftercall` },
    queues: { live: { url: 'https://sqs.us-east-1.amazonaws.com/111122223333/live' } },
    sources: [
      { name: 'acme', bucket, prefix: 'acme/' },
      // Nothing listens there.
      { name: 'away', bucket, prefix: 'away/', endpoint: 'http://127.0.0.1:1' },
    ],
  }
  return {
    ...awsEnv(),
    ...extensionEnv(),
    AFTERCALL_YAML: JSON.stringify(config),
    WORKER_SECRET_ARN: 'worker',
    DEPLOYMENT: 'test',
    FRESHNESS_SECONDS: '3600',
  }
}

/** Answers in the form of the extension of Lambda, and only to who has the token of the environment. */
async function startSecretsExtension(): Promise<Server> {
  const server = createServer((request, response) => {
    const id = new URL(request.url ?? '', 'http://localhost').searchParams.get('secretId') ?? ''
    const secret = secrets[id as keyof typeof secrets]
    const isKnown = secret !== undefined && request.headers['x-aws-parameters-secrets-token'] === token
    response.writeHead(isKnown ? 200 : 403, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isKnown ? { SecretString: JSON.stringify(secret) } : {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function run<Row>(url: string, statements: string[]): Promise<Row[]> {
  const { db, close } = openDatabase({
    url,
    poolMax: 1,
    applicationName: 'aftercall-lambda-test',
    statementTimeoutSeconds: 30,
    onIdleError: () => {},
  })
  try {
    let rows: Row[] = []
    for (const statement of statements) rows = (await sql.raw<Row>(statement).execute(db)).rows
    return rows
  } finally {
    await close()
  }
}
