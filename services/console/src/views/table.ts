import { html, type View, type Views } from './html.ts'

export type Column = string | { name: string; isNumber: true }

/**
 * A table whose first column names the row. On a narrow screen the style sheet turns each row into a card, with `data-name`
 * as the label of a cell. The roles are explicit because changing `display` would remove them.
 */
export function Table({
  caption,
  columns,
  rows,
  keys = [],
}: {
  caption: Views
  columns: readonly Column[]
  rows: readonly (readonly Views[])[]
  /** Ids of the rows, where the viewer can change something in them: a refresh then moves each row as a whole. */
  keys?: readonly string[]
}): View {
  return html`
    <table class="table" role="table">
      <caption>${caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map(
            (column) =>
              html`<th scope="col" role="columnheader" class=${numberClass(column)}>${nameOf(column)}</th>`,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">${rows.map((cells, index) => tableRow(cells, columns, keys[index]))}</tbody>
    </table>
  `
}

function tableRow(
  [first, ...others]: readonly Views[],
  [, ...columns]: readonly Column[],
  key?: string,
): View {
  return html`
    <tr role="row" id=${key}>
      <th scope="row" role="rowheader">${first}</th>
      ${columns.map(
        (column, index) => html`
          <td role="cell" class=${numberClass(column)} data-name=${nameOf(column)}><span>${others[index]}</span></td>
        `,
      )}
    </tr>
  `
}

function nameOf(column: Column): string {
  return typeof column === 'string' ? column : column.name
}

function numberClass(column: Column): string | undefined {
  return typeof column === 'string' ? undefined : 'number'
}

/** In place of a table or chart without rows: says that there is nothing yet, and what will appear here. */
export function EmptyState({ title, children }: { title: string; children?: Views }): View {
  return html`<div class="card empty-state"><strong>${title}</strong>${children}</div>`
}
