import { html, type View, type Views } from './html.ts'

/** How something is: a color, always with an icon and a word beside it. */
export type Tone = 'good' | 'warn' | 'bad' | 'plain'

/** A word that says how something is. */
export function ToneBadge({ tone, children }: { tone: Tone; children?: Views }): View {
  return html`<span class=${`badge ${tone}`}><${Icon} tone=${tone} />${children}</span>`
}

/** Each tone has its own shape, so that it can be recognized without its color. */
const shapes: Record<Tone, { outline: string; sign: string }> = {
  good: { outline: 'M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20z', sign: 'M7.5 12.4l3 3l6-6.6' },
  warn: { outline: 'M12 2.6l10.4 18.4h-20.8z', sign: 'M12 9.2v5.4M12 17.6v.2' },
  bad: { outline: 'M8 2h8l6 6v8l-6 6h-8l-6-6v-8z', sign: 'M8.6 8.6l6.8 6.8M15.4 8.6l-6.8 6.8' },
  plain: { outline: 'M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20z', sign: 'M12 11v6M12 7v.2' },
}

/** Always beside a word that says the same. */
export function Icon({ tone }: { tone: Tone }): View {
  const { outline, sign } = shapes[tone]
  return html`
    <svg class=${`icon ${tone}`} viewBox="0 0 24 24" aria-hidden="true">
      <path class="outline" d=${outline} />
      <path class="sign" d=${sign} />
    </svg>
  `
}

const colors: Record<Tone, string> = { good: '#1a7f4b', warn: '#b45309', bad: '#c0262d', plain: '#3b5bdb' }

/** The icon of the browser tab, as a data URL. */
export function favicon(tone: Tone): string {
  const { outline, sign } = shapes[tone]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="${outline}" fill="${colors[tone]}"/><path d="${sign}" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
