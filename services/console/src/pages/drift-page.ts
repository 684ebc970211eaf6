import { counted, tellNumber } from '@aftercall/warehouse/console/tell-amount'
import type { DriftRow } from '@aftercall/warehouse/drift-recorder'
import type { Answers } from '../answers.ts'
import { EmptyState } from './empty-state.ts'
import { html, type View, type Views } from './html.ts'
import { storyPath } from './page-paths.ts'
import { renderShell, type Shell } from './shell.ts'
import { Table } from './table.ts'
import { Ago } from './when.ts'

/** Fields that no column takes: nothing is lost, and nobody sees them in a table yet. */
export function renderDriftPage({ rows, isCut }: Answers['drift'], shell: Shell): string {
  return renderShell(shell, {
    section: 'drift',
    title: 'Drift',
    heading: 'Drift',
    main: html`
      <div>
        <p class="lead">
          Fields of documents that no column takes. Nothing is lost: their values are in the column <code>extra</code> of
          the row they came with. A newer release may give them a column. Words that are not known, durations below zero or over
          a day, and rows that came twice are told here, too: they are stored as sent.
        </p>
        ${
          rows.length === 0
            ? html`<${EmptyState} title="Every field has a column">
                The first document with a field that is not known yet brings it here, with where it stands and how often it comes.
              <//>`
            : html`<${DriftTable} rows=${rows} isCut=${isCut} now=${shell.now} />`
        }
      </div>
    `,
  })
}

function DriftTable({ rows, isCut, now }: { rows: readonly DriftRow[]; isCut: boolean; now: Date }): View {
  const caption = isCut
    ? `The ${counted(rows.length, 'path')} that most documents hold; there are more`
    : `${counted(rows.length, 'path')}, those that most documents hold first`
  return html`
    <${Table}
      caption=${caption}
      columns=${['Path', 'Type', 'Source', { name: 'Documents', isNumber: true }, 'First seen', 'Last seen', 'Example']}
      rows=${rows.map((row): Views[] => [
        html`<code>${row.path}</code>`,
        html`<span class="short">${row.type}</span>`,
        `${row.source}, ${row.channel}`,
        `about ${tellNumber(row.documents)}`,
        html`<${Ago} at=${row.firstSeenAt} now=${now} />`,
        html`<${Ago} at=${row.lastSeenAt} now=${now} />`,
        html`<a class="short" href=${storyPath(row.example)}>its story</a>`,
      ])}
    />
  `
}
