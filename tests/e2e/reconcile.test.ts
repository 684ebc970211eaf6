import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type Bench, bucket, openBench } from './bench.ts'
import { endCommands, runCommand, startCommand } from './command.ts'
import { call1418 } from './documents.ts'
import { testMs, until } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

type Line = { kind: string; class: string; key: string; fix?: string; counts: Record<string, number> }

const objects = 3_000
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
  runCommand(['reconcile', '--source', 'acme', '--config', config, ...args], { env: bench.env })

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

async function putAll(chosen: number[]): Promise<void> {
  const waiting = chosen.values()
  const put = async (): Promise<void> => {
    for (const id of waiting) await bench.put(keyOf(id), smallCall(id))
  }
  await Promise.all(Array.from({ length: 24 }, put))
}

test('I4 a bucket of which one percent was never announced is named exactly, and complete after one --fix', async () => {
  await putAll(ids.filter((id) => !isNew(id)))
  await addToLedger(ids.filter((id) => !isNew(id) && !isLost(id)))
  await bench.aws.notify({ bucket, queueUrl: bench.queueUrl })
  const worker = await startWorker(config, { env: bench.env })
  await putAll(ids.filter(isNew))
  await bench.untilSettled()
  await worker.stop()
  expect(await bench.rows(countCalls)).toEqual([{ calls: 300 }])

  const told = await reconcile('--json')
  expect(told.code).toBe(3)
  const { findings, summary } = linesOf(told.stdout)
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
  expect(await bench.rows(countCalls)).toEqual([{ calls: 330 }])
  expect(
    await bench.rows(
      `select object_key from ingest.object where event_name = 'Reconcile' order by object_key`,
    ),
  ).toEqual(lostKeys.map((key) => ({ object_key: key })))

  const again = await reconcile()
  expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' })
  expect(again.stdout).toContain('Nothing is missing.')
})

test('a person is told the days, the folders, the first keys, and what to do', async () => {
  await bench.put('acme/2026/04/01/call-9001.json', 'no JSON')
  await bench.rows(`delete from ingest.object where object_key like 'acme/2026/04/%'`)
  await bench.put('acme/calls/recording.mp3', 'sound')
  const told = await reconcile()
  expect(told.code).toBe(3)
  expect(told.stdout).toMatch(/missing 1: in the bucket but not in the ledger/)
  expect(told.stdout).toMatch(/modified on \(UTC\) +missing/)
  expect(told.stdout).toMatch(/acme\/2026\/04\/01\/ +1/)
  expect(told.stdout).toContain('To load what is missing: aftercall reconcile --source acme --fix')

  const fixed = await reconcile('--fix')
  expect(fixed.code).toBe(3)
  expect(fixed.stdout).toContain('Fixed: 1 rejected.')
  const after = await reconcile()
  expect(after.code).toBe(3)
  expect(after.stdout).toContain('rejected 1: the content cannot be used')
})

test('objects that are gone are told, and noted by --fix, and their rows stay', async () => {
  const gone = keyOf(11)
  await bench.rows(`update ingest.object set removed_at = null where object_key = '${gone}'`)
  await bench.remove(gone)
  const told = await reconcile('--json')
  expect(
    linesOf(told.stdout)
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
  const { code, stdout, stderr } = await runCommand(
    ['reconcile', '--source', 'acme', '--config', elsewhere],
    {
      env: bench.env,
    },
  )
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
    const { code, stderr } = await runCommand(['reconcile', '--config', config, ...args], { env: bench.env })
    expect({ args, code }).toEqual({ args, code: 2 })
    expect(stderr).toContain(message)
  }
})

test('I9 Ctrl-C ends it with what was loaded until then, and the run says that it was stopped', async () => {
  await bench.rows(`delete from ingest.object where object_key like 'acme/2026/03/%'`)
  const command = startCommand(['reconcile', '--source', 'acme', '--fix', '--config', config], {
    env: bench.env,
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
