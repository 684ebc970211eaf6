import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { documentOf, filesOfPeople, pat } from '../erasure/load-people.ts'
import { readFigures } from '../erasure/read-figures.ts'
import { searchDatabase } from '../erasure/search-database.ts'
import { type Bench, openBench } from './bench.ts'
import { endCommands, runCommand } from './command.ts'
import { runHere } from './run-here.ts'
import { testMs } from './until.ts'
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
  const erased = await runCommand(['erase', ...asked, '--config', config], { env: bench.env })
  expect(erased.stderr).toBe('')
  expect(erased.code).toBe(0)
  expect(erased.stdout).toMatch(
    /erasure 1 is done:\n {2}3 sessions[\s\S]*What this command cannot reach:\n {2}the files in the bucket/,
  )
  expect(await searchDatabase(db, wanted)).toEqual([])
  expect(
    await bench.rows(
      "select kind, reason, ended_at is not null as ended, counts->>'sessions' as sessions from ingest.erasure",
    ),
  ).toEqual([{ kind: 'end_user', reason: 'request 1', ended: true, sessions: '3' }])

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
