import type { HourVolume } from '@aftercall/warehouse/console/analytics-charts'
import { scaleLinear } from 'd3-scale'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View } from '../views/html.ts'

const width = 720
const height = 200
const left = 44
const bottom = 22
const step = (width - left) / 24

/** Entries into queues by the hour of the day, with the abandoned ones at the foot of each column. */
export function HourColumns({ rows }: { rows: readonly HourVolume[] }): View {
  const { analytics: words, formats } = useTexts()
  const top = Math.max(1, ...rows.map(({ entries }) => entries))
  const y = scaleLinear()
    .domain([0, top])
    .nice(4)
    .range([height - bottom, 8])
  const total = rows.reduce((sum, { entries }) => sum + entries, 0)
  return html`
    <svg class="analytics-drawing" viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${words.volumeLabel(total)}>
      ${y.ticks(4).map(
        (tick) => html`
          <g>
            <line class="grid" x1=${left} x2=${width} y1=${y(tick)} y2=${y(tick)} />
            <text x=${left - 6} y=${y(tick) + 4} text-anchor="end">${formats.short(tick)}</text>
          </g>
        `,
      )}
      ${rows.map(({ hour, entries, abandoned }) => {
        const x = left + hour * step
        const share = entries === 0 ? null : formats.share(abandoned / entries)
        return html`
          <g>
            <title>${words.hour(`${twoDigits(hour)}:00`, entries, share)}</title>
            <rect class="volume" x=${x + 2} width=${step - 4} y=${y(entries)} height=${y(0) - y(entries)} />
            <rect class="lost" x=${x + 2} width=${step - 4} y=${y(abandoned)} height=${y(0) - y(abandoned)} />
          </g>
        `
      })}
      ${[0, 3, 6, 9, 12, 15, 18, 21].map((hour) => html`<text x=${left + hour * step} y=${height - 4}>${twoDigits(hour)}:00</text>`)}
    </svg>
  `
}

function twoDigits(hour: number): string {
  return String(hour).padStart(2, '0')
}
