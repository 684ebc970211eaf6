/**
 * Cuts a text to at most `lengthMax` UTF-16 units. If something was cut, the last one is `…`. Never splits a surrogate pair.
 * All text from outside passes through here before it is kept, logged, or shown.
 */
export function cutText(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text
  const end = lengthMax - 1
  return `${text.slice(0, isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end)}…`
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}
