const quote = 34
const comma = 44
const backslash = 92
const openBracket = 91
const closeBracket = 93
const openBrace = 123
const closeBrace = 125
const space = 32

/**
 * Whether JSON text has more than `valuesMax` values, counted without parsing: each follows a comma or the beginning of an
 * array or object. Text of up to twice as many characters cannot have more, and is not scanned.
 */
export function holdsMoreValues(text: string, valuesMax: number): boolean {
  if (text.length <= valuesMax * 2) return false
  let values = 1
  let isInText = false
  let isOpened = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (isInText) {
      if (code === backslash) at += 1
      else if (code === quote) isInText = false
      continue
    }
    if (isOpened && code > space) {
      if (code !== closeBracket && code !== closeBrace) values += 1
      isOpened = false
    }
    if (code === quote) isInText = true
    else if (code === comma) values += 1
    else if (code === openBracket || code === openBrace) isOpened = true
  }
  return values > valuesMax
}
