import type { Words } from '../texts/marked.ts'
import { html, type View } from './html.ts'
import { Typed } from './program.ts'

/** Words in which commands are written as they have to be typed here. */
export function Worded({ words }: { words: Words }): View {
  const parts = Array.isArray(words) ? words : [words]
  return html`<span>${parts.map((part) => (typeof part === 'string' ? html`<${Typed} text=${part} />` : part))}</span>`
}
