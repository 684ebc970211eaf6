import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { readConfig } from '@aftercall/runtime/config/config'
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { initFileNames } from '../src/init/init-files.ts'
import {
  announcedEvents,
  deadLetterAttributes,
  queueAttributes,
  receivesMax,
} from '../src/init/queue-settings.ts'
import { main } from '../src/main.ts'
import { type Ran, runCommand } from './run-command.ts'

const root = new URL('../../../', import.meta.url).pathname
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const folders = mkdtempSync(join(tmpdir(), 'aftercall-init-'))
let folder = ''
let count = 0

beforeEach(() => {
  count += 1
  folder = join(folders, `acme ${count}`)
})
afterAll(() => rmSync(folders, { recursive: true, force: true }))

type Given = Record<string, string | undefined>

const required: Given = {
  source: 'acme',
  bucket: 'acme-session-files',
  region: 'eu-west-1',
  database: 'db.example.com:5433/contacts',
}

const init = (given: Given = required, ...flags: string[]): Promise<Ran> => {
  const options = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  )
  return runCommand(['init', folder, ...options, ...flags])
}

const written = (name: string): string => readFileSync(join(folder, name), 'utf8')

function environment(): Record<string, string> {
  const pairs = [...written('aftercall.env').matchAll(/^([A-Z_]+)=(.*)$/gm)]
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]))
}

function config(env: Record<string, string> = environment()) {
  const live = { LIVE_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/aftercall-acme' }
  const reading = readConfig(written('aftercall.yaml'), { ...live, ...env })
  if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.problems))
  return reading.config
}

const hostilePrefix = `a/${'`'}b"'$HOME $(id) \${X}\\ {{é*?/`

test('the files are a valid configuration, and a prefix with any characters is the same in all of them', async () => {
  const ran = await init({ ...required, prefix: hostilePrefix, 'time-zone': 'Europe/Paris' })
  expect(ran).toMatchObject({ code: 0, err: '' })
  expect(readdirSync(folder).sort()).toEqual([...initFileNames].sort())
  const { database, sources, identity, reconcile } = config()
  expect(sources).toEqual([
    expect.objectContaining({
      ...{ name: 'acme', bucket: 'acme-session-files', prefix: hostilePrefix },
      ...{ region: 'eu-west-1', timeZone: 'Europe/Paris' },
    }),
  ])
  expect(database.url).toBe(
    `postgres://aftercall_worker:${environment().DATABASE_PASSWORD}@db.example.com:5433/contacts`,
  )
  expect([identity.key?.length, reconcile.every]).toEqual([43, '24h'])
  execFileSync('sh', ['-n', join(folder, 'aws-setup.sh')])
  const said = execFileSync('sh', ['-s'], {
    encoding: 'utf8',
    input: `queue_arn=arn; ${/^rules=.*$/m.exec(written('aws-setup.sh'))?.[0].replace(/^rules=\$\(aws (.*)\)$/, "printf '%s\\n' $1")}`,
  })
  const [, literal = ''] = /, `(\[\{.*\}\])`\]\[\]\}\)$/m.exec(said) ?? []
  expect(JSON.parse(literal.replaceAll('\\`', '`'))).toEqual([
    {
      ...{ Id: 'aftercall-acme', QueueArn: 'arn', Events: announcedEvents },
      Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: hostilePrefix }] } },
    },
  ])
  const { Statement } = JSON.parse(written('worker-policy.json'))
  expect(Statement[0].Resource).toEqual([
    `arn:aws:s3:::acme-session-files/${hostilePrefix.replaceAll(/[*?$]/g, (one) => `\${${one}}`)}*`,
  ])
})

test('I10 only aftercall.env has secrets, only its owner can read it, and no two are alike', async () => {
  const ran = await init()
  const secrets = Object.entries(environment()).flatMap(([name, value]) =>
    /PASSWORD|KEY/.test(name) ? value : [],
  )
  expect(new Set(secrets).size).toBe(4)
  const others = [ran.out, ...initFileNames.filter((name) => name !== 'aftercall.env').map(written)]
  expect(others.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([])
  expect(statSync(join(folder, 'aftercall.env')).mode & 0o777).toBe(0o600)
})

test('every next step is a command of its own, and every file is used by one', async () => {
  const { out } = await init({ ...required, database: 'acme.abc123.eu-west-1.rds.amazonaws.com' }, '--json')
  const { next, files } = JSON.parse(out) as { next: { command: string }[]; files: string[] }
  const commands = next.map(({ command }) => command)
  for (const command of commands) execFileSync('sh', ['-n', '-c', command])
  expect(commands.join('\n')).not.toMatch(/<|YOUR|CHANGE-ME|…/)
  expect(files.filter((file) => file !== 'aftercall.yaml' && !commands.join('\n').includes(file))).toEqual([])
  expect(commands).toContainEqual(expect.stringContaining('eu-west-1/eu-west-1-bundle.pem'))
  expect(commands.find((one) => one.includes('psql'))).toMatch(
    /^PGSSLMODE=verify-full PGSSLROOTCERT=rds-ca.pem /,
  )
  expect(config().database.tlsCaFile).toBe('rds-ca.pem')
})

test('the logins are made by the statements of docs/access.md', async () => {
  await init()
  const [, page = ''] = /## Setting it up[\s\S]*?```sql\n([\s\S]*?)```/.exec(read('docs/access.md')) ?? []
  const made = written('logins.sql')
    .replaceAll(/^--.*\n/gm, '')
    .replaceAll(
      /'SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}='/g,
      "'CHANGE-ME'",
    )
    .replaceAll('database contacts', 'database aftercall')
  expect(made).toBe(page)
})

test('compose makes the queue with the same settings, and announces the same events', async () => {
  const json = (name: string) => JSON.parse(read(`compose/aws/${name}.json`))
  const { RedrivePolicy, Policy, ...attributes } = json('live-queue')
  expect(attributes).toEqual(queueAttributes)
  expect(JSON.parse(RedrivePolicy).maxReceiveCount).toBe(String(receivesMax))
  expect(json('dead-letter-queue')).toEqual(deadLetterAttributes)
  expect(json('bucket-notifications').QueueConfigurations[0].Events).toEqual(announcedEvents)
  await init()
  const [, made = ''] = /--attributes "(\{\\"Policy.*\})"$/m.exec(written('aws-setup.sh')) ?? []
  const text = made
    .replaceAll(/\\(.)/g, '$1')
    .replace('$queue_arn', 'arn:aws:sqs:us-east-1:000000000000:aftercall-live')
  const [ours] = JSON.parse(
    JSON.parse(text.replace('$bucket_arn', 'arn:aws:s3:::aftercall-dev')).Policy,
  ).Statement
  const { Sid: _sid, Condition, ...statement } = ours
  const { Condition: ofCompose, ...composeStatement } = JSON.parse(Policy).Statement[0]
  expect(statement).toEqual(composeStatement)
  expect(Condition).toMatchObject(ofCompose)
})

test('without a terminal every missing and every wrong option is named at once, and nothing is written', async () => {
  const ran = await init({ region: 'europe', bucket: 's3://acme/files' })
  expect(ran).toMatchObject({ code: 2, out: '' })
  expect(ran.err.split('\n').map((line) => line.replace(/^error: /, '').split(/[ :]/)[0])).toEqual([
    ...['--bucket', '--region', '--source', '--database', 'On', ''],
  ])
  expect(ran.err).toContain('must be the name of a bucket, without s3:// and path')
  expect(existsSync(folder)).toBe(false)
})

test.each([
  ['source', 'Acme EU', 'a-z, 0-9, and _'],
  ['prefix', '/metadata', 'must not begin with /'],
  ['region', 'eu_west_1', 'such as eu-west-1'],
  ['time-zone', 'Mars/Olympus', 'IANA time zone'],
  ['database', 'mysql://db/contacts', 'host:port/name'],
  ['database', 'a,b/contacts', 'one host'],
  ['database', 'db:99999/contacts', 'host:port/name'],
  ['database', 'db/contacts; drop table x', 'host:port/name'],
  ['admin', 'root; rm -rf /', 'database user'],
])('--%s %s is refused with what is expected', async (name, value, says) => {
  const ran = await init({ ...required, [name]: value })
  expect(ran.code).toBe(2)
  expect(ran.err).toContain(`--${name}`)
  expect(ran.err).toContain(says)
})

test.each(['p@zz/w:qd#x', 'S3CR#T?x', `sec'r"et$\{X}`, '%zz', 'geheim', '秘密 🔑'])(
  'I10 an address with the password %s is refused without a word of it',
  async (password) => {
    const ran = await init({ ...required, database: `postgres://ana:${password}@db.example.com/contacts` })
    expect(ran.code).toBe(2)
    expect(ran.err).toContain('must not contain a user or a password')
    for (const word of password.split(/[^\p{L}\p{N}]+/u).filter((one) => one.length > 1))
      expect(ran.err).not.toContain(word)
  },
)

test('files that are there are named and stay; --force writes them again and keeps the secrets and the queue', async () => {
  await init()
  const before = environment()
  writeFileSync(join(folder, 'aftercall.env'), `${written('aftercall.env')}LIVE_QUEUE_URL=https://queue\n`)
  rmSync(join(folder, 'logins.sql'))
  const again = await init({ ...required, bucket: 'other-files' })
  expect(again).toMatchObject({ code: 2, out: '' })
  expect(again.err).toContain('has aftercall.yaml, aftercall.env, aws-setup.sh, worker-policy.json already')
  expect(config().sources[0]?.bucket).toBe('acme-session-files')
  expect(await init({ ...required, bucket: 'other-files' }, '--force')).toMatchObject({ code: 0 })
  expect(config().sources[0]?.bucket).toBe('other-files')
  expect(environment()).toEqual({ ...before, LIVE_QUEUE_URL: 'https://queue' })
})

test('a folder that cannot be written is named, and no file is left', async () => {
  writeFileSync(folder, 'a file')
  const ran = await init()
  expect(ran).toMatchObject({ code: 2, out: '' })
  expect(ran.err).toContain(`cannot write into ${folder}`)
  folder = '/proc/acme'
  expect((await init()).err).toContain('cannot write into /proc/acme')
})

/** Types the answers, each when its question stands at the end of the screen. */
async function answer(lines: string[], args: string[] = []): Promise<Ran> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  onTestFinished(() => void stdin.destroy())
  let screen = ''
  const left = [...lines]
  stderr.setEncoding('utf8').on('data', (text: string) => {
    screen += text
    if (/: $/.test(screen.replace(/.\[\d+G$/, ''))) {
      screen += '\n'
      stdin.write(left.shift() ?? '\u0004')
    }
  })
  const env = { AWS_REGION: 'eu-west-1' }
  const signals = { on() {}, off() {} }
  const code = await main(['init', folder, ...args], { env, stdin, stdout, stderr, signals, exitNow() {} })
  return { code, out: String(stdout.read() ?? ''), err: screen }
}

test('on a terminal it asks for what is left out, and again after a wrong answer', async () => {
  const ran = await answer(
    ['Acme\n', 'acme\n', 'metadata/\n', '\n', 'Europe/Paris\n', 'db.example.com/contacts\n', '\n'],
    ['--bucket', 'acme-session-files'],
  )
  expect(ran.err).toContain('The answer must have 1 to 32 characters')
  expect(ran.err).not.toContain('Bucket with')
  expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('Wrote aftercall.yaml') })
  expect(config().sources[0]).toMatchObject({
    prefix: 'metadata/',
    region: 'eu-west-1',
    timeZone: 'Europe/Paris',
  })
})

test.each([
  ['Ctrl-C', 'half an answer\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s in the middle of a question ends it, and nothing is written', async (_name, typed) => {
  const ran = await answer(['acme\n', typed])
  expect(ran).toMatchObject({ code: 1, out: '' })
  expect(ran.err).toContain('nothing was written')
  expect(existsSync(folder)).toBe(false)
})
