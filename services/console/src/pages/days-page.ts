import type { Answers } from '../answers.ts'
import { useTexts } from '../texts/texts-of.ts'
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
  const { days, common } = shell.texts
  // The page is as old as the count.
  return renderShell(
    { ...shell, now: answer.countedAt ?? shell.now },
    {
      section: 'days',
      title: days.title,
      heading: answer.source === null ? days.title : days.titleOf(answer.source),
      main: html`
      <div>
        <p class="lead">${days.lead}</p>
        <${FilterForm}
          action="/days"
          filters=${[
            {
              ...{ kind: 'choice', name: 'days', label: days.count, value: String(answer.count) },
              options: [...new Set([...spans, answer.count])].sort((one, other) => one - other).map(String),
            },
            ...(answer.source === null
              ? []
              : [
                  {
                    kind: 'choice',
                    name: 'source',
                    label: common.source,
                    value: answer.source,
                    options: [answer.source],
                    all: common.allSources,
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
  const { days } = useTexts()
  switch (answer.state) {
    case 'counting':
      return html`<${EmptyState} title=${days.counting}>${days.countingText}<//>`
    case 'too_slow':
      return html`
        <div class="card empty-state">
          <strong>${days.tooSlow}</strong>
          ${days.tooSlowText}
          <${Command} text=${`aftercall sql "select * from analytics.completeness('${answer.to}', '${answer.to}')"`} />
        </div>
      `
    case 'read':
      return answer.days.length === 0
        ? html`<${EmptyState} title=${days.none}>${days.noneText}<//>`
        : html`<${Calendars} answer=${answer} />`
  }
}

function Calendars({ answer }: { answer: Answers['days'] }): View {
  const { sources } = answer
  const { days } = useTexts()
  return html`
    <div>
      <ul class="legend">
        <li><${ToneBadge} tone="good">${days.legend.good}<//></li>
        <li><${ToneBadge} tone="warn">${days.legend.warn}<//></li>
        <li><${ToneBadge} tone="bad">${days.legend.bad}<//></li>
        <li><${ToneBadge} tone="plain">${days.legend.plain}<//></li>
      </ul>
      <div class=${answer.count > 92 ? 'calendars wide' : 'calendars'}>
        ${sources.map((source) => html`<${DayCalendar} source=${source} answer=${answer} />`)}
      </div>
      <section aria-labelledby="missing">
        <h2 id="missing">${days.missing}</h2>
        <p>${days.missingText}</p>
        ${sources.map((source) => html`<${Command} text=${`aftercall reconcile --source ${source} --since ${answer.from} --fix`} />`)}
        <div class="acts">
          ${sources.map((source) => html`<${ActButton} label=${days.reconcile(source)} fields=${{ kind: 'reconcile', source, since: answer.from, fix: 'on' }} />`)}
        </div>
      </section>
    </div>
  `
}
