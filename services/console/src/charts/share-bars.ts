import { html, type View } from '../views/html.ts'

export type ShareBar = {
  name: string
  /** In words, beside the bar. */
  text: string
  /** Parts of the bar's width, 0 to 1 each, from the left. */
  parts: readonly { className: string; share: number; title: string }[]
}

/** A bar for each name, with its number beside it. */
export function ShareBars({ bars, label }: { bars: readonly ShareBar[]; label: string }): View {
  return html`
    <ul class="share-bars" aria-label=${label}>
      ${bars.map(
        ({ name, text, parts }) => html`
          <li>
            <span class="share-name">${name}</span>
            <svg viewBox="0 0 1000 1" preserveAspectRatio="none" aria-hidden="true">
              <rect class="track" width="1000" height="1" />
              ${placeParts(parts).map(
                ({ className, x, width, title }) =>
                  html`<rect class=${className} x=${x} width=${width} height="1"><title>${title}</title></rect>`,
              )}
            </svg>
            <span class="share-text">${text}</span>
          </li>
        `,
      )}
    </ul>
  `
}

type Placed = { className: string; title: string; x: number; width: number }

function placeParts(parts: ShareBar['parts']): Placed[] {
  let from = 0
  return parts.map(({ className, share, title }) => {
    const x = Math.round(from * 1_000)
    from += share
    return { className, title, x, width: Math.round(from * 1_000) - x }
  })
}
