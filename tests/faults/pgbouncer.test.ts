import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { countOf } from '@aftercall/testkit/test-count'
import { sql } from 'kysely'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { acme, openBench } from '../e2e/bench.ts'
import { endCommands, runCommand, startCommand } from '../e2e/command.ts'
import { callWithId } from '../e2e/documents.ts'
import { testMs, until } from '../e2e/until.ts'
import { startWorker } from '../e2e/worker.ts'
import { openAdmin } from './own-postgres.ts'
import { pgbouncerPath, startPgBouncer } from './pgbouncer.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const files = countOf({ quick: 0, thorough: 200 })
const skippedBecause =
  pgbouncerPath === undefined
    ? 'pgbouncer is not installed (Debian package pgbouncer)'
    : 'only in the thorough tests'
const isSkipped = files === 0 || pgbouncerPath === undefined
const modes = ['session', 'transaction'] as const
const keyOf = (id: number): string => `acme/2026/03/call-${id}.json`
const ids = (from: number): number[] => Array.from({ length: files }, (_, index) => from + index)

test.for(modes)(
  'I1 behind PgBouncer in %s mode, every way to load works and loses nothing, and aftercall sql cannot write',
  async (mode, { skip }) => {
    skip(isSkipped, skippedBecause)
    const bench = await openBench()
    const pooler = await startPgBouncer(bench.database.url, mode)
    onTestFinished(async () => {
      await endCommands()
      await pooler.close()
      await bench.close()
    })
    const database = { url: pooler.through(bench.database.url) }
    const config = await bench.writeConfig('pooled', { database, reconcile: { graceMinutes: 0 } })
    const run = async (...args: string[]) => {
      const ended = await runCommand([...args, '--config', config], { env: bench.env })
      expect(ended, args.join(' ')).toMatchObject({ code: 0 })
      return ended
    }
    const put = async (chosen: number[]) => {
      for (const id of chosen) await bench.put(keyOf(id), callWithId(id))
    }
    const untilStored = (sessions: number) =>
      until(`${sessions} sessions are stored`, async () => {
        const [row] = await bench.rows<{ stored: number }>(
          'select count(*)::int as stored from warehouse.session',
        )
        return row?.stored === sessions
      })

    // Messages.
    await put(ids(1))
    const worker = await startWorker(config, { env: bench.env })
    await untilStored(files)
    await bench.untilSettled()
    await worker.untilReady()
    await worker.stop()
    expect(await bench.deadLetters()).toBe(0)

    // Listings: what nobody receives any more is found by a backfill, then by a reconcile, then by polling.
    await put(ids(1_001))
    await run('backfill', '--source', 'acme')
    await untilStored(2 * files)
    await put(ids(2_001))
    await run('reconcile', '--source', 'acme', '--fix')
    await untilStored(3 * files)
    const polled = await bench.writeConfig('polled', {
      ...{ database, queues: {} },
      sources: [{ ...acme, discover: 'poll', pollEvery: '1s' }],
    })
    const poller = await startWorker(polled, { env: bench.env })
    await put(ids(3_001))
    await untilStored(4 * files)
    // And again: the lease of the first poll was given back, through whatever session.
    await put(ids(4_001))
    await untilStored(5 * files)
    await poller.stop()
    expect(await bench.rows('select from ingest.lease')).toEqual([])

    await run('maintain')
    const counted = await run('sql', 'select count(*) as n from warehouse.session')
    expect(counted.stdout).toContain(String(5 * files))
    const written = await runCommand(
      ['sql', "update ingest.rejection set state = 'ignored'", '--config', config],
      { env: bench.env },
    )
    expect(written.code).not.toBe(0)
    const doctor = await runCommand(['doctor', '--config', config], { env: bench.env })
    expect(doctor.stdout.includes('a pooler gives each transaction another session')).toBe(
      mode === 'transaction',
    )
  },
)

test.for(modes)(
  'behind PgBouncer in %s mode, rollups, publisher, console and actions work, and no lease is left',
  async (mode, { skip }) => {
    skip(isSkipped, skippedBecause)
    const bench = await openBench({ notifies: false })
    const pooler = await startPgBouncer(bench.database.url, mode)
    onTestFinished(async () => {
      await endCommands()
      await pooler.close()
      await bench.close()
    })
    const config = await bench.writeConfig('pooled', {
      database: { url: pooler.through(bench.database.url) },
      reconcile: { graceMinutes: 0 },
      console: { port: 0 },
    })
    const run = async (args: string[], code = 0) => {
      const ended = await runCommand([...args, '--config', config], { env: bench.env })
      expect(ended, args.join(' ')).toMatchObject({ code })
      return ended
    }
    const countOfRows = async (query: string) => (await bench.rows(query)).length

    for (const id of ids(1)) await bench.put(keyOf(id), callWithId(id))
    await bench.put('acme/broken.json', 'no JSON')
    await run(['backfill', '--source', 'acme'], 3)
    await run(['rollup'])
    await run(['rollup', '--check', '--from', '2026-01-01', '--to', '2026-12-31'])
    await run(['replay', '--from', 'raw'])

    // A standing publisher, beside a second one that waits for its lease, and workers that say which days have changed.
    const worker = await startWorker(config, { env: bench.env })
    const lake = join(bench.dir, 'lake')
    const publish = ['publish', 'session', '--to', lake, '--every', '1s', '--config', config]
    const [first, second] = [
      startCommand(publish, { env: bench.env }),
      startCommand(publish, { env: bench.env }),
    ]
    const untilInLake = (sessions: number) =>
      until(`${sessions} sessions are in the lake`, async () => {
        const [row] = await bench.rows<{ rows: number }>(
          'select sum(row_count)::int as rows from lake.file where sha256 is not null',
        )
        return row?.rows === sessions
      })
    await untilInLake(files)
    await bench.put(keyOf(1_001), callWithId(1_001))
    await run(['reconcile', '--source', 'acme', '--fix'], 3)
    await untilInLake(files + 1)
    for (const publisher of [first, second]) publisher.kill('SIGTERM')
    for (const publisher of [first, second]) expect(await publisher.ended()).toMatchObject({ code: 0 })

    const page = startCommand(['console', '--json', '--config', config], { env: bench.env })
    const { url } = await until(
      'the console says where it is',
      () => JSON.parse(page.stdout()) as { url: string },
    )
    for (const path of [
      '/',
      '/sessions',
      '/objects',
      '/rejections',
      '/runs',
      '/days',
      '/drift',
      '/analytics',
    ])
      expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 200])
    const body = new URLSearchParams({ kind: 'maintain', key: crypto.randomUUID(), count: '' })
    const asked = await fetch(`${url}/actions`, {
      ...{ method: 'POST', body, redirect: 'manual' },
      headers: { origin: url },
    })
    expect(asked.status).toBe(303)
    await run(['rejections', 'ignore', '--code', 'not_json', '--via', 'worker'])
    await until('the actions are done', async () => {
      return (await countOfRows("select from ingest.action where state = 'done'")) === 2
    })
    expect(await bench.rows('select state from ingest.rejection')).toEqual([{ state: 'ignored' }])
    page.kill('SIGTERM')
    expect(await page.ended()).toMatchObject({ code: 0 })
    await worker.stop()
    for (const table of ['ingest.lease', 'lake.lease'])
      expect(await bench.rows(`select from ${table}`)).toEqual([])
  },
)

test.for(modes)('I12 behind PgBouncer in %s mode, migrate makes all tables', async (mode, { skip }) => {
  skip(isSkipped, skippedBecause)
  const name = `aftercall_test_${randomBytes(6).toString('hex')}`
  const admin = openAdmin(inject('postgresUrl'))
  await sql`create database ${sql.id(name)}`.execute(admin.db)
  const url = Object.assign(new URL(inject('postgresUrl')), { pathname: name }).href
  const pooler = await startPgBouncer(url, mode)
  onTestFinished(async () => {
    await pooler.close()
    await sql`drop database ${sql.id(name)} with (force)`.execute(admin.db)
    await admin.close()
  })
  const ended = await runCommand(['migrate'], { env: { DATABASE_URL: pooler.through(url) } })
  expect(ended).toMatchObject({ code: 0 })
  const again = await runCommand(['migrate'], { env: { DATABASE_URL: pooler.through(url) } })
  expect(again).toMatchObject({ code: 0 })
})
