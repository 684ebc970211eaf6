import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** `infra/` is a package of its own, which the root's `npm ci` does not install: it is as large as all the rest. */
const infra = new URL('../../infra', import.meta.url).pathname

if (isInstalled()) runTests()
else {
  process.stderr.write(
    'The packages of infra/ are missing or outdated. Install them: npm ci --prefix infra\n',
  )
  process.stdout.write('\n0 passed, 1 failed\n')
  process.exitCode = 1
}

/** Types, then all tests of infra in one process. Ends with `N passed, N failed`, as `npm test` does. */
function runTests(): void {
  const { status, stdout } = spawnSync('npm', ['test', '--silent'], {
    cwd: infra,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '0', NO_COLOR: '1' },
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.stdout.write(stdout)
  const [passed, failed] = [countOf('pass', stdout), countOf('fail', stdout)]
  const isWell = status === 0 && passed > 0
  process.stdout.write(`\n${passed} passed, ${isWell ? failed : Math.max(1, failed)} failed\n`)
  process.exitCode = isWell ? 0 : 1
}

/** From the summary of Node's test runner. */
function countOf(end: string, report: string): number {
  return Number(new RegExp(`^ℹ ${end} (\\d+)$`, 'm').exec(report)?.[1] ?? 0)
}

/** npm keeps a list of what it has installed; the lock may have changed since. */
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
