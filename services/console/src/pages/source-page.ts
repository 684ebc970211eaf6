import type { SourceOverview } from '@aftercall/warehouse/console/overview-types'
import type { Answers } from '../answers.ts'
import { useTexts } from '../texts/texts-of.ts'
import { Figures } from '../views/figures.ts'
import { html, type View, type Views } from '../views/html.ts'
import { OutcomeChart } from '../views/outcome-chart.ts'
import { objectsPath, rejectionsPath, sessionsPath } from '../views/page-paths.ts'
import { ProblemList } from '../views/problem-list.ts'
import { BackfillCards, ReconcileTable } from '../views/run-views.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { SourceCard } from '../views/source-card.ts'

/** Everything about one source: its card, what needs attention, its hours, its runs, and where its objects and sessions are. */
export function renderSourcePage(
  { source, problems, overview, chart, runs }: Answers['source'],
  shell: Shell,
): string {
  const { readAt } = overview
  const { sourcePage: words, runs: runWords } = shell.texts
  return renderShell(
    { ...shell, now: readAt },
    {
      section: 'overview',
      follow: 'overview',
      title: source.source,
      heading: source.source,
      main: html`
        <div>
          <div class="cards"><${SourceCard} source=${source} problems=${problems} readAt=${readAt} columns=${chart.columns.slice(24)} isAlone /></div>
          <${Ways} source=${source} />
          <${ProblemList} problems=${problems} />
          <section aria-labelledby="hours">
            <h2 id="hours">${words.lastHours}</h2>
            <${OutcomeChart} chart=${chart} />
          </section>
          ${
            runs.backfills.length === 0
              ? null
              : html`<section aria-labelledby="backfills"><h2 id="backfills">${runWords.backfills}</h2><${BackfillCards} runs=${runs.backfills} now=${readAt} /></section>`
          }
          ${
            runs.reconciles.length === 0
              ? null
              : html`<section aria-labelledby="reconciles"><h2 id="reconciles">${runWords.reconciles}</h2><${ReconcileTable} runs=${runs.reconciles} now=${readAt} /></section>`
          }
        </div>
      `,
    },
  )
}

function Ways({ source: { source, failing, openRejections, sessions } }: { source: SourceOverview }): View {
  const { sourcePage: words, sourceCard, formats } = useTexts()
  const link = (path: string, text: Views): View => html`<a href=${path}>${text}</a>`
  return html`
    <section aria-labelledby="ways">
      <h2 id="ways">${words.lookCloser}</h2>
      <div class="card">
        <${Figures}
          figures=${[
            { name: words.sessions, value: link(sessionsPath({ source }), formats.bounded(sessions)) },
            { name: words.objects, value: link(objectsPath({ source }), words.byKey) },
            {
              name: words.failing,
              value: link(objectsPath({ source, outcome: 'failed' }), formats.bounded(failing)),
            },
            {
              name: sourceCard.openRejections,
              value: link(rejectionsPath({ source }), formats.bounded(openRejections)),
            },
            {
              name: words.days,
              value: link(`/days?source=${encodeURIComponent(source)}`, words.completeness),
            },
            {
              name: words.drift,
              value: link(`/drift?source=${encodeURIComponent(source)}`, words.unknownFields),
            },
          ]}
        />
      </div>
    </section>
  `
}
