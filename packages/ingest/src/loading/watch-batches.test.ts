import { expect, test } from 'vitest'
import { createBatchWatch } from './watch-batches.ts'

test('a batch is slow when it takes many times as long per document as recent batches', () => {
  const watch = createBatchWatch()
  expect(watch.isSlow({ documents: 200, durationMs: 300 })).toBe(false)
  expect(watch.isSlow({ documents: 200, durationMs: 900 })).toBe(false)
  expect(watch.isSlow({ documents: 200, durationMs: 4_000 })).toBe(true)
  expect(watch.isSlow({ documents: 100, durationMs: 2_000 })).toBe(true)
})

test('a database that was always slow does not count as slow, and short or small batches decide nothing', () => {
  const slowMachine = createBatchWatch()
  for (let batch = 0; batch < 100; batch += 1) {
    expect(slowMachine.isSlow({ documents: 200, durationMs: 5_000 })).toBe(false)
  }
  const watch = createBatchWatch()
  watch.isSlow({ documents: 200, durationMs: 20 })
  expect(watch.isSlow({ documents: 200, durationMs: 900 })).toBe(false)
  expect(watch.isSlow({ documents: 2, durationMs: 9_000 })).toBe(false)
})
