import type { FoundObject, FoundSession } from '@aftercall/warehouse/console/find-places'
import type { Answers } from '../answers.ts'
import type { HistoryAnswer } from '../read-history.ts'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View, type Views } from '../views/html.ts'
import { ObjectHistoryView } from '../views/object-history.ts'
import { outcomeTone } from '../views/outcome-words.ts'
import { historyPath } from '../views/page-paths.ts'
import { SessionHistoryView } from '../views/session-history.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState, Table } from '../views/table.ts'
import { ToneBadge } from '../views/tone.ts'
import { Ago, When } from '../views/when.ts'
import { Worded } from '../views/worded.ts'

/** The history of one object or session, or everything that a search can mean. */
export function renderHistoryPage(answer: Answers['history'], shell: Shell): string {
  const { of } = answer
  return renderShell(shell, {
    section: answer.kind === 'object' ? 'objects' : 'sessions',
    title: of,
    heading: of,
    search: of,
    main: html`<div><${Found} answer=${answer} now=${shell.now} /></div>`,
  })
}

function Found({ answer, now }: { answer: HistoryAnswer; now: Date }): View {
  const { history } = useTexts()
  switch (answer.kind) {
    case 'matches':
      return html`<${Matches} sessions=${answer.sessions} objects=${answer.objects} now=${now} />`
    case 'unknown':
      return html`<section><${EmptyState} title=${history.notFound}><${Worded} words=${history.unknown(answer.place)} /><//></section>`
    case 'object':
      return html`<${ObjectHistoryView} history=${answer.history} />`
    case 'session':
      return html`<${SessionHistoryView} history=${answer.history} revisions=${answer.revisions} parts=${answer.parts} changes=${answer.changes} />`
  }
}

type MatchesProps = { sessions: readonly FoundSession[]; objects: readonly FoundObject[]; now: Date }

function Matches({ sessions, objects, now }: MatchesProps): View {
  const texts = useTexts()
  const { history, common } = texts
  const foundSessions = html`
    <section aria-labelledby="sessions">
      <h2 id="sessions">${texts.sessions.title}</h2>
      <${Table}
        caption=${history.withThisId}
        columns=${[texts.sessions.session, texts.sessions.started]}
        rows=${sessions.map(({ source, channel, sessionId, createdAt }): Views[] => {
          const of = `${source}/${channel}/${sessionId}`
          return [html`<a href=${historyPath(of)}>${of}</a>`, html`<${When} at=${createdAt} />`]
        })}
      />
    </section>
  `
  const foundObjects = html`
    <section aria-labelledby="objects">
      <h2 id="objects">${texts.objects.title}</h2>
      <${Table}
        caption=${history.foundObjects}
        columns=${[texts.objects.object, common.source, texts.objects.outcome, texts.objects.ended]}
        rows=${objects.map(({ bucket, objectKey, source, outcome, settledAt }): Views[] => [
          html`<a href=${historyPath(`s3://${bucket}/${objectKey}`)}>${objectKey}</a>`,
          source ?? common.none,
          html`<${ToneBadge} tone=${outcomeTone[outcome] ?? 'plain'}>${texts.outcomes.names[outcome] ?? outcome}<//>`,
          html`<${Ago} at=${settledAt} now=${now} />`,
        ])}
      />
    </section>
  `
  return html`<div>${sessions.length === 0 ? null : foundSessions}${objects.length === 0 ? null : foundObjects}</div>`
}
