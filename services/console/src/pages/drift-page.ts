import type { DriftRow } from '@aftercall/warehouse/load/drift-recorder'
import type { Answers } from '../answers.ts'
import type { Texts } from '../texts/en.ts'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View, type Views } from '../views/html.ts'
import { historyPath } from '../views/page-paths.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { type Column, EmptyState, Table } from '../views/table.ts'
import { Ago } from '../views/when.ts'

/** Fields without a column, and words that no vocabulary contains. */
export function renderDriftPage({ source, rows, isCut }: Answers['drift'], shell: Shell): string {
  const { drift } = shell.texts
  const words = rows.filter((row) => row.vocabulary !== null)
  const places = rows.filter((row) => row.vocabulary === null)
  return renderShell(shell, {
    section: 'drift',
    title: drift.title,
    heading: source === null ? drift.title : drift.titleOf(source),
    main: html`
      <div>
        <p class="lead">${drift.lead}</p>
        ${rows.length === 0 ? html`<${EmptyState} title=${drift.none}>${drift.noneText}<//>` : null}
        ${isCut ? html`<p>${drift.cut}</p>` : null}
        ${words.length === 0 ? null : html`<${WordTable} rows=${words} now=${shell.now} />`}
        ${places.length === 0 ? null : html`<${PlaceTable} rows=${places} now=${shell.now} />`}
      </div>
    `,
  })
}

type Props = { rows: readonly DriftRow[]; now: Date }

function seen(drift: Texts['drift']): readonly Column[] {
  return [
    drift.sources,
    { name: drift.documents, isNumber: true },
    drift.firstSeen,
    drift.lastSeen,
    drift.example,
  ]
}

function WordTable({ rows, now }: Props): View {
  const { drift } = useTexts()
  const groups = groupsOf(rows).sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
  return html`
    <section aria-labelledby="words">
      <h2 id="words">${drift.words}</h2>
      <${Table}
        caption=${drift.wordCount(groups.length)}
        columns=${[drift.word, drift.vocabulary, drift.column, ...seen(drift)]}
        rows=${groups.map((group): Views[] => [
          group.word === null ? drift.typeName(group.type) : html`<code>${group.word}</code>`,
          html`<code>${group.vocabulary}</code>`,
          html`<code>${group.path}</code>`,
          ...cellsOf(group, now, drift),
        ])}
      />
    </section>
  `
}

function PlaceTable({ rows, now }: Props): View {
  const { drift } = useTexts()
  const groups = groupsOf(rows)
  return html`
    <section aria-labelledby="fields">
      <h2 id="fields">${drift.fields}</h2>
      <${Table}
        caption=${drift.pathCount(groups.length)}
        columns=${[drift.path, drift.type, ...seen(drift)]}
        rows=${groups.map((group): Views[] => [
          html`<code>${group.path}</code>`,
          html`<span class="short">${drift.typeName(group.type)}</span>`,
          ...cellsOf(group, now, drift),
        ])}
      />
    </section>
  `
}

type Group = Pick<DriftRow, 'path' | 'type' | 'vocabulary' | 'word' | 'documents' | 'example'> & {
  sources: { source: string; channel: string }[]
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
        sources: placesOf(all),
        firstSeenAt: new Date(Math.min(...all.map((one) => one.firstSeenAt.getTime()))),
        lastSeenAt: new Date(Math.max(...all.map((one) => one.lastSeenAt.getTime()))),
      }
    })
    .sort((one, other) => other.documents - one.documents)
}

function placesOf(rows: readonly DriftRow[]): Group['sources'] {
  const places = new Map(rows.map(({ source, channel }) => [`${source} ${channel}`, { source, channel }]))
  return [...places].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, place]) => place)
}

function nameOf({ vocabulary, path, word }: Group): string {
  return `${vocabulary} ${path} ${word}`
}

function cellsOf(
  { sources, documents, firstSeenAt, lastSeenAt, example }: Group,
  now: Date,
  drift: Texts['drift'],
): Views[] {
  return [
    sources.map(({ source, channel }) => drift.ofSource(source, channel)).join(drift.semicolon),
    drift.about(documents),
    html`<${Ago} at=${firstSeenAt} now=${now} />`,
    html`<${Ago} at=${lastSeenAt} now=${now} />`,
    html`<a class="short" href=${historyPath(example)}>${drift.history}</a>`,
  ]
}
