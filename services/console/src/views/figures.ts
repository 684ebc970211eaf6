import { html, type View, type Views } from './html.ts'

export type Figure = { name: Views; value: Views; note?: Views }

/** Numbers with their names, side by side. */
export function Figures({ figures, isBig = false }: { figures: readonly Figure[]; isBig?: boolean }): View {
  return html`
    <dl class=${isBig ? 'figures big' : 'figures'}>
      ${figures.map(
        ({ name, value, note }) => html`
          <div>
            <dt>${name}</dt>
            <dd>${value}${note === undefined ? null : html`<span class="note">${note}</span>`}</dd>
          </div>
        `,
      )}
    </dl>
  `
}

/** Names and texts, one below another. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: Views])[] }): View {
  return html`
    <div class="card">
      <dl class="facts">${facts.flatMap(([name, value]) => [html`<dt>${name}</dt>`, html`<dd>${value}</dd>`])}</dl>
    </div>
  `
}
