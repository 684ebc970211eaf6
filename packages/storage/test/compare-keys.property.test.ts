import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareKeys } from '../src/listing/compare-keys.ts'
import { seed } from './fast-check-seed.ts'

test(`keys compare like their UTF-8 bytes (FC_SEED=${seed})`, () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 })
  fc.assert(
    fc.property(text, text, (a, b) => {
      fc.pre(a.isWellFormed() && b.isWellFormed())
      expect(Math.sign(compareKeys(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))))
    }),
  )
})
