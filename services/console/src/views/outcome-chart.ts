import { formatTime } from '@aftercall/operator/format/time'
import type { OutcomeCounts } from '@aftercall/warehouse/console/overview-types'
import { scaleLinear } from 'd3-scale'
import { type ActivityChart, type ChartSpan, type Column, sumCounts } from '../chart-columns.ts'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View, type Views } from './html.ts'
import { LagLines } from './lag-lines.ts'
import { OutcomeLegend } from './outcome-bar.ts'
import { countObjects, outcomes } from './outcome-words.ts'
import { stackOutcomes } from './stack-outcomes.ts'
import { Table } from './table.ts'
import { When } from './when.ts'

/** The drawing is stretched to the page. Its labels are in HTML around it, because they must not be stretched. */
const height = 200
const columnWidth = 10

/** Objects by time and outcome, with lag and rejected share on the same axis, and as a table. */
export function OutcomeChart({ chart: { columns, span } }: { chart: ActivityChart }): View {
  const { chart, formats } = useTexts()
  const words = chart.spans[span]
  const all = sumCounts(columns.map(({ counts }) => counts))
  const scale = scaleLinear()
    .domain([0, Math.max(2, ...columns.map(({ objects }) => objects))])
    .nice(2)
  const [, top = 2] = scale.domain()
  const width = columns.length * columnWidth
  return html`
    <div class="card">
      <figure class="chart" aria-label=${chart.label(span, countObjects(all))}>
        <div class="scale" aria-hidden="true"><span>${formats.short(top)}</span><span>${formats.short(top / 2)}</span><span>0</span></div>
        <div class="columns">
          <svg class="drawing" viewBox=${`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
            ${[0, 0.5, 1].map((share) => html`<line class="grid" x1="0" x2=${width} y1=${share * height} y2=${share * height} />`)}
            ${columns.map((column, index) => html`<${Bar} column=${column} x=${index * columnWidth} top=${top} />`)}
          </svg>
          <ol class="readings">
            ${columns.map((column, index) => html`<${Reading} column=${column} span=${span} isFirst=${index === columns.length - 1} isLate=${index > columns.length / 2} />`)}
          </ol>
        </div>
        ${span === '60d' ? null : html`<${LagLines} columns=${columns} columnWidth=${columnWidth} />`}
        <div class="hours" aria-hidden="true"><span>${words.first}</span><span>${words.middle}</span><span>${words.last}</span></div>
        <div class="chart-legend"><${OutcomeLegend} counts=${all} /></div>
      </figure>
      <details id="hours-table">
        <summary>${chart.asTable}</summary>
        <${ColumnsTable} columns=${columns.filter(({ objects }) => objects > 0).reverse()} all=${all} span=${span} />
      </details>
    </div>
  `
}

function Bar({ column, x, top }: { column: Column; x: number; top: number }): View {
  const segments = stackOutcomes(column.counts, height / top, { sizeMin: 3, lengthMax: height })
  return html`
    <g>
      ${column.isKnown ? null : html`<rect class="empty" x=${x} width=${columnWidth} height=${height} />`}
      ${segments.map(
        ({ outcome, from, size }) =>
          html`<rect class=${outcome} x=${x + 1} width=${columnWidth - 2} y=${height - from - size} height=${size} />`,
      )}
    </g>
  `
}

type ReadingProps = { column: Column; span: ChartSpan; isFirst: boolean; isLate: boolean }

/** The numbers of a column, shown while it is pointed at or has the focus. Arrow keys lead from one to the next. */
function Reading({ column, span, isFirst, isLate }: ReadingProps): View {
  const { at, counts, isKnown, lag } = column
  const { chart, formats, outcomes: names } = useTexts()
  const found = outcomes.filter((outcome) => (counts[outcome] ?? 0) > 0)
  const nothing = isKnown ? chart.nothing : chart.unknown
  const numbers =
    found.map((outcome) => names.count(counts[outcome] ?? 0, outcome)).join(formats.comma) || nothing
  const rejected = counts.rejected ?? 0
  const share = rejected === 0 ? '' : chart.rejected(formats.share(rejected / column.objects))
  return html`
    <li>
      <button type="button" class=${isLate ? 'reading late' : 'reading'} tabindex=${isFirst ? '0' : '-1'}>
        <span class="reading-text"><strong>${whenOf(at, span)}</strong> ${`${numbers}${share}`}${lag === null ? '' : chart.lag(formats.duration(lag.p50Seconds * 1_000), formats.duration(lag.p95Seconds * 1_000))}</span>
      </button>
    </li>
  `
}

function whenOf(at: Date, span: ChartSpan): Views {
  return span === '60d' ? formatTime(at).slice(0, 10) : html`<${When} at=${at} />`
}

function ColumnsTable({
  columns,
  all,
  span,
}: {
  columns: readonly Column[]
  all: OutcomeCounts
  span: ChartSpan
}): View {
  const shown = outcomes.filter((outcome) => (all[outcome] ?? 0) > 0)
  const { chart, formats, outcomes: texts } = useTexts()
  return html`
    <${Table}
      caption=${chart.caption(span)}
      columns=${[chart.spans[span].unit, ...[...shown.map((outcome) => texts.names[outcome]), chart.lagP50, chart.lagP95].map((name) => ({ name, isNumber: true }))]}
      rows=${columns.map(({ at, counts, lag }) => [
        whenOf(at, span),
        ...shown.map((outcome) => formats.number(counts[outcome] ?? 0)),
        lag === null ? '' : formats.duration(lag.p50Seconds * 1_000),
        lag === null ? '' : formats.duration(lag.p95Seconds * 1_000),
      ])}
    />
  `
}
