import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { fetchRelease } from './fetch-release.ts'

/** The oldest release that is supported, and the one before that of the other tests (docs/postgres.md). */
const releases = ['15.18.0-beta.17', '17.10.0-beta.17']

/** What reads and writes tables: from migrations and loading to rollups, views, the lake and replay. */
const loadingHalf = [
  'packages/warehouse/',
  'tests/stored/',
  'tests/analytics/',
  'tests/lake/publish.test.ts',
  ...['actions', 'backfill', 'load', 'publish', 'reconcile', 'replay', 'revisions', 'rollup'].map(
    (name) => `tests/e2e/${name}.test.ts`,
  ),
]

/** Runs them on each release. Ends with `N passed, N failed`, as `npm test` does. */
let [passed, failed] = [0, 0]
const skipped: string[] = []
for (const version of releases) {
  const binDir = await fetchRelease(version).catch((error: unknown) => {
    skipped.push(`Postgres ${version}: npm cannot get it (${describeError(error).split('\n')[0]})`)
    return undefined
  })
  if (binDir === undefined) continue
  process.stdout.write(`\n== Postgres ${version}\n`)
  const counts = await runOn(binDir)
  passed += counts.passed
  failed += counts.failed
}
for (const reason of skipped) process.stdout.write(`skipped: ${reason}\n`)
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1

async function runOn(binDir: string): Promise<{ passed: number; failed: number }> {
  const child = spawn('vitest', ['run', ...loadingHalf], {
    env: { ...process.env, TEST_POSTGRES_BIN: binDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let report = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    report += text
    process.stdout.write(text)
  })
  const [code] = await once(child, 'close')
  const [, ok = '0', wrong = '0'] = /^(\d+) passed, (\d+) failed/m.exec(report) ?? []
  const counted = { passed: Number(ok), failed: Number(wrong) }
  return code === 0 && counted.passed > 0 ? counted : { ...counted, failed: Math.max(1, counted.failed) }
}
