import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../property-seed.ts'
import { hasHidden, visibleJson, visibleLines, visibleParts, visibleText } from './visible-text.ts'

test.each([
  ['a key', 'metadata/2026/call-1.json', 'metadata/2026/call-1.json'],
  ['other scripts and emoji', 'café 客户 שלום 😀', 'café 客户 שלום 😀'],
  ['an escape sequence', 'a\x1b[31mb', 'a␛[31mb'],
  ['OSC 52, which writes the clipboard', '\x1b]52;c;cm0=\x07', '␛]52;c;cm0=␇'],
  ['a C1 control', 'a\u009b31m', 'a\\u{009B}31m'],
  ['a newline and a tab', 'a\nb\tc\r', 'a␊b␉c␍'],
  ['a turned direction', 'rtl-\u202egnp.nosj.json', 'rtl-\\u{202E}gnp.nosj.json'],
  ['zero width', 'ca\u200bll\ufeff', 'ca\\u{200B}ll\\u{FEFF}'],
  ['NUL and DEL', 'a\0b\x7f', 'a␀b␡'],
  ['half a pair', 'a\ud800b', 'a\\u{D800}b'],
  ['a tag character', 'a\u{e0041}b', 'a\\u{E0041}b'],
])('%s is printed as it can be seen', (_what, text, visible) => {
  expect(visibleText(text)).toBe(visible)
  expect(hasHidden(text)).toBe(text !== visible)
  expect(
    visibleParts(text)
      .map((part) => part.text)
      .join(''),
  ).toBe(visible)
})

test('line ends of several lines are kept', () => {
  expect(visibleLines('one\x1b\ntwo\r\n')).toBe('one␛\ntwo␍\n')
})

test('printed text contains no control character, and JSON keeps its data', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.array(fc.string({ unit: 'binary-ascii' })),
      (text, more) => {
        expect(visibleText(text)).not.toMatch(/\p{Cc}|\p{Bidi_Control}|\p{Zl}|\p{Zp}/u)
        const json = JSON.stringify({ [text]: more }, null, 2)
        expect(visibleJson(json).replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u)
        expect(JSON.parse(visibleJson(json))).toEqual(JSON.parse(json))
      },
    ),
    { seed: propertySeed() },
  )
})
