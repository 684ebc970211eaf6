import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import type { DriftRow } from '@aftercall/warehouse/load/drift-recorder'
import type { Answers } from '../answers.ts'
import { html, type View, type Views } from '../views/html.ts'
import { historyPath } from '../views/page-paths.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { type Column, EmptyState, Table } from '../views/table.ts'
import { Ago } from '../views/when.ts'

/** Fields without a column, and words that no vocabulary contains. */
export function renderDriftPage({ source, rows, isCut }: Answers['drift'], shell: Shell): string {
  const words = rows.filter((row) => row.vocabulary !== null)
  const places = rows.filter((row) => row.vocabulary === null)
  return renderShell(shell, {
    section: 'drift',
    title: 'Drift',
    heading: source === null ? 'Drift' : `Drift of ${source}`,
    main: html`
      <div>
        <p class="lead">
          Fields without a column, and words that no vocabulary contains. Nothing is lost: fields are kept in
          the column <code>extra</code> of their row, and words are stored as sent. A newer release may know them. Negative
          durations, durations over a day, and duplicate rows are listed here too; they are stored as sent.
        </p>
        ${
          rows.length === 0
            ? html`<${EmptyState} title="Every field has a column">
                Unknown fields and words appear here, with their path and how often they occur.
              <//>`
            : null
        }
        ${isCut ? html`<p>Only the most frequent ones are shown.</p>` : null}
        ${words.length === 0 ? null : html`<${WordTable} rows=${words} now=${shell.now} />`}
        ${places.length === 0 ? null : html`<${PlaceTable} rows=${places} now=${shell.now} />`}
      </div>
    `,
  })
}

type Props = { rows: readonly DriftRow[]; now: Date }

const seen: readonly Column[] = [
  'Sources',
  { name: 'Documents', isNumber: true },
  'First seen',
  'Last seen',
  'Example',
]

function WordTable({ rows, now }: Props): View {
  const groups = groupsOf(rows).sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
  return html`
    <section aria-labelledby="words">
      <h2 id="words">Words</h2>
      <${Table}
        caption=${`${formatCount(groups.length, 'word')}, by vocabulary`}
        columns=${['Word', 'Vocabulary', 'Column', ...seen]}
        rows=${groups.map((group): Views[] => [
          group.word === null ? group.type : html`<code>${group.word}</code>`,
          html`<code>${group.vocabulary}</code>`,
          html`<code>${group.path}</code>`,
          ...cellsOf(group, now),
        ])}
      />
    </section>
  `
}

function PlaceTable({ rows, now }: Props): View {
  const groups = groupsOf(rows)
  return html`
    <section aria-labelledby="fields">
      <h2 id="fields">Fields</h2>
      <${Table}
        caption=${`${formatCount(groups.length, 'path')}, the most frequent first`}
        columns=${['Path', 'Type', ...seen]}
        rows=${groups.map((group): Views[] => [
          html`<code>${group.path}</code>`,
          html`<span class="short">${group.type}</span>`,
          ...cellsOf(group, now),
        ])}
      />
    </section>
  `
}

/** A crash loses or repeats some of the count. "about" is left out for small numbers, where it reads oddly. */
function formatDocuments(documents: number): string {
  return documents < 1_000 ? formatNumber(documents) : `about ${formatNumber(documents)}`
}

type Group = Pick<DriftRow, 'path' | 'type' | 'vocabulary' | 'word' | 'documents' | 'example'> & {
  sources: string[]
  firstSeenAt: Date
  lastSeenAt: Date
}

/** Rows that differ only by source and channel are one group, with the example of the most frequent. */
function groupsOf(rows: readonly DriftRow[]): Group[] {
  const byKind = Map.groupBy(rows, ({ path, type, word }) => JSON.stringify([path, type, word]))
  return [...byKind.values()]
    .flatMap(([first, ...others]) => {
      if (first === undefined) return []
      const all = [first, ...others]
      return {
        ...first,
        documents: all.reduce((sum, { documents }) => sum + documents, 0),
        sources: [...new Set(all.map(({ source, channel }) => `${source}, ${channel}`))].sort(),
        firstSeenAt: new Date(Math.min(...all.map((one) => one.firstSeenAt.getTime()))),
        lastSeenAt: new Date(Math.max(...all.map((one) => one.lastSeenAt.getTime()))),
      }
    })
    .sort((one, other) => other.documents - one.documents)
}

function nameOf({ vocabulary, path, word }: Group): string {
  return `${vocabulary} ${path} ${word}`
}

function cellsOf({ sources, documents, firstSeenAt, lastSeenAt, example }: Group, now: Date): Views[] {
  return [
    sources.join('; '),
    formatDocuments(documents),
    html`<${Ago} at=${firstSeenAt} now=${now} />`,
    html`<${Ago} at=${lastSeenAt} now=${now} />`,
    html`<a class="short" href=${historyPath(example)}>history</a>`,
  ]
}
