/** Digits and points that may say more than a double holds: it has 15 significant digits of any number in its range. */
const longNumberLength = 16

/** With three digits an exponent can lead out of a double's range, or to zero. Ids of random digits have it, too. */
const farExponent = /[\d.][eE][-+]?\d{3}/
/** The same where a number can begin: it takes longer to look for. */
const farNumber = /(?:^|[ \n\r\t:,[])-?[\d.]+[eE][-+]?\d{3}/

/**
 * Whether a number of the JSON text may not survive plain parsing. Looked for where a number can begin, not in the
 * middle of a text: ids of 16 digits and more in texts are common.
 */
export function mayHoldInexactNumber(text: string): boolean {
  return mayHoldLongNumber(text) || (farExponent.test(text) && farNumber.test(text))
}

/** Looks at one character in 16, because so long a number has one of them whatever its place: a tenth of the cost. */
function mayHoldLongNumber(text: string): boolean {
  for (let at = longNumberLength - 1; at < text.length; at += longNumberLength) {
    if (!isDigitOrPoint(text.charCodeAt(at))) continue
    const start = startOfDigits(text, at)
    while (isDigitOrPoint(text.charCodeAt(at + 1))) at += 1
    if (at - start >= longNumberLength - 1 && canBeginNumber(text, start)) return true
  }
  return false
}

/** Where the digits and points before a place begin. */
function startOfDigits(text: string, place: number): number {
  let start = place
  while (isDigitOrPoint(text.charCodeAt(start - 1))) start -= 1
  return start
}

function canBeginNumber(text: string, start: number): boolean {
  const before = text.charAt(start - 1) === '-' ? start - 2 : start - 1
  return before < 0 || ' \n\r\t:,['.includes(text.charAt(before))
}

function isDigitOrPoint(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 46
}
