import { type AdviceStep, adviceFor } from '@aftercall/operator/advice-for'
import type { RejectionDetails } from '@aftercall/warehouse/console/rejection-groups'
import type { Answers } from '../answers.ts'
import type { Texts } from '../texts/en.ts'
import { useTexts } from '../texts/texts-of.ts'
import { ActButton } from '../views/act.ts'
import { Command } from '../views/command.ts'
import { Facts } from '../views/figures.ts'
import { html, type View, type Views } from '../views/html.ts'
import { historyPath, rejectedPlace, rejectionGroupPath, sourcePath } from '../views/page-paths.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { type Tone, ToneBadge } from '../views/tone.ts'
import { Ago, When } from '../views/when.ts'
import { Worded } from '../views/worded.ts'

const toneOf: Record<RejectionDetails['state'], Tone> = { open: 'warn', replayed: 'good', ignored: 'plain' }

/** One rejection: the reason, what to do, and everything about it except the content itself. */
export function renderRejectionPage(rejection: Answers['rejection'], shell: Shell): string {
  const { id, code, detail, state } = rejection
  const { texts } = shell
  const words = texts.rejection
  const meaning = words.note(code)?.meaning
  return renderShell(shell, {
    section: 'rejections',
    title: words.title(id),
    heading: words.title(id),
    main: html`
      <div>
        <p class="lead place">${rejectedPlace(rejection, texts.rejectionGroup)}</p>
        <div class=${`card problem ${toneOf[state]}`}>
          <div class="card-heading">
            <h2><a href=${rejectionGroupPath(code)}><code>${code}</code></a></h2>
            <${ToneBadge} tone=${toneOf[state]}>${texts.rejectionGroup.states[state]}<//>
          </div>
          <p lang="en">${detail}</p>
          ${meaning === undefined || meaning === detail ? null : html`<p class="note">${meaning}</p>`}
        </div>
        <section aria-labelledby="to-do">
          <h2 id="to-do">${words.whatToDo}</h2>
          <ol class="steps">${adviceFor(rejection).map((step) => html`<${Step} step=${step} code=${code} />`)}</ol>
          <${Acts} rejection=${rejection} />
        </section>
        <section aria-labelledby="details">
          <h2 id="details">${texts.common.details}</h2>
          <${Facts} facts=${factsOf(rejection, shell.now, texts)} />
        </section>
      </div>
    `,
  })
}

function Acts({ rejection: { id, state, keptBytes } }: { rejection: RejectionDetails }): View | null {
  const { rejection: words } = useTexts()
  switch (state) {
    case 'open':
      return html`
        <div class="acts">
          <${ActButton} label=${words.replay} fields=${{ kind: 'replay', id }} />
          ${keptBytes === null ? null : html`<${ActButton} label=${words.replayKept} fields=${{ kind: 'replay-kept', id }} />`}
          <${ActButton} label=${words.ignore} fields=${{ kind: 'ignore', id }} />
        </div>
      `
    case 'ignored':
      return html`<div class="acts"><${ActButton} label=${words.reopen} fields=${{ kind: 'reopen', id }} /></div>`
    case 'replayed':
      return null
  }
}

function Step({ step, code }: { step: AdviceStep; code: string }): View {
  const { rejection: words } = useTexts()
  const say = html`<${Worded} words=${words.advice(step, code)} />`
  return step.command === undefined
    ? html`<li>${say}</li>`
    : html`<li>${say}${words.colon}<${Command} text=${step.command} /></li>`
}

function factsOf(rejection: RejectionDetails, now: Date, texts: Texts): [string, Views][] {
  const { rejection: words, rejectionGroup, rejections, common, formats } = texts
  const { source, bucket, versionId, seenCount, firstSeenAt, lastSeenAt, contentSha256 } = rejection
  return [
    [common.source, source === null ? words.noSource : html`<a href=${sourcePath(source)}>${source}</a>`],
    ...(bucket === null
      ? []
      : [
          [
            words.history,
            html`<a href=${historyPath(rejectedPlace(rejection, rejectionGroup))}>${words.historyOfObject}</a>`,
          ] satisfies [string, Views],
        ]),
    ...(versionId === null ? [] : [[words.version, versionId] satisfies [string, Views]]),
    [rejectionGroup.seen, rejectionGroup.times(seenCount)],
    [
      rejections.firstSeen,
      html`<span><${When} at=${firstSeenAt} />${formats.clause}<${Ago} at=${firstSeenAt} now=${now} /></span>`,
    ],
    [
      rejections.lastSeen,
      html`<span><${When} at=${lastSeenAt} />${formats.clause}<${Ago} at=${lastSeenAt} now=${now} /></span>`,
    ],
    [words.size, words.sizes(rejection.contentBytes, rejection.keptBytes)],
    ...(contentSha256 === null
      ? []
      : [['SHA-256', html`<code>${contentSha256}</code>`] satisfies [string, Views]]),
    [words.inLedger, formatLedger(rejection, texts)],
  ]
}

function formatLedger({ bucket, ledger }: RejectionDetails, { rejection: words, outcomes }: Texts): Views {
  if (bucket === null) return words.noObject
  if (ledger === null) return words.notInLedger
  const { outcome, code, settledAt } = ledger
  return html`<span>${words.since(outcomes.names[outcome], code, html`<${When} at=${settledAt} />`)}</span>`
}
