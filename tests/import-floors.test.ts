import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

const root = new URL('..', import.meta.url).pathname

/** Who stands on which floor (ARCHITECTURE.md): imports go down, never up or sideways. */
const floorOf: Record<string, number> = {
  'packages/runtime': 0,
  'packages/metadata': 1,
  'packages/storage': 1,
  'packages/warehouse': 1,
  'packages/ingest': 2,
  'packages/samples': 2,
  'packages/embedded': 2,
  'packages/operator': 2.5,
  'packages/testkit': 2.5,
  'services/worker': 3,
  'services/console': 3,
  'services/cli': 4,
}

/** One way sideways: the loader takes the mapping's rows, so the warehouse knows what they look like. */
const sidewaysAllowed = new Set(['packages/warehouse -> packages/metadata'])

/** Clients of outside systems have one home (and the embedded servers, which must speak the same). */
const homesOf: [RegExp, string[]][] = [
  [/^@aws-sdk\//, ['packages/storage', 'packages/embedded']],
  [/^undici$/, ['packages/storage']],
  [/^(pg|kysely)$/, ['packages/warehouse', 'packages/embedded', 'packages/testkit']],
]
const pureModules = /^(zod|node:buffer|node:crypto|node:zlib)$/

type Import = { file: string; home: string; specifier: string; target: string | undefined }

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /^(packages|services)\//.test(file) && existsSync(join(root, file)))

const imports = files.flatMap(importsOf)
const isTest = (file: string) => /\.(test|fixture)\.ts$|\/test\//.test(file)

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  const specifiers = text.matchAll(
    /^\s*(?:import|export)\b[^'"`;]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gms,
  )
  return [...specifiers].map((found) => {
    const specifier = found[1] ?? found[2] ?? found[3] ?? ''
    return { file, home: homeOf(file), specifier, target: targetOf(file, specifier) }
  })
}

function homeOf(file: string): string {
  return file.split('/').slice(0, 2).join('/')
}

function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return homeOf(normalize(join(dirname(file), specifier)))
  const name = /^@aftercall\/([^/]+)/.exec(specifier)?.[1]
  if (name === undefined) return undefined
  return `packages/${name}` in floorOf ? `packages/${name}` : `services/${name}`
}

test('every package and service has a floor', () => {
  expect(files.length).toBeGreaterThan(50)
  expect([...new Set(files.map(homeOf))].filter((home) => !(home in floorOf))).toEqual([])
})

test('imports go down the floors, never up or sideways', () => {
  const broken = imports.filter(({ file, home, target }) => {
    if (target === undefined || target === home) return false
    const testsUse = isTest(file) && (target === 'packages/testkit' || target === 'packages/embedded')
    if (testsUse || sidewaysAllowed.has(`${home} -> ${target}`)) return false
    return (floorOf[target] ?? 9) >= (floorOf[home] ?? 9)
  })
  expect(broken.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([])
})

test('a package is entered by its public names only', () => {
  const broken = imports.filter(({ home, specifier, target }) => specifier.startsWith('.') && target !== home)
  const beside = broken.filter(({ specifier }) => !specifier.endsWith('/package.json'))
  expect(beside.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([])
})

test('a file does not import, by whatever way round, a file that imports it', () => {
  const graph = new Map<string, string[]>()
  for (const { file, specifier } of imports) {
    if (!specifier.startsWith('.') || isTest(file)) continue
    graph.set(file, [...(graph.get(file) ?? []), normalize(join(dirname(file), specifier))])
  }
  const typesOnly = (file: string, target: string) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^import (type )?[^;]*?from '([^']+)'/gm)]
      .filter((found) => normalize(join(dirname(file), found[2] ?? '')) === target)
      .every((found) => found[1] !== undefined)
  const state = new Map<string, 'open' | 'done'>()
  const cycles: string[] = []
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
      return
    }
    state.set(file, 'open')
    for (const next of graph.get(file) ?? []) if (!typesOnly(file, next)) visit(next, [...path, file])
    state.set(file, 'done')
  }
  for (const file of graph.keys()) visit(file, [])
  expect(cycles).toEqual([])
})

test('clients of outside systems are imported only where they live', () => {
  const broken = imports.filter(
    ({ file, home, specifier }) =>
      !isTest(file) && homesOf.some(([client, homes]) => client.test(specifier) && !homes.includes(home)),
  )
  expect(broken.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([])
})

test('metadata is pure: no client, no clock, no environment, no log', () => {
  const own = files.filter((file) => homeOf(file) === 'packages/metadata' && !isTest(file))
  const outside = imports.filter(
    ({ file, specifier, target }) =>
      own.includes(file) && target === undefined && !pureModules.test(specifier),
  )
  expect(outside.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([])
  const impure = own.filter((file) =>
    /\bDate\.now\b|\bnew Date\(\)|\bprocess\.|\bconsole\.|\bMath\.random\b/.test(
      readFileSync(join(root, file), 'utf8'),
    ),
  )
  expect(impure).toEqual([])
})
