import { drawnTests } from '@aftercall/testkit/drawn-tests'
import {
  type FaultProxy,
  jsonAnswer,
  startFaultProxy,
  xmlErrorAnswer,
} from '@aftercall/testkit/http-fault-proxy'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import { expect, inject, onTestFinished, vi } from 'vitest'
import { acme, type Bench, openBench } from '../e2e/bench.ts'
import { endCommands, runCommand } from '../e2e/command.ts'
import { callWithId } from '../e2e/documents.ts'
import { testMs, until } from '../e2e/until.ts'
import { type RunningWorker, startWorker } from '../e2e/worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 2, thorough: 'all' })

const files = 30
/** Longer than a wait of these tests: a worker that ends has not waited for it. */
const graceSeconds = 600

async function openSuite(sources?: object[]): Promise<Bench> {
  // What a poll gets while the worker ends comes back after the visibility timeout, which is a receive each time.
  const redelivery = { receivesMax: 10, visibilitySeconds: 10 }
  const bench = await openBench({ ...redelivery, ...(sources === undefined ? {} : { sources }) })
  onTestFinished(async () => {
    await endCommands()
    await bench.close()
  })
  return bench
}

async function openLogin(): Promise<TestLogin> {
  const login = await createTestLogin(inject('postgresUrl'), { inRoles: ['aftercall_loader'] })
  onTestFinished(login.drop)
  return login
}

async function openProxy(bench: Bench): Promise<FaultProxy> {
  const proxy = await startFaultProxy(Number(new URL(bench.aws.endpoint).port))
  onTestFinished(proxy.stop)
  return proxy
}

async function putFiles(bench: Bench, from: number): Promise<void> {
  const ids = Array.from({ length: files }, (_, index) => from + index)
  await Promise.all(ids.map((id) => bench.put(`acme/call-${id}.json`, callWithId(id))))
}

/** I9: one line that says what to do, the exit code 1 before the grace time is over, nothing dead-lettered. */
async function expectStop(bench: Bench, worker: RunningWorker, code: string, advice: string): Promise<void> {
  const line = await worker.untilLogs('stopping, because nothing can be loaded')
  expect(await worker.ended()).toMatchObject({ code: 1 })
  expect(line).toMatchObject({ level: 'error', code, msg: expect.stringContaining(advice) })
  expect(worker.logs().filter(({ msg }) => String(msg).startsWith('stopping'))).toHaveLength(1)
  expect(await bench.deadLetters()).toBe(0)
}

async function expectAllStored(bench: Bench, sessions: number): Promise<void> {
  await bench.untilSettled()
  expect(await bench.rows('select count(*)::int as n from warehouse.session')).toEqual([{ n: sessions }])
  expect(await bench.deadLetters()).toBe(0)
}

const breakages = [
  [
    'a table that is gone',
    'database_42P01',
    'aftercall migrate',
    'alter table ingest.session_head rename to lost',
    'alter table ingest.lost rename to session_head',
  ],
  [
    'a right that is gone',
    'database_42501',
    'aftercall_loader',
    'revoke insert on ingest.session_head from aftercall_loader',
    'grant insert on ingest.session_head to aftercall_loader',
  ],
  [
    'a column that is gone',
    'database_42703',
    'aftercall migrate',
    'alter table ingest.object rename event_name to lost',
    'alter table ingest.object rename lost to event_name',
  ],
] as const

it.each(breakages)(
  'I9 %s stops the worker, which dead-letters nothing; repaired, the next one loads all',
  async ([_what, code, advice, breaks, repairs]) => {
    const bench = await openSuite()
    const login = await openLogin()
    const url = login.urlOf(bench.database.url)
    const config = await bench.writeConfig('loader', { database: { url }, worker: { graceSeconds } })
    const worker = await startWorker(config, { env: bench.env })
    await bench.put('acme/call-1.json', callWithId(1))
    await worker.untilReady()
    await bench.untilSettled()

    await sql.raw(breaks).execute(bench.database.db)
    await putFiles(bench, 100)
    await expectStop(bench, worker, code, advice)

    await sql.raw(repairs).execute(bench.database.db)
    const next = await startWorker(config, { env: bench.env })
    await expectAllStored(bench, files + 1)
    await next.stop()
  },
)

it('I9 a password that was changed stops the worker; the next one waits for the right one', async () => {
  const bench = await openSuite()
  const login = await openLogin()
  const { db } = bench.database
  const setPassword = (password: string) =>
    sql`alter role ${sql.id(login.name)} password ${sql.lit(password)}`.execute(db)
  const password = 'known-to-the-worker'
  await setPassword(password)
  const url = Object.assign(new URL(login.urlOf(bench.database.url)), { password }).href
  const config = await bench.writeConfig('loader', { database: { url }, worker: { graceSeconds } })
  const worker = await startWorker(config, { env: bench.env })
  await worker.untilReady()

  await setPassword('another')
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${login.name}`.execute(db)
  await putFiles(bench, 100)
  await expectStop(bench, worker, 'database_28P01', 'database.url')
  expect(worker.stderr()).not.toContain(password)

  const next = await startWorker(config, { env: bench.env })
  expect(await next.untilLogs('cannot use the database yet')).toMatchObject({ level: 'warn' })
  await setPassword(password)
  await expectAllStored(bench, files)
  await next.stop()
})

it('I9 credentials that the store does not know stop the worker; the next one waits for better ones', async () => {
  const bench = await openSuite()
  const proxy = await openProxy(bench)
  const env = { ...bench.env, AWS_ENDPOINT_URL_S3: proxy.address }
  const config = await bench.writeConfig('shared', { worker: { graceSeconds } })
  const worker = await startWorker(config, { env })
  await worker.untilReady()

  proxy.setRule(async () => xmlErrorAnswer(403, 'InvalidAccessKeyId'))
  await putFiles(bench, 100)
  await expectStop(bench, worker, 'credentials_invalid', 'renew the credentials')

  const next = await startWorker(config, { env })
  await next.untilLogs('cannot use the object store yet')
  expect(await next.metric('aftercall_messages_received_total')).toBe(0)
  proxy.setRule()
  await expectAllStored(bench, files)
  await next.stop()
})

const refusals = ['SignatureDoesNotMatch', 'ExpiredToken', 'InvalidAccessKeyId']

it.each(refusals)(
  'I5 one object that is answered %s does not stop the worker while others are given',
  async (name) => {
    const bench = await openSuite()
    const proxy = await openProxy(bench)
    proxy.setRule((request, forward) =>
      request.path.includes('another') ? Promise.resolve(xmlErrorAnswer(403, name)) : forward(),
    )
    await bench.put('acme/another.json', callWithId(1))
    await putFiles(bench, 100)
    const env = { ...bench.env, AWS_ENDPOINT_URL_S3: proxy.address }
    const config = await bench.writeConfig('odd')
    const worker = await startWorker(config, { env })
    await until('all others are stored, and the failure is in the ledger', async () => {
      const ends = await bench.rows<{ outcome: string; n: number }>(
        'select outcome, count(*)::int as n from ingest.object group by 1',
      )
      const of = (outcome: string) => ends.find((one) => one.outcome === outcome)?.n
      return of('stored') === files && of('failed') === 1
    })
    const { code, stdout } = await runCommand(['doctor', '--config', config], { env })
    expect(stdout).not.toContain('check bucket, region, endpoint and credentials')
    expect(code).toBe(0)
    await worker.stop()
  },
)

it('I9 a queue that refuses receives and nothing else does not stop the worker', async () => {
  const bench = await openSuite()
  const proxy = await openProxy(bench)
  const env = { ...bench.env, AWS_ENDPOINT_URL_SQS: proxy.address }
  const worker = await startWorker(await bench.writeConfig('receives'), { env })
  await worker.untilReady()
  const wrong = { __type: 'com.amazon.coral.service#InvalidSignatureException', message: 'wrong' }
  proxy.setRule((request, forward) =>
    request.action === 'ReceiveMessage' ? Promise.resolve(jsonAnswer(403, wrong)) : forward(),
  )
  await putFiles(bench, 100)
  await until('it has asked once more than is needed to stop', () =>
    worker.logs().some(({ failuresInARow }) => failuresInARow === 6),
  )
  proxy.setRule()
  await expectAllStored(bench, files)
  await worker.stop()
})

it('I9 credentials that the queue does not know any more stop the worker after a few receives', async () => {
  const bench = await openSuite()
  const proxy = await openProxy(bench)
  const env = { ...bench.env, AWS_ENDPOINT_URL_SQS: proxy.address }
  const config = await bench.writeConfig('queue', { worker: { graceSeconds } })
  const worker = await startWorker(config, { env })
  await worker.untilReady()

  const expired = { __type: 'com.amazon.coral.service#ExpiredTokenException', message: 'expired' }
  proxy.setRule(async () => jsonAnswer(403, expired))
  await putFiles(bench, 100)
  await expectStop(bench, worker, 'credentials_expired', 'renew the credentials')

  const next = await startWorker(config, { env })
  await next.untilLogs('cannot use the queue yet')
  proxy.setRule()
  await expectAllStored(bench, files)
  await next.stop()
})

const archive = { name: 'archive', bucket: 'archive-files' }

it.each([
  { what: 'a bucket that must not be read', own: {}, name: 'AccessDenied', code: 'access_denied' },
  {
    what: 'a source whose own credentials are wrong',
    own: { credentials: { accessKeyId: 'own', secretAccessKey: 'own' } },
    name: 'InvalidAccessKeyId',
    code: 'credentials_invalid',
  },
])(
  'I5 $what concerns that source alone: the worker goes on, and nothing is taken for missing',
  async ({ own, name, code }) => {
    const bench = await openSuite([acme, { ...archive, ...own }])
    await bench.aws.createBucket(archive.bucket)
    await bench.aws.notify({ bucket: archive.bucket, queueUrl: bench.queueUrl })
    const proxy = await openProxy(bench)
    proxy.setRule((request, forward) =>
      request.path.startsWith(`/${archive.bucket}`) ? Promise.resolve(xmlErrorAnswer(403, name)) : forward(),
    )
    const env = { ...bench.env, AWS_ENDPOINT_URL_S3: proxy.address }
    const worker = await startWorker(await bench.writeConfig('two'), { env })
    await bench.put('call-1.json', callWithId(1), archive.bucket)
    await until('the failure is in the ledger', async () => {
      const [row] = await bench.rows<{ code: string }>(
        `select code from ingest.object where outcome = 'failed'`,
      )
      return row?.code === code
    })
    await putFiles(bench, 100)
    await until('all of the other source are stored', async () => {
      const [row] = await bench.rows<{ n: number }>('select count(*)::int as n from warehouse.session')
      return row?.n === files
    })
    await worker.stop()
  },
)
