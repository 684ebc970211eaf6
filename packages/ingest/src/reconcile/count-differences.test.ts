import { expect, test } from 'vitest'
import { createDifferenceCounter } from './count-differences.ts'
import type { Difference } from './difference.ts'

const finding = (key: string, day = '2026-03-01'): Difference => ({
  ...{ class: 'missing', key, etag: null, sizeBytes: null },
  lastModified: new Date(`${day}T23:59:59Z`),
})

test('differences are counted by class, UTC day, and folder, with the result of their load', () => {
  const tally = createDifferenceCounter('acme/')
  tally.passed('listed')
  tally.found({ ...finding('acme/2026/03/call-1.json'), fix: 'fixed', outcome: 'stored' })
  tally.found({ ...finding('acme/2026/03/call-2.json', '2026-03-02'), class: 'rejected' })
  tally.found({ ...finding('acme/call-3.json'), lastModified: null })
  expect(tally.report()).toEqual({
    counts: { listed: 1, missing: 2, fixed: 1, rejected: 1 },
    byDay: [
      { day: null, counts: { missing: 1 } },
      { day: '2026-03-01', counts: { missing: 1, fixed: 1 } },
      { day: '2026-03-02', counts: { rejected: 1 } },
    ],
    byPrefix: [
      { prefix: 'acme/', counts: { missing: 1 } },
      { prefix: 'acme/2026/03/', counts: { missing: 1, fixed: 1, rejected: 1 } },
    ],
    examples: {
      missing: ['acme/2026/03/call-1.json', 'acme/call-3.json'],
      rejected: ['acme/2026/03/call-2.json'],
    },
  })
})

test('I8 folders and examples stay bounded, and the sums stay complete', () => {
  const tally = createDifferenceCounter('acme/x-')
  for (let id = 0; id < 10_000; id += 1) tally.found(finding(`acme/x-${id % 50}/deep/${id}/call.json`))
  const { byPrefix, counts, examples } = tally.report()
  expect(byPrefix.map(({ prefix }) => prefix)).toContain('acme/x-7/deep/')
  expect(byPrefix.length).toBe(50)
  expect(byPrefix.reduce((sum, one) => sum + (one.counts.missing ?? 0), 0)).toBe(10_000)
  expect(counts.missing).toBe(10_000)
  expect(examples.missing?.length).toBe(20)
})

test('I8 folders that differ at the top are merged into one', () => {
  const tally = createDifferenceCounter('acme/')
  for (let id = 0; id < 3_000; id += 1) tally.found(finding(`acme/${id}/call.json`))
  expect(tally.report().byPrefix).toEqual([{ prefix: 'acme/', counts: { missing: 3_000 } }])
})
