import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** The rules are Biome's, in biome.json and lint/. Here each is seen to fail, and each floor to hold. */
const root = new URL('..', import.meta.url).pathname
const biome = join(root, 'node_modules/.bin/biome')

/** Packages that a test on any floor may use. */
const testHelpers = new Set(['embedded', 'samples', 'testkit'])
/** The loader takes the rows of the mapping; tests get their documents from the samples. */
const sideways = new Set(['warehouse -> metadata', 'testkit -> samples'])
const floors = readFloors()

/** A rule by its name, one of lint/ by its message. */
type Found = { file: string; rule: string }

const byName = 'Enter another package by a name that its package.json exports.'
const plainString = "Write the module's name as a plain string, so that floors and cycles are checked."
const importType = 'Write `import type … from`, so that floors and cycles are checked.'
const pure = 'packages/metadata is pure: no clock, no random numbers, no environment, no output.'

/** Files that break a rule, with the rule that must find it. */
const broken: [why: string, file: string, text: string, rule: string][] = [
  ...[
    ['an import', `import { up } from '@aftercall/ingest/up'\nexport const x = up`],
    ['an import of a type', `import type { Up } from '@aftercall/ingest/up'\nexport type X = Up`],
    ['an inline import of a type', `import { type Up } from '@aftercall/ingest/up'\nexport type X = Up`],
    ['an import for its effect', `import '@aftercall/ingest/up'`],
    ['an export from', `export { up } from '@aftercall/ingest/up'`],
    ['an export of everything', `export * from '@aftercall/ingest/up'`],
    ['an export of a type', `export type { Up } from '@aftercall/ingest/up'`],
    ['a dynamic import', `export const load = () => import('@aftercall/ingest/up')`],
  ].map(([why, text], at): [string, string, string, string] => [
    `${why} climbs a floor`,
    `packages/storage/src/climbs-${at}.ts`,
    text ?? '',
    'lint/style/noRestrictedImports',
  ]),
  [
    'a test climbs a floor',
    'packages/storage/test/climbs.test.ts',
    `import { up } from '@aftercall/ingest/up'\nexport const x = up`,
    'lint/style/noRestrictedImports',
  ],
  [
    'a source uses what only tests may use',
    'packages/storage/src/uses-testkit.ts',
    `export { up } from '@aftercall/testkit/up'`,
    'lint/correctness/noUndeclaredDependencies',
  ],
  [
    'a source uses a client that its package does not declare',
    'packages/ingest/src/uses-pg.ts',
    `export const load = () => import('pg')`,
    'lint/correctness/noUndeclaredDependencies',
  ],
  [
    'a source uses a library that its package declares for tests only',
    'packages/storage/src/uses-dev.ts',
    `export { parquetWrite } from 'hyparquet-writer'`,
    'lint/correctness/noUndeclaredDependencies',
  ],
  [
    'a package is entered around its exports, by a path',
    'packages/ingest/src/around.ts',
    `export { up } from '../../storage/src/queue.ts'`,
    byName,
  ],
  [
    'a package is entered around its exports, by a dynamic import',
    'services/cli/src/deep/around.ts',
    `export const load = () => import('../../../../packages/storage/src/queue.ts')`,
    byName,
  ],
  [
    'a package is entered around its exports, by its name',
    'packages/ingest/src/around-by-name.ts',
    `export { up } from '@aftercall/storage/src/queue.ts'`,
    byName,
  ],
  [
    'a test enters another package around its exports',
    'packages/ingest/test/around.test.ts',
    `import type { Up } from '../../storage/test/up.ts'\nexport type X = Up`,
    byName,
  ],
  [
    'a module is named by a template, which the checks cannot read',
    'packages/storage/src/template.ts',
    'export const load = () => import(`@aftercall/ingest/up`)',
    plainString,
  ],
  [
    'a type is imported in place, which the checks cannot read',
    'packages/storage/src/type-in-place.ts',
    `export type X = import('@aftercall/ingest/up').Up`,
    importType,
  ],
  [
    'the type of a module is taken in place',
    'packages/storage/src/typeof-in-place.ts',
    `export type X = typeof import('@aftercall/ingest/up')`,
    importType,
  ],
  [
    'metadata uses the network',
    'packages/metadata/src/network.ts',
    `export { get } from 'node:http'`,
    'lint/style/noRestrictedImports',
  ],
  ...['Date.now()', 'new Date()', 'Math.random()', 'process.env', `console.info('x')`].map(
    (impure, at): [string, string, string, string] => [
      `metadata uses ${impure}`,
      `packages/metadata/src/impure-${at}.ts`,
      `export const x = () => ${impure}`,
      pure,
    ],
  ),
  [
    'a function has more than 70 lines',
    'packages/storage/src/long-function.ts',
    `export function long() {\n${lines(71)}\n}`,
    'lint/complexity/noExcessiveLinesPerFunction',
  ],
  [
    'a file has more than 200 lines',
    'packages/storage/src/long-file.ts',
    lines(201),
    'lint/style/noExcessiveLinesPerFile',
  ],
  [
    'a function has more than five parameters',
    'packages/storage/src/many-parameters.ts',
    'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1, f: 1) => [a, b, c, d, e, f]',
    'lint/complexity/useMaxParams',
  ],
]

/** The edge that closes a cycle; the way back is always a plain import. */
const cycles: [why: string, text: (other: string) => string][] = [
  ['an import', (other) => `import { back } from '${other}'\nexport const x = () => back`],
  ['an import of a type', (other) => `import type { Back } from '${other}'\nexport type X = Back`],
  ['an inline import of a type', (other) => `import { type Back } from '${other}'\nexport type X = Back`],
  ['a dynamic import', (other) => `export const x = () => import('${other}')`],
  ['an export from', (other) => `export { back } from '${other}'`],
  ['an export of everything', (other) => `export * from '${other}'`],
  ['an export of a type', (other) => `export type { Back } from '${other}'`],
]

const allowed: [why: string, file: string, text: string][] = [
  ['an import down a floor', 'packages/ingest/src/down.ts', `export { q } from '@aftercall/storage/queue'`],
  [
    'an import within the package',
    'packages/ingest/src/deep/er/within.ts',
    `export { d } from '../../down.ts'`,
  ],
  [
    'a test that imports its source',
    'packages/ingest/test/deep/down.test.ts',
    `import { q } from '../../src/down.ts'\nexport const x = q`,
  ],
  [
    'a test that uses the test helpers',
    'packages/storage/test/helpers.test.ts',
    `import { t } from '@aftercall/testkit/test-database'\nexport const x = t`,
  ],
  [
    'metadata with what computes only',
    'packages/metadata/src/computes.ts',
    `import { hash } from 'node:crypto'\nexport const x = (at: number) => [new Date(at), hash]`,
  ],
  [
    'a function of 70 lines and a file of 200; blank lines, comments, and templates apart',
    'packages/storage/src/at-the-bounds.ts',
    `export function long() {\n${lines(69)}\n\n// Says why.\nmany(\`\n${lines(99)}\`)\n}\n${lines(128)}`,
  ],
]

let found: Found[]
const tree = mkdtempSync(join(tmpdir(), 'aftercall-guards-'))
afterAll(() => rmSync(tree, { recursive: true }))

beforeAll(() => {
  for (const path of ['biome.json', 'lint', 'package.json'])
    cpSync(join(root, path), join(tree, path), { recursive: true })
  for (const home of homes()) cpSync(join(root, home, 'package.json'), join(tree, home, 'package.json'))
  for (const [, file, text] of broken) write(file, text)
  for (const [, file, text] of allowed) write(file, text)
  for (const [at, [, text]] of cycles.entries()) {
    write(cycleFile(at), text(`./back-${at}.ts`))
    write(
      `packages/storage/src/back-${at}.ts`,
      `import * as there from './cycle-${at}.ts'\nexport const back = () => there\nexport type Back = 1`,
    )
  }
  for (const { file, text } of everyPair()) write(file, text)
  found = runBiome()
})

describe('a rule finds it when', () => {
  test.each(broken)('%s', (_why, file, _text, rule) => {
    expect(rulesOf(file)).toContain(rule)
  })

  test.each(cycles.map(([why], at) => [why, at] as const))('%s closes a cycle', (_why, at) => {
    expect(rulesOf(cycleFile(at))).toContain('lint/suspicious/noImportCycles')
  })
})

test.each(allowed)('no rule forbids %s', (_why, file) => {
  expect(found.filter((one) => one.file === file)).toEqual([])
})

test('every package and service has a floor in ARCHITECTURE.md', () => {
  expect(homes().length).toBeGreaterThan(9)
  expect(homes().filter((home) => !floors.has(basename(home)))).toEqual([])
})

test('Biome allows from each package exactly the packages on lower floors, and the test helpers', () => {
  const refused = found
    .filter(({ rule }) => rule === 'lint/style/noRestrictedImports')
    .map(({ file }) => file)
  const wrong = everyPair().filter(({ file, allowed }) => refused.includes(file) === allowed)
  expect(wrong.map(({ file, allowed }) => `${file} should be ${allowed ? 'allowed' : 'refused'}`)).toEqual([])
})

test('a package declares only packages on lower floors', () => {
  const climbing = homes().flatMap((home) =>
    dependenciesOf(home).flatMap((name) => {
      const target = name.startsWith('@aftercall/') ? basename(name) : undefined
      return target !== undefined && !mayImport(basename(home), target) ? [`${home} declares ${name}`] : []
    }),
  )
  expect(climbing).toEqual([])
})

test('clients of outside systems are declared only where they live', () => {
  const homesOf: [RegExp, string[]][] = [
    [/^@aws-sdk\//, ['storage', 'embedded']],
    [/^undici$/, ['storage']],
    [/^(pg|kysely)$/, ['warehouse', 'embedded', 'testkit']],
  ]
  const astray = homes().flatMap((home) =>
    dependenciesOf(home)
      .filter((name) => homesOf.some(([client, own]) => client.test(name) && !own.includes(basename(home))))
      .map((name) => `${home} declares ${name}`),
  )
  expect(astray).toEqual([])
})

/** A test in each package that imports each other package: what the floors say of it. */
function everyPair(): { file: string; text: string; allowed: boolean }[] {
  const names = homes().map((home) => basename(home))
  return homes().flatMap((home) =>
    names
      .filter((name) => name !== basename(home))
      .map((name) => ({
        file: `${home}/test/imports-${name}.test.ts`,
        text: `import * as there from '${name === 'cli' ? 'aftercall' : `@aftercall/${name}`}/there'\nexport const x = there`,
        allowed: mayImport(basename(home), name) || testHelpers.has(name),
      })),
  )
}

function mayImport(from: string, to: string): boolean {
  if (sideways.has(`${from} -> ${to}`)) return true
  return (floors.get(to) ?? Number.POSITIVE_INFINITY) < (floors.get(from) ?? 0)
}

function readFloors(): Map<string, number> {
  const drawn = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').matchAll(/^ {4}floor (\d) +(.*)$/gm)
  return new Map(
    [...drawn].flatMap(([, floor, names = '']) =>
      names
        .replaceAll(/\([^)]*\)/g, '')
        .split(/[\s,]+/)
        .filter((name) => name !== '')
        .map((name): [string, number] => [basename(name), Number(floor)]),
    ),
  )
}

/** The folders of packages and services. */
function homes(): string[] {
  return globSync('{packages,services}/*/package.json', { cwd: root }).map(dirname).sort()
}

function dependenciesOf(home: string): string[] {
  const manifest = JSON.parse(readFileSync(join(root, home, 'package.json'), 'utf8'))
  return Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, at) => `export_${at}()`).join('\n')
}

function cycleFile(at: number): string {
  return `packages/storage/src/cycle-${at}.ts`
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true })
  writeFileSync(join(tree, file), `${text}\n`)
}

function runBiome(): Found[] {
  const options = ['--vcs-enabled=false', '--max-diagnostics=none', '--reporter=github']
  const { stdout, stderr, status } = spawnSync(biome, ['lint', ...options, '.'], {
    cwd: tree,
    encoding: 'utf8',
  })
  const reported = [...stdout.matchAll(/^::error title=([^,]+),file=([^,]+),.*::(.*)$/gm)]
  if (status !== 1 || reported.length === 0)
    throw new Error(`Biome did not check the tree: ${stdout}${stderr}`)
  return reported.map(([, title = '', file = '', message = '']) => ({
    file: file.slice(file.indexOf(tree) + tree.length + 1),
    rule: title === 'plugin' ? message : title,
  }))
}

function rulesOf(file: string): string[] {
  return [...new Set(found.filter((one) => one.file === file).map((one) => one.rule))]
}
