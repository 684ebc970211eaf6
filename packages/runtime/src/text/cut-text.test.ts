import { expect, test } from 'vitest'
import { cutText } from './cut-text.ts'

test.each([
  ['short', 5, 'short'],
  ['longer', 5, 'long…'],
  ['', 5, ''],
  ['abc😀def', 5, 'abc…'],
  ['abc😀', 5, 'abc😀'],
  ['ab😀def', 5, 'ab😀…'],
])('%s within %i units is %s', (text, lengthMax, cut) => {
  expect(cutText(text, lengthMax)).toBe(cut)
  expect(cut.isWellFormed()).toBe(true)
})
