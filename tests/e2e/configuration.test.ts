import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runCommand as runHere } from '../../services/cli/test/run-command.ts'
import { type Ended, endCommands, runCommand } from './command.ts'
import { testMs } from './until.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const wrong = `
database:
  url: mysql://reader:SECRET-PASSWORD@127.0.0.1/contacts
  poolMax: many
queues:
  live: { visibilitySeconds: 60 }
sources:
  - { name: Acme Corp, bucket: session-files, prefix: acme/ }
  - { name: acme_eu, bucket: session-files, prefix: acme/eu/ }
  - { name: acme_us, bucket: "s3://session-files" }
  - { name: acme_eu, bucket: elsewhere, timeZone: Mars/Olympus }
worker:
  inFlght: 12
  batchSize: 0
raw: some
speed: fast
`
const right = `
database: { url: "\${DATABASE_URL}" }
queues: { live: { url: "\${QUEUE_URL}" } }
sources: [{ name: acme, bucket: "\${BUCKET:-session-files}" }]
http: { port: "\${HTTP_PORT:-0}" }
`
let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aftercall-e2e-'))
  await writeFile(join(dir, 'wrong.yaml'), wrong)
  await writeFile(join(dir, 'right.yaml'), right)
  await writeFile(join(dir, 'broken.yaml'), 'database: {\n  url: "SECRET-PASSWORD\nsources: [')
})

afterAll(async () => {
  await endCommands()
  await rm(dir, { recursive: true, force: true })
})

const worker = (config: string, env: Record<string, string> = {}) =>
  runCommand(['worker', '--config', join(dir, config)], { env })

/** Exit code 2 and sentences for people, all on standard error. */
function expectRefusal({ code, stdout, stderr }: Ended): void {
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).not.toBe('')
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(stderr).not.toContain('node:internal')
  expect(stderr).not.toContain('SECRET')
}

test('I11 every problem of a configuration is reported at once, by its path and line', async () => {
  const ended = await worker('wrong.yaml')
  expectRefusal(ended)
  const lines = ended.stderr.trim().split('\n')
  expect(lines[0]).toMatch(/wrong\.yaml: 12 problems$/)
  const reported = lines.slice(1).map((line) =>
    line
      .trim()
      .split(/\s{2,}/)
      .slice(0, 2)
      .join(' '),
  )
  expect(reported.sort()).toEqual(
    [
      'line 3 database.url',
      'line 4 database.poolMax',
      'line 6 queues.live.url',
      'line 8 sources[0].name',
      'line 9 sources[1].prefix',
      'line 10 sources[2].bucket',
      'line 11 sources[3].name',
      'line 11 sources[3].timeZone',
      'line 13 worker.inFlght',
      'line 14 worker.batchSize',
      'line 15 raw',
      'line 16 speed',
    ].sort(),
  )
})

test('a configuration that is not valid YAML is refused with its lines', async () => {
  const ended = await worker('broken.yaml')
  expectRefusal(ended)
  expect(ended.stderr).toMatch(/line \d+ +invalid YAML/)
})

test('I11 variables that are not set are all named, at the place that needs them', async () => {
  const ended = await worker('right.yaml')
  expectRefusal(ended)
  expect(ended.stderr).toMatch(/database\.url +DATABASE_URL is not set/)
  expect(ended.stderr).toMatch(/queues\.live\.url +QUEUE_URL is not set/)
  expect(ended.stderr).not.toContain('BUCKET')
})

test('a file that --config or AFTERCALL_CONFIG names has to be there', async () => {
  for (const ended of [
    await worker('missing.yaml'),
    await runCommand(['migrate'], {
      env: { AFTERCALL_CONFIG: join(dir, 'missing.yaml'), DATABASE_URL: 'postgres://127.0.0.1/x' },
    }),
  ]) {
    expectRefusal(ended)
    expect(ended.stderr).toContain('missing.yaml')
    expect(ended.stderr).toContain('file not found')
  }
})

test('without a file a command that needs one says where to start', async () => {
  const ended = await runCommand(['worker'], { cwd: dir })
  expectRefusal(ended)
  expect(ended.stderr).toContain('aftercall.example.yaml')
  expect(ended.stderr).toContain('start the demo')
})

test('LOG_LEVEL has to be one that there is', async () => {
  const env = { DATABASE_URL: 'postgres://127.0.0.1/x', QUEUE_URL: 'http://127.0.0.1/q', LOG_LEVEL: 'loud' }
  const ended = await worker('right.yaml', env)
  expectRefusal(ended)
  expect(ended.stderr).toContain('LOG_LEVEL must be one of')
})

test.each([
  { args: ['wrkr'], says: /^error: unknown command[\s\S]*worker[\s\S]*aftercall --help\n$/ },
  { args: ['frob'], says: /^error: unknown command 'frob'\n[\s\S]*aftercall --help\n$/ },
  { args: ['worker', '--confg', 'x'], says: /--config[\s\S]*aftercall worker --help/ },
  { args: ['worker', '--config'], says: /argument missing/ },
  { args: ['explain'], says: /place/ },
  { args: ['explain', 'call/1418'], says: /SOURCE\/call\/ID/ },
  { args: ['sql', 'select 1', '--format', 'xml'], says: /table, csv, json/ },
  { args: ['sample', '--sessions', '10'], says: /--out DIR or --to/ },
  { args: ['demo', '--sessions', 'lots', '--exit'], says: /--sessions must be a whole number/ },
])('wrong usage is exit code 2 with a hint: $args', async ({ args, says }) => {
  // In this process, because there are many.
  const { code, out, err } = await runHere(args, { DATABASE_URL: 'postgres://127.0.0.1:1/x' })
  expectRefusal({ code, signal: null, stdout: out, stderr: err })
  expect(err).toMatch(says)
})

test.each(['', 'worker', 'sample'])(
  'aftercall %s --help shows its options and examples on standard output',
  async (command) => {
    const { code, stdout, stderr } = await runCommand([...(command === '' ? [] : [command]), '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`Usage: aftercall ${command}`)
    expect(stdout).toContain('Examples:')
  },
)
