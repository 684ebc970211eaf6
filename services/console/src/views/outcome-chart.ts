import { formatDuration } from '@aftercall/operator/format/duration'
import { formatNumber, formatShare, formatShort } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import { formatTime } from '@aftercall/operator/format/time'
import type { OutcomeCounts } from '@aftercall/warehouse/console/overview-types'
import { scaleLinear } from 'd3-scale'
import { type ActivityChart, type ChartSpan, type Column, sumCounts } from '../chart-columns.ts'
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

const words: Record<ChartSpan, { span: string; unit: string; first: string; middle: string; last: string }> =
  {
    '1h': { span: 'the last hour', unit: 'Minute', first: '60 min ago', middle: '30 min ago', last: 'now' },
    '24h': { span: '24 hours', unit: 'Hour', first: '24 h ago', middle: '12 h ago', last: 'now' },
    '48h': { span: '48 hours', unit: 'Hour', first: '48 h ago', middle: '24 h ago', last: 'now' },
    '60d': { span: '60 days', unit: 'Day', first: '60 days ago', middle: '30 days ago', last: 'today' },
  }

/** Objects by time and outcome, with lag and rejected share on the same axis, and as a table. */
export function OutcomeChart({ chart }: { chart: ActivityChart }): View {
  const { columns, span } = chart
  const all = sumCounts(columns.map(({ counts }) => counts))
  const scale = scaleLinear()
    .domain([0, Math.max(2, ...columns.map(({ objects }) => objects))])
    .nice(2)
  const [, top = 2] = scale.domain()
  const thing = span === '60d' ? 'session' : 'object'
  const width = columns.length * columnWidth
  return html`
    <div class="card">
      <figure class="chart" aria-label=${`${formatCount(countObjects(all), thing)} in ${words[span].span}, by outcome; the table below has the numbers`}>
        <div class="scale" aria-hidden="true"><span>${formatShort(top)}</span><span>${formatShort(top / 2)}</span><span>0</span></div>
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
        <div class="hours" aria-hidden="true"><span>${words[span].first}</span><span>${words[span].middle}</span><span>${words[span].last}</span></div>
        <div class="chart-legend"><${OutcomeLegend} counts=${all} /></div>
      </figure>
      <details id="hours-table">
        <summary>Show as a table</summary>
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
  const found = outcomes.filter((outcome) => (counts[outcome] ?? 0) > 0)
  const nothing = isKnown ? 'nothing' : 'unknown, took too long to read'
  const numbers =
    found.map((outcome) => `${formatNumber(counts[outcome] ?? 0)} ${outcome}`).join(', ') || nothing
  return html`
    <li>
      <button type="button" class=${isLate ? 'reading late' : 'reading'} tabindex=${isFirst ? '0' : '-1'}>
        <span class="reading-text"><strong>${whenOf(at, span)}</strong> ${`${numbers}${lagWords(column)}`}${lag === null ? '' : `; lag ${formatDuration(lag.p50Seconds * 1_000)}, 95 % within ${formatDuration(lag.p95Seconds * 1_000)}`}</span>
      </button>
    </li>
  `
}

function lagWords({ counts, objects }: Column): string {
  const rejected = counts.rejected ?? 0
  return rejected === 0 ? '' : ` (${formatShare(rejected / objects)} rejected)`
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
  const { unit } = words[span]
  const caption =
    span === '60d'
      ? 'Stored sessions by local day, from the rollups; days without any are left out'
      : `Objects by the ${unit.toLowerCase()} of their last outcome; those without objects are left out`
  return html`
    <${Table}
      caption=${caption}
      columns=${[unit, ...shown.map((name) => ({ name, isNumber: true }) as const), { name: 'lag p50', isNumber: true }, { name: 'lag p95', isNumber: true }]}
      rows=${columns.map(({ at, counts, lag }) => [
        whenOf(at, span),
        ...shown.map((outcome) => formatNumber(counts[outcome] ?? 0)),
        lag === null ? '' : formatDuration(lag.p50Seconds * 1_000),
        lag === null ? '' : formatDuration(lag.p95Seconds * 1_000),
      ])}
    />
  `
}
