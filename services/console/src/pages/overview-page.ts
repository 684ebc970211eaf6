import { formatCount } from '@aftercall/operator/format/plural'
import type { OverallStatus } from '@aftercall/operator/overall-status'
import type { Problem } from '@aftercall/operator/problems/problem'
import type { Overview, SourceOverview } from '@aftercall/warehouse/console/overview-types'
import type { Answers } from '../answers.ts'
import { type ActivityChart, chartSpans, columnsOfHours } from '../chart-columns.ts'
import { Typed } from '../views/command.ts'
import { FilterForm } from '../views/filter-form.ts'
import { html, type View } from '../views/html.ts'
import { OutcomeChart } from '../views/outcome-chart.ts'
import { ProblemList } from '../views/problem-list.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { SourceCard } from '../views/source-card.ts'
import { EmptyState } from '../views/table.ts'
import { Icon, type Tone } from '../views/tone.ts'
import { WorkerStrip } from '../views/worker-strip.ts'

const toneOf: Record<OverallStatus['state'], { tone: Tone; word: string }> = {
  flowing: { tone: 'good', word: 'All well' },
  attention: { tone: 'warn', word: 'Needs attention' },
  stopped: { tone: 'bad', word: 'Stopped' },
  waiting: { tone: 'plain', word: 'Waiting' },
}

/** Whether data is flowing, what to do if not, each source, and the last 48 hours. */
export function renderOverviewPage(answer: Answers['overview'], shell: Shell): string {
  const { status, problems, overview, chart } = answer
  const { tone, word } = toneOf[status.state]
  // While a read is slow, the previous answer is shown, which is older than the page.
  return renderShell(
    { ...shell, now: overview.readAt },
    {
      section: 'overview',
      follow: 'overview',
      title: `${word}${problems.length === 0 ? '' : ` (${problems.length})`}`,
      tone,
      heading: 'Overview',
      main: html`
      <div>
        <${StatusBanner} status=${status} />
        <${WorkerStrip} workers=${overview.workers} readAt=${overview.readAt} />
        <${ProblemList} problems=${problems} />
        <${Sources} overview=${overview} problems=${problems} />
        <${Activity} overview=${overview} chart=${chart} />
      </div>
    `,
    },
  )
}

function StatusBanner({ status }: { status: OverallStatus }): View {
  const { tone, word } = toneOf[status.state]
  return html`
    <div class=${`status ${tone}`}>
      <${Icon} tone=${tone} />
      <p><strong>${word}</strong>${status.sentence}</p>
    </div>
  `
}

function Sources({ overview, problems }: { overview: Overview; problems: readonly Problem[] }): View {
  const { sources, readAt } = overview
  return html`
    <section aria-labelledby="sources">
      <h2 id="sources">${sources.length === 0 ? 'Sources' : formatCount(sources.length, 'source')}</h2>
      ${
        sources.length === 0
          ? html`<${EmptyState} title="No source has been seen yet">
              A source appears here when a worker has started that loads it: <code><${Typed} text="aftercall worker" /></code>.
            <//>`
          : html`<div class="cards">
              ${sources.map((source: SourceOverview) => html`<${SourceCard} source=${source} problems=${problems} readAt=${readAt} columns=${columnsOfHours(overview, 24, source.source)} />`)}
            </div>`
      }
    </section>
  `
}

function Activity({ overview, chart }: { overview: Overview; chart: ActivityChart }): View {
  const { span, source } = chart
  const isEmpty = chart.columns.every(({ objects, isKnown }) => objects === 0 && isKnown)
  return html`
    <section aria-labelledby="hours">
      <h2 id="hours">${span === '60d' ? 'Sessions by day' : 'Objects by time'}</h2>
      <${FilterForm}
        action="/"
        filters=${[
          { kind: 'choice', name: 'span', label: 'Span', value: span, options: chartSpans },
          {
            ...{ kind: 'choice', name: 'source', label: 'Source', value: source },
            ...{ options: overview.sources.map((one) => one.source), all: 'all sources' },
          },
        ]}
      />
      ${
        isEmpty
          ? html`<${EmptyState} title="Nothing in this span">What comes appears here.<//>`
          : html`<${OutcomeChart} chart=${chart} />`
      }
    </section>
  `
}
