import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findDemos, recordDemo } from '../src/demo/demo-state.ts'
import { runCommand } from './run-command.ts'

let dir: string
let env: Record<string, string>
const children: ChildProcess[] = []

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aftercall-state-'))
  env = { XDG_STATE_HOME: dir }
})
afterEach(async () => {
  await Promise.all(children.splice(0).map(end))
  await rm(dir, { recursive: true, force: true })
})

const place = () => join(dir, 'aftercall')
const demo = {
  configText: 'database: { url: postgres://one@127.0.0.1:1/x }\n',
  ownerConfigText:
    'database: { url: postgres://owner@127.0.0.1:1/x }\nsources: [{ name: acme, bucket: files }]\n',
  awsEnvironment: {},
}

/** Starts a process that has recorded itself as a demo. */
async function startRecorded(): Promise<ChildProcess> {
  const module = new URL('../src/demo/demo-state.ts', import.meta.url).href
  const script = `
    const { recordDemo } = await import(${JSON.stringify(module)})
    await recordDemo(process.env, ${JSON.stringify(demo)})
    process.stdout.write('recorded')
    setInterval(() => {}, 1_000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  await once(child.stdout, 'data')
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

test.each(['DATABASE_URL', 'AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_SQS'])(
  'a demo is not used if %s is set',
  async (name) => {
    await startRecorded()
    const { err } = await runCommand(['sql', 'select 1'], { ...env, [name]: 'http://127.0.0.1:1' })
    expect(err).not.toContain('using the demo')
  },
)

test('commands use the newest of two demos and say so, and the older one once the newest has ended', async () => {
  const [first, second] = [await startRecorded(), await startRecorded()]
  expect((await findDemos(env)).demos.map(({ pid }) => pid)).toEqual([second.pid, first.pid])
  const { code, err } = await runCommand(['sql', 'select 1'], env)
  expect(code).toBe(1)
  expect(err).toContain(
    `using the demo of process ${second.pid}, the newest of 2 (${place()}/demo-${second.pid}.yaml)`,
  )
  await end(second)
  expect((await findDemos(env)).demos.map(({ pid }) => pid)).toEqual([first.pid])
  expect(await readdir(place()), 'the files of the second are removed').toHaveLength(3)
})

test('state and configuration are private to this user, and removed when the demo ends', async () => {
  const recorded = await recordDemo(env, demo)
  expect(await readFile(recorded.configPath, 'utf8')).toBe(demo.configText)
  expect((await findDemos(env)).demos).toMatchObject([{ pid: process.pid, configPath: recorded.configPath }])
  await recorded.remove()
  expect(await readdir(place())).toEqual([])
})

test('only the commands that need the owner of the tables use its login', async () => {
  const { pid } = await startRecorded()
  const asOwner = `using the demo of process ${pid} (${place()}/demo-${pid}-owner.yaml), with its login that owns the tables`
  const of = ['--source', 'acme', '--end-user', '1']
  for (const args of [
    ['subject-access', ...of, '--out', join(dir, 'out')],
    ['erase', ...of, '--dry-run'],
  ])
    expect((await runCommand(args, env)).err).toContain(asOwner)
  const { err } = await runCommand(['maintain', '--dry-run'], env)
  expect(err).toContain(`(${place()}/demo-${pid}.yaml).`)
})

test('a process with the id of a killed demo is not mistaken for it', async () => {
  const { configPath } = await recordDemo(env, demo)
  const state = join(place(), `demo-${process.pid}.json`)
  const written = JSON.parse(await readFile(state, 'utf8'))
  await writeFile(state, JSON.stringify({ ...written, bornAt: '1' }))
  expect(await findDemos(env)).toEqual({ demos: [], refused: [] })
  await expect(readFile(configPath)).rejects.toThrow('ENOENT')
})

test('a state in the shared temporary folder is not used, because another user could have written it', async () => {
  const uid = process.getuid?.()
  const shared = join(tmpdir(), `aftercall-demo-${uid}.json`)
  await writeFile(shared, JSON.stringify({ pid: process.pid, databaseUrl: 'postgres://thief@127.0.0.1:1/x' }))
  try {
    const { code, err } = await runCommand(['sql', 'select 1'], env)
    expect(code).toBe(2)
    expect(err).not.toContain('using the demo')
  } finally {
    await rm(shared, { force: true })
  }
})

test.each([
  {
    what: 'a folder that other users may enter',
    make: () => chmod(place(), 0o755),
    says: `is open to other users`,
  },
  {
    what: 'a file that other users may write',
    make: () => chmod(join(place(), `demo-${process.pid}.json`), 0o666),
    says: `is open to other users`,
  },
  {
    what: 'a link in its place',
    async make() {
      await rm(join(place(), `demo-${process.pid}.json`))
      await symlink(join(dir, 'elsewhere'), join(place(), `demo-${process.pid}.json`))
    },
    says: 'is a symbolic link',
  },
  ...(process.getuid?.() === 0
    ? [
        {
          what: 'a folder of another user',
          make: () => chown(place(), 65_534, 65_534),
          says: 'belongs to another user',
        },
      ]
    : []),
])('$what is refused with its path, and the command does not use it', async ({ make, says }) => {
  await recordDemo(env, demo)
  await make()
  const { code, err } = await runCommand(['sql', 'select 1'], env)
  expect(code).toBe(2)
  expect(err).toContain(says)
  expect(err).not.toContain('using the demo')
  expect(err).toContain('DATABASE_URL')
})

test('the next folder is used if the first is not private to this user', async () => {
  const run = join(dir, 'run')
  await recordDemo({ XDG_RUNTIME_DIR: run, XDG_STATE_HOME: dir }, demo)
  await chmod(join(run, 'aftercall'), 0o777)
  const { configPath } = await recordDemo({ XDG_RUNTIME_DIR: run, XDG_STATE_HOME: dir }, demo)
  expect(configPath).toBe(join(place(), `demo-${process.pid}.yaml`))
  const { demos, refused } = await findDemos({ XDG_RUNTIME_DIR: run, XDG_STATE_HOME: dir })
  expect(demos).toHaveLength(1)
  expect(refused).toHaveLength(1)
})
