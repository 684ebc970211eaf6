/**
 * The index at which a text that `JSON.parse` refuses stops being JSON. V8 often reports it only by quoting the text around it,
 * which may be personal data. Makes one pass, for any nesting. Null if the text is valid JSON.
 */
export function findJsonBreak(text: string): number | null {
  const open: ('{' | '[')[] = []
  let at = skipSpace(text, 0)
  for (;;) {
    // A value begins here.
    const begin = text[at]
    if (begin === '{' || begin === '[') {
      open.push(begin)
      at = skipSpace(text, at + 1)
      if (text[at] !== closerOf(begin)) {
        if (begin === '{') {
          const key = skipKey(text, at)
          if (key.broken) return key.at
          at = key.at
        }
        continue
      }
      open.pop()
      at += 1
    } else {
      const value = skipScalar(text, at)
      if (value.broken) return value.at
      at = value.at
    }
    // A value has ended. Close the arrays and objects that end with it, up to a comma or the end of the text.
    for (;;) {
      at = skipSpace(text, at)
      const inside = open.at(-1)
      if (inside === undefined) return at === text.length ? null : at
      if (text[at] === closerOf(inside)) {
        open.pop()
        at += 1
        continue
      }
      if (text[at] !== ',') return at
      at = skipSpace(text, at + 1)
      if (inside === '[') break
      const key = skipKey(text, at)
      if (key.broken) return key.at
      at = key.at
      break
    }
  }
}

type Skipped = { at: number; broken: boolean }

const ended = (at: number): Skipped => ({ at, broken: false })
const broken = (at: number): Skipped => ({ at, broken: true })

function closerOf(opener: '{' | '['): string {
  return opener === '{' ? '}' : ']'
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1
  return at
}

/** Skips a key and its colon, up to the value. */
function skipKey(text: string, from: number): Skipped {
  if (text[from] !== '"') return broken(from)
  const key = skipString(text, from)
  if (key.broken) return key
  const colon = skipSpace(text, key.at)
  return text[colon] === ':' ? ended(skipSpace(text, colon + 1)) : broken(colon)
}

function skipScalar(text: string, from: number): Skipped {
  if (text[from] === '"') return skipString(text, from)
  for (const word of ['true', 'false', 'null']) {
    if (text[from] !== word[0]) continue
    let same = 1
    while (same < word.length && text[from + same] === word[same]) same += 1
    return same === word.length ? ended(from + same) : broken(from + same)
  }
  return skipNumber(text, from)
}

function skipString(text: string, from: number): Skipped {
  for (let at = from + 1; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === 0x22) return ended(at + 1)
    if (unit < 0x20) return broken(at)
    if (unit !== 0x5c) continue
    at += 1
    if (text[at] === 'u') {
      for (let digit = 1; digit <= 4; digit += 1) {
        if (!/^[0-9a-fA-F]$/.test(text[at + digit] ?? '')) return broken(at + digit)
      }
      at += 4
    } else if (!'"\\/bfnrt'.includes(text[at] ?? ' ')) return broken(at)
  }
  return broken(text.length)
}

function skipNumber(text: string, from: number): Skipped {
  let at = text[from] === '-' ? from + 1 : from
  const whole = skipDigits(text, at)
  if (whole === at) return broken(at)
  at = text[at] === '0' ? at + 1 : whole
  if (text[at] === '.') {
    const fraction = skipDigits(text, at + 1)
    if (fraction === at + 1) return broken(fraction)
    at = fraction
  }
  if (text[at] === 'e' || text[at] === 'E') {
    const sign = text[at + 1] === '+' || text[at + 1] === '-' ? at + 2 : at + 1
    const exponent = skipDigits(text, sign)
    if (exponent === sign) return broken(exponent)
    at = exponent
  }
  return ended(at)
}

function skipDigits(text: string, from: number): number {
  let at = from
  while ((text[at] ?? ' ') >= '0' && (text[at] ?? ' ') <= '9') at += 1
  return at
}
