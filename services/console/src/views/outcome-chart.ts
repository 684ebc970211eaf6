import { formatNumber, formatShort } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import { formatTime } from '@aftercall/operator/format/time'
import type { OutcomeCounts, Overview } from '@aftercall/warehouse/console/overview-types'
import { fillHours, type Hour, hoursShown, sumCounts } from './fill-hours.ts'
import { html, type View } from './html.ts'
import { OutcomeLegend } from './outcome-bar.ts'
import { countObjects, outcomes } from './outcome-words.ts'
import { stackOutcomes } from './stack-outcomes.ts'
import { Table } from './table.ts'
import { When } from './when.ts'

/** The drawing is stretched to the page. Its labels are in HTML around it, because they must not be stretched. */
const height = 200
const hourWidth = 10

/** Objects by hour and outcome, over all sources, as a chart and as a table. */
export function OutcomeChart({ overview }: { overview: Overview }): View {
  const shown = fillHours(overview)
  const all = sumCounts(shown.map(({ counts }) => counts))
  const top = niceCeiling(Math.max(...shown.map(({ objects }) => objects)))
  return html`
    <div class="card">
      <figure class="chart" aria-label=${`${formatCount(countObjects(all), 'object')} in 48 hours, by hour and outcome; the table below has the numbers`}>
        <div class="scale" aria-hidden="true"><span>${formatShort(top)}</span><span>${formatShort(top / 2)}</span><span>0</span></div>
        <svg class="drawing" viewBox=${`0 0 ${hoursShown * hourWidth} ${height}`} preserveAspectRatio="none" aria-hidden="true">
          ${[0, 0.5, 1].map(
            (share) =>
              html`<line class="grid" x1="0" x2=${hoursShown * hourWidth} y1=${share * height} y2=${share * height} />`,
          )}
          ${shown.map((hour, index) => html`<${Bar} hour=${hour} x=${index * hourWidth} top=${top} />`)}
        </svg>
        <div class="hours" aria-hidden="true"><span>48 h ago</span><span>24 h ago</span><span>now</span></div>
        <div class="chart-legend"><${OutcomeLegend} counts=${all} /></div>
      </figure>
      <details id="hours-table">
        <summary>Show as a table</summary>
        <${HoursTable} hours=${shown.filter(({ objects }) => objects > 0).reverse()} all=${all} />
      </details>
    </div>
  `
}

function Bar({ hour, x, top }: { hour: Hour; x: number; top: number }): View {
  const segments = stackOutcomes(hour.counts, height / top, { sizeMin: 3, lengthMax: height })
  const words = segments.map(({ outcome }) => `${formatNumber(hour.counts[outcome] ?? 0)} ${outcome}`)
  const nothing = hour.isKnown ? 'nothing' : 'unknown, took too long to read'
  return html`
    <g class="hour">
      <title>${`${formatTime(hour.at)}: ${words.join(', ') || nothing}`}</title>
      <rect class=${hour.isKnown ? 'reach' : 'empty'} x=${x} width=${hourWidth} height=${height} />
      ${segments.map(
        ({ outcome, from, size }) =>
          html`<rect class=${outcome} x=${x + 1} width=${hourWidth - 2} y=${height - from - size} height=${size} />`,
      )}
    </g>
  `
}

function HoursTable({ hours, all }: { hours: readonly Hour[]; all: OutcomeCounts }): View {
  const columns = outcomes.filter((outcome) => (all[outcome] ?? 0) > 0)
  return html`
    <${Table}
      caption="Objects by the hour of their last outcome; hours without objects are left out"
      columns=${['Hour', ...columns.map((name) => ({ name, isNumber: true }))]}
      rows=${hours.map(({ at, counts }) => [
        html`<${When} at=${at} />`,
        ...columns.map((outcome) => formatNumber(counts[outcome] ?? 0)),
      ])}
    />
  `
}

/** The next number that is easy to read and to halve. */
function niceCeiling(number: number): number {
  if (number <= 2) return 2
  const magnitude = 10 ** Math.floor(Math.log10(number))
  const step = [1, 2, 4, 6, 8, 10].find((one) => one * magnitude >= number) ?? 10
  return step * magnitude
}
