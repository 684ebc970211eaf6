import type { HistoryAnswer, RecentSession } from '@aftercall/warehouse/console/session-history'
import { formatNumber } from '@aftercall/warehouse/console/tell-amount'
import type { Answers } from '../answers.ts'
import { EmptyState } from './empty-state.ts'
import { html, type View, type Views } from './html.ts'
import { ObjectHistoryView } from './object-history.ts'
import { storyPath } from './page-paths.ts'
import { SessionHistoryView } from './session-history.ts'
import { renderShell, type Shell } from './shell.ts'
import { Table } from './table.ts'
import { Typed } from './typed.ts'
import { Ago, When } from './when.ts'

/** What became of one object or session, found by its address or its id. */
export function renderHistoryPage(answer: Answers['story'], shell: Shell): string {
  const of = answer.kind === 'ask' ? '' : answer.of
  return renderShell(shell, {
    section: 'sessions',
    title: of === '' ? 'Sessions' : of,
    heading: of === '' ? 'Sessions' : of,
    main: html`
      <div>
        <${Search} of=${of} />
        <${Found} answer=${answer} now=${shell.now} />
      </div>
    `,
  })
}

function Search({ of }: { of: string }): View {
  return html`
    <form class="card search" action="/story" method="get" role="search">
      <label for="of">Object or session</label>
      <input id="of" name="of" value=${of} type="text" required autocomplete="off" autocapitalize="off" spellcheck=${false} aria-describedby="of-form" />
      <button type="submit">Show its story</button>
      <p id="of-form"><code>s3://BUCKET/KEY</code> of an object, or <code>SOURCE/call/ID</code> or <code>SOURCE/chat/ID</code> of a session</p>
    </form>
  `
}

function Found({ answer, now }: { answer: HistoryAnswer; now: Date }): View {
  switch (answer.kind) {
    case 'ask':
      return html`<${Recent} sessions=${answer.recent} now=${now} />`
    case 'unreadable':
      return html`<section><${EmptyState} title="That is no address of an object or a session">${answer.message}<//></section>`
    case 'unknown':
      return html`<section><${EmptyState} title="Nothing is known of it"><${Typed} text=${answer.message} /><//></section>`
    case 'object':
      return html`<${ObjectHistoryView} story=${answer.story} />`
    case 'session':
      return html`<${SessionHistoryView} story=${answer.story} revisions=${answer.revisions} />`
  }
}

function Recent({ sessions, now }: { sessions: readonly RecentSession[]; now: Date }): View {
  if (sessions.length === 0)
    return html`
      <section>
        <${EmptyState} title="No session is stored yet">
          The newest sessions of each source will be listed here.
        <//>
      </section>
    `
  return html`
    <section aria-labelledby="recent">
      <h2 id="recent">To begin with</h2>
      <${Table}
        caption="The sessions with the greatest ids of each source"
        columns=${['Session', 'Began', 'Stored', { name: 'Revisions', isNumber: true }]}
        rows=${sessions.map(({ source, channel, sessionId, createdAt, loadedAt, revisionCount }): Views[] => {
          const of = `${source}/${channel}/${sessionId}`
          return [
            html`<a href=${storyPath(of)}>${of}</a>`,
            html`<${When} at=${createdAt} />`,
            html`<${Ago} at=${loadedAt} now=${now} />`,
            formatNumber(revisionCount),
          ]
        })}
      />
    </section>
  `
}
