import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { fork, integer, randomFrom } from '@aftercall/samples/random'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { startFaultProxy } from '@aftercall/testkit/http-fault-proxy'
import { countOf } from '@aftercall/testkit/test-count'
import { readRuns } from '@aftercall/warehouse/console/runs'
import { afterEach, expect, onTestFinished, vi } from 'vitest'
import { faultsOfObjects } from '../faults/http-bench.ts'
import { type Bench, bucket, openBench } from './bench.ts'
import { type Ended, endCommands, startCommand } from './command.ts'
import { callWithId, type SampleFile, type StoredSession, sampleFiles, storedSessions } from './documents.ts'
import { runHere } from './run-here.ts'
import { testMs, until } from './until.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 3, thorough: 'all' })

const source = { name: 'harborline', bucket, prefix: 'harborline/' }
/** So small that the work takes many transactions. */
const worker = { inFlight: 12, batchSize: 4, lingerMs: 5 }

let bench: Bench
afterEach(async () => {
  await endCommands()
  await bench.close()
})

async function openWith(changes: object = {}): Promise<string> {
  bench = await openBench({ sources: [source], notifies: false })
  return bench.writeConfig('small', { worker, ...changes })
}

type Sample = { files: SampleFile[]; expected: StoredSession[] }

/** The newest file under each key, as a bucket has it after years. */
async function fillBucket(seed: string, sessions: number): Promise<Sample> {
  const sample = sampleFiles(seed, sessions)
  const newest = new Map(sample.files.map((file) => [file.key, file]))
  const files = [...newest.values()].filter(({ key }) => key.startsWith(source.prefix))
  for (const { key, text } of files) await bench.put(key, text)
  return { files, expected: sample.expected.filter((one) => one.source === source.name) }
}

function backfill(config: string, args: string[]): Promise<Ended> {
  return runHere(['backfill', '--config', config, '--json', ...args], { env: bench.env })
}

/** A store that gives this number of objects, and leaves every further request without an answer. */
async function giveObjects(count: number): Promise<{ AWS_ENDPOINT_URL_S3: string }> {
  const proxy = await startFaultProxy(Number(new URL(bench.aws.endpoint).port))
  onTestFinished(proxy.stop)
  let given = 0
  proxy.setRule(
    faultsOfObjects((_key, forward) => {
      given += 1
      return given > count ? new Promise(() => {}) : forward()
    }),
  )
  return { AWS_ENDPOINT_URL_S3: proxy.address }
}

const countObjects = async (): Promise<number> => {
  const [row] = await bench.rows<{ objects: number }>('select count(*)::int as objects from ingest.object')
  return row?.objects ?? 0
}

const untilLoaded = (count: number) =>
  until(`${count} objects have settled`, async () => (await countObjects()) >= count)

type Report = { run: string; end: string; counts: Record<string, number>; shardsOpen: number }

function reportOf({ stdout }: Ended): Report {
  return JSON.parse(stdout) as Report
}

async function settledTwice(): Promise<number> {
  const [row] = await bench.rows<{ again: number }>(
    'select coalesce(sum(settle_count - 1), 0)::int as again from ingest.object',
  )
  return row?.again ?? 0
}

it('a bucket that was never announced is loaded whole, and a second time nothing of it is fetched', async () => {
  const config = await openWith()
  const { files, expected } = await fillBucket('whole', 60)
  const first = await backfill(config, ['--source', 'harborline'])
  expect(first).toMatchObject({ code: 0 })
  const { counts } = reportOf(first)
  expect(counts.listed).toBe(files.length)
  expect((counts.stored ?? 0) + (counts.superseded ?? 0) + (counts.duplicate ?? 0)).toBe(files.length)
  expect(await storedSessions(bench)).toEqual(expected)
  const { backfills } = await readRuns(bench.database.db)
  expect(backfills, 'as the console shows it').toMatchObject([
    { state: 'done', objects: files.length, counts },
  ])
  const ledger = await bench.rows<{ event_name: string; lag_ms: string | null }>(
    'select distinct event_name, lag_ms from ingest.object',
  )
  expect(ledger).toEqual([{ event_name: 'Backfill', lag_ms: null }])

  const second = await backfill(config, ['--source', 'harborline'])
  expect(reportOf(second).counts).toEqual({ listed: files.length, current: files.length })
  expect(await settledTwice()).toBe(0)

  await bench.put('harborline/2026/01/01/call-900001.json', callWithId(900_001))
  const third = await backfill(config, ['--source', 'harborline'])
  expect(reportOf(third).counts).toMatchObject({ current: files.length, stored: 1 })
})

/** How much is loaded when it is killed. */
const shares = [0.2, 0.6, 0.7, 0.8]

it.each(['one', 'two'])(
  'I2 I3 a backfill killed again and again and resumed each time ends as if it had not been (seed %s)',
  async (seed) => {
    const config = await openWith()
    const { files, expected } = await fillBucket(seed, 120)
    const random = fork(randomFrom(seed), 'kills')
    let args = ['--source', 'harborline']
    for (const share of shares.slice(0, countOf({ quick: 2, thorough: 4 }))) {
      const atObjects = Math.floor(files.length * share) + integer(random, 0, 4)
      // It cannot end before it is killed.
      const store = await giveObjects(atObjects + 2 - (await countObjects()))
      const killed = startCommand(['backfill', '--config', config, '--listers', '2', ...args], {
        env: { ...bench.env, ...store },
      })
      await untilLoaded(atObjects)
      killed.kill('SIGKILL')
      await killed.ended()
      const [run] = await bench.rows<{ run_id: string }>('select run_id::text from ingest.backfill_run')
      args = ['--resume', run?.run_id ?? '']
    }
    const last = await backfill(config, args)
    expect(last).toMatchObject({ code: 0 })
    expect(reportOf(last)).toMatchObject({ end: 'done', shardsOpen: 0 })
    expect(await storedSessions(bench)).toEqual(expected)
    expect(await countObjects()).toBe(files.length)
    // What was committed is never loaded again: the ledger has it, although the position may lie before it.
    expect(await settledTwice()).toBe(0)
    expect(await bench.rows('select count(*)::int as runs from ingest.backfill_run')).toEqual([{ runs: 1 }])
  },
)

it('I9 Ctrl-C keeps what is done, says how to go on, and the run goes on from there', async () => {
  const config = await openWith()
  const { expected } = await fillBucket('interrupt', 80)
  const args = ['backfill', '--config', config, '--source', 'harborline']
  const stopped = startCommand(args, { env: { ...bench.env, ...(await giveObjects(5)) } })
  await untilLoaded(1)
  stopped.kill('SIGINT')
  const end = await stopped.ended()
  expect(end.code).toBe(1)
  const [, runId] = /: aftercall backfill --resume (\d+)/.exec(end.stdout) ?? []
  const resumed = await backfill(config, ['--resume', runId ?? 'none'])
  expect(resumed).toMatchObject({ code: 0 })
  expect(await storedSessions(bench)).toEqual(expected)
  expect(await settledTwice()).toBe(0)
})

it('a limit stops the run after that number of objects, and the run can be resumed', async () => {
  const config = await openWith()
  const { files } = await fillBucket('limit', 40)
  const first = await backfill(config, ['--source', 'harborline', '--limit', '7'])
  expect(first).toMatchObject({ code: 0 })
  expect(reportOf(first)).toMatchObject({ end: 'stopped' })
  expect(await bench.rows('select count(*)::int as n from ingest.object')).toEqual([{ n: 7 }])
  const rest = await backfill(config, ['--resume', reportOf(first).run])
  expect(reportOf(rest)).toMatchObject({ end: 'done' })
  expect(await bench.rows('select count(*)::int as n from ingest.object')).toEqual([{ n: files.length }])
})

it('dates choose by the day in the key, or by the modification if that is said', async () => {
  const config = await openWith()
  for (const [day, id] of [
    ['2026/02/28', 1],
    ['2026/03/01', 2],
    ['2026/03/31', 3],
    ['2026/04/01', 4],
  ] as const) {
    await bench.put(`harborline/${day}/call-${id}.json`, callWithId(id))
  }
  const march = ['--source', 'harborline', '--since', '2026-03-01', '--until', '2026-04-01']
  const modified = await backfill(config, [...march, '--dates', 'modified'])
  expect(reportOf(modified).counts).toEqual({ listed: 4, 'too-late': 4 })
  const byKey = await backfill(config, march)
  expect(reportOf(byKey).counts).toEqual({ listed: 4, 'too-early': 1, 'too-late': 1, stored: 2 })
  expect(await bench.rows('select session_id::int as id from warehouse.session order by 1')).toEqual([
    { id: 2 },
    { id: 3 },
  ])
})

it('a dry run counts, measures and bills, and leaves nothing behind', async () => {
  const config = await openWith()
  const { files } = await fillBucket('dry', 40)
  const dry = await backfill(config, ['--source', 'harborline', '--dry-run'])
  expect(dry).toMatchObject({ code: 0 })
  const answer = JSON.parse(dry.stdout) as {
    toLoad: number
    bytes: number
    dollars: number
    bill: { item: string; calls: number }[]
  }
  expect(answer.toLoad).toBe(files.length)
  expect(answer.bytes).toBe(files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0))
  expect(answer.bill.find(({ item }) => item === 'S3 GET')?.calls).toBe(files.length)
  for (const table of ['warehouse.session', 'ingest.object', 'ingest.session_head', 'ingest.backfill_run']) {
    expect(await bench.rows(`select * from ${table}`)).toEqual([])
  }
  const words = await runHere(['backfill', '--config', config, '--source', 'harborline', '--dry-run'], {
    env: bench.env,
  })
  expect(words.stdout).toContain(`= ${files.length} objects to load`)
  expect(words.stdout).toMatch(/Time: .* with one process/)
})

it('I7 an inventory is read in place of the listing, and only what belongs to the source is loaded', async () => {
  const config = await openWith()
  const { files, expected } = await fillBucket('inventory', 30)
  await bench.put('other/call-1.json', callWithId(1))
  const rows = [...files.map(({ key }) => key), 'other/call-1.json'].map(
    (key) => `"${bucket}","${encodeURIComponent(key)}","10","2026-03-01T00:00:00.000Z","x"`,
  )
  const csv = gzipSync(rows.join('\n'))
  const manifest = JSON.stringify({
    sourceBucket: bucket,
    destinationBucket: `arn:aws:s3:::${bucket}`,
    version: '2016-11-30',
    creationTimestamp: '1772323200000',
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, Size, LastModifiedDate, ETag',
    files: [{ key: 'inventory/data/1.csv.gz', size: csv.byteLength, MD5checksum: md5(csv) }],
  })
  await bench.put('inventory/data/1.csv.gz', csv)
  await bench.put('inventory/manifest.json', manifest)
  await bench.put('inventory/manifest.checksum', md5(Buffer.from(manifest)))
  const url = `s3://${bucket}/inventory/manifest.json`
  const loaded = await backfill(config, ['--source', 'harborline', '--inventory', url])
  expect(loaded).toMatchObject({ code: 0 })
  expect(reportOf(loaded).counts).toMatchObject({ listed: files.length + 1, elsewhere: 1 })
  expect(await storedSessions(bench)).toEqual(expected)
})

it('I5 what cannot be used is rejected beside the rest, and the exit code says so', async () => {
  const config = await openWith()
  const { files } = await fillBucket('poison', 20)
  await bench.put('harborline/2026/01/01/call-1.json', '{"id": ')
  await bench.put('harborline/2026/01/01/call-2.mp3', 'sound')
  const end = await backfill(config, ['--source', 'harborline'])
  expect(end).toMatchObject({ code: 3 })
  expect(reportOf(end).counts).toMatchObject({ listed: files.length + 2, rejected: 1, ignored: 1 })
  const again = await backfill(config, ['--source', 'harborline'])
  expect(reportOf(again).counts).toMatchObject({ 'rejected before': 1, current: files.length + 1 })
})

it('a run belongs to one process at a time, and one from which it was taken stops', async () => {
  const config = await openWith()
  await fillBucket('busy', 30)
  const first = startCommand(['backfill', '--config', config, '--source', 'harborline'], {
    env: { ...bench.env, ...(await giveObjects(3)) },
  })
  await untilLoaded(1)
  const second = await backfill(config, ['--resume', '1'])
  expect(second).toMatchObject({ code: 1 })
  expect(second.stderr).toMatch(/run 1 is being worked on by .*, process \d+/)
  await bench.rows(`update ingest.lease set holder = 'another', host = 'elsewhere' returning name`)
  const stopped = await first.ended()
  expect(stopped).toMatchObject({ code: 1 })
  expect(stopped.stderr).toMatch(/the lease "backfill 1" was not renewed in time, and elsewhere has taken it/)
})

it('what was typed wrong is named, with what would be right', async () => {
  const config = await openWith()
  const wrong: [string[], RegExp][] = [
    [[], /--source NAME, or --resume RUN/],
    [['--source', 'acme'], /unknown source acme; the configuration has: harborline/],
    [['--source', 'harborline', '--prefix', 'other/'], /--prefix must begin with .* harborline\//],
    [['--source', 'harborline', '--since', 'monday'], /--since must be an ISO date/],
    [
      ['--source', 'harborline', '--since', '2026-02-01', '--until', '2026-01-01'],
      /--since must be before --until/,
    ],
    [['--source', 'harborline', '--via', 'queue'], /needs queues.backfill/],
    [['--source', 'harborline', '--limit', '0'], /--limit must be a whole number/],
    [['--resume', '99'], /there is no run 99/],
    [['--resume', 'x'], /--resume takes the number of a run/],
    [['--resume', '1', '--since', '2026-01-01'], /--resume continues a run with its own options/],
  ]
  for (const [args, message] of wrong) {
    const { code, stderr } = await runHere(['backfill', '--config', config, ...args], { env: bench.env })
    expect({ args, code, matches: message.test(stderr) ? true : stderr }).toEqual({
      args,
      code: 2,
      matches: true,
    })
  }
})

it('a bucket that is not there fails with its name', async () => {
  bench = await openBench({ sources: [{ ...source, bucket: 'not-there' }], notifies: false })
  const end = await backfill(await bench.writeConfig('gone'), ['--source', 'harborline'])
  expect(end.code).toBe(1)
  expect(end.stderr).toContain('s3://not-there/harborline/')
})

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}
