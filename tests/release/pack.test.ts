import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { countOf } from '@aftercall/testkit/test-count'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import embedded from '../../packages/embedded/package.json' with { type: 'json' }
import manifest from '../../services/cli/package.json' with { type: 'json' }
import { testMs } from '../e2e/until.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

const run = promisify(execFile)
const script = new URL('../../services/cli/scripts/pack.ts', import.meta.url).pathname
let place: string
let tarball: string
/** What `npm install` makes of it. */
let installed: string

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'aftercall-pack-test-'))
  const env = { ...process.env, AFTERCALL_COMMIT: '39e77a0', SOURCE_DATE_EPOCH: '1767225600' }
  const { stdout } = await run(process.execPath, [script, place], { cwd: '/', env })
  tarball = stdout.trim()
  installed = await install()
})
afterAll(() => rm(place, { recursive: true, force: true }))

/** Without the registry: what the tarball holds is all that an installation without optional packages has. */
async function install(): Promise<string> {
  const folder = await mkdtemp(join(place, 'installed-'))
  await writeFile(join(folder, 'package.json'), '{}')
  const env = { ...process.env, npm_config_cache: join(place, 'cache') }
  await run('npm', ['install', '--omit=optional', '--offline', '--no-audit', '--no-fund', tarball], {
    cwd: folder,
    env,
  })
  return join(folder, 'node_modules')
}

const aftercall = (command: string, args: string[], cwd: string) => {
  const { HOME, PATH } = process.env
  const env = { HOME, PATH: `${dirname(process.execPath)}:${PATH}`, XDG_STATE_HOME: join(cwd, '.state') }
  return run(command, args, { cwd, env })
}

test('the tarball, installed without a registry, is a command that works in an empty folder', async () => {
  expect(tarball).toBe(join(place, `aftercall-${manifest.version}.tgz`))
  const command = join(installed, '.bin/aftercall')
  const empty = await mkdtemp(join(place, 'empty-'))
  expect((await aftercall(command, ['--version'], empty)).stdout).toBe(`${manifest.version} (39e77a0)\n`)
  const made = ['init', '--source', 'acme', '--bucket', 'acme-session-files', '--region', 'eu-west-1']
  await aftercall(command, [...made, '--database', 'localhost:1/aftercall'], empty)
  const checked = await aftercall(command, ['doctor'], empty).catch((error: unknown) => error)
  expect(checked).toMatchObject({ code: 2, stderr: expect.stringContaining('LIVE_QUEUE_URL') })
  const demo = await aftercall(command, ['demo', '--exit'], empty).catch((error: unknown) => error)
  expect(demo).toMatchObject({ code: 2, stderr: expect.stringContaining('without --omit=optional') })
  await aftercall(command, ['sample', '--sessions', '2', '--out', 'samples'], empty)
})

test('its manifest names the embedded servers in the versions that are tested, and its bill of materials the rest', async () => {
  const own = join(installed, 'aftercall')
  const { bin, engines, optionalDependencies, dependencies } = JSON.parse(
    await readFile(join(own, 'package.json'), 'utf8'),
  )
  expect([bin, engines, dependencies]).toEqual([
    { aftercall: 'bin/aftercall.js' },
    { node: '>=22.18' },
    undefined,
  ])
  expect(optionalDependencies).toEqual({
    fauxqs: embedded.dependencies.fauxqs,
    ...embedded.optionalDependencies,
  })
  const beside = await readFile(tarball.replace(/\.tgz$/, '.cdx.json'), 'utf8')
  expect(beside).toBe(await readFile(join(own, 'sbom.cdx.json'), 'utf8'))
  expect(JSON.parse(beside)).toMatchObject({
    bomFormat: 'CycloneDX',
    metadata: { component: { name: 'aftercall' } },
  })
})

/** thorough: needs the registry, for the embedded servers. */
describe.skipIf(countOf({ quick: 0, thorough: 1 }) === 0)('with the packages of the registry', () => {
  test('the demo runs from the tarball in an empty folder', async () => {
    const prefix = await mkdtemp(join(place, 'whole-'))
    await run('npm', ['install', '--global', '--no-audit', '--no-fund', '--prefix', prefix, tarball], {
      cwd: prefix,
    })
    const empty = await mkdtemp(join(place, 'empty-'))
    const { stdout } = await aftercall(
      join(prefix, 'bin/aftercall'),
      ['demo', '--sessions', '20', '--days', '0', '--exit'],
      empty,
    )
    expect(stdout).toContain('everything is as expected.')
  })
})
