import { formatNumber } from '@aftercall/operator/format/number'
import type { RecentSession } from '@aftercall/warehouse/console/session-history'
import type { Answers } from '../answers.ts'
import type { HistoryAnswer } from '../read-history.ts'
import { Typed } from '../views/command.ts'
import { html, type View, type Views } from '../views/html.ts'
import { ObjectHistoryView } from '../views/object-history.ts'
import { historyPath } from '../views/page-paths.ts'
import { SessionHistoryView } from '../views/session-history.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState, Table } from '../views/table.ts'
import { Ago, When } from '../views/when.ts'

/** The history of one object or session, found by its address or id. */
export function renderHistoryPage(answer: Answers['history'], shell: Shell): string {
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
    <form class="card search" action="/history" method="get" role="search">
      <label for="of">Object or session</label>
      <input id="of" name="of" value=${of} type="text" required autocomplete="off" autocapitalize="off" spellcheck=${false} aria-describedby="of-form" />
      <button type="submit">Show history</button>
      <p id="of-form"><code>s3://BUCKET/KEY</code> for an object, or <code>SOURCE/call/ID</code> or <code>SOURCE/chat/ID</code> for a session</p>
    </form>
  `
}

function Found({ answer, now }: { answer: HistoryAnswer; now: Date }): View {
  switch (answer.kind) {
    case 'ask':
      return html`<${Recent} sessions=${answer.recent} now=${now} />`
    case 'unreadable':
      return html`<section><${EmptyState} title="This is not the address of an object or a session">${answer.message}<//></section>`
    case 'unknown':
      return html`<section><${EmptyState} title="Not found"><${Typed} text=${answer.message} /><//></section>`
    case 'object':
      return html`<${ObjectHistoryView} history=${answer.history} />`
    case 'session':
      return html`<${SessionHistoryView} history=${answer.history} revisions=${answer.revisions} />`
  }
}

function Recent({ sessions, now }: { sessions: readonly RecentSession[]; now: Date }): View {
  if (sessions.length === 0)
    return html`
      <section>
        <${EmptyState} title="No session is stored yet">
          The newest sessions of each source appear here.
        <//>
      </section>
    `
  return html`
    <section aria-labelledby="recent">
      <h2 id="recent">Recent sessions</h2>
      <${Table}
        caption="The sessions with the highest ids of each source"
        columns=${['Session', 'Started', 'Stored', { name: 'Revisions', isNumber: true }]}
        rows=${sessions.map(({ source, channel, sessionId, createdAt, loadedAt, revisionCount }): Views[] => {
          const of = `${source}/${channel}/${sessionId}`
          return [
            html`<a href=${historyPath(of)}>${of}</a>`,
            html`<${When} at=${createdAt} />`,
            html`<${Ago} at=${loadedAt} now=${now} />`,
            formatNumber(revisionCount),
          ]
        })}
      />
    </section>
  `
}
