import { visibleText } from '@aftercall/runtime/text/visible-text'
import stringWidth from 'string-width'

const plain = /^[\x20-\x7e]*$/
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The columns of a terminal that a text of one line takes: a Chinese or Japanese character takes two. */
export function textWidth(text: string): number {
  return plain.test(text) ? text.length : stringWidth(text)
}

/** Pads with spaces, on the left for a column that is aligned right. */
export function padText(text: string, width: number, isRight = false): string {
  const spaces = ' '.repeat(Math.max(0, width - textWidth(text)))
  return isRight ? spaces + text : text + spaces
}

/** On one line, with hidden characters written out, and at most that wide. If something was cut, the last character is `…`. */
export function fitText(text: string, widthMax: number): string {
  if (!Number.isFinite(widthMax)) return visibleText(text)
  const line = visibleText(text.slice(0, widthMax * 20)).replaceAll(/\s+/g, ' ')
  if (textWidth(line) <= widthMax) return line
  let width = 0
  let kept = ''
  for (const { segment } of graphemes.segment(line)) {
    width += textWidth(segment)
    if (width > widthMax - 1) break
    kept += segment
  }
  return `${kept}…`
}
