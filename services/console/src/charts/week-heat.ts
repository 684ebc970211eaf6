import type { WeekHour } from '@aftercall/warehouse/console/analytics-charts'
import { scaleSqrt } from 'd3-scale'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View } from '../views/html.ts'

const cell = 28
const left = 44
const top = 22

/** Sessions by weekday and hour of the tenant's clock: the darker, the more. */
export function WeekHeat({ rows }: { rows: readonly WeekHour[] }): View {
  const { analytics: words, formats } = useTexts()
  const { weekdays } = formats
  const most = Math.max(1, ...rows.map(({ sessions }) => sessions))
  const shade = scaleSqrt().domain([0, most]).range([0.04, 1])
  const found = new Map(rows.map((row) => [row.weekday * 24 + row.hour, row.sessions]))
  const width = left + 24 * cell
  return html`
    <svg class="analytics-drawing" viewBox=${`0 0 ${width} ${top + 7 * cell}`} role="img" aria-label=${words.weekLabel}>
      ${[0, 6, 12, 18].map((hour) => html`<text x=${left + hour * cell} y="14">${`${String(hour).padStart(2, '0')}:00`}</text>`)}
      ${weekdays.map((name, day) => html`<text x="0" y=${top + day * cell + cell / 2 + 4}>${name}</text>`)}
      ${weekdays.flatMap((name, day) =>
        Array.from({ length: 24 }, (_, hour) => {
          const sessions = found.get((day + 1) * 24 + hour) ?? 0
          return html`
            <rect class="heat" x=${left + hour * cell + 1} y=${top + day * cell + 1} width=${cell - 2} height=${cell - 2} rx="3" fill-opacity=${shade(sessions).toFixed(2)}>
              <title>${words.weekHour(name, `${String(hour).padStart(2, '0')}:00`, sessions)}</title>
            </rect>
          `
        }),
      )}
    </svg>
  `
}
