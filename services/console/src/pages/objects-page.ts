import { type LedgerEntry, troubleOutcomes } from '@aftercall/warehouse/console/ledger-page'
import type { Answers } from '../answers.ts'
import type { CsvTable } from '../csv.ts'
import { useTexts } from '../texts/texts-of.ts'
import { Downloads, FilterForm } from '../views/filter-form.ts'
import { html, type View, type Views } from '../views/html.ts'
import { outcomeTone } from '../views/outcome-words.ts'
import { historyPath, objectsPath, rejectionGroupPath, sourcePath } from '../views/page-paths.ts'
import { renderShell, type Shell } from '../views/shell.ts'
import { EmptyState, Table } from '../views/table.ts'
import { ToneBadge } from '../views/tone.ts'
import { Ago } from '../views/when.ts'

/** The ledger: every object that was announced or found, with how it ended. */
export function renderObjectsPage(answer: Answers['objects'], shell: Shell): string {
  const { source, outcome, key, objects, next, sources } = answer
  const query = { source, outcome, key }
  const { objects: words, common, outcomes } = shell.texts
  return renderShell(shell, {
    section: 'objects',
    title: words.title,
    heading: words.title,
    main: html`
      <div>
        <p class="lead">${words.lead}</p>
        <${FilterForm}
          action="/objects"
          filters=${[
            {
              ...{ kind: 'choice', name: 'source', label: common.source, value: source, options: sources },
              all: common.allSources,
            },
            {
              ...{
                kind: 'choice',
                name: 'outcome',
                label: words.outcome,
                value: outcome,
                options: troubleOutcomes,
                nameOf: outcomeNamer(outcomes.names),
              },
              all: words.allOutcomes,
            },
            {
              ...{ kind: 'text', name: 'key', label: words.keyBegins, value: key },
              hint: words.keyHint,
            },
          ]}
        />
        ${
          objects.length === 0
            ? html`<${EmptyState} title=${words.none}><a href="/objects">${words.all}</a><//>`
            : html`<${ObjectTable} objects=${objects} now=${shell.now} />`
        }
        ${next === null ? null : html`<p class="more"><a href=${objectsPath({ ...query, after: next })}>${common.nextPage}</a></p>`}
        <${Downloads} path=${objectsPath(query)} />
      </div>
    `,
  })
}

function ObjectTable({ objects, now }: { objects: readonly LedgerEntry[]; now: Date }): View {
  const { objects: words, common, outcomes, formats } = useTexts()
  return html`
    <${Table}
      caption=${words.caption(objects.length)}
      columns=${[words.object, common.source, words.outcome, words.session, words.ended, { name: words.size, isNumber: true }]}
      rows=${objects.map((object): Views[] => [
        html`<a href=${historyPath(`s3://${object.bucket}/${object.objectKey}`)}>${object.objectKey}</a>`,
        object.source === null
          ? common.none
          : html`<a href=${sourcePath(object.source)}>${object.source}</a>`,
        html`<span><${ToneBadge} tone=${outcomeTone[object.outcome] ?? 'plain'}>${outcomes.names[object.outcome] ?? object.outcome}<//>${object.code === null ? null : html`<a class="note" href=${rejectionGroupPath(object.code)}>${object.code}</a>`}</span>`,
        sessionLink(object),
        html`<${Ago} at=${object.settledAt} now=${now} />`,
        object.sizeBytes === null ? '' : formats.bytes(object.sizeBytes),
      ])}
    />
  `
}

/** The names of outcomes, for a choice of one. */
function outcomeNamer(names: Readonly<Record<string, string>>): (outcome: string) => string {
  return (outcome) => names[outcome] ?? outcome
}

function sessionLink({ source, channel, sessionId }: LedgerEntry): Views {
  if (source === null || channel === null || sessionId === null) return ''
  const of = `${source}/${channel}/${sessionId}`
  return html`<a href=${historyPath(of)}>${`${channel}/${sessionId}`}</a>`
}

export function tableOfObjects({ objects }: Answers['objects']): CsvTable {
  return {
    columns: [
      ...['bucket', 'object_key', 'source', 'outcome', 'code', 'channel', 'session_id', 'size_bytes'],
      ...['event_time', 'settled_at', 'settle_count'],
    ],
    rows: objects.map((one) => [
      ...[one.bucket, one.objectKey, one.source, one.outcome, one.code, one.channel, one.sessionId],
      ...[one.sizeBytes, one.eventTime, one.settledAt, one.settleCount],
    ]),
  }
}
