import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createTestLogin, type TestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { type Ran, runCommand } from '../../services/cli/test/run-command.ts'
import { acme, type Bench, bucket, openBench } from './bench.ts'
import { endCommands, startCommand } from './command.ts'
import { callWithId } from './documents.ts'
import { testMs, until } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

type Who = 'owner' | 'loader' | 'operator' | 'analyst' | 'cleared'
const everyone: Who[] = ['owner', 'loader', 'operator', 'analyst', 'cleared']

let bench: Bench
const logins: TestLogin[] = []
const configs = {} as Record<Who, string>

/** The database and its logins as docs/access.md makes them: PUBLIC has nothing, not even temporary tables. */
beforeAll(async () => {
  bench = await openBench({ sources: [{ ...acme, retentionMonths: 1200 }], hasMonths: false })
  const { db, url } = bench.database
  const name = sql.id(new URL(url).pathname.slice(1))
  const readers = sql.join(everyone.filter((who) => who !== 'owner').map((who) => sql.id(`aftercall_${who}`)))
  await sql`alter database ${name} owner to aftercall_owner`.execute(db)
  await sql`revoke all on database ${name} from public`.execute(db)
  await sql`grant connect on database ${name} to ${readers}`.execute(db)
  const { url: backfillUrl } = await bench.aws.createQueue('backfill')
  for (const who of everyone) {
    const login = await createTestLogin(inject('postgresUrl'), { inRoles: [`aftercall_${who}`] })
    logins.push(login)
    await sql`alter role ${sql.id(login.name)} set search_path = pg_catalog`.execute(db)
    configs[who] = await bench.writeConfig(who, {
      database: { url: login.urlOf(url), allowSuperuser: false },
      queues: { live: { url: bench.queueUrl }, backfill: { url: backfillUrl } },
      reconcile: { graceMinutes: 0 },
    })
  }
  for (const id of [1, 2, 3]) await bench.put(`acme/call-${id}.json`, callWithId(id))
  await bench.put('acme/broken.json', 'no JSON')
  const worker = await startWorker(configs.loader, { env: bench.env })
  await bench.untilSettled()
  await worker.stop()
  await bench.remove('acme/call-3.json')
  await bench.put('acme/call-4.json', callWithId(4))
})
afterAll(async () => {
  await endCommands()
  await bench.close()
  await Promise.all(logins.map((login) => login.drop()))
})

/** In this process: a start of its own takes longer than most of them do. */
const aftercallAs = (who: Who, ...args: string[]): Promise<Ran> =>
  runCommand([...args, '--config', configs[who]], bench.env)

/** Rejected and missing objects are no failure of a right; nothing else may go wrong. */
async function expectDone(who: Who, args: string[]): Promise<void> {
  const { code, out, err } = await aftercallAs(who, ...args)
  expect(`${out}${err}`).not.toMatch(/permission denied|42501|lacks what/)
  expect([args.join(' '), [0, 3].includes(code) ? 'done' : `${code}: ${err}${out}`]).toEqual([
    args.join(' '),
    'done',
  ])
}

test('a worker stores, rejects and makes the month, as a login of the loader', async () => {
  expect(await bench.rows('select outcome, count(*)::int from ingest.object group by 1 order by 1')).toEqual([
    { outcome: 'rejected', count: 1 },
    { outcome: 'stored', count: 3 },
  ])
  expect(await bench.rows(`select 1 as made from warehouse.session_2026_03 limit 1`)).toEqual([{ made: 1 }])
})

describe('as a login of the loader', () => {
  test.each([
    ['backfill', '--source', 'acme', '--dry-run'],
    ['reconcile', '--source', 'acme'],
    ['reconcile', '--source', 'acme', '--fix'],
    ['backfill', '--source', 'acme'],
    ['backfill', '--source', 'acme', '--via', 'queue'],
    ['rejections', 'list'],
    ['rejections', 'show', '1'],
    ['rejections', 'show', '1', '--content'],
    ['rejections', 'ignore', '1'],
    ['rejections', 'ignore', '1', '--undo'],
    ['replay', '--rejected'],
    ['replay', '--rejected', '--from', 'raw'],
    ['replay', '--failed'],
    ['replay', '--id', '1'],
    ['replay', '--object', `s3://${bucket}/acme/call-1.json`],
    ['replay', '--session', 'acme/call/1'],
    ['replay', '--source', 'acme', '--since', '2026-01-01'],
    ['replay', '--from', 'raw'],
    ['replay', '--from', 'raw', '--session', 'acme/call/1'],
    ['replay', '--dead-letters', '--dry-run'],
    ['replay', '--dead-letters'],
    ['explain', `s3://${bucket}/acme/call-1.json`],
    ['explain', 'acme/call/1'],
    ['sql', 'select count(*) from session join session_head using (source, channel, session_id)'],
    ['dictionary'],
    ['maintain', '--dry-run'],
    ['maintain'],
    ['migrate', '--status'],
    ['migrate'],
  ])('aftercall %s %s %s %s', async (...args) => {
    await expectDone('loader', args)
  })

  test('reconcile --fix has loaded what was missing and noted what is gone', async () => {
    const rows = await bench.rows(
      'select object_key, outcome, removed_at is not null as gone from ingest.object order by 1',
    )
    expect(rows.filter((row) => row.object_key !== 'acme/broken.json')).toEqual([
      { object_key: 'acme/call-1.json', outcome: 'stored', gone: false },
      { object_key: 'acme/call-2.json', outcome: 'stored', gone: false },
      { object_key: 'acme/call-3.json', outcome: 'stored', gone: true },
      { object_key: 'acme/call-4.json', outcome: 'stored', gone: false },
    ])
    expect(await bench.rows('select * from ingest.listed_object')).toEqual([])
  })

  test('aftercall reconcile and backfill --inventory', async () => {
    const url = await writeInventory(['acme/call-1.json', 'acme/call-2.json'])
    await expectDone('loader', ['reconcile', '--source', 'acme', '--inventory', url])
    await expectDone('loader', ['reconcile', '--source', 'acme', '--inventory', url, '--fix'])
    await expectDone('loader', ['backfill', '--source', 'acme', '--inventory', url])
    expect(await bench.rows('select * from ingest.object_list')).toEqual([])
  })

  test('aftercall load', async () => {
    const file = join(bench.dir, 'call-9.json')
    await writeFile(file, JSON.stringify(callWithId(9)))
    await expectDone('loader', ['load', file, '--source', 'acme'])
  })

  test('aftercall doctor finds all rights in order', async () => {
    const { out } = await aftercallAs('loader', 'doctor', '--json')
    const findings = JSON.parse(out) as { check: string; level: string; detail: string }[]
    const level = (check: string) => findings.find((one) => one.check === check)?.level
    expect(
      [
        ...['database', 'migrations', 'database user', 'roles', 'rights of analysts', 'rights of PUBLIC'],
        'partitions',
      ].map(level),
    ).toEqual(Array(7).fill('ok'))
    expect(out).not.toMatch(/permission denied|42501/)
  })
})

test.each<{ who: Who; args: string[] }>([
  { who: 'owner', args: ['migrate'] },
  { who: 'owner', args: ['migrate', '--status'] },
  { who: 'owner', args: ['dictionary'] },
  { who: 'operator', args: ['sql', 'select outcome, count(*) from ingest.object group by 1'] },
  { who: 'operator', args: ['sql', 'select code, detail from ingest.rejection'] },
  { who: 'operator', args: ['sql', 'select count(*) from analytics.completeness_daily'] },
  { who: 'operator', args: ['dictionary'] },
  { who: 'analyst', args: ['sql', 'select * from analytics.completeness_daily limit 1'] },
  { who: 'analyst', args: ['dictionary'] },
  { who: 'cleared', args: ['sql', 'select * from warehouse.session limit 1'] },
  { who: 'cleared', args: ['sql', 'select * from warehouse.session_change limit 1'] },
])('as a login of the $who: aftercall $args', async ({ who, args }) => {
  await expectDone(who, args)
})

test('as a login of the operator the console serves every page', async () => {
  const config = await bench.writeConfig('console', {
    database: { url: logins[everyone.indexOf('operator')]?.urlOf(bench.database.url), allowSuperuser: false },
    console: { port: 0 },
  })
  const command = startCommand(['console', '--json', '--config', config])
  const { url } = await until('it says where it is', () => JSON.parse(command.stdout()) as { url: string })
  const paths = [
    '/',
    '/rejections',
    '/rejections/not_json',
    '/sessions',
    '/drift',
    '/runs',
    '/retention',
    '/days',
    '/api/overview',
  ]
  for (const path of [...paths, `/history?of=${encodeURIComponent('acme/call/1')}`, '/readyz']) {
    const answer = await fetch(`${url}${path}`)
    const text = await answer.text()
    expect(text).not.toMatch(/permission denied|42501/)
    expect([path, answer.status === 404 || answer.status === 200]).toEqual([path, true])
  }
  command.kill('SIGTERM')
  expect((await command.ended()).code).toBe(0)
})

async function writeInventory(keys: string[]): Promise<string> {
  const rows = keys.map((key) => `"${bucket}","${key}","10","2026-01-01T00:00:00.000Z","e"`)
  const file = gzipSync(rows.join('\n'))
  await bench.put('inventory/0.csv.gz', file)
  const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')
  const manifest = Buffer.from(
    JSON.stringify({
      ...{ sourceBucket: bucket, destinationBucket: `arn:aws:s3:::${bucket}`, version: '2016-11-30' },
      ...{ creationTimestamp: String(Date.now()), fileFormat: 'CSV' },
      fileSchema: 'Bucket, Key, Size, LastModifiedDate, ETag',
      files: [{ key: 'inventory/0.csv.gz', size: file.byteLength, MD5checksum: md5(file) }],
    }),
  )
  await bench.put('inventory/manifest.json', manifest)
  await bench.put('inventory/manifest.checksum', md5(manifest))
  return `s3://${bucket}/inventory/manifest.json`
}
