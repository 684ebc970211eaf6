import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import type { Action } from '@aftercall/warehouse/actions/action'
import type { Answers } from '../answers.ts'
import { ActButton, ForActors } from '../views/act.ts'
import { actionTone, describeAction, formatActionCounts, readGiven } from '../views/action-words.ts'
import { Facts } from '../views/figures.ts'
import { html, type View, type Views } from '../views/html.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { ToneBadge } from '../views/tone.ts'
import { When } from '../views/when.ts'

/** One action: who asked for what, what became of it, and what can be done now. */
export function renderActionPage(action: Answers['action'], shell: Shell): string {
  const { id, state } = action
  return renderShell(shell, {
    section: 'actions',
    follow: 'actions',
    title: `Action ${id}`,
    heading: `Action ${id}`,
    main: html`
      <div>
        <div class=${`card problem ${actionTone[state]}`}>
          <div class="card-heading">
            <h2>${describeAction(action)}</h2>
            <${ToneBadge} tone=${actionTone[state]}>${state}<//>
          </div>
          <p>${resultOf(action)}</p>
          ${action.error === null ? null : html`<p class="note">${action.error}</p>`}
          ${isOpen(action) ? html`<${Cancel} action=${action} />` : null}
          ${isEstimate(action) && state === 'done' ? html`<${LoadEstimated} action=${action} />` : null}
        </div>
        <section aria-labelledby="details">
          <h2 id="details">Details</h2>
          <${Facts} facts=${factsOf(action)} />
        </section>
        <p class="more"><a href="/actions">All actions</a></p>
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

function resultOf(action: Action): string {
  const counts = formatActionCounts(action.counts)
  switch (action.state) {
    case 'waiting':
      return 'It waits for a worker. Workers look for actions every five seconds, and do one bulk action of a source at a time.'
    case 'running':
      return `A worker carries it out${counts === '' ? '' : `; so far: ${counts}`}.`
    case 'done':
      if (isEstimate(action)) return describeEstimate(action.counts)
      return counts === '' ? 'Done.' : `Done: ${counts}.`
    case 'failed':
      return counts === '' ? 'It failed.' : `It failed; until then: ${counts}.`
    case 'cancelled':
      return counts === ''
        ? 'It was cancelled.'
        : `It was cancelled; what was done until then is kept: ${counts}.`
  }
}

function describeEstimate({
  listed = 0,
  toLoad = 0,
  bytes = 0,
  microdollars = 0,
  secondsLow,
  secondsHigh,
}: Action['counts']): string {
  const time =
    secondsLow === undefined || secondsHigh === undefined
      ? ''
      : `, in about ${formatDuration(secondsLow * 1_000)} to ${formatDuration(secondsHigh * 1_000)}`
  const cost = `${formatDollars(microdollars)} at list prices of us-east-1`
  return `${formatCount(listed, 'object')} listed. ${formatCount(toLoad, 'file')} to load, ${formatBytes(bytes)}${time}, for ${cost}. Nothing was loaded.`
}

function Cancel({ action: { id, cancelAskedBy } }: { action: Action }): View {
  if (cancelAskedBy !== null)
    return html`<p class="note">${`${cancelAskedBy} has cancelled it; the worker stops soon.`}</p>`
  return html`
    <${ForActors}>
      <form class="act" method="post" action=${`/actions/${id}/cancel`}><button>Cancel</button></form>
    <//>
  `
}

function LoadEstimated({ action: { source, arguments: given, counts } }: { action: Action }): View | null {
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
  return html`<${ActButton} label=${`Load ${formatCount(toLoad, 'file')}, ${cost}…`} fields=${fields} />`
}

function formatDollars(microdollars: number): string {
  return `$${(microdollars / 1_000_000).toFixed(2)}`
}

function factsOf(action: Action): [string, Views][] {
  const { askedBy, askedLogin, askedAt, confirmedCount, takenBy, takeCount, runId, startedAt, endedAt } =
    action
  return [
    ['Asked by', `${askedBy}, through the login ${askedLogin}`],
    ['Asked', html`<${When} at=${askedAt} />`],
    ['Confirmed', confirmedCount === null ? 'without a number' : formatNumber(confirmedCount)],
    ['Arguments', html`<code>${JSON.stringify(action.arguments)}</code>`],
    ...(runId === null ? [] : [['Run', html`<a href="/runs">Run ${runId}</a>`] satisfies [string, Views]]),
    ...(takenBy === null
      ? []
      : [
          ['Worker', takeCount > 1 ? `${takenBy}, the worker number ${takeCount}` : takenBy] satisfies [
            string,
            Views,
          ],
        ]),
    ...(startedAt === null ? [] : [['Started', html`<${When} at=${startedAt} />`] satisfies [string, Views]]),
    ...(endedAt === null ? [] : [['Ended', html`<${When} at=${endedAt} />`] satisfies [string, Views]]),
    ...(action.cancelAskedBy === null
      ? []
      : [['Cancelled by', action.cancelAskedBy] satisfies [string, Views]]),
  ]
}
