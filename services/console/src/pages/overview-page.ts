import type { OverallStatus } from '@aftercall/operator/overall-status'
import type { Problem } from '@aftercall/operator/problems/problem'
import type { Overview, SourceOverview } from '@aftercall/warehouse/console/overview-types'
import type { Answers } from '../answers.ts'
import { type ActivityChart, type ChartSpan, chartSpans, columnsOfHours } from '../chart-columns.ts'
import { useTexts } from '../texts/texts-of.ts'
import { FilterForm } from '../views/filter-form.ts'
import { html, type View } from '../views/html.ts'
import { OutcomeChart } from '../views/outcome-chart.ts'
import { ProblemList } from '../views/problem-list.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { SourceCard } from '../views/source-card.ts'
import { EmptyState } from '../views/table.ts'
import { Icon, type Tone } from '../views/tone.ts'
import { Worded } from '../views/worded.ts'
import { WorkerStrip } from '../views/worker-strip.ts'

const toneOf: Record<OverallStatus['state'], Tone> = {
  flowing: 'good',
  attention: 'warn',
  stopped: 'bad',
  waiting: 'plain',
}

/** Whether data is flowing, what to do if not, each source, and the last 48 hours. */
export function renderOverviewPage(answer: Answers['overview'], shell: Shell): string {
  const { status, problems, overview, chart } = answer
  const words = shell.texts.overview
  // While a read is slow, the previous answer is shown, which is older than the page.
  return renderShell(
    { ...shell, now: overview.readAt },
    {
      section: 'overview',
      follow: 'overview',
      title: `${words.states[status.state]}${problems.length === 0 ? '' : ` (${problems.length})`}`,
      tone: toneOf[status.state],
      heading: words.title,
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
  const { overview } = useTexts()
  const tone = toneOf[status.state]
  return html`
    <div class=${`status ${tone}`}>
      <${Icon} tone=${tone} />
      <p><strong>${overview.states[status.state]}</strong><${Worded} words=${overview.status(status)} /></p>
    </div>
  `
}

function Sources({ overview, problems }: { overview: Overview; problems: readonly Problem[] }): View {
  const { sources, readAt } = overview
  const { overview: words } = useTexts()
  return html`
    <section aria-labelledby="sources">
      <h2 id="sources">${words.sources(sources.length)}</h2>
      ${
        sources.length === 0
          ? html`<${EmptyState} title=${words.noSource}>${words.noSourceText}<//>`
          : html`<div class="cards">
              ${sources.map((source: SourceOverview) => html`<${SourceCard} source=${source} problems=${problems} readAt=${readAt} columns=${columnsOfHours(overview, 24, source.source)} />`)}
            </div>`
      }
    </section>
  `
}

function Activity({ overview, chart }: { overview: Overview; chart: ActivityChart }): View {
  const { span, source } = chart
  const { overview: words, common, chart: chartWords } = useTexts()
  const isEmpty = chart.columns.every(({ objects, isKnown }) => objects === 0 && isKnown)
  return html`
    <section aria-labelledby="hours">
      <h2 id="hours">${span === '60d' ? words.sessionsByDay : words.objectsByTime}</h2>
      <${FilterForm}
        action="/"
        filters=${[
          {
            ...{ kind: 'choice', name: 'span', label: words.span, value: span, options: chartSpans },
            nameOf: (one: ChartSpan) => chartWords.spans[one].name,
          },
          {
            ...{ kind: 'choice', name: 'source', label: common.source, value: source },
            ...{ options: overview.sources.map((one) => one.source), all: common.allSources },
          },
        ]}
      />
      ${
        isEmpty
          ? html`<${EmptyState} title=${words.nothingInSpan}>${words.nothingInSpanText}<//>`
          : html`<${OutcomeChart} chart=${chart} />`
      }
    </section>
  `
}
