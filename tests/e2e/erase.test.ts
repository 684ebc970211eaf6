import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readAssets } from '@aftercall/console/read-assets'
import { runConsole } from '@aftercall/console/run-console'
import { loadConfig } from '@aftercall/runtime/config/config'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openRoutes, routesWithout } from '../console-routes.ts'
import { documentOf, filesOfPeople, pat } from '../erasure/load-people.ts'
import { readFigures } from '../erasure/read-figures.ts'
import { searchDatabase } from '../erasure/search-database.ts'
import { type Bench, openBench } from './bench.ts'
import { endCommands, runCommand, startCommand } from './command.ts'
import { runHere } from './run-here.ts'
import { testMs, until } from './until.ts'
import { type RunningWorker, startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const wanted = [...pat.texts, pat.id]
let bench: Bench
let config: string
let worker: RunningWorker

beforeAll(async () => {
  bench = await openBench()
  config = await bench.writeConfig('all', {
    identity: { key: 'an identity key of these tests, of 32 bytes' },
    raw: 'all',
  })
  worker = await startWorker(config, { env: bench.env })
  for (const { key, bytes } of filesOfPeople()) await bench.put(`acme/${key}`, bytes)
  await bench.untilSettled()
})
afterAll(async () => {
  await worker.stop()
  await endCommands()
  await bench.close()
})

async function run(...command: string[]) {
  return runHere([...command, '--config', config], { env: bench.env })
}

/** Kills the command while it blanks a batch, and waits until the server has noticed. */
async function killHalfWay(command: string[]): Promise<void> {
  const holding = new pg.Client({ connectionString: bench.database.url })
  await holding.connect()
  await holding.query('begin')
  // A session that only mentions the person: the list and the keys come before it, the person's own sessions after it.
  await holding.query('select from ingest.session_head where session_id = 4 for update')
  const started = startCommand([...command, '--config', config], { env: bench.env })
  const waiting = `select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%for update of head%'`
  await until('the erasure waits for a session', async () => (await bench.rows(waiting)).length > 0)
  started.kill('SIGKILL')
  expect((await started.ended()).signal).toBe('SIGKILL')
  await holding.query('commit')
  await holding.end()
  await until('the killed erasure is gone', async () => (await bench.rows(waiting)).length === 0)
  expect(await bench.rows('select from ingest.erased')).not.toEqual([])
  expect(await searchDatabase(bench.database.db, wanted)).not.toEqual([])
}

function namedIn(text: string): string[] {
  const id = new RegExp(`\\b${pat.id}\\b`)
  return [...pat.texts.filter((one) => text.includes(one)), ...(id.test(text) ? [String(pat.id)] : [])]
}

/** At least one of every route of the console. */
async function listAddresses(): Promise<string[]> {
  const { rows } = bench
  await rows(`select ingest.ask_maintain('ana', gen_random_uuid())`)
  const rejections = await rows<{ id: string; code: string }>(
    'select rejection_id::text as id, code from ingest.rejection',
  )
  const objects = await rows<{ place: string }>(
    `select 's3://' || bucket || '/' || object_key as place from ingest.object`,
  )
  const [action] = await rows<{ id: string }>('select max(action_id)::text as id from ingest.action')
  const sessions = await rows<{ of: string }>(
    `select concat_ws('/', source, channel, session_id) as of from warehouse.session`,
  )
  return [
    ...[
      '/',
      '/rejections',
      '/sessions',
      '/sessions?source=acme',
      '/days',
      '/analytics',
      '/runbook',
      '/runs/new',
    ],
    ...['/retention', '/objects', '/objects?source=acme', '/drift', '/runs', '/sources/acme', '/actions'],
    ...[
      `/actions/${action?.id}`,
      '/sessions?source=acme&day=2026-05-12',
      '/analytics?source=acme&from=2026-05-12&to=2026-05-12',
    ],
    ...rejections.flatMap(({ id, code }) => [`/rejections/${id}`, `/rejections/${code}`]),
    ...[...objects.map(({ place }) => place), ...sessions.map(({ of }) => of)].map(
      (of) => `/history?of=${encodeURIComponent(of)}`,
    ),
  ]
}

test('beside a worker, a person is copied out, counted, and erased, and no way of loading brings the person back', async () => {
  const { db } = bench.database
  const out = join(bench.dir, 'pat.ndjson')
  const copied = await run('subject-access', '--source', 'acme', '--end-user', String(pat.id), '--out', out)
  expect(copied).toMatchObject({ code: 0, stderr: '' })
  expect((await stat(out)).mode & 0o777).toBe(0o600)
  const lines = (await readFile(out, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(new Set(lines.map(({ kind }) => kind))).toEqual(
    new Set(['person', 'session', 'mention', 'object', 'rejection']),
  )
  for (const text of pat.texts) expect(JSON.stringify(lines)).toContain(text)
  const again = await run('subject-access', '--source', 'acme', '--end-user', String(pat.id), '--out', out)
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') })

  const before = await searchDatabase(db, wanted)
  const figures = await readFigures(db)
  const dry = await run('erase', '--source', 'acme', '--end-user', String(pat.id), '--dry-run')
  expect(dry.code).toBe(0)
  expect(dry.stdout).toMatch(
    /would erase:\n {2}3 sessions\n {2}2 sessions of others[\s\S]*--consumers-max 2[\s\S]*nothing was changed/,
  )
  expect(await searchDatabase(db, wanted)).toEqual(before)

  const asked = [
    '--source',
    'acme',
    '--end-user',
    String(pat.id),
    '--consumers-max',
    '2',
    '--reason',
    'request 1',
  ]
  await killHalfWay(['erase', ...asked])
  const erased = await runCommand(['erase', ...asked, '--config', config], { env: bench.env })
  expect(erased.stderr).toBe('')
  expect(erased.code).toBe(0)
  expect(erased.stdout).toMatch(
    /erasure 2 is done:\n {2}3 sessions[\s\S]*What this command cannot reach:\n {2}the files in the bucket/,
  )
  expect(await searchDatabase(db, wanted)).toEqual([])
  expect(
    await bench.rows(
      "select kind, reason, ended_at is not null as ended, counts->>'sessions' as sessions from ingest.erasure order by erasure_id",
    ),
  ).toEqual([
    { kind: 'end_user', reason: 'request 1', ended: true, sessions: null },
    { kind: 'end_user', reason: 'request 1', ended: true, sessions: '3' },
  ])

  for (const { key, bytes } of filesOfPeople()) await bench.put(`acme/${key}`, bytes)
  await bench.untilSettled()
  for (const command of [
    ['backfill', '--source', 'acme'],
    ['reconcile', '--source', 'acme', '--fix'],
    ['replay', '--from', 'raw'],
    ['replay', '--session', 'acme/call/1'],
  ]) {
    const ended = await run(...command)
    expect(ended.code, `${command}: ${ended.stderr}${ended.stdout}`).toBeLessThan(4)
    expect(await searchDatabase(db, wanted), String(command)).toEqual([])
  }
  expect(await readFigures(db)).toEqual(figures)
  const listed = await run('reconcile', '--source', 'acme', '--json')
  expect(listed.stdout).not.toContain('15550100123')
  expect(
    JSON.stringify(await bench.rows(`select counts from ingest.reconcile_run order by run_id desc limit 1`)),
  ).not.toContain('missing')

  // A backfill finds objects with erased keys in the ledger as well, by their digests.
  const estimated = await run('backfill', '--source', 'acme', '--dry-run', '--json')
  expect(JSON.parse(estimated.stdout)).toMatchObject({ toLoad: 0 })

  // A new file of the same person is blanked, too.
  const later = documentOf('call-48213', (document) => {
    Object.assign(document, {
      id: 99,
      call_uuid: null,
      end_user: { id: pat.id },
      feedback: 'the blue kettle leaks',
    })
  })
  await bench.put('acme/99.json', later)
  await bench.untilSettled()
  expect(
    await bench.rows('select feedback, end_user_id from warehouse.session where session_id = 99'),
  ).toEqual([{ feedback: null, end_user_id: null }])
})

test('afterwards no page or answer of the console and no line of the log names the person', async () => {
  const { routes, reads } = openRoutes(bench.database.url)
  await reads.close()
  const addresses = await listAddresses()
  expect(routesWithout(routes, addresses)).toEqual([])
  const read = await loadConfig({ path: config, env: bench.env, needs: ['database'] })
  if (read.kind !== 'valid') throw new Error(JSON.stringify(read))
  const served = await runConsole({
    config: { ...read.config, console: { ...read.config.console, port: 0 } },
    ...{ logger: createLogger({ level: 'silent' }), migrations: [], assets: readAssets(), version: 'test' },
  })
  try {
    for (const address of addresses) {
      for (const path of [address, `/api${address}`]) {
        const answer = await fetch(served.url + path)
        expect([path, answer.status]).toEqual([path, 200])
        expect(namedIn(await answer.text()), path).toEqual([])
      }
    }
  } finally {
    await served.stop()
  }
  expect(worker.stderr()).toContain('batch')
  expect(namedIn(worker.stderr())).toEqual([])
})

test('doctor says that persons were erased with another identity.key', async () => {
  expect((await run('doctor')).stdout).toMatch(/list of the erased\W+it was made with identity\.key/)
  const otherKey = await bench.writeConfig('all', {
    identity: { key: 'another identity key of these tests, of 32 bytes' },
  })
  const told = await runHere(['doctor', '--config', otherKey], { env: bench.env })
  expect(told.stdout).toMatch(/persons were erased with another identity\.key: workers store nothing/)
})

test('wrong options are refused with what to do', async () => {
  expect(await run('erase', '--source', 'acme')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('exactly one of'),
  })
  const local = await run('erase', '--source', 'acme', '--phone', '5550100')
  expect(local).toMatchObject({ code: 2, stderr: expect.stringContaining('with its country') })
  const keyless = await bench.writeConfig('keyless')
  const refused = await runCommand(['erase', '--source', 'acme', '--agent', '101', '--config', keyless], {
    env: bench.env,
  })
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('identity.key is not set') })
})
