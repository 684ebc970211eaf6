import { failureNote } from '@aftercall/operator/failure-codes/failure-note'
import { formatCount, formatTimes } from '@aftercall/operator/format/plural'
import type { RejectionState } from '@aftercall/warehouse/ledger/read-rejections'
import type { Answers } from '../answers.ts'
import { ActButton } from '../views/act.ts'
import { Command } from '../views/command.ts'
import { html, type View, type Views } from '../views/html.ts'
import { rejectedPlace, rejectionGroupPath, rejectionPath, sourcePath } from '../views/page-paths.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState, Table } from '../views/table.ts'
import { Ago } from '../views/when.ts'

const states: readonly RejectionState[] = ['open', 'replayed', 'ignored']

/** The rejections with one code, a page at a time, the most recent first. */
export function renderRejectionGroupPage(answer: Answers['rejectionGroup'], shell: Shell): string {
  const { code, source, state, rejections, next } = answer
  const note = failureNote(code)
  return renderShell(shell, {
    section: 'rejections',
    title: code,
    heading: html`<code>${code}</code>`,
    main: html`
      <div>
        ${note === undefined ? null : html`<p class="lead">${sentence(note.meaning)} To do: ${sentence(note.toDo, false)}</p>`}
        ${source === null ? null : html`<p>Of <a href=${sourcePath(source)}>${source}</a>. <a href=${rejectionGroupPath(code)}>Of all sources</a></p>`}
        <nav class="states" aria-label="State">
          <ul>${states.map((one) => html`<li><a class="state" href=${rejectionGroupPath(code, { source, state: one })} aria-current=${one === state ? 'page' : undefined}>${one}</a></li>`)}</ul>
        </nav>
        ${
          rejections.length === 0
            ? html`<${EmptyState} title=${`No rejection with this code is ${state}`}>
                <a href="/rejections">All rejections</a>
              <//>`
            : html`<${RejectionTable} answer=${answer} shell=${shell} />`
        }
        ${next === null ? null : html`<p class="more"><a href=${rejectionGroupPath(code, { source, state, after: next })}>Older rejections</a></p>`}
        ${state === 'open' && rejections.length > 0 ? html`<${ReplayCode} code=${code} source=${source} />` : null}
      </div>
    `,
  })
}

function RejectionTable({ answer, shell }: { answer: Answers['rejectionGroup']; shell: Shell }): View {
  const { rejections, state } = answer
  const mayPick = shell.viewer?.kind === 'actor' && state !== 'replayed'
  const table = html`<${PlainTable} rejections=${rejections} now=${shell.now} mayPick=${mayPick} />`
  if (!mayPick) return table
  const kinds =
    state === 'open'
      ? { replay: 'Replay those picked…', ignore: 'Ignore those picked…' }
      : { reopen: 'Reopen those picked…' }
  return html`
    <form method="post" action="/confirm">
      ${table}
      <div class="acts">${Object.entries(kinds).map(([kind, label]) => html`<button name="kind" value=${kind}>${label}</button>`)}</div>
    </form>
  `
}

function PlainTable({
  rejections,
  now,
  mayPick,
}: {
  rejections: Answers['rejectionGroup']['rejections']
  now: Date
  mayPick: boolean
}): View {
  return html`
    <${Table}
      caption=${`${formatCount(rejections.length, 'rejection')} on this page, the most recent first`}
      columns=${['Object or message', 'Detail', 'Source', { name: 'Seen', isNumber: true }, 'Last seen']}
      keys=${rejections.map(({ id }) => `rejection-${id}`)}
      rows=${rejections.map((rejection): Views[] => [
        html`<span>${mayPick ? html`<label class="short"><input type="checkbox" name="id" value=${rejection.id} />${`${rejection.id} `}</label>` : null}<a href=${rejectionPath(rejection.id)}>${rejectedPlace(rejection)}</a></span>`,
        rejection.detail,
        rejection.source === null
          ? 'none'
          : html`<a href=${sourcePath(rejection.source)}>${rejection.source}</a>`,
        formatTimes(rejection.seenCount),
        html`<${Ago} at=${rejection.lastSeenAt} now=${now} />`,
      ])}
    />
  `
}

function ReplayCode({ code, source }: { code: string; source: string | null }): View {
  return html`
    <section aria-labelledby="replay">
      <h2 id="replay">When the cause is repaired</h2>
      <p>This command replays all of them. What still cannot be used stays here.</p>
      <${Command} text=${`aftercall replay --rejected --code ${code}${source === null ? '' : ` --source ${source}`}`} />
      <div class="acts">
        <${ActButton} label="Replay all…" fields=${{ kind: 'replay', code, source: source ?? '' }} />
        <${ActButton} label="Ignore all…" fields=${{ kind: 'ignore', code, source: source ?? '' }} />
      </div>
    </section>
  `
}

function sentence(words: string, isStart = true): string {
  return `${isStart ? words.charAt(0).toUpperCase() + words.slice(1) : words}.`
}
