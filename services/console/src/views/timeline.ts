import { html, type View, type Views } from './html.ts'
import { Icon, type Tone } from './tone.ts'
import { When } from './when.ts'

export type TimelineStep = {
  /** Null: the time is not recorded, and the step keeps its place. */
  at: Date | null
  tone: Tone
  title: string
  text?: Views
}

/** What happened, in order. */
export function Timeline({ steps }: { steps: readonly TimelineStep[] }): View {
  return html`
    <ol class="timeline">
      ${steps.map(
        ({ at, tone, title, text }) => html`
          <li>
            ${tone === 'plain' ? dot() : html`<${Icon} tone=${tone} />`}
            ${at === null ? null : html`<${When} at=${at} />`}
            <p><strong>${title}</strong></p>
            ${text === undefined ? null : html`<p class="soft">${text}</p>`}
          </li>
        `,
      )}
    </ol>
  `
}

function dot(): View {
  return html`<svg class="icon dot" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="6" /></svg>`
}

/** Ordered by time; a step without a time stays after the step before it. */
export function inOrder(steps: readonly TimelineStep[]): TimelineStep[] {
  let latest = Number.NEGATIVE_INFINITY
  return steps
    .map((step) => {
      latest = step.at?.getTime() ?? latest
      return { step, at: latest }
    })
    .sort((one, other) => one.at - other.at)
    .map(({ step }) => step)
}
