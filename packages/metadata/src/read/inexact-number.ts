/** Numbers of this length may have more digits than a double holds, which is 15 for any number in its range. */
const longNumberLength = 16

/** An exponent of three digits can exceed a double's range, or give zero. Random ids can look like this too. */
const farExponent = /[\d.][eE][-+]?\d{3}/
/** The same, but only where a number can begin. Slower. */
const farNumber = /(?:^|[ \n\r\t:,[])-?[\d.]+[eE][-+]?\d{3}/

/**
 * Whether a number in the JSON text may not survive plain parsing. Checks only where a number can begin, because ids of 16 and
 * more digits are common within strings.
 */
export function mayHoldInexactNumber(text: string): boolean {
  return mayHoldLongNumber(text) || (farExponent.test(text) && farNumber.test(text))
}

/** Checks every 16th character, because a number of this length contains one of them at any position. A tenth of the cost. */
function mayHoldLongNumber(text: string): boolean {
  for (let at = longNumberLength - 1; at < text.length; at += longNumberLength) {
    if (!isDigitOrPoint(text.charCodeAt(at))) continue
    const start = startOfDigits(text, at)
    while (isDigitOrPoint(text.charCodeAt(at + 1))) at += 1
    if (at - start >= longNumberLength - 1 && canBeginNumber(text, start)) return true
  }
  return false
}

/** Where the digits and points before a position begin. */
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
