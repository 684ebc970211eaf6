import { html, type View } from './html.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** A time of day, to the second. The script turns it into the viewer's own zone. */
export function Clock({ at }: { at: Date }): View {
  return html`<time datetime=${at.toISOString()} data-show="clock" title=${utc(at)}>${utc(at).slice(11, 19)}</time>`
}

/** Day and time. */
export function When({ at }: { at: Date | null }): View {
  if (at === null) return html`<span class="none">unknown</span>`
  return html`<time datetime=${at.toISOString()} data-show="when" title=${utc(at)}>${utc(at)}</time>`
}

/** How long before `now`. */
export function Ago({ at, now }: { at: Date | null; now: Date }): View {
  if (at === null) return html`<span class="none">never</span>`
  return html`<time datetime=${at.toISOString()} title=${utc(at)}>${timeAgo(at, now)}</time>`
}

/** "3 min ago"; clocks differ, so what lies a little ahead is "just now", too. */
export function timeAgo(at: Date, now: Date): string {
  const ms = now.getTime() - at.getTime()
  if (ms < -minuteMs) return `in ${span(-ms)}`
  return ms < 2_000 ? 'just now' : `${span(ms)} ago`
}

function span(ms: number): string {
  if (ms < 90_000) return `${Math.floor(ms / 1_000)} s`
  if (ms < 90 * minuteMs) return `${Math.floor(ms / minuteMs)} min`
  if (ms < 48 * hourMs) return `${Math.floor(ms / hourMs)} h`
  return `${Math.floor(ms / dayMs)} days`
}

function utc(at: Date): string {
  return at
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')
}
