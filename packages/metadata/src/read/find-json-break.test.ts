import { propertyOptions } from '@aftercall/testkit/fast-check-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findJsonBreak } from './find-json-break.ts'

test.each([
  ['{"id": 1, "created_at": <script>', 24],
  ['<html>', 0],
  ['{', 1],
  ['{"a":1} x', 8],
  ['nul', 3],
  ['{"a":tru}', 8],
  ['[1,]', 3],
  ['', 0],
  ['{"a": "x\ny"}', 8],
  ['{"a":01}', 6],
  ['{"a":1,\n"b": bad}', 13],
  ['{"a":"\\x"}', 7],
  ['{"a":"\\u12g4"}', 10],
  ['{"a":-}', 6],
  ['[1 2]', 3],
  ['{"a" 1}', 5],
  ['"open', 5],
  ['1e', 2],
  ['['.repeat(300_000), 300_000],
])('%j breaks at %i', (text, at) => expect(findJsonBreak(text.slice())).toBe(at))

test('a text has a break exactly if JSON.parse refuses it, at the position that V8 reports, if any', () => {
  const text = fc
    .tuple(
      fc.json(),
      fc.nat(),
      fc.nat(4),
      fc.constantFrom('', ',', '"', '}', ']', '{', '0', '-', ':', 'e', ' ', '\\u00', '\n'),
    )
    .map(([json, at, cut, put]) => {
      const from = at % (json.length + 1)
      return json.slice(0, from) + put + json.slice(from + cut)
    })
  fc.assert(
    fc.property(text, (json) => {
      const refused = refusalOf(json)
      expect(findJsonBreak(json) !== null).toBe(refused !== undefined)
      const named = /position (\d+)/.exec(refused ?? '')?.[1]
      // For a bad escape V8 reports the character after the backslash, or the digit. So do we, but not always the same one.
      if (named !== undefined && !refused?.includes('escape')) expect(findJsonBreak(json)).toBe(Number(named))
    }),
    propertyOptions('where JSON breaks', 2_000),
  )
})

function refusalOf(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return String(error)
  }
}
