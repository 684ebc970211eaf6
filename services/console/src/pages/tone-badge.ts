import { html, type View, type Views } from './html.ts'
import { Icon } from './icon.ts'
import type { Tone } from './tone.ts'

/** A word that says how something stands. */
export function ToneBadge({ tone, children }: { tone: Tone; children?: Views }): View {
  return html`<span class=${`badge ${tone}`}><${Icon} tone=${tone} />${children}</span>`
}
