import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { openTransactionPooler } from '@aftercall/testkit/transaction-pooler'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { runCommand as runHere } from '../../services/cli/test/run-command.ts'
import { acme, type Bench, openBench } from './bench.ts'
import { endCommands, runCommand, startCommand } from './command.ts'
import { callBytes, callWithId, chatBytes } from './documents.ts'
import { testMs, until } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const it = drawnTests({ quick: 1, thorough: 'all' })

let bench: Bench
let config: string
beforeAll(async () => {
  bench = await openBench({ sources: [{ ...acme, retentionMonths: 1200 }] })
  config = await bench.writeConfig('all')
  await bench.put('acme/call.json', callBytes)
  await bench.put('acme/chat.json', chatBytes)
  await bench.put('acme/broken.json', '{')
  const worker = await startWorker(config, { env: bench.env })
  await bench.untilSettled()
  await worker.stop()
})
afterEach(endCommands)
afterAll(() => bench.close())

/** In this process: a start of its own takes longer than the command itself. */
async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, out, err } = await runHere([...args, '--config', config], bench.env)
  return { code, stdout: out, stderr: err }
}

const questions = [
  ['rejections'],
  ['explain', 'acme/call/1418'],
  ['explain', 's3://session-files/acme/broken.json'],
  ['maintain', '--dry-run'],
  ['sql', 'select * from analytics.completeness_daily order by 1, 2', '--format', 'csv'],
  [
    'sql',
    'select created_at, updated_at, custom_data from warehouse.session order by session_id',
    '--format',
    'csv',
  ],
]

async function answers(): Promise<unknown[]> {
  const given: unknown[] = []
  for (const question of questions) {
    const { code, stdout, stderr } = await run(...question)
    // The comparison below leaves a run, which `maintain` counts the next time.
    given.push({ question, code, stdout: stdout.replace(/^reconcile_run .*\n/m, ''), stderr })
  }
  const { code, stdout } = await run('reconcile', '--source', 'acme', '--json')
  const { kind, counts } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>
  const { stdout: findings } = await run('doctor', '--json')
  const database = (JSON.parse(findings) as { check: string; detail: string }[]).filter(({ check }) =>
    ['database', 'migrations', 'partitions', 'rejections', 'schema drift'].includes(check),
  )
  return [...given, { code, kind, counts }, database, await pages()]
}

async function pages(): Promise<unknown> {
  const file = await bench.writeConfig('console', { console: { port: 0 } })
  const command = startCommand(['console', '--json', '--config', file])
  const { url } = await until(
    'the console says where it is',
    () => JSON.parse(command.stdout()) as { url: string },
  )
  const seen = new Map<string, unknown>()
  for (const path of ['/', '/runs', '/days', '/drift', '/rejections', '/rejections/not_json']) {
    seen.set(path, (await fetch(`${url}${path}`)).status)
  }
  const history = await fetch(`${url}/api/history?of=${encodeURIComponent('acme/call/1418')}`)
  const rejections = await fetch(`${url}/api/rejections`)
  command.kill('SIGTERM')
  await command.ended()
  return { seen: [...seen], history: await history.json(), rejections: await rejections.json() }
}

it('on a server that is set up in another way every command answers the same', async () => {
  const expected = await answers()
  const name = new URL(bench.database.url).pathname.slice(1)
  const odd = {
    datestyle: 'German',
    timezone: 'Asia/Kolkata',
    standard_conforming_strings: 'off',
    intervalstyle: 'sql_standard',
    bytea_output: 'escape',
    extra_float_digits: '-3',
  }
  for (const [setting, value] of Object.entries(odd)) {
    await sql`alter database ${sql.id(name)} set ${sql.id(setting)} = ${sql.lit(value)}`.execute(
      bench.database.db,
    )
  }
  onTestFinished(async () => {
    await sql`alter database ${sql.id(name)} reset all`.execute(bench.database.db)
  })
  expect(await answers()).toEqual(expected)
  const before = await bench.database.dump('warehouse.session', ['loaded_at', 'session_id', 'object_key'])
  await bench.put('acme/again.json', callWithId(77, {}))
  const worker = await startWorker(config, { env: bench.env })
  await bench.untilSettled()
  await worker.stop()
  const [original] = before.filter((row) => row.channel === 'call')
  const rows = await bench.database.dump('warehouse.session', ['loaded_at', 'session_id', 'object_key'])
  expect(rows.filter((row) => row.channel === 'call')).toMatchObject([
    { created_at: original?.created_at, updated_at: original?.updated_at },
    { created_at: original?.created_at, updated_at: original?.updated_at },
  ])
})

it('behind a transaction pooler that drops options a worker loads, compares again and again, and leaves no lock', async () => {
  const pooler = await openTransactionPooler(bench.database.url)
  onTestFinished(() => pooler.close())
  const pooled = await bench.writeConfig('pooled', {
    database: { url: pooler.through(bench.database.url) },
    reconcile: { every: '1s', graceMinutes: 0 },
  })
  const worker = await startWorker(pooled, { env: bench.env })
  const ids = Array.from({ length: 20 }, (_, index) => 1_000 + index)
  for (const id of ids) await bench.put(`acme/pooled-${id}.json`, callWithId(id, {}))
  await bench.untilSettled()
  await until('bucket and ledger were compared five times', async () => {
    const runs = await bench.rows(
      `select from ingest.reconcile_run where purpose = 'schedule' and error is null and ended_at is not null`,
    )
    return runs.length >= 5
  })
  const query = (text: string) => runCommand(['sql', text, '--config', pooled])
  const refused = await query('delete from warehouse.session')
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect((await query('show transaction_read_only')).stdout).toContain('on')
  await worker.stop()
  const stored = await bench.rows<{ count: number }>(
    'select count(*)::int from warehouse.session where session_id between 1000 and 1019',
  )
  expect(stored).toEqual([{ count: 20 }])
  expect(
    await bench.rows(`select from pg_locks where locktype = 'advisory'
      and database = (select oid from pg_database where datname = current_database())`),
  ).toEqual([])
})

test.each([
  'postgres://loader:S3cr3t/Tail@db.internal.test/contacts',
  'postgres://loader:5432/S3cr3tTail@db.internal.test/contacts',
])('I10 I11 %s is a problem of the configuration in every command, and none shows any of it', async (url) => {
  const file = await bench.writeConfig('secret', { database: { url: `\${SECRET_URL}` } })
  const env = { ...bench.env, SECRET_URL: url }
  for (const args of [['worker'], ['sql', 'select 1'], ['doctor'], ['migrate'], ['console'], ['maintain']]) {
    const { code, out, err } = await runHere([...args, '--config', file], env)
    expect({ args, code, out }).toEqual({ args, code: 2, out: '' })
    expect(err).toContain('database.url')
    expect(err).toContain('/ as %2F')
    expect(err).not.toMatch(/S3cr|3cr3|cr3t|Tail|5432|loader|internal/)
  }
})
