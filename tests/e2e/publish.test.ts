import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { chance, integer } from '@aftercall/samples/random'
import { createS3Client } from '@aftercall/storage/aws/aws-clients'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { type FaultProxy, startFaultProxy } from '@aftercall/testkit/http-fault-proxy'
import { countOf } from '@aftercall/testkit/test-count'
import { randomOfTest } from '@aftercall/testkit/test-seed'
import { readLakeState } from '@aftercall/warehouse/lake/lake-state'
import type { LakeView } from '@aftercall/warehouse/lake/lake-view'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { refreshAllRollups } from '@aftercall/warehouse/rollups/refresh-rollups'
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { deliver, expectedFiles, filesOf, viewsOf } from '../lake/lake-fixture.ts'
import { type Bench, openBench } from './bench.ts'
import { endCommands, startCommand } from './command.ts'
import { testMs, until } from './until.ts'

vi.setConfig({ testTimeout: 10 * testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

let bench: Bench
let proxy: FaultProxy
let config: string
let views: LakeView[]
let to: string
const names = ['session', 'queue_entry']
const atOnce = { quietMs: 0, patienceMs: 0 }

beforeAll(async () => {
  bench = await openBench({ notifies: false })
  proxy = await startFaultProxy(Number(new URL(bench.aws.endpoint).port))
  await bench.aws.createBucket('lake')
  await recordSources(bench.database.db, [
    { bucket: 'files', prefix: '', timeZone: 'America/New_York', name: 'acme' },
  ])
  config = await bench.writeConfig('publish')
  views = await viewsOf(bench.database.db, names)
})
beforeEach(async () => {
  to = await mkdtemp(`${tmpdir()}/aftercall-publish-`)
})
afterEach(async () => {
  await endCommands()
  proxy.setRule()
  await rm(to, { recursive: true })
})
afterAll(async () => {
  await proxy.stop()
  await bench.close()
})

const env = () => ({ ...bench.env, AWS_ENDPOINT_URL: proxy.address })
const start = (...args: string[]) =>
  startCommand(['publish', ...names, '--config', config, ...args], { env: env() })

async function store(id: number, sample: number, revision: number, shiftDays: number): Promise<void> {
  await deliver(bench.database.db, { source: 'acme', id, sample, revision, shiftDays })
  await refreshAllRollups(bench.database.db, atOnce)
}

/** The hash of each file in the bucket, by its folder. */
async function filesInBucket(): Promise<Map<string, string>> {
  const client = createS3Client({ env: bench.env })
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix: 'all/' }))
  const keys = Contents.map(({ Key = '' }) => Key).filter((key) => key.endsWith('/part.parquet'))
  const files = new Map<string, string>()
  for (const Key of keys.sort()) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: 'lake', Key }))
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
    const folder = Key.slice('all/'.length, -'/part.parquet'.length)
    files.set(folder, createHash('sha256').update(bytes).digest('hex'))
  }
  client.destroy()
  return files
}

it('a publisher that is killed at any request leaves each day whole, old or new, and the next one goes on at once', async () => {
  const random = randomOfTest()
  const kills = countOf({ quick: 3, thorough: 60 })
  let died = 0
  for (let round = 0; round < kills; round++) {
    await store(1 + (round % 3), 3 + round, round, round % 2 === 0 ? 0 : 5)
    const before = await filesInBucket()
    const wanted = await expectedFiles(bench.database.db, views)
    const command = start('--to', 's3://lake/all', '--once')
    let left = integer(random, 0, 7)
    const isAfter = chance(random, 0.5)
    proxy.setRule(async (_request, forward) => {
      const isLast = left === 0
      left -= 1
      if (isLast && !isAfter) command.kill('SIGKILL')
      const answer = await forward()
      if (isLast && isAfter) command.kill('SIGKILL')
      return answer
    })
    const ended = await command.ended()
    if (ended.signal === 'SIGKILL') died += 1
    for (const [name, hash] of await filesInBucket())
      expect([before.get(name), wanted.get(name)]).toContain(hash)
    proxy.setRule()
    const next = await start('--to', 's3://lake/all', '--once').ended()
    expect({ code: next.code, stderr: next.stderr }).toEqual({ code: 0, stderr: '' })
    expect(await filesInBucket()).toEqual(wanted)
  }
  expect(died).toBeGreaterThan(0)
})

it('a standing publisher brings a late revision to the lake; a second one waits, and goes on when the first is killed', async () => {
  await store(7, 5, 0, 1)
  const first = start('--to', to, '--every', '1s')
  await first.untilLogs('published the days that had changed')
  await until('the lake has all days', async () => {
    expect(await filesOf(to)).toEqual(await expectedFiles(bench.database.db, views))
    return true
  })
  const second = start('--to', to, '--every', '1s')
  await second.untilLogs('another process publishes to this place')
  first.kill('SIGKILL')
  await first.ended()
  await store(7, 5, 1, 1)
  await sql`select rollup.mark_changed('2026-03-01', '2026-04-30')`.execute(bench.database.db)
  await refreshAllRollups(bench.database.db, atOnce)
  await second.untilLogs('published the days that had changed')
  await until('the lake has the late revision', async () => {
    expect(await filesOf(to)).toEqual(await expectedFiles(bench.database.db, views))
    return true
  })
  second.kill('SIGTERM')
  expect(await second.ended()).toMatchObject({ code: 0 })
})

it('a store that refuses is a failure that is noted and tried again', async () => {
  await store(8, 6, 0, 2)
  proxy.setRule(async (request, forward) =>
    request.method === 'PUT'
      ? { status: 403, headers: {}, body: Buffer.from('<Error><Code>AccessDenied</Code></Error>') }
      : forward(),
  )
  const command = start('--to', 's3://lake/other', '--every', '1s')
  await command.untilLogs('publishing failed')
  const stateOf = async () =>
    (await readLakeState(bench.database.db)).find(({ place }) => place === 's3://lake/other')
  expect(await stateOf()).toMatchObject({ failure: 'access_denied', failedAt: expect.any(Date) })
  proxy.setRule()
  await command.untilLogs('published the days that had changed')
  expect(await stateOf()).toMatchObject({ failure: null, failedAt: null, waitingDays: 0 })
  command.kill('SIGTERM')
  await command.ended()
})
