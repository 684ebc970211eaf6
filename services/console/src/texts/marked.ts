import { type ComponentChild, type ComponentChildren, h } from 'preact'
import { Typed } from '../views/program.ts'

/** A text, or parts of one in order: words, code, and what a page puts between them. */
export type Words = ComponentChildren

/** A name or a command within a sentence. */
export function code(text: string): ComponentChild {
  return h('code', null, h(Typed, { text }))
}

/** A text that was recorded in English, within a sentence of another language. */
export function inEnglish(text: string): ComponentChild {
  return h('span', { lang: 'en' }, text)
}
