import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import type { Column } from '../chart-columns.ts'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View } from './html.ts'

const height = 44

type Props = { columns: readonly Column[]; columnWidth: number }

/** Lag (median and 95th percentile) and the share of rejected objects, on the time axis of the columns above. */
export function LagLines({ columns, columnWidth }: Props): View {
  const { chart, formats } = useTexts()
  const lagMax = Math.max(0.001, ...columns.map(({ lag }) => lag?.p95Seconds ?? 0))
  const shareOf = ({ counts, objects }: Column): number | null =>
    objects === 0 ? null : (counts.rejected ?? 0) / objects
  const shareMax = Math.max(0.01, ...columns.map((column) => shareOf(column) ?? 0))
  return html`
    <div class="lines">
      <${Lines}
        title=${chart.lagUpTo(formats.duration(lagMax * 1_000))}
        columns=${columns}
        columnWidth=${columnWidth}
        most=${lagMax}
        drawn=${[
          {
            className: 'line-p95',
            readValue: ({ lag }: Column) => lag?.p95Seconds ?? null,
          },
          { className: 'line-p50', readValue: ({ lag }: Column) => lag?.p50Seconds ?? null },
        ]}
      />
      <${Lines}
        title=${chart.rejectedUpTo(formats.share(shareMax))}
        columns=${columns}
        columnWidth=${columnWidth}
        most=${shareMax}
        drawn=${[{ className: 'line-rejected', readValue: shareOf }]}
      />
    </div>
  `
}

type Drawn = { className: string; readValue(column: Column): number | null }

function Lines({
  title,
  columns,
  columnWidth,
  most,
  drawn,
}: Props & { title: string; most: number; drawn: Drawn[] }): View {
  const { chart } = useTexts()
  const y = scaleLinear()
    .domain([0, most])
    .range([height - 2, 2])
  const width = columns.length * columnWidth
  return html`
    <div>
      <p class="line-title"><span>${title}</span>${drawn.length < 2 ? null : html`<span class="soft">${chart.lagLegend}</span>`}</p>
      <svg class="line-drawing" viewBox=${`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        ${drawn.map(({ className, readValue }) => html`<path class=${className} d=${pathOf(columns, columnWidth, (column) => readValue(column), y)} />`)}
      </svg>
    </div>
  `
}

/** A column without a value interrupts the line; one between two such columns is a short stroke. */
function pathOf(
  columns: readonly Column[],
  columnWidth: number,
  readValue: (column: Column) => number | null,
  y: (value: number) => number,
): string {
  const points = columns.flatMap((column, index) => {
    const value = readValue(column)
    return [
      { x: index * columnWidth + columnWidth * 0.2, value },
      { x: index * columnWidth + columnWidth * 0.8, value },
    ]
  })
  const path = line<(typeof points)[number]>()
    .defined(({ value }) => value !== null)
    .x(({ x }) => x)
    .y(({ value }) => Math.round(y(value ?? 0) * 10) / 10)
  return path(points) ?? ''
}
