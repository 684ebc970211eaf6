import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runCommand } from '../../services/cli/test/run-command.ts'
import { type Bench, bucket, openBench } from './bench.ts'
import { endCommands } from './command.ts'
import { call1418, callBytes } from './documents.ts'
import { testMs } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const stored = `s3://${bucket}/acme/2026/03/24/call-1418.json`
const superseded = `s3://${bucket}/acme/2026/03/23/call 1418+old.json`
const rejected = `s3://${bucket}/acme/broken.json`
const outside = `s3://${bucket}/elsewhere/call-1418.json`
let bench: Bench
let config: string

beforeAll(async () => {
  bench = await openBench()
  config = await bench.writeConfig('all')
  const worker = await startWorker(config, { env: bench.env })
  const put = (url: string, content: string | Buffer | object) =>
    bench.put(url.replace(`s3://${bucket}/`, ''), content)
  await put(stored, { ...call1418, updated_at: '2026-03-23T13:40:00.000-07:00', feedback: 'MARKED-FEEDBACK' })
  await bench.untilSettled()
  await put(superseded, callBytes)
  await put(rejected, '{"id": 1418, "feedback": "MARKED-FEEDBACK')
  await put(outside, callBytes)
  await bench.untilSettled()
  await put(rejected, '{"id": 1418, "feedback": "MARKED-FEEDBACK')
  await bench.remove('acme/2026/03/24/call-1418.json')
  await bench.untilSettled()
  await worker.stop()
})

afterAll(async () => {
  await endCommands()
  await bench.close()
})

/** In this process: a start of its own takes longer than the command itself. */
async function explain(place: string, ...options: string[]) {
  const { code, out: stdout, err } = await runCommand(['explain', place, ...options, '--config', config])
  expect(err).toBe('')
  // I10: a history holds places, times and counts, and nothing of the conversation.
  expect(stdout).not.toContain('MARKED')
  return {
    code,
    stdout,
    lines: new Map(stdout.split('\n').map((line) => [line.slice(2, 12).trim(), line.slice(13)])),
  }
}

test('explain shows how and when a stored object ended, what it holds, and that it has been removed since', async () => {
  const { code, stdout, lines } = await explain(stored)
  expect(code).toBe(0)
  expect(stdout.split('\n')[0]).toBe(stored)
  expect(lines.get('outcome')).toMatch(/^stored: its rows and this ledger entry were committed together/)
  expect(lines.get('ended')).toMatch(
    /\d[\d.]* (ms|s|min) after it was announced; \d deliver(y|ies), first seen \d{4}-/,
  )
  expect(lines.get('removed')).toMatch(/^\d{4}-\d\d-\d\d .*Z; its rows are kept$/)
  expect(lines.get('object')).toMatch(/^\d{4,} bytes, ETag [0-9a-f]{32}.*, last modified \d{4}-/)
  expect(lines.get('session')).toContain('aftercall explain acme/call/1418')
})

test('explain says that a newer revision of a superseded object is stored', async () => {
  const { code, lines } = await explain(superseded)
  expect(code).toBe(0)
  expect(lines.get('outcome')).toMatch(/^superseded: a newer revision of the session is stored/)
  expect(lines.get('announced')).toMatch(/by ObjectCreated:Put, sequencer [0-9A-F]+$/)
})

test('explain says why and how often an object was rejected, and that its bytes are kept', async () => {
  const { code, lines } = await explain(rejected)
  expect(code).toBe(0)
  expect(lines.get('outcome')).toMatch(/^rejected \(not_json\): it cannot be used as it is/)
  expect(lines.get('rejection')).toMatch(
    /^#\d+ not_json: not JSON: the file ends too early, after 41 characters \(line 1\); open, seen 2 times, last .+, 41 bytes kept$/,
  )
})

test('explain says that an object outside every source was ignored', async () => {
  expect((await explain(outside)).lines.get('outcome')).toMatch(/^ignored \(no_source\)/)
})

test('explain shows the revision of a session, its rows, and every object that held it', async () => {
  const { code, stdout, lines } = await explain('acme/call/1418')
  expect(code).toBe(0)
  expect(lines.get('stored')).toMatch(/^1 accepted revision; the newest committed \d{4}-/)
  expect(lines.get('revision')).toContain('updated 2026-03-23 20:40:00Z')
  expect(lines.get('from')).toBe(stored)
  expect(lines.get('created')).toBe('2026-03-23 20:12:51Z')
  expect(lines.get('rows')).toMatch(/^session 1, call_participant 5, transfer 1/)
  expect(stdout).toMatch(new RegExp(`object +\\S+ \\S+Z? +stored +${stored} `))
  expect(stdout).toContain(`superseded  ${superseded} (1 delivery)`)
})

test('explain --json prints the same for programs', async () => {
  const object = JSON.parse((await explain(rejected, '--json')).stdout)
  expect(object).toMatchObject({
    object: {
      bucket,
      source: 'acme',
      outcome: 'rejected',
      code: 'not_json',
      settleCount: expect.any(Number),
    },
    rejections: [{ code: 'not_json', state: 'open', seenCount: expect.any(Number) }],
  })
  const session = JSON.parse((await explain('acme/call/1418', '--json')).stdout)
  expect(session.head).toMatchObject({ sessionId: '1418', createdAt: '2026-03-23T20:12:51.000Z' })
  expect(session.rows).toContainEqual({ table: 'call_participant', rows: 5 })
  const outcomes = session.objects.map(({ outcome }: { outcome: string }) => outcome)
  expect(outcomes).toEqual(['stored', 'superseded'])
})

test('explain of what is not known says so with exit code 1', async () => {
  const object = await explain(`s3://${bucket}/acme/nothing.json`)
  expect({ code: object.code, stdout: object.stdout }).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('No record of this object'),
  })
  expect(await explain('acme/chat/1418')).toMatchObject({
    code: 1,
    stdout: 'acme/chat/1418\n  No revision of this session is stored.\n',
  })
  expect(await explain('acme/chat/1418', '--json')).toMatchObject({ code: 1, stdout: 'null\n' })
  expect(await runCommand(['explain', 'acne/chat/1418', '--config', config])).toEqual({
    code: 2,
    out: '',
    err: 'error: unknown source acne; the configuration has: acme\n(Did you mean acme?)\n',
  })
})
