import { formatDuration } from '@aftercall/operator/format/duration'
import { formatNumber, formatShare } from '@aftercall/operator/format/number'
import { type ChartName, tableOfChart } from '../analytics-answer.ts'
import type { Answers } from '../answers.ts'
import { HourColumns } from '../charts/hour-columns.ts'
import { type ShareBar, ShareBars } from '../charts/share-bars.ts'
import { TransferSankey } from '../charts/transfer-sankey.ts'
import { WeekHeat } from '../charts/week-heat.ts'
import type { CsvTable } from '../csv.ts'
import { FilterForm } from '../views/filter-form.ts'
import { html, type View } from '../views/html.ts'
import { analyticsPath } from '../views/page-paths.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState, Table } from '../views/table.ts'

/** Five charts of the sessions themselves, each with its query and its rows. For more there are dashboards. */
export function renderAnalyticsPage(answer: Answers['analytics'], shell: Shell): string {
  const { filter, sources, charts } = answer
  const chart = (name: ChartName, title: string, lead: string, drawing: View): View =>
    html`<${ChartSection} answer=${answer} name=${name} title=${title} lead=${lead} drawing=${drawing} />`
  return renderShell(shell, {
    section: 'analytics',
    title: 'Analytics',
    heading: 'Analytics',
    main: html`
      <div>
        <${FilterForm}
          action="/analytics"
          filters=${[
            {
              ...{ kind: 'choice', name: 'source', label: 'Source', value: filter.source, options: sources },
              all: 'all sources',
            },
            {
              ...{ kind: 'choice', name: 'channel', label: 'Channel', value: filter.channel },
              ...{ options: ['call', 'chat'], all: 'calls and chats' },
            },
            { kind: 'date', name: 'from', label: 'From day', value: filter.from },
            { kind: 'date', name: 'to', label: 'To day', value: filter.to },
          ]}
        />
        <p class="soft">Days and hours are those of each source's clock. The numbers come from the rollups, which follow the sessions within minutes.</p>
        ${chart('volume', 'Volume and abandonment by hour', 'Entries into queues, and in red those that were abandoned.', html`<${HourColumns} rows=${charts.volume.rows} />`)}
        ${chart('levels', 'Service level by queue', 'Share of the measured entries that were answered within the target of their queue.', html`<${ShareBars} label="Service level by queue" bars=${levelBars(answer)} />`)}
        ${chart('week', 'Sessions by weekday and hour', 'When sessions begin.', html`<${WeekHeat} rows=${charts.week.rows} />`)}
        ${chart('transfers', 'Transfers', 'From the queue on the left to where they went.', html`<${TransferSankey} rows=${charts.transfers.rows} />`)}
        ${chart('handling', 'Handle time by queue', 'The sum over all handled interactions.', html`<div><${HandleLegend} /><${ShareBars} label="Handle time by queue" bars=${handleBars(answer)} /></div>`)}
      </div>
    `,
  })
}

type SectionProps = {
  answer: Answers['analytics']
  name: ChartName
  title: string
  lead: string
  drawing: View
}

function ChartSection({ answer, name, title, lead, drawing }: SectionProps): View {
  const { filter, charts } = answer
  const { sql, rows } = charts[name]
  const path = `/api${analyticsPath({ ...filter, chart: name, format: 'csv' })}`
  return html`
    <section aria-labelledby=${name}>
      <h2 id=${name}>${title}</h2>
      ${
        rows.length === 0
          ? html`<${EmptyState} title="Nothing was counted on these days">The chart appears here when sessions of these days are stored.<//>`
          : html`
              <div class="card">
                <p class="soft">${lead}</p>
                <div class="scroll" tabindex="0" role="region" aria-label=${`Drawing: ${title}`}>${drawing}</div>
                <details id=${`${name}-rows`}>
                  <summary>Show the rows and their query</summary>
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
  const [first = '', ...others] = columns
  return html`
    <${Table}
      caption=${caption}
      columns=${[first, ...others.map((name) => ({ name, isNumber: true }))]}
      rows=${rows.map((cells) => cells.map((cell) => (typeof cell === 'number' ? formatCell(cell) : String(cell ?? ''))))}
    />
  `
}

function formatCell(cell: number): string {
  return Number.isInteger(cell) ? formatNumber(cell) : cell.toFixed(4)
}

function levelBars({ charts }: Answers['analytics']): ShareBar[] {
  return charts.levels.rows.map(({ queue, entries, serviceLevel }) => {
    const text = serviceLevel === null ? 'not measured' : formatShare(serviceLevel)
    const title = `${queue}: ${text} of ${formatNumber(entries)} entries`
    const parts = serviceLevel === null ? [] : [{ className: 'level', share: serviceLevel, title }]
    return { name: queue, text: `${text}, ${formatNumber(entries)} entries`, parts }
  })
}

function handleBars({ charts }: Answers['analytics']): ShareBar[] {
  const { rows } = charts.handling
  const sumOf = ({ talk, hold, wrapUp, beforeCall }: (typeof rows)[number]): number =>
    talk + hold + wrapUp + beforeCall
  const most = Math.max(1, ...rows.map(sumOf))
  return rows.map((row) => ({
    name: row.queue,
    text: formatDuration(sumOf(row) * 1_000),
    parts: [
      { className: 'talk', share: row.talk / most, title: `talk ${formatDuration(row.talk * 1_000)}` },
      { className: 'held', share: row.hold / most, title: `hold ${formatDuration(row.hold * 1_000)}` },
      {
        className: 'wrapped',
        share: row.wrapUp / most,
        title: `wrap-up ${formatDuration(row.wrapUp * 1_000)}`,
      },
      {
        ...{ className: 'before', share: row.beforeCall / most },
        title: `before the call ${formatDuration(row.beforeCall * 1_000)}`,
      },
    ],
  }))
}

function HandleLegend(): View {
  const names = { talk: 'talk', held: 'hold', wrapped: 'wrap-up', before: 'before the call' }
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
