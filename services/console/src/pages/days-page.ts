import type { DaysAnswer } from '@aftercall/warehouse/console/days'
import type { Answers } from '../answers.ts'
import { Command } from './command.ts'
import { DayCalendar } from './day-calendar.ts'
import { EmptyState } from './empty-state.ts'
import { html, type View } from './html.ts'
import { renderShell, type Shell } from './shell.ts'
import { ToneBadge } from './tone-badge.ts'
import { When } from './when.ts'

/** Whether everything is in, day by day. */
export function renderDaysPage(answer: Answers['days'], shell: Shell): string {
  return renderShell(shell, {
    section: 'days',
    title: 'Days',
    heading: 'Days',
    main: html`
      <div>
        <p class="lead">
          Whether everything is in: the platform counts calls and chats, so that a number no stored session has is missing.
          Days are local days of the sessions. Yesterday and today are never final.
        </p>
        <${Found} answer=${answer} />
      </div>
    `,
  })
}

function Found({ answer }: { answer: DaysAnswer }): View {
  switch (answer.state) {
    case 'counting':
      return html`<${EmptyState} title="Still counting">This takes longer than a page may. It is shown here once it is done.<//>`
    case 'too_slow':
      return html`
        <div class="card empty-state">
          <strong>Took too long</strong>
          The days could not be counted in time. Fewer of them can, at any time:
          <${Command} text=${`aftercall sql "select * from analytics.completeness('${answer.to}', '${answer.to}')"`} />
        </div>
      `
    case 'read':
      return answer.days.length === 0
        ? html`<${EmptyState} title="No session began on these days">Each day with sessions is shown here by its source.<//>`
        : html`<${Calendars} answer=${answer} />`
  }
}

function Calendars({ answer }: { answer: DaysAnswer }): View {
  const { sources, countedAt } = answer
  return html`
    <div>
      <ul class="legend">
        <li><${ToneBadge} tone="good">✓ all is in<//></li>
        <li><${ToneBadge} tone="warn">2% missing, more than usual<//></li>
        <li><${ToneBadge} tone="bad">5% missing or more<//></li>
        <li><${ToneBadge} tone="plain">· no sessions, ? nothing to compare with yet<//></li>
      </ul>
      <div class="calendars">
        ${sources.map((source) => html`<${DayCalendar} source=${source} answer=${answer} />`)}
      </div>
      <section aria-labelledby="missing">
        <h2 id="missing">When ids are missing</h2>
        <p>Compare the bucket with the ledger. What is in the bucket and not stored is loaded by <code>--fix</code>; what is not in the bucket was never exported.</p>
        ${sources.map((source) => html`<${Command} text=${`aftercall reconcile --source ${source} --since ${answer.from} --fix`} />`)}
      </section>
      ${countedAt === null ? null : html`<p class="more soft">Counted <${When} at=${countedAt} />.</p>`}
    </div>
  `
}
