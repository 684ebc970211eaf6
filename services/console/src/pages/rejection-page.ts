import { type AdviceStep, adviceFor } from '@aftercall/operator/advice-for'
import { failureNote } from '@aftercall/operator/failure-codes/failure-note'
import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatTimes } from '@aftercall/operator/format/plural'
import type { RejectionDetails } from '@aftercall/warehouse/console/rejection-groups'
import type { Answers } from '../answers.ts'
import { ActButton } from '../views/act.ts'
import { Command } from '../views/command.ts'
import { Facts } from '../views/figures.ts'
import { html, type View, type Views } from '../views/html.ts'
import { historyPath, rejectedPlace, rejectionGroupPath, sourcePath } from '../views/page-paths.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { type Tone, ToneBadge } from '../views/tone.ts'
import { Ago, When } from '../views/when.ts'

const toneOf: Record<RejectionDetails['state'], Tone> = { open: 'warn', replayed: 'good', ignored: 'plain' }

/** One rejection: the reason, what to do, and everything about it except the content itself. */
export function renderRejectionPage(rejection: Answers['rejection'], shell: Shell): string {
  const { id, code, detail, state } = rejection
  const meaning = failureNote(code)?.meaning
  return renderShell(shell, {
    section: 'rejections',
    title: `Rejection ${id}`,
    heading: `Rejection ${id}`,
    main: html`
      <div>
        <p class="lead place">${rejectedPlace(rejection)}</p>
        <div class=${`card problem ${toneOf[state]}`}>
          <div class="card-heading">
            <h2><a href=${rejectionGroupPath(code)}><code>${code}</code></a></h2>
            <${ToneBadge} tone=${toneOf[state]}>${state}<//>
          </div>
          <p>${detail}</p>
          ${meaning === undefined || meaning === detail ? null : html`<p class="note">${meaning}</p>`}
        </div>
        <section aria-labelledby="to-do">
          <h2 id="to-do">What to do</h2>
          <ol class="steps">${adviceFor(rejection).map((step) => html`<${Step} step=${step} />`)}</ol>
          <${Acts} rejection=${rejection} />
        </section>
        <section aria-labelledby="details">
          <h2 id="details">Details</h2>
          <${Facts} facts=${factsOf(rejection, shell.now)} />
        </section>
      </div>
    `,
  })
}

function Acts({ rejection: { id, state, keptBytes } }: { rejection: RejectionDetails }): View | null {
  switch (state) {
    case 'open':
      return html`
        <div class="acts">
          <${ActButton} label="Replay…" fields=${{ kind: 'replay', id }} />
          ${keptBytes === null ? null : html`<${ActButton} label="Replay from the kept bytes…" fields=${{ kind: 'replay-kept', id }} />`}
          <${ActButton} label="Ignore…" fields=${{ kind: 'ignore', id }} />
        </div>
      `
    case 'ignored':
      return html`<div class="acts"><${ActButton} label="Reopen…" fields=${{ kind: 'reopen', id }} /></div>`
    case 'replayed':
      return null
  }
}

function Step({ step: { say, command } }: { step: AdviceStep }): View {
  return command === undefined ? html`<li>${say}</li>` : html`<li>${say}:<${Command} text=${command} /></li>`
}

function factsOf(rejection: RejectionDetails, now: Date): [string, Views][] {
  const { source, bucket, versionId, seenCount, firstSeenAt, lastSeenAt, contentSha256 } = rejection
  return [
    [
      'Source',
      source === null
        ? 'none: no source is configured for it'
        : html`<a href=${sourcePath(source)}>${source}</a>`,
    ],
    ...(bucket === null
      ? []
      : [
          [
            'History',
            html`<a href=${historyPath(rejectedPlace(rejection))}>History of the object</a>`,
          ] satisfies [string, Views],
        ]),
    ...(versionId === null ? [] : [['Version', versionId] satisfies [string, Views]]),
    ['Seen', formatTimes(seenCount)],
    ['First seen', html`<span><${When} at=${firstSeenAt} />, <${Ago} at=${firstSeenAt} now=${now} /></span>`],
    ['Last seen', html`<span><${When} at=${lastSeenAt} />, <${Ago} at=${lastSeenAt} now=${now} /></span>`],
    ['Size', formatSize(rejection)],
    ...(contentSha256 === null
      ? []
      : [['SHA-256', html`<code>${contentSha256}</code>`] satisfies [string, Views]]),
    ['In the ledger', formatLedger(rejection)],
  ]
}

function formatSize({ contentBytes, keptBytes }: RejectionDetails): string {
  if (contentBytes === null) return 'unknown: it was not read'
  if (keptBytes === null) return `${formatBytes(contentBytes)}, no longer kept`
  return keptBytes < contentBytes
    ? `${formatBytes(contentBytes)}, of which the first ${formatBytes(keptBytes)} are kept`
    : `${formatBytes(contentBytes)}, kept`
}

function formatLedger({ bucket, ledger }: RejectionDetails): Views {
  if (bucket === null) return 'none: the message names no object'
  if (ledger === null) return 'the object is not in the ledger'
  const { outcome, code, settledAt } = ledger
  return html`<span>${outcome}${code === null ? '' : ` (${code})`} since <${When} at=${settledAt} /></span>`
}
