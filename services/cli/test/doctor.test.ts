import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type ObjectStoreAndQueue,
  startObjectStoreAndQueue,
} from '@aftercall/embedded/object-store-and-queue'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { createTestLogin } from '@aftercall/testkit/test-login'
import { createDriftRecorder } from '@aftercall/warehouse/drift-recorder'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { Finding } from '../src/doctor/finding.ts'
import { runCommand } from './run-command.ts'

let database: TestDatabase
let aws: ObjectStoreAndQueue
let folder: string
let queueUrl: string

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  aws = await startObjectStoreAndQueue()
  folder = await mkdtemp(join(tmpdir(), 'aftercall-doctor-'))
  const deadLetterQueue = { name: 'dead-letters', receivesMax: 5 }
  queueUrl = (await aws.createQueue('live', { deadLetterQueue })).url
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await aws.stop()
  await database.drop()
})

async function doctor(
  databaseUrl: string,
  url: string,
): Promise<{ code: number; findings: Map<string, Finding> }> {
  const config = join(folder, 'aftercall.yaml')
  const sources = [{ name: 'acme', bucket: 'files' }]
  await writeFile(
    config,
    JSON.stringify({
      database: { url: databaseUrl, allowSuperuser: true },
      queues: { live: { url } },
      sources,
    }),
  )
  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
  const env = { AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: 'us-east-1', ...keys }
  const { code, out } = await runCommand(['doctor', '--json', '--config', config], env)
  const findings: Finding[] = JSON.parse(out)
  return { code, findings: new Map(findings.map((one) => [one.check, one])) }
}

test('where all is well every check says ok, and the exit code is 0', async () => {
  const loader = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_loader'] })
  const { code, findings } = await doctor(loader.urlOf(database.url), queueUrl).finally(loader.drop)
  expect([...findings.values()].filter((one) => one.level !== 'ok')).toEqual([])
  expect(findings.size).toBeGreaterThan(8)
  expect(code).toBe(0)
})

test('a superuser is a notice where it is allowed', async () => {
  const { code, findings } = await doctor(database.url, queueUrl)
  expect(findings.get('database user')).toMatchObject({
    level: 'notice',
    fix: expect.stringContaining('aftercall_loader'),
  })
  expect(code).toBe(0)
})

test('a user who may not load is a problem, with the SQL to run', async () => {
  const nobody = await createTestLogin(inject('postgresUrl'))
  const { code, findings } = await doctor(nobody.urlOf(database.url), queueUrl).finally(nobody.drop)
  expect(findings.get('database user')).toMatchObject({
    level: 'problem',
    fix: `grant aftercall_loader to ${nobody.name};`,
  })
  expect(code).toBe(1)
})

test('fields without a column are shown with how many documents held them and an example', async () => {
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
    detail: expect.stringContaining('acme/call mood (string, 1 documents, for example s3://files/a.json)'),
  })
  expect(code).toBe(0)
})

test('rows in a default partition are a notice that names the table and the command', async () => {
  await sql`
    insert into warehouse.session (source, channel, session_id, created_at, bucket, object_key)
    values ('acme', 'call', 1, '2026-03-01', 'files', 'a.json')`.execute(database.db)
  const { findings } = await doctor(database.url, queueUrl)
  expect(findings.get('partitions')).toMatchObject({ level: 'notice', fix: 'aftercall maintain' })
})

test('a queue without a dead-letter queue is a problem, and the exit code is 1', async () => {
  const { url } = await aws.createQueue('bare')
  const { code, findings } = await doctor(database.url, url)
  expect(findings.get('dead-letter queue')).toMatchObject({ level: 'problem', detail: 'there is none' })
  expect(code).toBe(1)
})

test('a database and a queue out of reach are one problem each, with what was tried, and no password', async () => {
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
  expect(findings.get('migrations')).toMatchObject({ level: 'problem', fix: 'aftercall migrate' })
  expect(code).toBe(1)
})
