import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import manifest from '../../services/cli/package.json' with { type: 'json' }

const root = new URL('../..', import.meta.url).pathname
const readText = (path: string): string => readFileSync(join(root, path), 'utf8')

const permissions = z.record(z.string(), z.enum(['read', 'write']))
const step = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  env: z.record(z.string(), z.string()).optional(),
  run: z.string().optional(),
})
const job = z.strictObject({
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  if: z.string().optional(),
  'runs-on': z.literal('ubuntu-24.04'),
  'timeout-minutes': z.int().max(60),
  permissions: permissions.optional(),
  outputs: z.record(z.string(), z.string()).optional(),
  strategy: z.strictObject({ matrix: z.unknown() }).optional(),
  env: z.record(z.string(), z.string()).optional(),
  steps: z.array(step).min(1),
})
const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.strictObject({ contents: z.literal('read') }),
  concurrency: z.unknown().optional(),
  jobs: z.record(z.string(), job),
})

const files = readdirSync(join(root, '.github/workflows')).map((name) => {
  const text = readText(`.github/workflows/${name}`)
  return { name, text, workflow: workflow.parse(parse(text)) }
})

test('every action is pinned by its whole commit, with the version behind it, and in one version only', () => {
  const uses = files.flatMap(({ text }) => [...text.matchAll(/uses: (.+)$/gm)].map(([, use = '']) => use))
  expect(uses.length).toBeGreaterThan(8)
  expect(uses.filter((use) => !/^[a-z-]+\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(use))).toEqual([])
  const versions = Map.groupBy(new Set(uses), (use) => use.split('@')[0])
  expect([...versions.values()].filter((pins) => pins.length > 1)).toEqual([])
})

test('a job may write only what a release writes, and no workflow of a pull request has secrets', () => {
  const writes = files.flatMap(({ name, workflow: { jobs } }) =>
    Object.entries(jobs).flatMap(([id, one]) =>
      Object.entries(one.permissions ?? {}).flatMap(([what, may]) =>
        may === 'write' ? `${name} ${id} ${what}` : [],
      ),
    ),
  )
  expect(writes.sort()).toEqual([
    'release.yml images attestations',
    'release.yml images id-token',
    'release.yml images packages',
    'release.yml notes contents',
    'release.yml package attestations',
    'release.yml package id-token',
  ])
  for (const { name, text, workflow: one } of files) {
    expect(Object.keys(one.on), name).not.toContain('pull_request_target')
    expect(text.match(/secrets\.(?!GITHUB_TOKEN)\w+/g), name).toBeNull()
    if (name !== 'release.yml') expect(text).not.toContain('secrets.')
    // What anybody can write (titles, branch names) must not become part of a script.
    for (const { run = '' } of Object.values(one.jobs).flatMap(({ steps }) => steps)) {
      expect(run.match(/\$\{\{ *github\.(event|head_ref)/g), name).toBeNull()
    }
  }
})

test('what is checked on a push, and before a release, is .ci/run, by the Node that runs everywhere else', () => {
  const { node } = JSON.parse(readText('package.json')).dependencies
  for (const { name, workflow: one } of files) {
    const { check } = one.jobs
    expect(check?.steps.at(-1)?.run, name).toBe('.ci/run')
    const nodes = Object.values(one.jobs).flatMap(({ steps }) =>
      steps.flatMap(({ with: by }) => by?.['node-version'] ?? []),
    )
    expect(new Set(nodes)).toEqual(new Set([node]))
  }
  const release = files.find(({ name }) => name === 'release.yml')?.workflow
  const { images, package: packed, notes } = release?.jobs ?? {}
  expect([images?.needs, packed?.needs, notes?.needs]).toEqual([
    'check',
    'check',
    ['check', 'images', 'package', 'installed'],
  ])
})

test('images and tarball are signed with provenance and bill of materials, by jobs that run nothing that is not locked', () => {
  const release = files.find(({ name }) => name === 'release.yml')?.workflow
  const stepsOf = (id: string) =>
    (release?.jobs[id]?.steps ?? []).map(({ uses, run = '', with: by = {} }) => ({
      action: uses?.split('@')[0] ?? run,
      subject: by['subject-digest'] ?? by['subject-path'],
      bom: by['sbom-path'],
    }))
  const digest = '\u0024{{ steps.build.outputs.digest }}'
  const tarball = 'package/aftercall-\u0024{{ needs.check.outputs.version }}.tgz'
  for (const [id, subject, bom] of [
    ['images', digest, '\u0024{{ matrix.target }}.cdx.json'],
    ['package', tarball, tarball.replace('.tgz', '.cdx.json')],
  ] as const) {
    const steps = stepsOf(id)
    expect(steps).toContainEqual({ action: 'actions/attest-build-provenance', subject, bom: undefined })
    expect(steps).toContainEqual({ action: 'actions/attest', subject, bom })
  }
  // Only what is locked and what we wrote runs where something is signed.
  const scripts = (id: string) => (release?.jobs[id]?.steps ?? []).map(({ run = '' }) => run).join('\n')
  expect(scripts('package')).toContain('npm ci --ignore-scripts')
  expect(`${scripts('package')}${scripts('images')}`).not.toMatch(/npm install|npx /)
  expect(scripts('installed')).toContain('npm install --global')
  expect(release?.jobs.installed?.permissions).toBeUndefined()
  const build = release?.jobs.images?.steps.find(({ id }) => id === 'build')?.with
  expect(build).toMatchObject({ platforms: 'linux/amd64,linux/arm64', provenance: 'mode=max', sbom: true })
  const publishing = release?.jobs.notes?.steps.at(-1)?.run ?? ''
  for (const asset of ['.tgz', '.cdx.json', 'release/*.image']) expect(publishing).toContain(asset)
})

test('a release records its newest migration in docs/upgrade.md, from which the upgrade test begins', () => {
  const script = join(root, 'services/cli/scripts/check-upgrade-notes.ts')
  const ask = (version: string) => spawnSync(process.execPath, [script, version], { encoding: 'utf8' })
  const newest = readdirSync(join(root, 'migrations')).sort().at(-1)?.slice(0, 4)
  const dated = readText('CHANGELOG.md').includes(`## [${manifest.version}] - 2`)
  expect(ask(manifest.version).status).toBe(dated ? 0 : 1)
  expect(ask('99.0.0')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`migrations/ has ${newest}`),
  })
})

test('the changelog and the upgrade notes know this version, and its notes are printed only once it has a day', () => {
  const changelog = readText('CHANGELOG.md')
  const versions = [...changelog.matchAll(/^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2}|unreleased)$/gm)]
  expect(changelog.match(/^## /gm)).toHaveLength(versions.length)
  expect(versions[0]?.[1]).toBe(manifest.version)
  expect(readText('docs/upgrade.md')).toMatch(new RegExp(`^\\| .* \\| ${manifest.version} \\|`, 'm'))
  const script = join(root, 'services/cli/scripts/print-release-notes.ts')
  for (const [, version = '', day] of versions) {
    const { status, stdout } = spawnSync(process.execPath, [script, version], { encoding: 'utf8' })
    if (day === 'unreleased') expect(status).toBe(1)
    else expect(stdout).toMatch(/^### (Added|Changed|Fixed|Removed|Security)\n/)
  }
  const missing = spawnSync(process.execPath, [script, '99.0.0'], { encoding: 'utf8' })
  expect([missing.status, missing.stderr]).toEqual([
    1,
    expect.stringContaining('no dated section for 99.0.0'),
  ])
})

test('every script of a workflow is one that a shell can read', () => {
  const steps = files.flatMap(({ workflow: { jobs } }) => Object.values(jobs).flatMap((one) => one.steps))
  const scripts = steps.flatMap(({ run }) => run?.replaceAll(/\$\{\{.*?\}\}/g, 'value') ?? [])
  execFileSync('bash', ['-n'], {
    input: scripts.map((script) => `(\n${script}\n)`).join('\n'),
    stdio: 'pipe',
  })
})
