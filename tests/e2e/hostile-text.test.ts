import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readAssets } from '@aftercall/console/read-assets'
import { runConsole } from '@aftercall/console/run-console'
import { loadConfig } from '@aftercall/runtime/config/config'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runCommand } from '../../services/cli/test/run-command.ts'
import { openRoutes, routesWithout } from '../console-routes.ts'
import { type Bench, bucket, openBench } from './bench.ts'
import { endCommands } from './command.ts'
import { callWithId } from './documents.ts'
import { testMs } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

/** Colours, the clipboard (OSC 52), a line of ours, a turned direction, zero width, and the C1 form of ESC [. */
const hostile = '\x1b[31m\x1b]52;c;cm0=\x07\nPROBLEM  forged\u202egnp\u200b\u009b2J'
const name = (id: string): string => `${id}-${hostile}.json`
const call = { ...callWithId(1), agent_name: hostile, [hostile]: hostile, fail_reason: hostile }

/** The words that a command colors by itself. */
const style = (codes: string): string => `(?:${String.fromCharCode(27)}\\[(?:${codes})m)+`
const painted = new RegExp(
  `${style('1|2|31|32|33')}(error:|ok {5}|notice |PROBLEM|NULL)${style('22|39')}`,
  'g',
)

/** Of a terminal or a log: only line ends, and what we ourselves draw a progress line with. */
function expectHarmless(text: string, what: string): void {
  const ours = text.replaceAll('\r\x1b[2K', '').replaceAll(painted, '$1')
  expect(ours.match(/(?!\n)[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\u200b]/gu), what).toBeNull()
  expect(ours.match(/^PROBLEM {2}forged/m), what).toBeNull()
}

let bench: Bench
let config: string

beforeAll(async () => {
  bench = await openBench({ receivesMax: 2 })
  config = await bench.writeConfig('all', { reconcile: { graceMinutes: 0 }, console: { port: 0 } })
  await bench.put(`acme/${name('call-1')}`, call)
  await bench.put(`acme/${name('broken')}`, '{')
  await bench.put(`acme/${name('empty')}`, '')
  await bench.put(`acme/${name('transcript')}`, { comm_type: 'chat' })
  await bench.send({ Type: 'SubscriptionConfirmation', TopicArn: hostile })
  await bench.send({ Records: [{ eventName: hostile, s3: { bucket: { name: hostile }, object: {} } }] })
  await bench.send({
    Records: [{ eventName: hostile, s3: { bucket: { name: hostile }, object: { key: hostile } } }],
  })
  const worker = await startWorker(config, { env: { ...bench.env, LOG_LEVEL: 'debug' } })
  await bench.untilSettled()
  await worker.stop()
  expectHarmless(worker.stderr(), 'log of the worker')
  expect(worker.stderr()).toContain('forged')
  await bench.rows(`delete from ingest.object where object_key like 'acme/empty%'`)
  await mkdir(join(bench.dir, 'files'))
  await writeFile(join(bench.dir, 'files', name('local')), '{')
})
afterAll(async () => {
  await endCommands()
  await bench.close()
})

/** Every command that reads what came from outside, with a word of its answer. */
const commands: [string[], string][] = [
  [['rejections', 'list'], 'not_json'],
  [['rejections', 'show', '1'], 'Rejection 1'],
  [['rejections', 'show', '2', '--json'], 'lastSeenAt'],
  [['explain', `s3://${bucket}/acme/${name('broken')}`], 'rejected'],
  [['explain', `s3://${bucket}/acme/${name('unknown')}`], 'No record of this object'],
  [['explain', 'acme/call/1'], 'stored'],
  [['explain', 'acme/call/1', '--json'], 'objectKey'],
  [['sql', 'select object_key, event_name from object'], 'rows)'],
  [['sql', 'select object_key, event_name from object', '--format', 'json'], 'object_key'],
  [['sql', 'select * from session_revision', '--format', 'json'], 'object_key'],
  [['sql', `select '${hostile.replaceAll("'", "''")}' as "${hostile.replaceAll('"', '')}"`], 'forged'],
  [['sql', `select "${hostile}"`], 'forged'],
  [['doctor'], 'schema drift'],
  [['doctor', '--json'], 'schema drift'],
  [['reconcile', '--source', 'acme'], 'Compared'],
  [['reconcile', '--source', 'acme', '--json'], 'summary'],
  [['reconcile', '--source', 'acme', '--fix'], 'rejected'],
  [['backfill', '--source', 'acme', '--dry-run'], 'objects under'],
  [['backfill', '--source', 'acme', '--prefix', `acme/${hostile}`], 'Run'],
  [['backfill', '--source', 'acme'], 'listed'],
  [['replay', '--rejected'], 'rejected'],
  [['replay', '--object', `s3://${bucket}/acme/${name('broken')}`], 'rejected'],
  [['replay', '--object', `s3://elsewhere/${name('broken')}`], 'forged'],
  [['load', '--source', 'acme', 'FILES'], 'not_json'],
  [['load', '--source', 'acme', 'FILES', '--json'], 'not_json'],
  [['load', '--source', 'acme', `/none/${hostile}`], 'forged'],
  [['maintain', '--dry-run'], ''],
  [['rejections', 'ignore', '--code', hostile], ''],
  [['rejections', 'show', hostile], 'forged'],
]

test.each([true, false])(
  'I10 nothing from outside steers the terminal or adds a line to an answer (terminal: %s)',
  async (isTerminal) => {
    for (const [args, word] of commands) {
      const wanted = args.map((one) => (one === 'FILES' ? join(bench.dir, 'files') : one))
      const { out, err } = await runCommand([...wanted, '--config', config], bench.env, { isTerminal })
      const what = `${args.slice(0, 3).join(' ')}: ${out}${err}`
      expect(`${out}${err}`, what).toContain(word)
      expectHarmless(`${out}${err}`, what)
    }
  },
)

test('bytes and CSV are data in a pipe, and cannot steer a terminal', async () => {
  const [{ id } = { id: '' }] = await bench.rows<{ id: string }>(
    `select rejection_id::text as id from ingest.rejection where code = 'message_sns_subscription'`,
  )
  for (const args of [
    ['rejections', 'show', id, '--content'],
    ['sql', 'select object_key from object', '--format', 'csv'],
  ]) {
    const inTerminal = await runCommand([...args, '--config', config], bench.env, { isTerminal: true })
    expect(inTerminal.out).toContain('forged')
    expectHarmless(inTerminal.out, args.join(' '))
  }
  const csv = await runCommand(
    ['sql', 'select object_key from object', '--format', 'csv', '--config', config],
    bench.env,
  )
  expect(csv.out).toContain(name('call-1'))
})

/** Every page, and whether it prints a name or key from outside. */
const pages: [string, boolean][] = [
  ...(['/', '/rejections', '/sessions', '/sessions?source=acme', '/days'] as const).map(
    (path): [string, boolean] => [path, false],
  ),
  ...(['/analytics', '/runbook', '/runs/new', '/retention'] as const).map((path): [string, boolean] => [
    path,
    false,
  ]),
  ...(
    [
      '/rejections/not_json',
      '/rejections/1',
      '/objects',
      '/drift',
      '/runs',
      '/sources/acme',
      '/actions',
      '/actions/1',
    ] as const
  ).map((path): [string, boolean] => [path, true]),
  [`/history?of=${encodeURIComponent(`s3://${bucket}/acme/${name('broken')}`)}`, true],
  ['/history?of=acme/call/1', true],
  [`/history?of=${encodeURIComponent('call-1')}`, true],
]

test('there is an address for each page of the route table', async () => {
  const { routes, reads } = openRoutes(bench.database.url)
  await reads.close()
  expect(
    routesWithout(
      routes,
      pages.map(([path]) => path),
    ),
  ).toEqual([])
})

test('every page shows what a name holds, marked, and the direction of its text stays', async () => {
  await bench.rows(
    `select ingest.ask_backfill('acme', E'acme/\u202egnp', null, null, null, true, 'ana', null, gen_random_uuid())`,
  )
  await bench.rows(`insert into ingest.backfill_run (source, bucket, prefix, via, request, host)
    values ('acme', 'files', E'acme/\u202egnp\n', 'direct', '{}', E'h\u202eost')`)
  const reading = await loadConfig({
    path: config,
    env: {},
    needs: ['database'],
    fileRequired: true,
  })
  if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.problems))
  const running = await runConsole({
    config: reading.config,
    ...{ logger: createLogger({ level: 'silent' }), migrations: [], assets: readAssets(), version: 'test' },
  })
  try {
    const [{ id } = { id: '' }] = await bench.rows<{ id: string }>(
      `select rejection_id::text as id from ingest.rejection where object_key like 'acme/broken%' limit 1`,
    )
    for (const [listed, hasName] of pages) {
      const path = listed === '/rejections/1' ? `/rejections/${id}` : listed
      const answer = await fetch(running.url + path)
      const text = await answer.text()
      expect([path, answer.status]).toEqual([path, 200])
      // A field keeps what was typed, so that it can be sent again.
      expectHarmless(text.replaceAll(/ value="[^"]*"/g, ''), path)
      const json = await (await fetch(`${running.url}/api${path}`)).text()
      expectHarmless(json, path)
      expect([path, text.includes('<span class="hidden-character">\\u{202E}</span>gnp')]).toEqual([
        path,
        hasName,
      ])
    }
    const page = await (await fetch(`${running.url}/rejections/not_json`)).text()
    expect(page).toMatch(/<bdi>s3:\/\/session-files\/acme\/broken-<span class="hidden-character">␛<\/span>/)
  } finally {
    await running.stop()
  }
})
