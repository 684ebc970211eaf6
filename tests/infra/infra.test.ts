import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const infra = new URL('../../infra', import.meta.url).pathname
/** Fetching the CDK once, on a machine that does not have it yet, and then synthesising on one that is busy. */
const testMs = 240_000

/** `infra/` is a package of its own, which `npm ci` does not install: it is as large as all the rest. */
test('the templates of infra are as they should be (its own tests, in one process)', {
  timeout: testMs,
}, () => {
  if (!isInstalled()) run('npm', ['ci', '--no-audit', '--no-fund'])
  expect(run('npm', ['test', '--silent'])).toMatch(/^ℹ pass [1-9]/m)
})

/** npm keeps in node_modules what it has installed; the lock may have changed since. */
function isInstalled(): boolean {
  const kept = join(infra, 'node_modules/.package-lock.json')
  if (!existsSync(kept)) return false
  const { packages: wanted } = readLock(join(infra, 'package-lock.json'))
  const { packages: installed } = readLock(kept)
  return Object.entries(wanted).every(
    ([place, { version, optional }]) =>
      place === '' || optional === true || installed[place]?.version === version,
  )
}

type Lock = { packages: Record<string, { version?: string; optional?: boolean }> }

function readLock(file: string): Lock {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function run(command: string, args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: infra,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '0', NO_COLOR: '1' },
    maxBuffer: 64 * 1024 * 1024,
  })
  if (error !== undefined) throw error
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} in infra:\n${failuresIn(stdout)}\n${stderr.slice(-4_000)}`)
  return stdout
}

/** Of the report of Node's test runner the end, where the failed tests are with their reasons. */
function failuresIn(report: string): string {
  const [, failures] = report.split('failing tests:')
  return failures ?? report.slice(-4_000)
}
