import { execFileSync } from 'node:child_process'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { startFaultProxy } from '@aftercall/testkit/http-fault-proxy'
import { afterEach, expect, onTestFinished, vi } from 'vitest'
import { faultsOfObjects } from '../faults/http-bench.ts'
import { type Bench, bucket, openBench } from './bench.ts'
import { type Ended, endCommands, type RunningCommand, runCommand, startCommand } from './command.ts'
import { callWithId, type StoredSession, sampleFiles, storedSessions } from './documents.ts'
import { runHere } from './run-here.ts'
import { testMs, until } from './until.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 2, thorough: 'all' })

const source = { name: 'harborline', bucket, prefix: 'harborline/' }
const worker = { inFlight: 12, batchSize: 4, lingerMs: 5 }

let bench: Bench
afterEach(async () => {
  await endCommands()
  await bench.close()
})

type Place = { config: string; files: number; expected: StoredSession[] }

/** A bucket with the newest file under each key, and no other way to hear of them. */
async function openPlace(seed: string, sessions: number, changes: object = worker): Promise<Place> {
  bench = await openBench({ sources: [source], notifies: false })
  const config = await bench.writeConfig('small', { worker: changes })
  const sample = sampleFiles(seed, sessions)
  const newest = new Map(sample.files.map((file) => [file.key, file]))
  const files = [...newest.values()].filter(({ key }) => key.startsWith(source.prefix))
  for (const { key, text } of files) await bench.put(key, text)
  const expected = sample.expected.filter((one) => one.source === source.name)
  return { config, files: files.length, expected }
}

/** A store that gives this number of objects, and the others once they are released. */
async function holdObjectsAfter(count: number) {
  const proxy = await startFaultProxy(Number(new URL(bench.aws.endpoint).port))
  onTestFinished(proxy.stop)
  const released = Promise.withResolvers<void>()
  let given = 0
  proxy.setRule(
    faultsOfObjects((_key, forward) => {
      given += 1
      return given > count ? released.promise.then(forward) : forward()
    }),
  )
  return {
    env: { ...bench.env, AWS_ENDPOINT_URL_S3: proxy.address },
    /** Requests so far. */
    asked: () => given,
    release: () => released.resolve(),
  }
}

const untilLoaded = (count: number) =>
  until(`${count} objects have settled`, async () => {
    const [row] = await bench.rows<{ n: number }>('select count(*)::int as n from ingest.object')
    return (row?.n ?? 0) >= count
  })

function workersOf({ pid }: RunningCommand): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line) => {
    const [child, parent, state = ''] = line.trim().split(/\s+/)
    return parent === String(pid) && !state.startsWith('Z') ? [Number(child)] : []
  })
}

const untilWorkers = (command: RunningCommand, are: (pids: number[]) => boolean) =>
  until('the command has these workers', () => {
    const pids = workersOf(command)
    return are(pids) && pids
  })

type Report = { run: string; end: string; counts: Record<string, number>; shardsOpen: number }

function reportOf({ stdout, stderr }: Ended): Report {
  if (!stdout.startsWith('{')) throw new Error(`no report: ${stdout}${stderr}`)
  return JSON.parse(stdout) as Report
}

const args = (config: string, ...more: string[]) => ['backfill', '--config', config, '--json', ...more]
const ofSource = (workers: number) => ['--source', 'harborline', '--workers', String(workers)]

/** Objects that have ended by what this run did; the rest of `listed` had ended before. */
function loadedOf({ counts }: Report): number {
  return (counts.stored ?? 0) + (counts.superseded ?? 0) + (counts.duplicate ?? 0)
}

async function expectOneRun(): Promise<void> {
  const runs = await bench.rows('select state from ingest.backfill_run')
  expect(runs).toEqual([{ state: 'done' }])
}

it('several workers load a bucket as one process does, each object once, in one run', async () => {
  const { config, files, expected } = await openPlace('workers', 80)
  const end = await runCommand(args(config, ...ofSource(3)), { env: bench.env })
  expect(end).toMatchObject({ code: 0 })
  const report = reportOf(end)
  expect(report).toMatchObject({ end: 'done', shardsOpen: 0, counts: { listed: files } })
  expect(loadedOf(report)).toBe(files)
  expect(await storedSessions(bench)).toEqual(expected)
  expect(await bench.rows('select distinct event_name, settle_count from ingest.object')).toEqual([
    { event_name: 'Backfill', settle_count: 1 },
  ])
  await expectOneRun()
  const progress = JSON.parse(end.stderr.trim().split('\n').at(-1) ?? '') as { ended: number; share: number }
  expect(progress).toMatchObject({ ended: files, share: 1 })
})

it('I2 I3 the objects of a worker that is killed are loaded by another one, and each counts once', async () => {
  const { config, files, expected } = await openPlace('killed worker', 80)
  const store = await holdObjectsAfter(10)
  const command = startCommand(args(config, ...ofSource(2)), { env: store.env })
  await untilLoaded(6)
  const before = await untilWorkers(command, (pids) => pids.length === 2)
  process.kill(before[0] ?? 0, 'SIGKILL')
  await untilWorkers(command, (pids) => pids.length === 2 && !pids.includes(before[0] ?? 0))
  store.release()
  const end = await command.ended()
  expect(end).toMatchObject({ code: 0 })
  expect(end.stderr).toMatch(/"how":"SIGKILL".*a backfill worker died; its objects are loaded by another one/)
  const report = reportOf(end)
  expect(report).toMatchObject({ end: 'done', shardsOpen: 0, counts: { listed: files } })
  expect(loadedOf(report)).toBe(files)
  expect(await storedSessions(bench)).toEqual(expected)
  await expectOneRun()
})

/** Kills the oldest worker, this number of times. */
async function killWorkers(command: RunningCommand, times: number): Promise<void> {
  const killed: number[] = []
  for (let death = 0; death < times; death += 1) {
    const pids = await untilWorkers(command, (found) => found.some((pid) => !killed.includes(pid)))
    const next = pids.find((pid) => !killed.includes(pid)) ?? 0
    killed.push(next)
    process.kill(next, 'SIGKILL')
    await untilWorkers(command, (found) => !found.includes(next))
  }
}

it('objects with which two workers die count as failed, and are loaded when the run is resumed', async () => {
  const { config, files, expected } = await openPlace('deadly objects', 60)
  const store = await holdObjectsAfter(0)
  const command = startCommand(args(config, ...ofSource(2)), { env: store.env })
  await until('objects are asked for', () => store.asked() >= 12)
  await killWorkers(command, 3)
  store.release()
  const end = await command.ended()
  expect(end).toMatchObject({ code: 1 })
  expect(reportOf(end)).toMatchObject({ end: 'incomplete' })
  expect(reportOf(end).counts.failed).toBeGreaterThan(0)
  expect(end.stderr).toContain('two backfill workers died with these objects')
  await expectResumed(config, files, expected)
})

it('workers that die again and again end the run with an error, and the rest is loaded when it is resumed', async () => {
  const { config, files, expected } = await openPlace('dying workers', 140, {
    ...worker,
    inFlight: 2,
    batchSize: 2,
  })
  const store = await holdObjectsAfter(5)
  const command = startCommand(args(config, ...ofSource(2)), { env: store.env })
  await untilLoaded(1)
  await killWorkers(command, 5)
  store.release()
  const end = await command.ended()
  expect(end).toMatchObject({ code: 1 })
  expect(reportOf(end)).toMatchObject({ end: 'incomplete' })
  expect(end.stderr).toContain('backfill workers died 5 times; the last: ')
  await expectResumed(config, files, expected)
})

async function expectResumed(config: string, files: number, expected: StoredSession[]): Promise<void> {
  const resumed = await runHere(args(config, '--resume', '1'), { env: bench.env })
  expect(resumed).toMatchObject({ code: 0 })
  expect(await storedSessions(bench)).toEqual(expected)
  expect(await bench.rows('select count(*)::int as n from ingest.object')).toEqual([{ n: files }])
  await expectOneRun()
}

it('I9 when the command is killed, its workers end, and the run goes on with another number of them', async () => {
  const { config, files, expected } = await openPlace('killed command', 80)
  const store = await holdObjectsAfter(10)
  const killed = startCommand(args(config, ...ofSource(3)), { env: store.env })
  await untilLoaded(6)
  const workers = workersOf(killed)
  killed.kill('SIGKILL')
  await killed.ended()
  await until('the workers have ended', () => workers.every((pid) => !isRunning(pid)))
  store.release()
  const resumed = await runCommand(args(config, '--resume', '1', '--workers', '2'), { env: bench.env })
  expect(resumed).toMatchObject({ code: 0 })
  expect(await storedSessions(bench)).toEqual(expected)
  expect(await bench.rows('select count(*)::int as n from ingest.object')).toEqual([{ n: files }])
  expect(await bench.rows('select sum(settle_count - 1)::int as again from ingest.object')).toEqual([
    { again: 0 },
  ])
  await expectOneRun()
})

it('I9 Ctrl-C, which a terminal sends to every process, stops them all in order, and the run can be resumed', async () => {
  const { config, expected } = await openPlace('interrupt workers', 60)
  const store = await holdObjectsAfter(8)
  const command = startCommand(['backfill', '--config', config, ...ofSource(2)], { env: store.env })
  await untilLoaded(3)
  const workers = workersOf(command)
  for (const pid of workers) process.kill(pid, 'SIGINT')
  command.kill('SIGINT')
  const end = await command.ended()
  expect(end).toMatchObject({ code: 1 })
  expect(end.stdout).toContain('To continue: aftercall backfill --resume 1')
  expect(end.stderr).not.toContain('a backfill worker died')
  expect(workers.filter(isRunning)).toEqual([])
  store.release()
  const resumed = await runHere(args(config, '--resume', '1'), { env: bench.env })
  expect(resumed).toMatchObject({ code: 0 })
  expect(await storedSessions(bench)).toEqual(expected)
  await expectOneRun()
})

it('I5 limit, rate and rejected objects count over all workers', async () => {
  const { config, files } = await openPlace('limits of workers', 20)
  await bench.put('harborline/2026/01/01/call-1.json', '{"id": ')
  await bench.put('harborline/2026/01/01/call-2.json', callWithId(2))
  const first = await runCommand(args(config, ...ofSource(2), '--limit', '7', '--max-rate', '1000'), {
    env: bench.env,
  })
  expect(reportOf(first)).toMatchObject({ end: 'stopped' })
  expect(await bench.rows('select count(*)::int as n from ingest.object')).toEqual([{ n: 7 }])
  const rest = await runCommand(args(config, '--resume', '1', '--workers', '2'), { env: bench.env })
  expect(rest).toMatchObject({ code: 3 })
  expect(reportOf(rest)).toMatchObject({ end: 'done', counts: { rejected: 1 } })
  expect(await bench.rows('select count(*)::int as n from ingest.object')).toEqual([{ n: files + 2 }])
})

it('workers are refused where they can do nothing, and one that cannot begin says why', async () => {
  const { config } = await openPlace('refused workers', 3)
  for (const [more, message] of [
    [['--via', 'queue'], /--workers needs --via direct/],
    [['--dry-run'], /--dry-run estimates one process/],
  ] as const) {
    const end = await runHere(args(config, ...ofSource(2), ...more), { env: bench.env })
    expect(end).toMatchObject({ code: 2, stderr: expect.stringMatching(message) })
  }
  const alone = await runCommand(['backfill-worker'], { env: bench.env })
  expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining('starts this command by itself') })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const state = execFileSync('ps', ['-A', '-o', 'pid=,stat='], { encoding: 'utf8' })
  return new RegExp(`^\\s*${pid}\\s+[^Z]`, 'm').test(state)
}
