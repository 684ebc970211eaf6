import { expect, test } from 'vitest'
import { backfillShare } from './backfill-share.ts'

const soFar = { parts: 5, partsDone: 1, partsBegun: 5, listed: 2_000, objects: 1_120 }

test('the progress of a backfill goes by listed objects once all shards are listed, and by shards until then', () => {
  expect(backfillShare(soFar)).toBe(0.56)
  expect(backfillShare({ ...soFar, partsBegun: 4 })).toBe(0.2)
  expect(backfillShare({ ...soFar, partsDone: 4 }), 'never less than its shards').toBe(0.8)
  expect(backfillShare({ ...soFar, objects: 2_000 }), 'more may be listed').toBe(0.99)
  expect(backfillShare({ ...soFar, partsDone: 5, objects: 0, listed: 0 })).toBe(1)
  expect(backfillShare({ parts: 1, partsDone: 0, partsBegun: 0, listed: 0, objects: 0 })).toBe(0)
})
