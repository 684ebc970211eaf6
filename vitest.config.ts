import { globSync, readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import SlowFirst from './tests/slow-first.ts'

const files = ['packages/**/*.test.ts', 'services/**/*.test.ts', 'tests/**/*.test.ts']
const foreign = ['**/node_modules/**', '**/dist/**']

/** The files that have a larger count of runs. All others would only prove the same twice. */
function filesWithCounts(): string[] {
  const all = globSync(files, { cwd: import.meta.dirname, exclude: foreign })
  return all.filter((file) => readFileSync(`${import.meta.dirname}/${file}`, 'utf8').includes('thorough: '))
}

export default defineConfig({
  test: {
    // biome-ignore lint/suspicious/noUndeclaredEnvVars: turbo does not run the tests
    include: process.env.TEST_THOROUGH === '1' ? filesWithCounts() : files,
    reporters: ['default', './tests/plain-summary.ts'],
    globalSetup: ['tests/global-setup.ts'],
    exclude: foreign,
    // Far above what a busy machine needs: a test that waits for what cannot happen fails by its own limits.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    restoreMocks: true,
    // More than two cores need: many tests wait for a timeout.
    maxWorkers: 6,
    sequence: { sequencer: SlowFirst },
  },
})
