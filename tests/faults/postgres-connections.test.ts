import { chance, fork, pick, randomFrom } from '@aftercall/samples/random'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { afterAll, beforeAll, expect, onTestFinished, vi } from 'vitest'
import { call1418, callWithId, sampleFiles } from '../e2e/documents.ts'
import { testMs, until } from '../e2e/until.ts'
import { type OwnPostgres, openAdmin, startOwnPostgres } from './own-postgres.ts'
import {
  expectAllStored,
  expectWell,
  openPostgresBench,
  type PostgresBench,
  slowDown,
  untilRetried,
} from './postgres-bench.ts'
import {
  type ChunkAction,
  openPostgresProxy,
  type PostgresProxy,
  type PostgresProxyOptions,
} from './postgres-proxy.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

let server: OwnPostgres
beforeAll(async () => {
  server = await startOwnPostgres()
})
afterAll(() => server.close())

async function openProxy(options: PostgresProxyOptions): Promise<PostgresProxy> {
  const proxy = await openPostgresProxy(server.url, options)
  onTestFinished(() => proxy.close())
  return proxy
}

const urlThrough = (proxy: PostgresProxy, { database }: PostgresBench) => ({
  database: { url: proxy.through(database.url) },
})

it.each(['one', 'two', 'three'])(
  'I1 I2 I3 connections that are cut at random instants lose nothing and leave nothing twice (seed %s)',
  async (seed) => {
    const bench = await openPostgresBench(server)
    const sample = sampleFiles(seed, 60)
    await bench.putAll(sample.files)
    const random = fork(randomFrom(seed), 'cuts')
    let cuts = 0
    const judge = (): ChunkAction => {
      if (cuts === 40 || !chance(random, 0.04)) return 'pass'
      cuts += 1
      return 'cut'
    }
    const worker = await bench.start(urlThrough(await openProxy({ judge }), bench))
    await expectAllStored(bench, sample)
    expect(cuts).toBeGreaterThan(20)
    await expectWell(worker)
  },
)

it('I1 I3 a commit whose answer is lost is no commit twice: all is stored once and counted as stored', async () => {
  const bench = await openPostgresBench(server)
  const source = pick(randomFrom('lost answers'), builtInTenants).name
  const ids = Array.from({ length: 60 }, (_, position) => position + 1)
  let lost = 0
  const committing = new Set<number>()
  const judge: PostgresProxyOptions['judge'] = ({ bytes, to, connection }) => {
    if (to === 'server') {
      if (bytes.includes('commit\0')) committing.add(connection)
      return 'pass'
    }
    if (!committing.delete(connection) || !bytes.includes('COMMIT\0') || lost === 8) return 'pass'
    lost += 1
    return 'cut'
  }
  const worker = await bench.start(urlThrough(await openProxy({ judge }), bench))
  for (const id of ids) await bench.put(`${source}/call-${id}.json`, callWithId(id))
  await bench.untilSettled()

  expect(lost).toBe(8)
  expect(await bench.rows('select outcome, count(*)::int as objects from ingest.object group by 1')).toEqual([
    { outcome: 'stored', objects: ids.length },
  ])
  const [rows] = await bench.rows<{ transfers: number }>(`
    select (select count(*)::int from warehouse.session) as sessions,
           (select count(*)::int from warehouse.session_revision) as revisions,
           (select max(revision_count)::int from ingest.session_head) as most,
           (select count(*)::int from warehouse.transfer) as transfers`)
  expect(rows).toEqual({
    sessions: 60,
    revisions: 60,
    most: 1,
    transfers: 60 * call1418.transfers.length,
  })
  const { text } = await worker.get('/metrics')
  expect(text).toMatch(/^aftercall_objects_total\{[^}]*outcome="stored"[^}]*\} 60$/m)
  expect(text).not.toMatch(/^aftercall_objects_total\{[^}]*outcome="duplicate"[^}]*\} [1-9]/m)
  await expectWell(worker)
})

it('a network that swallows everything on the connections there are is left for new ones', async () => {
  const bench = await openPostgresBench(server)
  const sample = sampleFiles('silence', 60)
  const half = Math.floor(sample.files.length / 2)
  let silentUpTo = 0
  const proxy = await openProxy({
    judge: ({ connection }) => (connection <= silentUpTo ? 'swallow' : 'pass'),
  })
  const worker = await bench.start(urlThrough(proxy, bench))
  await bench.putAll(sample.files.slice(0, half))
  await bench.untilSettled()

  // Idle ones first: the begin of the next transaction gets no answer.
  silentUpTo = proxy.connections()
  await bench.putAll(sample.files.slice(half, half + 20))
  await untilRetried(worker, null)
  await bench.untilSettled()

  await slowDown(bench, 0.05)
  const before = worker.logs().length
  const putting = bench.putAll(sample.files.slice(half + 20))
  await bench.untilStored(new Set(sample.files.slice(0, half + 20).map(({ key }) => key)).size + 1)
  silentUpTo = proxy.connections()
  await putting
  await until('the worker tries again', () =>
    worker
      .logs()
      .slice(before)
      .some(({ msg }) => String(msg).includes('did not take the batch; trying')),
  )
  await expectAllStored(bench, sample)
  await expectWell(worker)
})

it('I8 a slow database slows the receiving: of several sources no more is held than twice worker.inFlight, and nothing comes twice', async () => {
  const bench = await openPostgresBench(server)
  const sample = sampleFiles('slow', 40)
  await bench.putAll(sample.files)
  const proxy = await openProxy({ judge: () => 'pass', delayMs: 25 })
  const worker = await bench.start({ ...urlThrough(proxy, bench), worker: { inFlight: 12 } })
  let most = 0
  await until('the queue is empty', async () => {
    const { visible, inFlight, delayed } = await bench.depth()
    most = Math.max(most, inFlight)
    return visible + inFlight + delayed === 0
  })
  expect(most).toBeGreaterThan(6)
  expect(most).toBeLessThanOrEqual(24)
  await expectAllStored(bench, sample)
  await expectWell(worker)
})

it('I1 all sessions of the worker being ended by an administrator, again and again, loses nothing', async () => {
  const bench = await openPostgresBench(server)
  const sample = sampleFiles('ended', 60)
  await bench.putAll(sample.files)
  await slowDown(bench, 0.03)
  const worker = await bench.start()
  const admin = openAdmin(bench.database.url)
  onTestFinished(() => admin.close())
  const objects = new Set(sample.files.map(({ key }) => key)).size
  let ended = 0
  for (let times = 1; times <= 8; times += 1) {
    await bench.untilStored(Math.floor((objects * times) / 10))
    const [row] = await bench.rows<{ ended: number }>(`
      select count(pg_terminate_backend(pid))::int as ended from pg_stat_activity
      where application_name = 'aftercall-worker' and datname = current_database()`)
    ended += row?.ended ?? 0
  }
  expect(ended).toBeGreaterThanOrEqual(8)
  await untilRetried(worker, '57P01')
  await expectAllStored(bench, sample)
  await expectWell(worker)
})
