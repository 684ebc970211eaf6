import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = new URL('..', import.meta.url).pathname
const page = readFileSync(join(root, 'docs/library-seams.md'), 'utf8')

type Seam = { library: string; version: string; file: string; test: string }

const seams: Seam[] = page.split(/^## /m).flatMap((section) => {
  const [, library, version] = /^`([^`]+)` (\S+)$/m.exec(section) ?? []
  if (library === undefined || version === undefined) return []
  const rows = section.matchAll(/^\| `([^`]+)` \|.*\| `([^`]+)` \|$/gm)
  return [...rows].map(([, file = '', by = '']) => ({ library, version, file, test: by }))
})

/** What reaches into a library; a source with one of these is a seam. */
const hooks =
  /middlewareStack|systemClockOffset|acquireInitialRetryToken|provideConnection|\bpg\.Query\(|errorKey|importInner|queryMode|s3Store\.\w+ = /

test('seams are listed, in tables that this test can read', () => {
  const rows = page.split('\n').filter((line) => /^\| `/.test(line))
  expect(seams.length).toBeGreaterThan(10)
  expect(seams.length).toBe(rows.length)
})

test('each file of a seam exists, and the test that notices a break', () => {
  const named = seams.flatMap(({ file, test: by }) => [file, by])
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  expect(seams.filter(({ test: by }) => !by.endsWith('.test.ts'))).toEqual([])
})

describe('each version is pinned, and is the one that is installed', () => {
  test.each([...new Map(seams.map(({ library, version }) => [library, version]))])(
    '%s %s',
    (library, version) => {
      const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
      // Packages for other platforms are in the lock only.
      const installed = join(root, 'node_modules', library, 'package.json')
      if (existsSync(installed)) expect(JSON.parse(readFileSync(installed, 'utf8')).version).toBe(version)
      expect(lock.packages[`node_modules/${library}`].version).toBe(version)
      const pins = Object.entries<Record<string, Record<string, string>>>(lock.packages)
        .filter(([path]) => !path.includes('node_modules'))
        .flatMap(([, { dependencies, devDependencies, optionalDependencies }]) => [
          { ...dependencies, ...devDependencies, ...optionalDependencies }[library] ?? [],
        ])
        .flat()
      expect([...new Set(pins)]).toEqual([version])
    },
  )
})

test('no source that reaches into a library is missing', () => {
  const sources = execFileSync(
    'git',
    ['ls-files', '-co', '--exclude-standard', 'packages', 'services', 'infra'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
    .split('\n')
    .filter(
      (file) => /\/(?:src|lambda)\/.*(?<!\.test|\.fixture)\.ts$/.test(file) && existsSync(join(root, file)),
    )
  const reaching = sources.filter((file) => hooks.test(readFileSync(join(root, file), 'utf8')))
  expect(reaching.length).toBeGreaterThan(8)
  expect(reaching.filter((file) => !seams.some((seam) => seam.file === file))).toEqual([])
})
