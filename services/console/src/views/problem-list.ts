import { formatCount } from '@aftercall/operator/format/plural'
import type { Problem, ProblemSeverity } from '@aftercall/operator/problems/problem'
import { ActButton } from './act.ts'
import { actOfCommand } from './act-of-command.ts'
import { Command, Typed } from './command.ts'
import { html, type View } from './html.ts'
import { objectsPath, rejectionsPath, sourcePath } from './page-paths.ts'
import { type Tone, ToneBadge } from './tone.ts'

const toneOf: Record<ProblemSeverity, Tone> = { critical: 'bad', warning: 'warn', notice: 'plain' }

/** The problems, each with what to do. Nothing without problems, because the status says so already. */
export function ProblemList({ problems }: { problems: readonly Problem[] }): View | null {
  if (problems.length === 0) return null
  return html`
    <section aria-labelledby="problems">
      <h2 id="problems">${countBySeverity(problems)}</h2>
      <ul class="problems">
        ${problems.map((problem) => html`<${ProblemCard} problem=${problem} />`)}
      </ul>
    </section>
  `
}

/** Where a problem is looked into; undefined for those of the database and the machines, which no page shows. */
function pageOf({ about, sources }: Problem): string | undefined {
  const source = sources.length === 1 ? sources[0] : null
  switch (about) {
    case 'rejections':
      return rejectionsPath({ source: source ?? null })
    case 'failures':
      return objectsPath({ source: source ?? null, outcome: 'failed' })
    case 'drift':
    case 'clocks':
      return '/drift'
    case 'runs':
      return '/runs'
    case 'retention':
      return '/retention'
    case 'sources':
    case 'identity':
      return source === null || source === undefined ? undefined : sourcePath(source)
    case 'workers':
    case 'migrations':
    case 'partitions':
    case 'rollups':
    case 'reads':
      return undefined
  }
}

/** The status counts only what someone must act on, so notices are counted apart. */
function countBySeverity(problems: readonly Problem[]): string {
  const notices = problems.filter((one) => one.severity === 'notice').length
  const others = problems.length - notices
  return [
    ...(others === 0 ? [] : [formatCount(others, 'problem')]),
    ...(notices === 0 ? [] : [formatCount(notices, 'notice')]),
  ].join(', ')
}

/** The same as the command does, where the workers can do it. */
function ProblemAct({ command }: { command: string }): View | null {
  const act = actOfCommand(command)
  return act === null ? null : html`<${ActButton} label=${act.label} fields=${act.fields} />`
}

function ProblemCard({ problem }: { problem: Problem }): View {
  const { severity, sources, what, whatToDo, command, runbookAnchor } = problem
  const tone = toneOf[severity]
  const page = pageOf(problem)
  return html`
    <li class=${`card problem ${tone}`}>
      <div class="card-heading">
        <h3>${page === undefined ? what : html`<a href=${page}>${what}</a>`}</h3>
        <span class="labels">
          ${sources.length === 0 ? null : html`<span>${sources.map((source, index) => html`<span>${index === 0 ? '' : ', '}<a href=${sourcePath(source)}>${source}</a></span>`)}</span>`}
          <${ToneBadge} tone=${tone}>${severity}<//>
        </span>
      </div>
      <p><${Typed} text=${whatToDo} /></p>
      ${command === null ? null : html`<${Command} text=${command} />`}
      ${command === null ? null : html`<${ProblemAct} command=${command} />`}
      ${
        runbookAnchor === null
          ? null
          : html`<p class="note"><a href=${`/runbook#${runbookAnchor}`}>More in the runbook</a></p>`
      }
    </li>
  `
}
