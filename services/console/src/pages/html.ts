import { html as template } from 'htm/preact'
import type { ComponentChildren, VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { showValues } from './show-text.ts'

/** What a template makes, and what may stand in one: text is escaped by the renderer. */
export type View = VNode
export type Views = ComponentChildren

/**
 * Exactly one element: a template with several at its top would be an array, which no caller expects. Every text of every
 * page passes through here, so none gets into one with characters that cannot be seen.
 */
export function html(strings: TemplateStringsArray, ...values: unknown[]): View {
  const view: VNode | VNode[] = template(strings, ...showValues(strings, values))
  if (Array.isArray(view)) throw new TypeError('a template must have one element at its top')
  return view
}

/** A whole document. */
export function renderDocument(view: View): string {
  return `<!doctype html>\n${renderToString(view)}\n`
}
