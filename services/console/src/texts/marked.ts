import type { ComponentChildren } from 'preact'
import { html, type View } from '../views/html.ts'
import { Typed } from '../views/program.ts'

/** A text, or parts of one in order: words, code, and what a page puts between them. */
export type Words = ComponentChildren

/** A name or a command within a sentence. */
export function code(text: string): View {
  return html`<code><${Typed} text=${text} /></code>`
}

/** A text that was recorded in English, within a sentence of another language. */
export function inEnglish(text: string): View {
  return html`<span lang="en">${text}</span>`
}
