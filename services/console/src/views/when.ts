import { formatTime } from '@aftercall/operator/format/time'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View } from './html.ts'

/** A time of day, to the second. The script converts it to the viewer's time zone. */
export function Clock({ at }: { at: Date }): View {
  const time = formatTime(at)
  return html`<time datetime=${at.toISOString()} data-show="clock" title=${time}>${time.slice(11, 19)}</time>`
}

/** Date and time. The script converts it to the viewer's time zone. */
export function When({ at }: { at: Date | null }): View {
  const { common } = useTexts()
  if (at === null) return html`<span class="none">${common.unknown}</span>`
  const time = formatTime(at)
  return html`<time datetime=${at.toISOString()} data-show="when" title=${time}>${time}</time>`
}

/** How long before `now`. */
export function Ago({ at, now }: { at: Date | null; now: Date }): View {
  const { common, formats } = useTexts()
  if (at === null) return html`<span class="none">${common.never}</span>`
  return html`<time datetime=${at.toISOString()} title=${formatTime(at)}>${formats.ago(at, now)}</time>`
}
