import { propertyOptions } from '@aftercall/testkit/fast-check-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mayHoldInexactNumber } from './inexact-number.ts'

/** The rule in one line, which takes several times as long on a document. */
const rule = /(?:^|[:,[\s])-?(?:[\d.]{16}|[\d.]+[eE][-+]?\d{3})/

test('only numbers of 16 digits or with a large exponent are found, at any position', () => {
  const name = 'a number of 16 digits or with a far exponent is found wherever it stands, and nothing else is'
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789.'), maxLength: 20 })
  const between = fc.string({ unit: fc.constantFrom(...' :,[]"a-+eE'), maxLength: 3 })
  const text = fc.array(fc.tuple(between, digits), { maxLength: 6 }).map((parts) => parts.flat().join(''))
  const agrees = fc.property(text, (sent) => {
    expect(mayHoldInexactNumber(sent)).toBe(rule.test(sent))
  })
  fc.assert(agrees, propertyOptions(name, 3_000))
})

test.each(['9007199254740993', '[1.2345678901234567]', '{"a":-1e-400}', '{"a":1E+999}', '{"a": 1e0400}'])(
  'plain parsing would change %s',
  (text) => {
    expect(mayHoldInexactNumber(text)).toBe(true)
  },
)

test.each([
  '{"id":"12345678901234567890"}',
  '{"sid":"CA9e123456789012345678"}',
  '{"n":123456789012345,"m":1.5e10,"k":2E-99}',
])('plain parsing keeps %s', (text) => {
  expect(mayHoldInexactNumber(text)).toBe(false)
})

test('I8 a text of nothing but digits takes no longer than any other', () => {
  const text = `"${'1234567890e123'.repeat(100)}${'1'.repeat(5_000_000)}"`
  const start = performance.now()
  expect(mayHoldInexactNumber(text)).toBe(false)
  expect(performance.now() - start).toBeLessThan(1_000)
})
