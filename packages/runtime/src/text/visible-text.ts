/**
 * What steers a terminal or deceives a reader: controls (C0, DEL, C1), line and paragraph separators, half surrogate pairs,
 * and all that Unicode lets a reader not see: zero-width characters, turns of direction, fillers, tags, selectors.
 */
const hidden = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu
const hiddenOnce = new RegExp(hidden.source, 'u')

/** Whether a text holds anything that `visibleText` would write in another way. */
export function hasHidden(text: string): boolean {
  return hiddenOnce.test(text)
}

/**
 * A text from outside as it may be printed within one line: what is not seen, or would steer the terminal, is written out,
 * a newline as `␊` and U+202E as `\u{202E}`. Everything else stays as it is, other scripts and emoji included.
 */
export function visibleText(text: string): string {
  return hasHidden(text) ? text.replace(hidden, nameOf) : text
}

/** The same for a text of several lines: their ends stay. */
export function visibleLines(text: string): string {
  return hasHidden(text) ? text.replace(hidden, (one) => (one === '\n' ? one : nameOf(one))) : text
}

export type TextPart = { text: string; isHidden: boolean }

/** The text in order, what `visibleText` writes out apart from the rest, for a page that marks it. */
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
 * JSON as it was, with every hidden character within its texts written as an escape: any reader gets the same data, and no
 * terminal is steered by it. Line ends and indentation stay.
 */
export function visibleJson(json: string): string {
  if (!hasHidden(json)) return json
  return json.replace(hidden, (one) => {
    if (one === '\n') return one
    return Array.from({ length: one.length }, (_, at) => `\\u${hex(one.charCodeAt(at), 4)}`).join('')
  })
}

/** C0 controls and DEL have pictures of their own (U+2400 to U+2421). */
function nameOf(one: string): string {
  const code = one.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  return code === 0x7f ? '\u2421' : `\\u{${hex(code, 4).toUpperCase()}}`
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0')
}
