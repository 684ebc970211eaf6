import { type ChartName, tableOfChart } from '../analytics-answer.ts'
import type { Answers } from '../answers.ts'
import { HourColumns } from '../charts/hour-columns.ts'
import { type ShareBar, ShareBars } from '../charts/share-bars.ts'
import { TransferSankey } from '../charts/transfer-sankey.ts'
import { WeekHeat } from '../charts/week-heat.ts'
import type { CsvTable } from '../csv.ts'
import type { Texts } from '../texts/en.ts'
import { useTexts } from '../texts/texts-of.ts'
import { channelNamer } from '../views/channel-namer.ts'
import { FilterForm } from '../views/filter-form.ts'
import { html, type View } from '../views/html.ts'
import { analyticsPath } from '../views/page-paths.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState, Table } from '../views/table.ts'

/** Five charts of the sessions themselves, each with its query and its rows. For more there are dashboards. */
export function renderAnalyticsPage(answer: Answers['analytics'], shell: Shell): string {
  const { filter, sources, charts } = answer
  const { analytics: words, common, course } = shell.texts
  const chart = (name: ChartName, drawing: View): View =>
    html`<${ChartSection} answer=${answer} name=${name} drawing=${drawing} />`
  return renderShell(shell, {
    section: 'analytics',
    title: words.title,
    heading: words.title,
    main: html`
      <div>
        <${FilterForm}
          action="/analytics"
          filters=${[
            {
              ...{
                kind: 'choice',
                name: 'source',
                label: common.source,
                value: filter.source,
                options: sources,
              },
              all: common.allSources,
            },
            {
              ...{ kind: 'choice', name: 'channel', label: words.channel, value: filter.channel },
              ...{ options: ['call', 'chat'], nameOf: channelNamer(course), all: words.bothChannels },
            },
            { kind: 'date', name: 'from', label: words.fromDay, value: filter.from },
            { kind: 'date', name: 'to', label: words.toDay, value: filter.to },
          ]}
        />
        <p class="soft">${words.lead}</p>
        ${chart('volume', html`<${HourColumns} rows=${charts.volume.rows} />`)}
        ${chart('levels', html`<${ShareBars} label=${words.charts.levels.title} bars=${levelBars(answer, shell.texts)} />`)}
        ${chart('week', html`<${WeekHeat} rows=${charts.week.rows} />`)}
        ${chart('transfers', html`<${TransferSankey} rows=${charts.transfers.rows} />`)}
        ${chart('handling', html`<div><${HandleLegend} /><${ShareBars} label=${words.charts.handling.title} bars=${handleBars(answer, shell.texts)} /></div>`)}
      </div>
    `,
  })
}

type SectionProps = {
  answer: Answers['analytics']
  name: ChartName
  drawing: View
}

function ChartSection({ answer, name, drawing }: SectionProps): View {
  const { analytics: words } = useTexts()
  const { title, lead } = words.charts[name]
  const { filter, charts } = answer
  const { sql, rows } = charts[name]
  const path = `/api${analyticsPath({ ...filter, chart: name, format: 'csv' })}`
  return html`
    <section aria-labelledby=${name}>
      <h2 id=${name}>${title}</h2>
      ${
        rows.length === 0
          ? html`<${EmptyState} title=${words.nothing}>${words.nothingText}<//>`
          : html`
              <div class="card">
                <p class="soft">${lead}</p>
                <div class="scroll" tabindex="0" role="region" aria-label=${words.drawing(title)}>${drawing}</div>
                <details id=${`${name}-rows`}>
                  <summary>${words.showRows}</summary>
                  <${Rows} caption=${title} table=${tableOfChart(answer, name)} />
                  <pre class="query" tabindex="0">${sql.split('\n').map((line, index) => html`<span>${index === 0 ? null : html`<br />`}${line}</span>`)}</pre>
                </details>
                <p class="downloads"><a href=${path}>CSV</a></p>
              </div>
            `
      }
    </section>
  `
}

function Rows({ caption, table: { columns, rows } }: { caption: string; table: CsvTable }): View {
  const { analytics: words, formats } = useTexts()
  const names: Readonly<Record<string, string>> = words.columns
  const [first = '', ...others] = columns.map((column) => names[column] ?? column)
  return html`
    <${Table}
      caption=${caption}
      columns=${[first, ...others.map((name) => ({ name, isNumber: true }))]}
      rows=${rows.map((cells) => cells.map((cell) => (typeof cell === 'number' ? formatCell(cell, formats) : String(cell ?? ''))))}
    />
  `
}

function formatCell(cell: number, formats: Texts['formats']): string {
  return Number.isInteger(cell) ? formats.number(cell) : cell.toFixed(4)
}

function levelBars({ charts }: Answers['analytics'], { analytics: words, formats }: Texts): ShareBar[] {
  return charts.levels.rows.map(({ queue, entries, serviceLevel }) => {
    const text = serviceLevel === null ? words.notMeasured : formats.share(serviceLevel)
    const title = words.shareOf(queue, text, entries)
    const parts = serviceLevel === null ? [] : [{ className: 'level', share: serviceLevel, title }]
    return { name: queue, text: words.entries(text, entries), parts }
  })
}

function handleBars({ charts }: Answers['analytics'], { analytics: words, formats }: Texts): ShareBar[] {
  const { rows } = charts.handling
  const sumOf = ({ talk, hold, wrapUp, beforeCall }: (typeof rows)[number]): number =>
    talk + hold + wrapUp + beforeCall
  const most = Math.max(1, ...rows.map(sumOf))
  return rows.map((row) => ({
    name: row.queue,
    text: formats.duration(sumOf(row) * 1_000),
    parts: [
      { className: 'talk', share: row.talk / most, title: words.partOf(words.talk, row.talk * 1_000) },
      { className: 'held', share: row.hold / most, title: words.partOf(words.hold, row.hold * 1_000) },
      {
        className: 'wrapped',
        share: row.wrapUp / most,
        title: words.partOf(words.wrapUp, row.wrapUp * 1_000),
      },
      {
        ...{ className: 'before', share: row.beforeCall / most },
        title: words.partOf(words.beforeCall, row.beforeCall * 1_000),
      },
    ],
  }))
}

function HandleLegend(): View {
  const { analytics: words } = useTexts()
  const names = { talk: words.talk, held: words.hold, wrapped: words.wrapUp, before: words.beforeCall }
  return html`
    <ul class="legend share-legend">
      ${Object.entries(names).map(
        ([className, name]) => html`
          <li>
            <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true"><rect class=${className} width="12" height="12" rx="3" /></svg>
            ${name}
          </li>
        `,
      )}
    </ul>
  `
}
