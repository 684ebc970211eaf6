import type { ProblemSeverity } from '@aftercall/operator/problems/found-problem'
import type { Problem } from '@aftercall/operator/problems/problem'
import { useTexts } from '../texts/texts-of.ts'
import { ActButton } from './act.ts'
import { actOfCommand } from './act-of-command.ts'
import { Command } from './command.ts'
import { html, type View } from './html.ts'
import { objectsPath, rejectionsPath, sourcePath } from './page-paths.ts'
import { type Tone, ToneBadge } from './tone.ts'
import { Worded } from './worded.ts'

const toneOf: Record<ProblemSeverity, Tone> = { critical: 'bad', warning: 'warn', notice: 'plain' }

/** The problems, each with what to do; notices are counted apart, as the status does. Nothing without problems, because the status says so already. */
export function ProblemList({ problems }: { problems: readonly Problem[] }): View | null {
  const texts = useTexts()
  if (problems.length === 0) return null
  const notices = problems.filter((one) => one.severity === 'notice').length
  return html`
    <section aria-labelledby="problems">
      <h2 id="problems">${texts.problems.count(problems.length - notices, notices)}</h2>
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

/** The same as the command does, where the workers can do it. */
function ProblemAct({ command }: { command: string }): View | null {
  const { commandActs } = useTexts()
  const act = actOfCommand(command)
  return act === null ? null : html`<${ActButton} label=${commandActs[act.label]} fields=${act.fields} />`
}

function ProblemCard({ problem }: { problem: Problem }): View {
  const { found, severity, sources, command, runbookAnchor } = problem
  const { problems, formats } = useTexts()
  const { what, whatToDo } = problems.words(found)
  const tone = toneOf[severity]
  const page = pageOf(problem)
  return html`
    <li class=${`card problem ${tone}`}>
      <div class="card-heading">
        <h3>${page === undefined ? what : html`<a href=${page}>${what}</a>`}</h3>
        <span class="labels">
          ${sources.length === 0 ? null : html`<span>${sources.map((source, index) => html`<span>${index === 0 ? '' : formats.comma}<a href=${sourcePath(source)}>${source}</a></span>`)}</span>`}
          <${ToneBadge} tone=${tone}>${problems.severities[severity]}<//>
        </span>
      </div>
      <p><${Worded} words=${whatToDo} /></p>
      ${command === null ? null : html`<${Command} text=${command} />`}
      ${command === null ? null : html`<${ProblemAct} command=${command} />`}
      ${
        runbookAnchor === null
          ? null
          : html`<p class="note"><a href=${`/runbook#${runbookAnchor}`}>${problems.runbook}</a></p>`
      }
    </li>
  `
}
