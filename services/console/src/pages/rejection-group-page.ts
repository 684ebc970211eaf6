import type { RejectionState } from '@aftercall/warehouse/ledger/read-rejections'
import type { Answers } from '../answers.ts'
import { useTexts } from '../texts/texts-of.ts'
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
  const { rejection, rejectionGroup: words } = shell.texts
  const note = rejection.note(code)
  return renderShell(shell, {
    section: 'rejections',
    title: code,
    heading: html`<code>${code}</code>`,
    main: html`
      <div>
        ${note === undefined ? null : html`<p class="lead">${words.lead(note)}</p>`}
        ${source === null ? null : html`<p>${words.ofSource(html`<a href=${sourcePath(source)}>${source}</a>`, html`<a href=${rejectionGroupPath(code)}>${words.ofAllSources}</a>`)}</p>`}
        <nav class="states" aria-label=${words.state}>
          <ul>${states.map((one) => html`<li><a class="state" href=${rejectionGroupPath(code, { source, state: one })} aria-current=${one === state ? 'page' : undefined}>${words.states[one]}</a></li>`)}</ul>
        </nav>
        ${
          rejections.length === 0
            ? html`<${EmptyState} title=${words.none(state)}><a href="/rejections">${words.all}</a><//>`
            : html`<${RejectionTable} answer=${answer} shell=${shell} />`
        }
        ${next === null ? null : html`<p class="more"><a href=${rejectionGroupPath(code, { source, state, after: next })}>${words.older}</a></p>`}
        ${state === 'open' && rejections.length > 0 ? html`<${ReplayCode} code=${code} source=${source} />` : null}
      </div>
    `,
  })
}

function RejectionTable({ answer, shell }: { answer: Answers['rejectionGroup']; shell: Shell }): View {
  const { rejections, state } = answer
  const { rejectionGroup: words } = useTexts()
  const mayPick = shell.viewer?.kind === 'actor' && state !== 'replayed'
  const table = html`<${PlainTable} rejections=${rejections} now=${shell.now} mayPick=${mayPick} />`
  if (!mayPick) return table
  const kinds =
    state === 'open'
      ? { replay: words.replayPicked, ignore: words.ignorePicked }
      : { reopen: words.reopenPicked }
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
  const { rejectionGroup: words, rejections: columns, common } = useTexts()
  return html`
    <${Table}
      caption=${words.caption(rejections.length)}
      columns=${[words.place, words.detail, common.source, { name: words.seen, isNumber: true }, columns.lastSeen]}
      keys=${rejections.map(({ id }) => `rejection-${id}`)}
      rows=${rejections.map((rejection): Views[] => [
        html`<span>${mayPick ? html`<label class="short"><input type="checkbox" name="id" value=${rejection.id} />${`${rejection.id} `}</label>` : null}<a href=${rejectionPath(rejection.id)}>${rejectedPlace(rejection, words)}</a></span>`,
        html`<span lang="en">${rejection.detail}</span>`,
        rejection.source === null
          ? common.none
          : html`<a href=${sourcePath(rejection.source)}>${rejection.source}</a>`,
        words.times(rejection.seenCount),
        html`<${Ago} at=${rejection.lastSeenAt} now=${now} />`,
      ])}
    />
  `
}

function ReplayCode({ code, source }: { code: string; source: string | null }): View {
  const { rejections, rejectionGroup: words } = useTexts()
  return html`
    <section aria-labelledby="replay">
      <h2 id="replay">${rejections.repaired}</h2>
      <p>${rejections.repairedText}</p>
      <${Command} text=${`aftercall replay --rejected --code ${code}${source === null ? '' : ` --source ${source}`}`} />
      <div class="acts">
        <${ActButton} label=${words.replayAll} fields=${{ kind: 'replay', code, source: source ?? '' }} />
        <${ActButton} label=${words.ignoreAll} fields=${{ kind: 'ignore', code, source: source ?? '' }} />
      </div>
    </section>
  `
}
