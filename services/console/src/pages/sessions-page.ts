import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import type { RecentSession } from '@aftercall/warehouse/console/session-history'
import type { SessionEntry } from '@aftercall/warehouse/console/session-page'
import type { Answers } from '../answers.ts'
import type { CsvTable } from '../csv.ts'
import { Downloads, FilterForm } from '../views/filter-form.ts'
import { html, type View, type Views } from '../views/html.ts'
import { historyPath, sessionsPath } from '../views/page-paths.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState, Table } from '../views/table.ts'
import { Ago, When } from '../views/when.ts'

/** The stored sessions of a source, by channel or by day; without a choice the newest ones of all. */
export function renderSessionsPage(answer: Answers['sessions'], shell: Shell): string {
  const list = answer.kind === 'list' ? answer : null
  return renderShell(shell, {
    section: 'sessions',
    title: 'Sessions',
    heading: 'Sessions',
    main: html`
      <div>
        <${FilterForm}
          action="/sessions"
          filters=${[
            {
              ...{ kind: 'choice', name: 'source', label: 'Source', value: list?.source ?? null },
              ...{ options: answer.sources, all: 'newest of all' },
            },
            {
              ...{ kind: 'choice', name: 'channel', label: 'Channel', value: list?.channel ?? 'call' },
              options: ['call', 'chat'],
            },
            { kind: 'date', name: 'day', label: 'or local day', value: list?.day ?? null },
          ]}
        />
        ${list === null ? html`<${Recent} sessions=${answer.kind === 'recent' ? answer.recent : []} now=${shell.now} />` : html`<${List} list=${list} />`}
      </div>
    `,
  })
}

type ListAnswer = Extract<Answers['sessions'], { kind: 'list' }>

function List({ list }: { list: ListAnswer }): View {
  const { source, channel, day, sessions, next } = list
  const query = { source, channel, day }
  if (sessions.length === 0)
    return html`<${EmptyState} title="No session is stored here"><a href="/sessions">The newest sessions of all sources</a><//>`
  return html`
    <div>
      <${Table}
        caption=${`${formatCount(sessions.length, 'session')} on this page, ${day === null ? 'the highest ids first' : `of ${day}`}`}
        columns=${['Session', 'Started', 'Type', 'Outcome']}
        rows=${sessions.map((one: SessionEntry): Views[] => {
          const of = `${one.source}/${one.channel}/${one.sessionId}`
          return [
            html`<a href=${historyPath(of)}>${of}</a>`,
            html`<${When} at=${one.createdAt} />`,
            one.sessionType ?? '',
            one.outcome?.replaceAll('_', ' ') ?? '',
          ]
        })}
      />
      ${next === null ? null : html`<p class="more"><a href=${sessionsPath({ ...query, after: next })}>Next page</a></p>`}
      <${Downloads} path=${sessionsPath(query)} />
    </div>
  `
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

export function tableOfSessions(answer: Answers['sessions']): CsvTable {
  if (answer.kind === 'recent')
    return {
      columns: ['source', 'channel', 'session_id', 'created_at', 'loaded_at', 'revision_count'],
      rows: answer.recent.map((one) => [
        ...[one.source, one.channel, one.sessionId, one.createdAt, one.loadedAt, one.revisionCount],
      ]),
    }
  return {
    columns: ['source', 'channel', 'session_id', 'created_at', 'session_type', 'outcome'],
    rows: answer.sessions.map((one) => [
      ...[one.source, one.channel, one.sessionId, one.createdAt, one.sessionType, one.outcome],
    ]),
  }
}
