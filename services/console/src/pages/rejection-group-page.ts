import { failureNote } from '@aftercall/ingest/failure-codes'
import { counted } from '@aftercall/warehouse/console/tell-amount'
import type { RejectionState } from '@aftercall/warehouse/ledger/read-rejections'
import type { Answers } from '../answers.ts'
import { Command } from './command.ts'
import { EmptyState } from './empty-state.ts'
import { html, type View, type Views } from './html.ts'
import { rejectionGroupPath, rejectionPath } from './page-paths.ts'
import { placeOf } from './rejection-place.ts'
import { renderShell, type Shell } from './shell.ts'
import { Table } from './table.ts'
import { Ago } from './when.ts'

const states: readonly RejectionState[] = ['open', 'replayed', 'ignored']

/** The rejections of one reason, a page at a time, the newest first. */
export function renderRejectionGroupPage(answer: Answers['rejectionGroup'], shell: Shell): string {
  const { code, state, rejections, next } = answer
  const note = failureNote(code)
  return renderShell(shell, {
    section: 'rejections',
    title: code,
    heading: html`<code>${code}</code>`,
    main: html`
      <div>
        ${note === undefined ? null : html`<p class="lead">${sentence(note.meaning)} To do: ${sentence(note.toDo, false)}</p>`}
        <nav class="states" aria-label="State">
          <ul>${states.map((one) => html`<li><a class="state" href=${rejectionGroupPath(code, { state: one })} aria-current=${one === state ? 'page' : undefined}>${one}</a></li>`)}</ul>
        </nav>
        ${
          rejections.length === 0
            ? html`<${EmptyState} title=${`None of this reason is ${state}`}>
                <a href="/rejections">All reasons</a>
              <//>`
            : html`<${RejectionTable} answer=${answer} now=${shell.now} />`
        }
        ${next === null ? null : html`<p class="more"><a href=${rejectionGroupPath(code, { state, after: next })}>Older ones</a></p>`}
        ${state === 'open' && rejections.length > 0 ? html`<${TakeAgain} code=${code} />` : null}
      </div>
    `,
  })
}

function RejectionTable({ answer, now }: { answer: Answers['rejectionGroup']; now: Date }): View {
  return html`
    <${Table}
      caption=${`${counted(answer.rejections.length, 'rejection')} on this page, those seen last first`}
      columns=${['Object or message', 'Reason in full', 'Source', { name: 'Seen', isNumber: true }, 'Last seen']}
      rows=${answer.rejections.map((rejection): Views[] => [
        html`<a href=${rejectionPath(rejection.id)}>${placeOf(rejection)}</a>`,
        rejection.detail,
        rejection.source ?? 'none',
        rejection.seenCount === 1 ? 'once' : `${rejection.seenCount} times`,
        html`<${Ago} at=${rejection.lastSeenAt} now=${now} />`,
      ])}
    />
  `
}

function TakeAgain({ code }: { code: string }): View {
  return html`
    <section aria-labelledby="again">
      <h2 id="again">When the cause is gone</h2>
      <p>This takes everything of this reason again. What is still unusable stays here.</p>
      <${Command} text=${`aftercall replay --rejected --code ${code}`} />
    </section>
  `
}

function sentence(words: string, isStart = true): string {
  return `${isStart ? words.charAt(0).toUpperCase() + words.slice(1) : words}.`
}
