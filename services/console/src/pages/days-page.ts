import type { DaysAnswer } from '@aftercall/warehouse/console/days'
import type { Answers } from '../answers.ts'
import { ActButton } from '../views/act.ts'
import { Command } from '../views/command.ts'
import { DayCalendar } from '../views/day-calendar.ts'
import { html, type View } from '../views/html.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState } from '../views/table.ts'
import { ToneBadge } from '../views/tone.ts'
import { When } from '../views/when.ts'

/** Whether all sessions have arrived, by day. */
export function renderDaysPage(answer: Answers['days'], shell: Shell): string {
  return renderShell(shell, {
    section: 'days',
    title: 'Days',
    heading: 'Days',
    main: html`
      <div>
        <p class="lead">
          Whether all sessions have arrived. The platform numbers calls and chats, so an id that no stored session has is
          missing. Days are local days of the sessions. Yesterday and today are never final.
        </p>
        <${Found} answer=${answer} />
      </div>
    `,
  })
}

function Found({ answer }: { answer: DaysAnswer }): View {
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

function Calendars({ answer }: { answer: DaysAnswer }): View {
  const { sources, countedAt } = answer
  return html`
    <div>
      <ul class="legend">
        <li><${ToneBadge} tone="good">✓ complete<//></li>
        <li><${ToneBadge} tone="warn">2% missing, more than usual<//></li>
        <li><${ToneBadge} tone="bad">5% missing or more<//></li>
        <li><${ToneBadge} tone="plain">· no sessions, ? nothing to compare with yet, … not final yet<//></li>
      </ul>
      <div class="calendars">
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
      ${countedAt === null ? null : html`<p class="more soft">Counted <${When} at=${countedAt} />.</p>`}
    </div>
  `
}
