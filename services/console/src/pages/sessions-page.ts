import type { RecentSession } from '@aftercall/warehouse/console/session-history'
import type { SessionEntry } from '@aftercall/warehouse/console/session-page'
import type { Answers } from '../answers.ts'
import type { CsvTable } from '../csv.ts'
import { useTexts } from '../texts/texts-of.ts'
import { channelNamer } from '../views/channel-namer.ts'
import { Downloads, FilterForm } from '../views/filter-form.ts'
import { html, type View, type Views } from '../views/html.ts'
import { historyPath, sessionsPath } from '../views/page-paths.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState, Table } from '../views/table.ts'
import { Ago, When } from '../views/when.ts'

/** The stored sessions of a source, by channel or by day; without a choice the newest ones of all. */
export function renderSessionsPage(answer: Answers['sessions'], shell: Shell): string {
  const { sessions, common, course } = shell.texts
  const list = answer.kind === 'list' ? answer : null
  return renderShell(shell, {
    section: 'sessions',
    title: sessions.title,
    heading: sessions.title,
    main: html`
      <div>
        <${FilterForm}
          action="/sessions"
          filters=${[
            {
              ...{ kind: 'choice', name: 'source', label: common.source, value: list?.source ?? null },
              ...{ options: answer.sources, all: sessions.newestOfAll },
            },
            {
              ...{ kind: 'choice', name: 'channel', label: sessions.channel, value: list?.channel ?? 'call' },
              ...{ options: ['call', 'chat'], nameOf: channelNamer(course) },
            },
            { kind: 'date', name: 'day', label: sessions.orDay, value: list?.day ?? null },
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
  const { sessions: words, common, course } = useTexts()
  if (sessions.length === 0)
    return html`<${EmptyState} title=${words.none}><a href="/sessions">${words.newest}</a><//>`
  return html`
    <div>
      <${Table}
        caption=${words.caption(sessions.length, day)}
        columns=${[words.session, words.started, words.type, words.outcome]}
        rows=${sessions.map((one: SessionEntry): Views[] => {
          const of = `${one.source}/${one.channel}/${one.sessionId}`
          return [
            html`<a href=${historyPath(of)}>${of}</a>`,
            html`<${When} at=${one.createdAt} />`,
            one.sessionType === null ? '' : course.sessionType(one.sessionType),
            one.outcome === null ? '' : course.word(one.outcome),
          ]
        })}
      />
      ${next === null ? null : html`<p class="more"><a href=${sessionsPath({ ...query, after: next })}>${common.nextPage}</a></p>`}
      <${Downloads} path=${sessionsPath(query)} />
    </div>
  `
}

function Recent({ sessions, now }: { sessions: readonly RecentSession[]; now: Date }): View {
  const { sessions: words, formats } = useTexts()
  if (sessions.length === 0)
    return html`
      <section>
        <${EmptyState} title=${words.noneYet}>${words.noneYetText}<//>
      </section>
    `
  return html`
    <section aria-labelledby="recent">
      <h2 id="recent">${words.recent}</h2>
      <${Table}
        caption=${words.recentCaption}
        columns=${[words.session, words.started, words.stored, { name: words.revisions, isNumber: true }]}
        rows=${sessions.map(({ source, channel, sessionId, createdAt, loadedAt, revisionCount }): Views[] => {
          const of = `${source}/${channel}/${sessionId}`
          return [
            html`<a href=${historyPath(of)}>${of}</a>`,
            html`<${When} at=${createdAt} />`,
            html`<${Ago} at=${loadedAt} now=${now} />`,
            formats.number(revisionCount),
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
