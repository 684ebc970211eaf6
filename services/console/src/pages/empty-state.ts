import { html, type View, type Views } from './html.ts'

/** In place of a table or chart without rows: that there is nothing, and what will appear here and when. */
export function EmptyState({ title, children }: { title: string; children?: Views }): View {
  return html`<div class="card empty-state"><strong>${title}</strong>${children}</div>`
}
