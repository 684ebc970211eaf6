import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsMoreValues } from './count-values.ts'

/** The number of values of a parsed document, including itself. */
function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, child) => sum + countOf(child), 1)
}

test('values are counted as in the parsed document, for any strings and indentation', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(2), (value, indent) => {
      const count = countOf(value)
      const text = JSON.stringify(value, null, indent)
      const padded = text + ' '.repeat(count * 2)
      expect(holdsMoreValues(padded, count)).toBe(false)
      expect(holdsMoreValues(padded, count - 1)).toBe(true)
    }),
  )
})
