import { useTexts } from '../texts/texts-of.ts'
import { html, type View, type Views } from './html.ts'

export type Filter =
  | {
      kind: 'choice'
      name: string
      label: string
      value: string | null
      options: readonly string[]
      all?: string
      /** What an option is called, where it is not by itself. */
      nameOf?(option: string): string
    }
  | { kind: 'text' | 'date'; name: string; label: string; value: string | null; hint?: string }

/** Filters that are kept in the address, so that a page can be bookmarked and sent to others. */
export function FilterForm({ action, filters }: { action: string; filters: readonly Filter[] }): View {
  const { common } = useTexts()
  return html`
    <form class="filters" action=${action} method="get">
      ${filters.map((filter): Views => html`<label>${filter.label} ${fieldOf(filter)}</label>`)}
      <button type="submit">${common.show}</button>
    </form>
  `
}

function fieldOf(filter: Filter): View {
  const { kind, name, value } = filter
  if (kind !== 'choice')
    return html`<input name=${name} type=${kind} value=${value ?? ''} placeholder=${filter.hint} autocomplete="off" spellcheck=${false} />`
  return html`
    <select name=${name}>
      ${filter.all === undefined ? null : html`<option value="" selected=${value === null}>${filter.all}</option>`}
      ${filter.options.map((option) => html`<option value=${option} selected=${option === value}>${filter.nameOf?.(option) ?? option}</option>`)}
    </select>
  `
}

/** The same rows to download: `path` with its query, as it is under `/api`. */
export function Downloads({ path }: { path: string }): View {
  const csv = `/api${path}${path.includes('?') ? '&' : '?'}format=csv`
  const { common } = useTexts()
  return html`<p class="downloads">${common.downloads(html`<a href=${csv}>CSV</a>`, html`<a href=${`/api${path}`}>JSON</a>`)}</p>`
}
