import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatCount } from '@aftercall/operator/format/plural'
import { type LedgerEntry, troubleOutcomes } from '@aftercall/warehouse/console/ledger-page'
import type { Answers } from '../answers.ts'
import type { CsvTable } from '../csv.ts'
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
  return renderShell(shell, {
    section: 'objects',
    title: 'Objects',
    heading: 'Objects',
    main: html`
      <div>
        <p class="lead">
          Every object that was announced or found in a bucket, in the order of keys. Only outcomes with an index can be
          chosen: most objects are stored.
        </p>
        <${FilterForm}
          action="/objects"
          filters=${[
            {
              ...{ kind: 'choice', name: 'source', label: 'Source', value: source, options: sources },
              all: 'all sources',
            },
            {
              ...{
                kind: 'choice',
                name: 'outcome',
                label: 'Outcome',
                value: outcome,
                options: troubleOutcomes,
              },
              all: 'all outcomes',
            },
            {
              ...{ kind: 'text', name: 'key', label: 'Key begins with', value: key },
              hint: 'of one source',
            },
          ]}
        />
        ${
          objects.length === 0
            ? html`<${EmptyState} title="No object is found">
                <a href="/objects">All objects</a>
              <//>`
            : html`<${ObjectTable} objects=${objects} now=${shell.now} />`
        }
        ${next === null ? null : html`<p class="more"><a href=${objectsPath({ ...query, after: next })}>Next page</a></p>`}
        <${Downloads} path=${objectsPath(query)} />
      </div>
    `,
  })
}

function ObjectTable({ objects, now }: { objects: readonly LedgerEntry[]; now: Date }): View {
  return html`
    <${Table}
      caption=${`${formatCount(objects.length, 'object')} on this page`}
      columns=${['Object', 'Source', 'Outcome', 'Session', 'Ended', { name: 'Size', isNumber: true }]}
      rows=${objects.map((object): Views[] => [
        html`<a href=${historyPath(`s3://${object.bucket}/${object.objectKey}`)}>${object.objectKey}</a>`,
        object.source === null ? 'none' : html`<a href=${sourcePath(object.source)}>${object.source}</a>`,
        html`<span><${ToneBadge} tone=${outcomeTone[object.outcome] ?? 'plain'}>${object.outcome}<//>${object.code === null ? null : html`<a class="note" href=${rejectionGroupPath(object.code)}>${object.code}</a>`}</span>`,
        sessionLink(object),
        html`<${Ago} at=${object.settledAt} now=${now} />`,
        object.sizeBytes === null ? '' : formatBytes(object.sizeBytes),
      ])}
    />
  `
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
