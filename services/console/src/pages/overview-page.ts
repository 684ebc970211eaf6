import type { Overview, SourceOverview } from '@aftercall/warehouse/console/overview'
import type { Problem } from '@aftercall/warehouse/console/problems'
import { counted } from '@aftercall/warehouse/console/tell-amount'
import type { OverallStatus } from '@aftercall/warehouse/console/tell-verdict'
import type { Answers } from '../answers.ts'
import { EmptyState } from './empty-state.ts'
import { html, type View } from './html.ts'
import { Icon } from './icon.ts'
import { OutcomeChart } from './outcome-chart.ts'
import { ProblemList } from './problem-list.ts'
import { renderShell, type Shell } from './shell.ts'
import { SourceCard } from './source-card.ts'
import type { Tone } from './tone.ts'
import { Typed } from './typed.ts'
import { WorkerStrip } from './worker-strip.ts'

const toneOf: Record<OverallStatus['state'], { tone: Tone; word: string }> = {
  flowing: { tone: 'good', word: 'All well' },
  attention: { tone: 'warn', word: 'Needs attention' },
  stopped: { tone: 'bad', word: 'Stopped' },
  waiting: { tone: 'plain', word: 'Waiting' },
}

/** Whether data flows, what to do if not, each source, and the last 48 hours: in this order. */
export function renderOverviewPage(answer: Answers['overview'], shell: Shell): string {
  const { verdict, problems, overview } = answer
  const { tone, word } = toneOf[verdict.state]
  // What stands in for a slow read is older than the page.
  return renderShell(
    { ...shell, now: overview.readAt },
    {
      section: 'overview',
      title: `${word}${problems.length === 0 ? '' : ` (${problems.length})`}`,
      tone,
      heading: 'Overview',
      main: html`
      <div>
        <${StatusBanner} verdict=${verdict} />
        <${WorkerStrip} workers=${overview.workers} readAt=${overview.readAt} />
        <${ProblemList} problems=${problems} />
        <${Sources} overview=${overview} problems=${problems} />
        <${LastHours} overview=${overview} />
      </div>
    `,
    },
  )
}

function StatusBanner({ verdict }: { verdict: OverallStatus }): View {
  const { tone, word } = toneOf[verdict.state]
  return html`
    <div class=${`verdict ${tone}`}>
      <${Icon} tone=${tone} />
      <p><strong>${word}</strong>${verdict.sentence}</p>
    </div>
  `
}

function Sources({ overview, problems }: { overview: Overview; problems: readonly Problem[] }): View {
  const { sources, readAt } = overview
  return html`
    <section aria-labelledby="sources">
      <h2 id="sources">${sources.length === 0 ? 'Sources' : counted(sources.length, 'source')}</h2>
      ${
        sources.length === 0
          ? html`<${EmptyState} title="No source has been seen yet">
              A source appears here when a worker that is configured for it has started: <code><${Typed} text="aftercall worker" /></code>.
            <//>`
          : html`<div class="cards">
              ${sources.map((source: SourceOverview) => html`<${SourceCard} source=${source} problems=${problems} readAt=${readAt} />`)}
            </div>`
      }
    </section>
  `
}

function LastHours({ overview }: { overview: Overview }): View | null {
  const isEmpty = overview.hours.length === 0
  if (isEmpty && overview.tookTooLong.includes('activity')) return null
  return html`
    <section aria-labelledby="hours">
      <h2 id="hours">Objects of the last 48 hours</h2>
      ${
        isEmpty
          ? html`<${EmptyState} title="Nothing came in 48 hours">
              As soon as an object ends, it is drawn here by the hour.
            <//>`
          : html`<${OutcomeChart} overview=${overview} />`
      }
    </section>
  `
}
