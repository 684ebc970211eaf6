import type { Problem, ProblemSeverity } from '@aftercall/warehouse/console/problems'
import { counted } from '@aftercall/warehouse/console/tell-amount'
import { Command } from './command.ts'
import { html, type View } from './html.ts'
import type { Tone } from './tone.ts'
import { ToneBadge } from './tone-badge.ts'
import { Typed } from './typed.ts'

const toneOf: Record<ProblemSeverity, Tone> = { critical: 'bad', warning: 'warn', notice: 'plain' }

/** What wants somebody, with what to do. Nothing at all where nothing does: the verdict has said so. */
export function ProblemList({ problems }: { problems: readonly Problem[] }): View | null {
  if (problems.length === 0) return null
  return html`
    <section aria-labelledby="problems">
      <h2 id="problems">${counted(problems.length, 'thing')} to look at</h2>
      <ul class="problems">
        ${problems.map((problem) => html`<${ProblemCard} problem=${problem} />`)}
      </ul>
    </section>
  `
}

function ProblemCard({ problem }: { problem: Problem }): View {
  const { severity, sources, what, whatToDo, command, runbookAnchor } = problem
  const tone = toneOf[severity]
  return html`
    <li class=${`card problem ${tone}`}>
      <div class="card-heading">
        <h3>${what}</h3>
        <span class="labels">
          ${sources.length === 0 ? null : html`<span class="soft">${sources.join(', ')}</span>`}
          <${ToneBadge} tone=${tone}>${severity}<//>
        </span>
      </div>
      <p><${Typed} text=${whatToDo} /></p>
      ${command === null ? null : html`<${Command} text=${command} />`}
      ${
        runbookAnchor === null
          ? null
          : html`<p class="note">More in the runbook: <code>docs/runbook.md#${runbookAnchor}</code></p>`
      }
    </li>
  `
}
