import type { Column } from '../chart-columns.ts'
import { html, type View } from './html.ts'

/** Objects of the last 24 hours as small columns; the page of the source has the numbers. */
export function Sparkline({ columns }: { columns: readonly Column[] }): View {
  const most = Math.max(1, ...columns.map(({ objects }) => objects))
  return html`
    <svg class="sparkline" viewBox=${`0 0 ${columns.length * 4} 24`} preserveAspectRatio="none" aria-hidden="true">
      ${columns.map(({ objects }, index) => {
        const size = objects === 0 ? 0.5 : Math.max(1.5, (objects / most) * 24)
        return html`<rect x=${index * 4} width="3" y=${24 - size} height=${size} />`
      })}
    </svg>
  `
}
