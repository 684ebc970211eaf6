/** E.164: up to 15 digits, the first of them from a country code, which never begins with 0. */
const form = /^\+[1-9]\d{6,14}$/
const lengthMax = 40

/**
 * A phone number in E.164 form: `+` and digits. Undefined for a number without its country, which can be two people's, and
 * for callers who hide theirs: all of them would be one person.
 */
export function internationalNumber(text: string): string | undefined {
  const number = form.test(text) ? text : withoutSigns(text)
  return number !== undefined && !hidden.has(number) ? number : undefined
}

/** Whether it stands for a number that its caller hides. */
export function isHiddenNumber(text: string): boolean {
  const digits = text.replaceAll(/[\s().\-/]/g, '')
  return hidden.has(digits.startsWith('+') ? digits : `+${digits}`)
}

/** Blanks, hyphens, points, slashes and brackets only make a number readable; `(0)` is dialed inside the country. */
function withoutSigns(text: string): string | undefined {
  if (text.length > lengthMax) return undefined
  const digits = text.replace('(0)', '').replaceAll(/[\s().\-/]/g, '')
  const number = digits.startsWith('00') ? `+${digits.slice(2)}` : digits
  return form.test(number) ? number : undefined
}

/** Carriers write a hidden number as a word, in the digits of a keypad. */
const hidden = new Set(
  ['ANONYMOUS', 'BLOCKED', 'PRIVATE', 'RESTRICTED', 'UNAVAILABLE', 'UNKNOWN'].map(
    (word) => `+${keypad(word)}`,
  ),
)

function keypad(word: string): string {
  const keys = ['', '', 'ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ']
  return [...word].map((letter) => keys.findIndex((letters) => letters.includes(letter))).join('')
}
