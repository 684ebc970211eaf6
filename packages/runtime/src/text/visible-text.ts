/**
 * Characters that control a terminal or deceive a reader: controls (C0, DEL, C1), line and paragraph separators, half surrogate
 * pairs, and invisible characters: zero-width characters, changes of direction, fillers, tags, selectors.
 */
const hidden = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu
const hiddenOnce = new RegExp(hidden.source, 'u')

/** Whether `visibleText` would change the text. */
export function hasHidden(text: string): boolean {
  return hiddenOnce.test(text)
}

/**
 * Makes a text from outside safe to print on one line: writes out invisible and control characters, a newline as `␊` and U+202E
 * as `\u{202E}`. Everything else stays as it is, including other scripts and emoji.
 */
export function visibleText(text: string): string {
  return hasHidden(text) ? text.replace(hidden, nameOf) : text
}

/** The same for a text of several lines: keeps line ends. */
export function visibleLines(text: string): string {
  return hasHidden(text)
    ? text.replace(hidden, (character) => (character === '\n' ? character : nameOf(character)))
    : text
}

export type TextPart = { text: string; isHidden: boolean }

/** The text in parts, those that `visibleText` writes out separate from the rest, for a page that marks them. */
export function visibleParts(text: string): TextPart[] {
  if (!hasHidden(text)) return [{ text, isHidden: false }]
  const parts: TextPart[] = []
  let from = 0
  for (const { 0: found, index } of text.matchAll(hidden)) {
    if (index > from) parts.push({ text: text.slice(from, index), isHidden: false })
    const last = parts.at(-1)
    if (last?.isHidden === true) last.text += nameOf(found)
    else parts.push({ text: nameOf(found), isHidden: true })
    from = index + found.length
  }
  if (from < text.length) parts.push({ text: text.slice(from), isHidden: false })
  return parts
}

/**
 * Escapes every hidden character in JSON: the data stays the same, and no terminal is controlled by it. Keeps line ends and
 * indentation.
 */
export function visibleJson(json: string): string {
  if (!hasHidden(json)) return json
  return json.replace(hidden, (found) => {
    if (found === '\n') return found
    return Array.from({ length: found.length }, (_, at) => `\\u${hex(found.charCodeAt(at), 4)}`).join('')
  })
}

/** C0 controls and DEL have pictures of their own (U+2400 to U+2421). */
function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  return code === 0x7f ? '\u2421' : `\\u{${hex(code, 4).toUpperCase()}}`
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0')
}
