import { createHash } from 'node:crypto'
import { startFaultProxy } from '@aftercall/testkit/http-fault-proxy'
import { countOf } from '@aftercall/testkit/test-count'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { faultsOfObjects } from '../faults/http-bench.ts'
import { type Bench, bucket, openBench } from './bench.ts'
import { endCommands, startCommand } from './command.ts'
import { call1418 } from './documents.ts'
import { runHere } from './run-here.ts'
import { testMs, until } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

type Line = { kind: string; class: string; key: string; fix?: string; counts: Record<string, number> }

/** More than one page of a listing. */
const objects = countOf({ quick: 1_200, thorough: 3_000 })
const isLost = (id: number): boolean => id % 100 === 37
/** What the worker loads while the test looks on; the rest was loaded before. */
const isNew = (id: number): boolean => id % 10 === 1
const keyOf = (id: number): string => `acme/2026/03/${String(1 + (id % 28)).padStart(2, '0')}/call-${id}.json`
const ids = Array.from({ length: objects }, (_, index) => index + 1)
const lostKeys = ids.filter(isLost).map(keyOf).sort()

let bench: Bench
let config: string

beforeAll(async () => {
  bench = await openBench({ notifies: false })
  config = await bench.writeConfig('all', { reconcile: { graceMinutes: 0 } })
})
afterEach(endCommands)
afterAll(() => bench.close())

const reconcile = (...args: string[]) =>
  runHere(['reconcile', '--source', 'acme', '--config', config, ...args], { env: bench.env })

function linesOf(stdout: string): { findings: Line[]; summary: Line } {
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  const summary = lines.at(-1)
  if (summary?.kind !== 'summary') throw new Error(`no summary: ${stdout.slice(-500)}`)
  return { findings: lines.slice(0, -1), summary }
}

/** A real call without its rows of detail: small, so that thousands are quick. */
function smallCall(id: number): object {
  const fields = Object.entries(call1418).filter(([, value]) => typeof value !== 'object' || value === null)
  return { ...Object.fromEntries(fields), id }
}

const countCalls = 'select count(*)::integer as calls from warehouse.session'

/** As if they had been loaded an hour ago. */
async function addToLedger(chosen: number[]): Promise<void> {
  const rows = chosen.map((id) => {
    const etag = createHash('md5')
      .update(JSON.stringify(smallCall(id)))
      .digest('hex')
    return `('${bucket}', '${keyOf(id)}', 'acme', 'stored', '${etag}', now() - interval '1 hour')`
  })
  await bench.rows(
    `insert into ingest.object (bucket, object_key, source, outcome, etag, settled_at) values ${rows.join(',')}`,
  )
}

/** As if they had been there before the bucket's notifications. */
function addAll(chosen: number[]): void {
  for (const id of chosen) bench.aws.addObject(bucket, keyOf(id), Buffer.from(JSON.stringify(smallCall(id))))
}

test('I4 a bucket of which one percent was never announced is named exactly, and complete after one --fix', async () => {
  addAll(ids.filter((id) => !isNew(id)))
  await addToLedger(ids.filter((id) => !isNew(id) && !isLost(id)))
  await bench.aws.notify({ bucket, queueUrl: bench.queueUrl })
  const worker = await startWorker(config, { env: bench.env })
  for (const id of ids.filter(isNew)) await bench.put(keyOf(id), smallCall(id))
  await bench.untilSettled()
  await worker.stop()
  expect(await bench.rows(countCalls)).toEqual([{ calls: objects / 10 }])

  const ran = await reconcile('--json')
  expect(ran.code).toBe(3)
  const { findings, summary } = linesOf(ran.stdout)
  expect(findings.map(({ class: found, key }) => `${found} ${key}`).sort()).toEqual(
    lostKeys.map((key) => `missing ${key}`),
  )
  expect(summary.counts).toEqual({
    listed: objects,
    current: objects - lostKeys.length,
    missing: lostKeys.length,
  })

  const fixed = await reconcile('--fix', '--json')
  expect(fixed.code).toBe(0)
  expect(
    linesOf(fixed.stdout)
      .findings.map(({ key, fix }) => `${fix} ${key}`)
      .sort(),
  ).toEqual(lostKeys.map((key) => `fixed ${key}`))
  expect(await bench.rows(countCalls)).toEqual([{ calls: objects / 10 + lostKeys.length }])
  expect(
    await bench.rows(
      `select object_key from ingest.object where event_name = 'Reconcile' order by object_key`,
    ),
  ).toEqual(lostKeys.map((key) => ({ object_key: key })))

  const again = await reconcile()
  expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' })
  expect(again.stdout).toContain('Nothing is missing.')
})

test('the report names the days, the folders, the first keys, and what to do', async () => {
  await bench.put('acme/2026/04/01/call-9001.json', 'no JSON')
  await bench.rows(`delete from ingest.object where object_key like 'acme/2026/04/%'`)
  await bench.put('acme/calls/recording.mp3', 'sound')
  const ran = await reconcile()
  expect(ran.code).toBe(3)
  expect(ran.stdout).toMatch(/missing 1: in the bucket but not in the ledger/)
  expect(ran.stdout).toMatch(/modified on \(UTC\) +missing/)
  expect(ran.stdout).toMatch(/acme\/2026\/04\/01\/ +1/)
  expect(ran.stdout).toContain('To load what is missing: aftercall reconcile --source acme --fix')

  const fixed = await reconcile('--fix')
  expect(fixed.code).toBe(3)
  expect(fixed.stdout).toContain('Fixed: 1 rejected.')
  const after = await reconcile()
  expect(after.code).toBe(3)
  expect(after.stdout).toContain('rejected 1: the content cannot be used')
})

test('objects that are gone are reported, --fix notes them, and their rows stay', async () => {
  const gone = keyOf(11)
  await bench.rows(`update ingest.object set removed_at = null where object_key = '${gone}'`)
  await bench.remove(gone)
  const ran = await reconcile('--json')
  expect(
    linesOf(ran.stdout)
      .findings.filter((one) => one.class === 'gone')
      .map(({ key }) => key),
  ).toEqual([gone])
  await reconcile('--fix')
  expect(
    await bench.rows(`
      select removed_at is not null as is_removed, outcome, (select count(*)::integer from warehouse.session where session_id = 11) as calls
      from ingest.object where object_key = '${gone}'`),
  ).toEqual([{ is_removed: true, outcome: 'stored', calls: 1 }])
  expect(linesOf((await reconcile('--json')).stdout).findings.map((one) => one.class)).toEqual(['rejected'])
})

test('a store that cannot be listed fails the command, with the reason and without a report', async () => {
  const elsewhere = await bench.writeConfig('elsewhere', {
    sources: [{ name: 'acme', bucket: 'no-such-bucket', prefix: 'acme/' }],
  })
  const { code, stdout, stderr } = await runHere(['reconcile', '--source', 'acme', '--config', elsewhere], {
    env: bench.env,
  })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain('cannot list s3://no-such-bucket/acme/')
  expect(stderr).not.toContain('defect')
})

test('what was typed wrong is named, with what would be right', async () => {
  const cases: [string[], string][] = [
    [['--source', 'globex'], 'unknown source globex; the configuration has: acme'],
    [['--source', 'acme', '--since', 'yesterday'], '--since must be an ISO date or time, not yesterday'],
    [['--source', 'acme', '--accept-gone'], '--accept-gone needs --fix'],
  ]
  for (const [args, message] of cases) {
    const { code, stderr } = await runHere(['reconcile', '--config', config, ...args], { env: bench.env })
    expect({ args, code }).toEqual({ args, code: 2 })
    expect(stderr).toContain(message)
  }
})

test('I9 Ctrl-C ends it with what was loaded until then, and the run says that it was stopped', async () => {
  await bench.rows(`delete from ingest.object where object_key like 'acme/2026/03/%'`)
  const proxy = await startFaultProxy(Number(new URL(bench.aws.endpoint).port))
  onTestFinished(proxy.stop)
  let given = 0
  proxy.setRule(
    faultsOfObjects((_key, forward) => {
      given += 1
      return given > 60 ? new Promise(() => {}) : forward()
    }),
  )
  const command = startCommand(['reconcile', '--source', 'acme', '--fix', '--config', config], {
    env: { ...bench.env, AWS_ENDPOINT_URL_S3: proxy.address },
  })
  await until('some are loaded', async () => {
    const [row] = await bench.rows<{ loaded: number }>(
      'select count(*)::integer as loaded from ingest.object',
    )
    return (row?.loaded ?? 0) > 20
  })
  command.kill('SIGINT')
  const { code, stderr } = await command.ended()
  expect(code).toBe(1)
  expect(stderr).toContain(
    'stopped before it finished; what was loaded is kept, and running it again loads the rest',
  )
  const [run] = await bench.rows<{ error: string }>(
    'select error from ingest.reconcile_run order by run_id desc limit 1',
  )
  expect(run?.error).toBe('stopped')
})
