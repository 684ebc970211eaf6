import type { Action } from '@aftercall/warehouse/actions/action'
import { factsOfAction, readGiven } from '../actions/read-given.ts'
import type { Answers } from '../answers.ts'
import type { Texts } from '../texts/en.ts'
import { useTexts } from '../texts/texts-of.ts'
import { ActButton, ForActors } from '../views/act.ts'
import { actionTone, formatActionCounts } from '../views/action-words.ts'
import { Facts } from '../views/figures.ts'
import { html, type View, type Views } from '../views/html.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { ToneBadge } from '../views/tone.ts'
import { When } from '../views/when.ts'

/** One action: who asked for what, what became of it, and what can be done now. */
export function renderActionPage(action: Answers['action'], shell: Shell): string {
  const { id, state } = action
  const { texts } = shell
  return renderShell(shell, {
    section: 'actions',
    follow: 'actions',
    title: texts.action.title(id),
    heading: texts.action.title(id),
    main: html`
      <div>
        <div class=${`card problem ${actionTone[state]}`}>
          <div class="card-heading">
            <h2>${texts.actions.describe(factsOfAction(action))}</h2>
            <${ToneBadge} tone=${actionTone[state]}>${texts.actions.states[state]}<//>
          </div>
          <p>${resultOf(action, texts)}</p>
          ${action.error === null ? null : html`<p class="note" lang="en">${action.error}</p>`}
          ${isOpen(action) ? html`<${Cancel} action=${action} />` : null}
          ${isEstimate(action) && state === 'done' ? html`<${LoadEstimated} action=${action} />` : null}
        </div>
        <section aria-labelledby="details">
          <h2 id="details">${texts.common.details}</h2>
          <${Facts} facts=${factsOf(action, texts)} />
        </section>
        <p class="more"><a href="/actions">${texts.common.allActions}</a></p>
      </div>
    `,
  })
}

function isOpen({ state }: Action): boolean {
  return state === 'waiting' || state === 'running'
}

function isEstimate({ kind, arguments: given }: Action): boolean {
  return kind === 'backfill' && readGiven(given).dryRun === true
}

function resultOf(action: Action, texts: Texts): string {
  const { state, counts } = action
  if (state === 'done' && isEstimate(action))
    return texts.action.estimate(counts, formatDollars(counts.microdollars ?? 0))
  return texts.action.result(state, formatActionCounts(counts, texts))
}

function Cancel({ action: { id, cancelAskedBy } }: { action: Action }): View {
  const { action } = useTexts()
  if (cancelAskedBy !== null) return html`<p class="note">${action.cancelling(cancelAskedBy)}</p>`
  return html`
    <${ForActors}>
      <form class="act" method="post" action=${`/actions/${id}/cancel`}><button>${action.cancel}</button></form>
    <//>
  `
}

function LoadEstimated({ action: { source, arguments: given, counts } }: { action: Action }): View | null {
  const { action } = useTexts()
  const { toLoad = 0 } = counts
  if (toLoad === 0) return null
  const { prefix, since, until, maxRate } = readGiven(given)
  const day = (time: unknown): string => (typeof time === 'string' ? time.slice(0, 10) : '')
  const fields = {
    ...{
      kind: 'backfill',
      source: source ?? '',
      since: day(since),
      until: day(until),
      expected: String(toLoad),
    },
    ...(typeof prefix === 'string' ? { prefix } : {}),
    ...(typeof maxRate === 'number' ? { maxRate: String(maxRate) } : {}),
  }
  const cost = formatDollars(counts.microdollars ?? 0)
  return html`<${ActButton} label=${action.load(toLoad, cost)} fields=${fields} />`
}

function formatDollars(microdollars: number): string {
  return `$${(microdollars / 1_000_000).toFixed(2)}`
}

function factsOf(action: Action, { action: words, actions, formats }: Texts): [string, Views][] {
  const { askedBy, askedLogin, askedAt, confirmedCount, takenBy, takeCount, runId, startedAt, endedAt } =
    action
  const facts: [string, Views | null][] = [
    [actions.askedBy, words.asker(askedBy, askedLogin)],
    [actions.asked, html`<${When} at=${askedAt} />`],
    [actions.confirmed, confirmedCount === null ? words.withoutNumber : formats.number(confirmedCount)],
    [words.arguments, html`<code>${JSON.stringify(action.arguments)}</code>`],
    [words.run, runId === null ? null : html`<a href="/runs">${words.runOf(runId)}</a>`],
    [words.worker, takenBy === null ? null : words.takenBy(takenBy, takeCount)],
    [words.started, startedAt === null ? null : html`<${When} at=${startedAt} />`],
    [words.ended, endedAt === null ? null : html`<${When} at=${endedAt} />`],
    [words.cancelledBy, action.cancelAskedBy],
  ]
  return facts.filter(([, value]) => value !== null)
}
