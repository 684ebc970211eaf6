import type { OutcomeCounts } from '@aftercall/warehouse/console/overview-types'
import type { LedgerOutcome } from '@aftercall/warehouse/ledger/ledger'
import type { Texts } from '../texts/en.ts'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View, type Views } from './html.ts'
import { countObjects, outcomes } from './outcome-words.ts'
import { stackOutcomes } from './stack-outcomes.ts'

/** Thousandths of the bar's width. */
const length = 1_000

/** Objects by outcome, as one bar with the numbers below. */
export function OutcomeBar({ counts }: { counts: OutcomeCounts }): View {
  const segments = stackOutcomes(counts, length / Math.max(1, countObjects(counts)), {
    sizeMin: length / 150,
    lengthMax: length,
  })
  return html`
    <div>
      <svg class="bar" viewBox=${`0 0 ${length} 1`} preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width=${length} height="1" />
        ${segments.map(
          ({ outcome, from, size }) => html`<rect class=${outcome} x=${from} width=${size} height="1" />`,
        )}
      </svg>
      <${OutcomeLegend} counts=${counts} />
    </div>
  `
}

/** Only outcomes that occur. */
export function OutcomeLegend({ counts }: { counts: OutcomeCounts }): View {
  const texts = useTexts()
  const shown = outcomes.filter((outcome) => (counts[outcome] ?? 0) > 0)
  if (shown.length === 0) return html`<p class="legend soft">${texts.outcomes.noObjects}</p>`
  return html`<ul class="legend">${shown.map((outcome): Views => legendEntry(outcome, counts[outcome] ?? 0, texts))}</ul>`
}

function legendEntry(outcome: LedgerOutcome, count: number, { outcomes: { names }, formats }: Texts): View {
  return html`
    <li>
      <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true"><rect class=${outcome} width="12" height="12" rx="3" /></svg>
      ${names[outcome]} ${formats.number(count)}
    </li>
  `
}
