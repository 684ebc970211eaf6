import type { Answers } from '../answers.ts'
import { ActButton } from '../views/act.ts'
import { Command } from '../views/command.ts'
import { DayCalendar } from '../views/day-calendar.ts'
import { FilterForm } from '../views/filter-form.ts'
import { html, type View } from '../views/html.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState } from '../views/table.ts'
import { ToneBadge } from '../views/tone.ts'

/** To choose from. */
const spans = [30, 60, 90, 365]

/** Whether all sessions have arrived, by day. */
export function renderDaysPage(answer: Answers['days'], shell: Shell): string {
  // The page is as old as the count.
  return renderShell(
    { ...shell, now: answer.countedAt ?? shell.now },
    {
      section: 'days',
      title: 'Days',
      heading: answer.source === null ? 'Days' : `Days of ${answer.source}`,
      main: html`
      <div>
        <p class="lead">
          Whether all sessions have arrived. The platform numbers calls and chats, so an id that no stored session has is
          missing. Days are local days of the sessions. Yesterday and today are never final.
        </p>
        <${FilterForm}
          action="/days"
          filters=${[
            {
              ...{ kind: 'choice', name: 'days', label: 'Days', value: String(answer.count) },
              options: [...new Set([...spans, answer.count])].sort((one, other) => one - other).map(String),
            },
            ...(answer.source === null
              ? []
              : [
                  {
                    kind: 'choice',
                    name: 'source',
                    label: 'Source',
                    value: answer.source,
                    options: [answer.source],
                    all: 'all sources',
                  },
                ]),
          ]}
        />
        <${Found} answer=${answer} />
      </div>
    `,
    },
  )
}

function Found({ answer }: { answer: Answers['days'] }): View {
  switch (answer.state) {
    case 'counting':
      return html`<${EmptyState} title="Still counting">This takes longer than a page may take. The result appears here when it is ready.<//>`
    case 'too_slow':
      return html`
        <div class="card empty-state">
          <strong>Counting took too long</strong>
          The days could not be counted in time. A single day can be counted with a command:
          <${Command} text=${`aftercall sql "select * from analytics.completeness('${answer.to}', '${answer.to}')"`} />
        </div>
      `
    case 'read':
      return answer.days.length === 0
        ? html`<${EmptyState} title="No session began on these days">Days with sessions appear here, by source.<//>`
        : html`<${Calendars} answer=${answer} />`
  }
}

function Calendars({ answer }: { answer: Answers['days'] }): View {
  const { sources } = answer
  return html`
    <div>
      <ul class="legend">
        <li><${ToneBadge} tone="good">✓ complete<//></li>
        <li><${ToneBadge} tone="warn">2% missing, more than usual<//></li>
        <li><${ToneBadge} tone="bad">5% missing or more<//></li>
        <li><${ToneBadge} tone="plain">· no sessions, ? nothing to compare with yet, … not final yet<//></li>
      </ul>
      <div class=${answer.count > 92 ? 'calendars wide' : 'calendars'}>
        ${sources.map((source) => html`<${DayCalendar} source=${source} answer=${answer} />`)}
      </div>
      <section aria-labelledby="missing">
        <h2 id="missing">When ids are missing</h2>
        <p>Compare the bucket with the ledger. <code>--fix</code> loads what is in the bucket but not stored. What is not in the bucket was never exported.</p>
        ${sources.map((source) => html`<${Command} text=${`aftercall reconcile --source ${source} --since ${answer.from} --fix`} />`)}
        <div class="acts">
          ${sources.map((source) => html`<${ActButton} label=${`Reconcile ${source}…`} fields=${{ kind: 'reconcile', source, since: answer.from, fix: 'on' }} />`)}
        </div>
      </section>
    </div>
  `
}
