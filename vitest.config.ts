import { globSync, readFileSync } from 'node:fs'
import { defineConfig, type TestUserConfig } from 'vitest/config'
import SlowFirst from './tests/slow-first.ts'

const foreign = ['**/node_modules/**', '**/dist/**']

/** The files that have a larger count of runs. All others would only prove the same twice. */
function filesWithCounts(files: string[]): string[] {
  const all = globSync(files, { cwd: import.meta.dirname, exclude: foreign })
  return all.filter((file) => readFileSync(`${import.meta.dirname}/${file}`, 'utf8').includes('thorough: '))
}

function project(name: string, isolate: boolean, files: string[], exclude: string[] = []): TestUserConfig {
  return {
    name,
    isolate,
    // biome-ignore lint/suspicious/noUndeclaredEnvVars: turbo does not run the tests
    include: process.env.TEST_THOROUGH === '1' ? filesWithCounts(files) : files,
    exclude: [...foreign, ...exclude],
    // Far above what a busy machine needs: a test that waits for what cannot happen fails by its own limits.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    restoreMocks: true,
  }
}

/** Tests that replace modules, or need a process that no other test has used. */
const apart = [
  'packages/embedded/**/*.test.ts',
  'packages/storage/test/fips.test.ts',
  'tests/statement-rows.test.ts',
]
const all = ['tests/**/*.test.ts', 'packages/**/*.test.ts', 'services/**/*.test.ts']

export default defineConfig({
  test: {
    reporters: ['default', './tests/plain-summary.ts'],
    globalSetup: ['tests/global-setup.ts'],
    // More than two cores need: many tests wait for a timeout.
    maxWorkers: 6,
    sequence: { sequencer: SlowFirst },
    projects: [
      { test: project('apart', true, apart) },
      // One process for many files: starting one for each costs as much as all that most of them do.
      { test: project('together', false, all, apart) },
    ],
  },
})
