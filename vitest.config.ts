import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/**/*.test.ts', 'services/**/*.test.ts', 'tests/**/*.test.ts'],
    reporters: ['default', './tests/plain-summary.ts'],
    globalSetup: ['tests/global-setup.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // Far above what a busy machine needs: a test that waits for what cannot happen fails by its own limits.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    restoreMocks: true,
    maxWorkers: 3,
  },
})
