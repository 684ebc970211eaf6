import { html as template } from 'htm/preact'
import type { ComponentChildren, VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { showValues } from './show-text.ts'

/** What a template returns, and what it may contain. The renderer escapes text. */
export type View = VNode
export type Views = ComponentChildren

/**
 * Exactly one element: a template with several top elements would return an array, which no caller expects. All text of all
 * pages passes through here, so that invisible characters are always shown.
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
