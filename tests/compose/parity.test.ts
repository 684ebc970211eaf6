import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  type ObjectStoreAndQueue,
  startObjectStoreAndQueue,
} from '@aftercall/embedded/object-store-and-queue'
import { createS3Client, createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { putObject } from '@aftercall/storage/objects/fetch-object'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { callWithId } from '../e2e/documents.ts'
import { inTime, testMs, until, witnesses } from '../e2e/until.ts'
import { type AwsCommand, startAwsCommand } from './aws-command.ts'
import { inStartOrder, readComposeFile, root } from './compose-file.ts'
import { type Container, type Ended, killContainers, openContainer, type Running } from './container.ts'
import { execFormOf } from './dockerfile.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const compose = readComposeFile()
/** These the embedded servers stand in for. */
const standIns = ['postgres', 'aws']
const app = mkdtempSync(join(tmpdir(), 'aftercall-app-'))
const containers: Container[] = []
const server = inject('postgresUrl')
let aws: ObjectStoreAndQueue
let awsCommand: AwsCommand

beforeAll(async () => {
  const built = dirname(inject('command'))
  for (const name of ['aftercall.js', 'chunks', 'package.json', 'migrations'])
    cpSync(join(built, name), join(app, name), { recursive: true })
  cpSync(join(root, 'docker/check-health.mjs'), join(app, 'check-health.mjs'))
  aws = await startObjectStoreAndQueue()
  const queueUrl = `${aws.endpoint}/000000000000/any`
  const env = awsEnvironment()
  awsCommand = await startAwsCommand(createS3Client({ env }), createSqsClient({ queueUrl, env }))
  await makeLogins()
})
afterAll(async () => {
  killContainers()
  for (const container of containers) container.remove()
  await awsCommand.close()
  await aws.stop()
  await run(server, [
    'drop database if exists aftercall with (force)',
    'drop role if exists aftercall_migrator, aftercall_worker, aftercall_console, aftercall_cli, aftercall_lake',
  ])
  rmSync(app, { recursive: true, force: true })
})

function awsEnvironment(): Record<string, string> {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = compose.services.worker?.environment ?? {}
  const keys = {
    AWS_ACCESS_KEY_ID: AWS_ACCESS_KEY_ID ?? '',
    AWS_SECRET_ACCESS_KEY: AWS_SECRET_ACCESS_KEY ?? '',
  }
  return { AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: AWS_REGION ?? '', ...keys }
}

/**
 * What the image of Postgres does with POSTGRES_DB and with the files that are mounted for a new volume. The four roles are
 * there already: the server is that of all tests.
 */
async function makeLogins(): Promise<void> {
  const name = compose.services.postgres?.environment.POSTGRES_DB ?? ''
  await run(server, [`create database ${name}`])
  const script = readFileSync(join(root, 'compose/postgres/make-logins.sql'), 'utf8').replaceAll(
    /^--.*$/gm,
    '',
  )
  const statements = script.split(';').filter((one) => !/create role \w+ nologin/.test(one))
  await run(databaseUrl(name), statements)
}

function databaseUrl(name: string): string {
  return Object.assign(new URL(server), { pathname: name }).href
}

async function run<Row>(url: string, statements: string[]): Promise<Row[]> {
  const { db, close } = openDatabase({
    ...{ url, poolMax: 1, applicationName: 'aftercall-test', statementTimeoutSeconds: 30 },
    onIdleError: () => {},
  })
  let rows: Row[] = []
  for (const statement of statements.filter((one) => one.trim() !== '')) {
    rows = (await sql.raw<Row>(statement).execute(db)).rows
  }
  await close()
  return rows
}

function open(name: string, environment: Record<string, string> = {}): Container {
  const service = compose.services[name]
  if (service === undefined) throw new Error(`there is no service ${name}`)
  const hosts = {
    'postgres:5432': new URL(server).host,
    'aws:4566': new URL(aws.endpoint).host,
  }
  const container = openContainer({ service, app, hosts, environment })
  containers.push(container)
  return container
}

async function freePort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return String(typeof address === 'object' ? address?.port : 0)
}

test('the services, started in order with their environment, as another user and unable to write a file, load what lands', async () => {
  const order = inStartOrder(compose).filter((name) => !standIns.includes(name))
  expect(order.slice(0, 4)).toEqual(['setup', 'migrate', 'worker', 'console'])
  for (const name of order.slice(0, 2)) {
    const one = open(name, { PATH: `${awsCommand.dir}:${process.env.PATH}` })
    expect(await ended(one.start(one.main)), name).toMatchObject({ code: 0 })
  }

  const worker = open('worker', { HTTP_PORT: await freePort() })
  const running = worker.start(worker.main)
  witnesses.add(running.output)
  const check = compose.services.worker?.healthcheck?.test.slice(1) ?? []
  await until('the worker is healthy', async () => (await ended(worker.start(check))).code === 0)
  expect(await ended(worker.start(execFormOf('worker', 'HEALTHCHECK')))).toEqual({ code: 0, output: 'ok\n' })

  const s3 = createS3Client({ env: awsEnvironment() })
  const bytes = Buffer.from(JSON.stringify(callWithId(7)))
  await putObject(s3, { bucket: 'aftercall-dev', key: 'harborline/2026/01/02/call-7.json', bytes })
  s3.destroy()
  const stored =
    'select source, session_id::int as id, status is not null as has_status from warehouse.session'
  await until(
    'the session is stored',
    async () => (await run(databaseUrl('aftercall'), [stored])).length === 1,
  )
  const cli = open('cli')
  const asked = cli.start([...cli.main.slice(0, -1), 'sql', stored, '--format', 'csv'])
  expect(await ended(asked)).toEqual({ code: 0, output: 'source,id,has_status\nharborline,7,t\n' })

  await publishLake()
  await readConsole()
  running.kill('SIGTERM')
  expect(await ended(running)).toMatchObject({ code: 0 })
  witnesses.delete(running.output)
  expect(await ended(worker.start(check))).toMatchObject({
    code: 1,
    output: expect.stringContaining('ECONNREFUSED'),
  })
})

/** It brings the day of that session to the lake, with a disk for nothing but temporary files. */
async function publishLake(): Promise<void> {
  // A turn that comes before the counts would leave the day to the next one, in a quarter of an hour.
  const counted = 'select from analytics.session_daily'
  await until('the worker has counted the session', async () => {
    return (await run(databaseUrl('aftercall'), [counted])).length > 0
  })
  const publisher = open('publish')
  const running = publisher.start(publisher.main)
  witnesses.add(running.output)
  const published = `select count(*)::int as files from lake.file where view_name = 'session' and row_count = 1 and sha256 is not null`
  await until('the session is in the lake', async () => {
    const [row] = await run<{ files: number }>(databaseUrl('aftercall'), [published])
    return row?.files === 1
  })
  running.kill('SIGTERM')
  expect(await ended(running)).toMatchObject({ code: 0 })
  witnesses.delete(running.output)
}

/** Its pages show the source and the file that was stored. */
async function readConsole(): Promise<void> {
  const port = await freePort()
  const page = open('console', { CONSOLE_PORT: port })
  const running = page.start(page.main)
  witnesses.add(running.output)
  const check = compose.services.console?.healthcheck?.test.slice(1) ?? []
  await until('the console is ready', async () => (await ended(page.start(check))).code === 0)
  expect(await ended(page.start(execFormOf('console', 'HEALTHCHECK')))).toMatchObject({ code: 0 })
  const pages = { '/': 'harborline', '/history?of=harborline/call/7': 'harborline/2026/01/02/call-7.json' }
  for (const [path, text] of Object.entries(pages)) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`)
    expect({ path, status: answer.status, body: await answer.text() }).toMatchObject({
      status: 200,
      body: expect.stringContaining(text),
    })
  }
  running.kill('SIGTERM')
  expect(await ended(running)).toMatchObject({ code: 0 })
  witnesses.delete(running.output)
}

test('doctor, started as a container, finds nothing wrong with bucket, queues and logins', async () => {
  const cli = open('cli')
  const { code, output } = await ended(cli.start([...cli.main.slice(0, -1), 'doctor']))
  expect(code, output).toBe(0)
})

test('demo says that it is not in the image, and what to do', async () => {
  const cli = open('cli')
  const { code, output } = await ended(cli.start([...cli.main.slice(0, -1), 'demo']))
  expect(output).toContain('The container image does not include them: use "docker compose up --wait" there.')
  expect(code).toBe(2)
})

function ended(running: Running): Promise<Ended> {
  return inTime('the container ends', running.ended)
}
