import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type ObjectStoreAndQueue,
  startObjectStoreAndQueue,
} from '@aftercall/embedded/object-store-and-queue'
import { listProblems } from '@aftercall/operator/problems/list-problems'
import { createS3Client, createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { putObject } from '@aftercall/storage/objects/fetch-object'
import { sendMessages } from '@aftercall/storage/queue/send-messages'
import {
  type FaultProxy,
  type FaultRule,
  startFaultProxy,
  xmlErrorAnswer,
} from '@aftercall/testkit/http-fault-proxy'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin } from '@aftercall/testkit/test-login'
import { openTransactionPooler } from '@aftercall/testkit/transaction-pooler'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { createActivityReader } from '@aftercall/warehouse/console/activity-reader'
import { readOverview } from '@aftercall/warehouse/console/overview'
import { recordHeartbeat, type WorkerHeartbeat } from '@aftercall/warehouse/ledger/worker-heartbeats'
import { createDriftRecorder } from '@aftercall/warehouse/load/drift-recorder'
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { CheckResult } from '../src/doctor/check-result.ts'
import { runCommand } from './run-command.ts'

let database: TestDatabase
let aws: ObjectStoreAndQueue
let folder: string
let queueUrl: string
let proxy: FaultProxy

const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
const envOf = () => ({ AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: 'us-east-1', ...keys })

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  aws = await startObjectStoreAndQueue()
  folder = await mkdtemp(join(tmpdir(), 'aftercall-doctor-'))
  const deadLetterQueue = { name: 'dead-letters', receivesMax: 5 }
  queueUrl = (await aws.createQueue('live', { deadLetterQueue })).url
  await aws.createBucket('files')
  const s3 = createS3Client({ env: envOf() })
  await putObject(s3, { bucket: 'files', key: 'a.json', bytes: Buffer.from('{}') })
  s3.destroy()
  await aws.notify({ bucket: 'files', queueUrl })
  await setRetention('dead-letters', 14 * 86_400)
  proxy = await startFaultProxy(Number(new URL(aws.endpoint).port))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await proxy.stop()
  await aws.stop()
  await database.drop()
})

async function setRetention(queue: string, seconds: number): Promise<void> {
  const sqs = createSqsClient({ queueUrl, env: envOf() })
  const Attributes = { MessageRetentionPeriod: String(seconds) }
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl.replace(/live$/, queue), Attributes }))
  sqs.destroy()
}

/** Runs doctor while the store answers by this rule. */
async function doctorBehind(rule: FaultRule) {
  proxy.setRule(rule)
  return doctor(database.url, queueUrl, { AWS_ENDPOINT_URL_S3: proxy.address }).finally(() => proxy.setRule())
}

async function doctor(
  databaseUrl: string,
  url: string,
  changes: Record<string, string> = {},
  queues: object = {},
): Promise<{ code: number; findings: Map<string, CheckResult> }> {
  const config = join(folder, 'aftercall.yaml')
  const sources = [{ name: 'acme', bucket: 'files' }]
  await writeFile(
    config,
    JSON.stringify({
      database: { url: databaseUrl, allowSuperuser: true },
      queues: { live: { url }, ...queues },
      sources,
      identity: { key: 'a key of thirty-two bytes or more' },
    }),
  )
  const env = { ...envOf(), ...changes }
  const { code, out } = await runCommand(['doctor', '--json', '--config', config], env)
  const findings: CheckResult[] = JSON.parse(out)
  return { code, findings: new Map(findings.map((result) => [result.check, result])) }
}

const beat: WorkerHeartbeat = {
  workerId: '00000000-0000-4000-8000-000000000001',
  host: 'here, process 1',
  version: '1',
  receiving: true,
  inFlight: 0,
  lastError: null,
  queues: [
    {
      name: 'live',
      url: 'https://sqs/1/live',
      waiting: 60,
      inFlight: 0,
      delayed: 0,
      deadLetters: 0,
      oldestSeconds: 1,
    },
  ],
}

test('with everything healthy, every check is ok, and the exit code is 0', async () => {
  await recordHeartbeat(database.db, beat)
  const loader = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_loader'] })
  const { code, findings } = await doctor(loader.urlOf(database.url), queueUrl).finally(loader.drop)
  expect([...findings.values()].filter(({ level }) => level !== 'ok')).toEqual([])
  expect(findings.size).toBeGreaterThan(15)
  expect(code).toBe(0)
})

test('a killed worker is a problem, as on the console, even if the ledger looks fine', async () => {
  await recordHeartbeat(database.db, beat)
  await sql`update ingest.worker set beat_at = now() - interval '75 seconds'`.execute(database.db)
  const { code, findings } = await doctor(database.url, queueUrl)
  expect(findings.get('workers')).toMatchObject({
    level: 'problem',
    detail: 'No worker has reported for 1 minute; 60 messages waited in the queue then.',
  })
  expect(code).toBe(1)
  await sql`truncate ingest.worker`.execute(database.db)
})

test('dead letters are counted at the queue, not taken from an older worker heartbeat', async () => {
  const queues = beat.queues.map((queue) => ({ ...queue, deadLetters: 3 }))
  await recordHeartbeat(database.db, { ...beat, queues })
  const { findings } = await doctor(database.url, queueUrl)
  expect(findings.get('dead letters')).toMatchObject({ level: 'ok', detail: 'none' })
  expect(findings.get('workers')).toMatchObject({ level: 'ok' })
  await sql`truncate ingest.worker`.execute(database.db)
})

test('a superuser is a notice if superusers are allowed', async () => {
  const { code, findings } = await doctor(database.url, queueUrl)
  expect(findings.get('database user')).toMatchObject({
    level: 'notice',
    fix: expect.stringContaining('aftercall_loader'),
  })
  expect(code).toBe(0)
})

test('a user who may not load is a problem, with the SQL to run', async () => {
  const login = await createTestLogin(inject('postgresUrl'))
  const { code, findings } = await doctor(login.urlOf(database.url), queueUrl).finally(login.drop)
  expect(findings.get('database user')).toMatchObject({
    level: 'problem',
    fix: `grant aftercall_loader to ${login.name};`,
  })
  expect(code).toBe(1)
})

test('fields without a column are shown with the number of documents and an example', async () => {
  const drift = createDriftRecorder(database.db)
  drift.note({
    source: 'acme',
    channel: 'call',
    path: 'mood',
    type: 'string',
    bucket: 'files',
    objectKey: 'a.json',
  })
  await drift.flush()
  const { code, findings } = await doctor(database.url, queueUrl)
  expect(findings.get('schema drift')).toMatchObject({
    level: 'notice',
    detail: expect.stringContaining('acme/call mood (string); 1 document, for example s3://files/a.json'),
  })
  expect(code).toBe(0)
})

test('rows in a default partition are a notice that names the table and the command', async () => {
  await sql`
    insert into warehouse.session (source, channel, session_id, created_at, bucket, object_key)
    values ('acme', 'call', 1, '2026-03-01', 'files', 'a.json')`.execute(database.db)
  const { findings } = await doctor(database.url, queueUrl)
  expect(findings.get('partitions')).toMatchObject({
    level: 'notice',
    detail: expect.stringMatching(
      /^1 row in 1 table waits in a default partition.*\n {4}to move: 2026-03 \(session\)$/s,
    ),
    command: 'aftercall maintain',
  })
})

test('doctor says of each problem what the console says, in the same words', async () => {
  await sql`
    insert into warehouse.session_collision
      (source, channel, session_id, session_created_at, content_sha256, revision_updated_at, latest_event_at,
       object_last_modified, bucket, object_key)
    values ('acme', 'call', 1, '2026-03-02', sha256('b'), '2026-03-02', '2026-03-02', '2026-03-02', 'files', 'b.json')`.execute(
    database.db,
  )
  const overview = await readOverview(database.db, {
    migrations: [],
    months: { yearsBack: 10, ahead: 2 },
    readActivity: createActivityReader(database.db),
  })
  const problems = listProblems(overview, { quietMinutes: 60 })
  expect(problems.map(({ about }) => about)).toEqual(
    expect.arrayContaining(['partitions', 'drift', 'identity']),
  )
  const { code, findings } = await doctor(database.url, queueUrl)
  const said = [...findings.values()].map(({ detail, fix, command }) => ({
    what: detail.split('\n')[0],
    fix,
    command,
  }))
  for (const { what, whatToDo, command } of problems)
    expect(said).toContainEqual({
      what,
      fix: whatToDo,
      command: command === 'aftercall doctor' ? undefined : (command ?? undefined),
    })
  // Only one of the sessions that share an id is in the tables.
  expect(findings.get('session ids')).toMatchObject({ level: 'problem' })
  expect(code).toBe(1)
  await sql`truncate warehouse.session_collision`.execute(database.db)
})

test('rows of months outside the span are a notice that names the months and the setting', async () => {
  await sql`truncate warehouse.session`.execute(database.db)
  await sql`
    insert into warehouse.session (source, channel, session_id, created_at, bucket, object_key)
    values ('acme', 'call', 2, '1970-01-01', 'files', 'a.json')`.execute(database.db)
  const { findings } = await doctor(database.url, queueUrl)
  expect(findings.get('partitions')).toMatchObject({
    level: 'notice',
    detail: expect.stringContaining(
      'outside months.yearsBack (10) and the months to come: 1970-01 (session)',
    ),
    fix: expect.stringContaining('raise months.yearsBack'),
  })
  await sql`truncate warehouse.session`.execute(database.db)
})

test('retention that was held back is a notice until it runs again', async () => {
  const record = (halted: string | null) =>
    sql`insert into ingest.maintenance_run (host, ended_at, halted) values ('test', now(), ${halted})`.execute(
      database.db,
    )
  await record('retention_too_large')
  expect((await doctor(database.url, queueUrl)).findings.get('retention')).toMatchObject({
    level: 'notice',
    detail: 'Retention is held back: the last aftercall maintain removed nothing (retention_too_large).',
    command: 'aftercall maintain --dry-run',
  })
  await record(null)
  expect((await doctor(database.url, queueUrl)).findings.has('retention')).toBe(false)
})

test('rights of PUBLIC are a notice with the SQL that revokes them, which migrate runs if it may', async () => {
  const name = sql.id(new URL(database.url).pathname.slice(1))
  await sql`grant temporary, create on database ${name} to public`.execute(database.db)
  await sql`grant create on schema public to public`.execute(database.db)
  const login = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_owner'] })
  // This login owns the tables but not the database: migrate prints the SQL and does not fail.
  const config = join(folder, 'migrator.yaml')
  await writeFile(config, JSON.stringify({ database: { url: login.urlOf(database.url) } }))
  const migrated = await runCommand(['migrate', '--config', config])
  expect([migrated.code, migrated.err]).toEqual([
    0,
    expect.stringContaining('revoke temporary, create on database "'),
  ])
  const { findings } = await doctor(database.url, queueUrl)
  const finding = findings.get('rights of PUBLIC')
  expect(finding).toMatchObject({ level: 'notice' })
  for (const statement of finding?.fix?.replace(/^.*?: /, '').split(/(?<=;) /) ?? []) {
    expect(migrated.err).toContain(statement)
  }

  await writeFile(config, JSON.stringify({ database: { url: database.url } }))
  expect(await runCommand(['migrate', '--config', config])).toMatchObject({ code: 0, err: '' })
  expect((await doctor(database.url, queueUrl)).findings.get('rights of PUBLIC')).toMatchObject({
    level: 'ok',
  })
  await login.drop()
})

test('I10 a right by hand, or a view that reads a person, is a problem with what closes it', async () => {
  expect((await doctor(database.url, queueUrl)).findings.get('rights of analysts')).toMatchObject({
    level: 'ok',
  })
  await sql`create view analytics.by_hand as select feedback from warehouse.session`.execute(database.db)
  await sql`grant usage on schema ingest to aftercall_analyst`.execute(database.db)
  await sql`grant select (content) on ingest.rejected_content to aftercall_analyst`.execute(database.db)
  const { code, findings } = await doctor(database.url, queueUrl)
  expect(code).toBe(1)
  expect(findings.get('rights of analysts')).toMatchObject({
    level: 'problem',
    detail:
      'aftercall_analyst can read ingest.rejected_content; ' +
      'analytics.by_hand reads warehouse.session.feedback, which is personal data',
    fix: 'as the owner of the tables: select ingest.grant_access(); drop view analytics.by_hand;',
  })
  await sql`select ingest.grant_access()`.execute(database.db)
  await sql`drop view analytics.by_hand`.execute(database.db)
  expect((await doctor(database.url, queueUrl)).findings.get('rights of analysts')).toMatchObject({
    level: 'ok',
  })
})

test('a queue without a dead-letter queue is a problem, and the exit code is 1', async () => {
  const { url } = await aws.createQueue('bare')
  const { code, findings } = await doctor(database.url, url)
  expect(findings.get('dead-letter queue')).toMatchObject({ level: 'problem', detail: 'none is configured' })
  expect(code).toBe(1)
})

test('an unreachable database and an unreachable queue are one problem each, with the address and without the password', async () => {
  const { code, findings } = await doctor(
    'postgres://who:secret-password@127.0.0.1:1/none',
    `${aws.endpoint}/000000000000/gone`,
  )
  expect(findings.get('database')).toMatchObject({
    level: 'problem',
    detail: expect.stringContaining('127.0.0.1:1/none'),
  })
  expect(findings.get('queue')).toMatchObject({ level: 'problem' })
  expect(JSON.stringify([...findings.values()])).not.toContain('secret-password')
  expect(code).toBe(1)
})

test('pending migrations are a problem that names them', async () => {
  const url = new URL(inject('postgresUrl'))
  const { code, findings } = await doctor(url.href, queueUrl)
  expect(findings.get('migrations')).toMatchObject({
    level: 'problem',
    detail: expect.stringMatching(/^\d+ migrations are pending\.\n {4}0001_create_ingest\.sql\n/),
    command: 'aftercall migrate',
  })
  expect(code).toBe(1)
})

test('a database that is not UTF8 is a problem that says what to create', async () => {
  const server = openDatabase({
    url: inject('postgresUrl'),
    poolMax: 1,
    applicationName: 'test',
    statementTimeoutSeconds: 30,
    onIdleError: () => {},
  })
  const name = `aftercall_test_${process.pid}_win1252`
  await sql`create database ${sql.id(name)} encoding 'WIN1252' locale 'C' template template0`.execute(
    server.db,
  )
  const url = Object.assign(new URL(inject('postgresUrl')), { pathname: name }).href
  const { code, findings } = await doctor(url, queueUrl)
  await sql`drop database ${sql.id(name)} with (force)`.execute(server.db)
  await server.close()
  expect(findings.get('database')).toMatchObject({
    level: 'problem',
    detail: expect.stringContaining(
      'WIN1252, which cannot store every document; create one with UTF8: create database',
    ),
  })
  expect(code).toBe(1)
})

test('a transaction pooler is a notice that asks only for enough sessions', async () => {
  const pooler = await openTransactionPooler(database.url)
  const { findings } = await doctor(pooler.through(database.url), queueUrl)
  await pooler.close()
  expect(findings.get('pooler')).toMatchObject({
    level: 'notice',
    detail: expect.stringContaining('gives each transaction another session'),
    fix: expect.not.stringContaining('idle_transaction_timeout'),
  })
  expect((await doctor(database.url, queueUrl)).findings.has('pooler')).toBe(false)
})

test.each([
  ['s3:ListBucket', 'list-type=2'],
  ['s3:GetObject', '.json'],
])('without %s the source cannot be read, and the result names what to allow', async (permission, path) => {
  const { code, findings } = await doctorBehind(async (request, forward) =>
    request.path.includes(path) ? xmlErrorAnswer(403, 'AccessDenied') : forward(),
  )
  expect(findings.get('source acme: reading')).toMatchObject({
    level: 'problem',
    fix: expect.stringContaining(`allow ${permission} on arn:aws:s3:::files`),
  })
  expect(code).toBe(1)
})

test('one unreadable object among readable ones is a notice, even with an unusual error', async () => {
  const s3 = createS3Client({ env: envOf() })
  await putObject(s3, { bucket: 'files', key: 'b.json', bytes: Buffer.from('{}') })
  s3.destroy()
  const { code, findings } = await doctorBehind(async (request, forward) =>
    request.path.includes('/files/a.json') ? xmlErrorAnswer(403, 'SignatureDoesNotMatch') : forward(),
  )
  expect(findings.get('source acme: reading')).toMatchObject({ level: 'ok' })
  expect(findings.get('source acme: objects')).toMatchObject({
    level: 'notice',
    detail: expect.stringContaining('1 of the first objects cannot be read, others can'),
  })
  expect(code).toBe(0)
})

test('missing access to object versions is a notice, because the worker reads the announced version', async () => {
  const { code, findings } = await doctorBehind(async (request, forward) => {
    if (request.path.includes('versionId')) return xmlErrorAnswer(403, 'AccessDenied')
    const answer = await forward()
    return { ...answer, headers: { ...answer.headers, 'x-amz-version-id': 'v1' } }
  })
  expect(findings.get('source acme: versions')).toMatchObject({
    level: 'notice',
    fix: 'allow s3:GetObjectVersion on arn:aws:s3:::files/*',
  })
  expect(code).toBe(0)
})

test('a bucket that does not exist is a problem', async () => {
  const { findings } = await doctorBehind(async () => xmlErrorAnswer(404, 'NoSuchBucket'))
  expect(findings.get('source acme: reading')).toMatchObject({
    level: 'problem',
    detail: expect.stringContaining('no_such_bucket'),
  })
})

test('a bucket that does not announce new objects is a problem, and so is a store with a wrong clock', async () => {
  const date = new Date(Date.now() - 20 * 60_000).toUTCString()
  const { code, findings } = await doctorBehind(async (request, forward) => {
    const answer = await forward()
    const headers = { ...answer.headers, date }
    if (!request.path.includes('notification')) return { ...answer, headers }
    return { ...answer, headers, body: Buffer.from('<NotificationConfiguration/>') }
  })
  expect(findings.get('source acme: notifications')).toMatchObject({
    level: 'problem',
    detail: 'this bucket does not announce new objects',
  })
  expect(findings.get('clock')).toMatchObject({
    level: 'problem',
    detail: expect.stringContaining('database: in sync'),
  })
  expect(code).toBe(1)
})

test('KMS without a bucket key and objects that are deleted early are notices', async () => {
  const { code, findings } = await doctorBehind(async (request, forward) => {
    const answer = await forward()
    if (request.path.includes('lifecycle')) {
      const rule =
        '<Rule><ID>short</ID><Status>Enabled</Status><Filter/><Expiration><Days>3</Days></Expiration></Rule>'
      const body = Buffer.from(`<LifecycleConfiguration>${rule}</LifecycleConfiguration>`)
      return { status: 200, headers: { 'content-type': 'application/xml' }, body }
    }
    return { ...answer, headers: { ...answer.headers, 'x-amz-server-side-encryption': 'aws:kms' } }
  })
  expect(findings.get('source acme: encryption')).toMatchObject({ level: 'notice' })
  expect(findings.get('source acme: lifecycle')).toMatchObject({
    level: 'notice',
    detail: '"short" deletes "*" after 3 days',
  })
  expect(code).toBe(0)
})

test('waiting dead letters are a notice, and a dead-letter queue with a shorter retention than its queue is a problem', async () => {
  const sqs = createSqsClient({ queueUrl, env: envOf() })
  await sendMessages(sqs, queueUrl.replace(/live$/, 'dead-letters'), ['one', 'two'])
  sqs.destroy()
  await setRetention('dead-letters', 86_400)
  const { code, findings } = await doctor(database.url, queueUrl)
  expect(findings.get('dead letters')).toMatchObject({
    level: 'notice',
    detail: '2 are waiting',
    fix: expect.stringContaining('aftercall replay --dead-letters'),
  })
  expect(findings.get('dead-letter retention')).toMatchObject({ level: 'problem' })
  expect(code).toBe(1)
})

test('a FIFO queue is a problem, and so is one queue for live and backfill', async () => {
  const { url } = await aws.createQueue('live.fifo')
  const { code, findings } = await doctor(database.url, url, {}, { backfill: { url } })
  for (const check of ['queue kind', 'backfill queue kind', 'backfill queue of its own'])
    expect(findings.get(check)).toMatchObject({ level: 'problem', fix: expect.any(String) })
  expect(code).toBe(1)
})
