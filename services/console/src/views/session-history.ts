import type { StoredRevision } from '@aftercall/warehouse/console/session-history'
import type { RevisionChange, SessionParts } from '@aftercall/warehouse/console/session-parts'
import type { SessionHistory } from '@aftercall/warehouse/ledger/history'
import { useTexts } from '../texts/texts-of.ts'
import { Figures } from './figures.ts'
import { html, type View, type Views } from './html.ts'
import { objectSteps } from './object-history.ts'
import { historyPath } from './page-paths.ts'
import { RevisionStrip } from './revision-strip.ts'
import { SessionPartsView } from './session-parts-view.ts'
import { Table } from './table.ts'
import { inOrder, Timeline } from './timeline.ts'
import { When } from './when.ts'

type Props = {
  history: SessionHistory
  revisions: readonly StoredRevision[]
  /** Null if it may not be read yet. */
  parts: SessionParts | null
  changes: readonly RevisionChange[]
}

/** What is stored of one session, and its history. */
export function SessionHistoryView({ history, revisions, parts, changes }: Props): View {
  const { head, objects } = history
  const texts = useTexts()
  const { stored, sessions, formats } = texts
  const steps = objects.flatMap((object) => {
    const address = `s3://${object.bucket}/${object.object_key}`
    const link = html`<a href=${historyPath(address)} title=${address}>${object.object_key.split('/').at(-1) || address}</a>`
    return objectSteps(object, texts).map((step) => ({
      ...step,
      text: html`<span>${link}${texts.common.colon}${step.text}</span>`,
    }))
  })
  return html`
    <div>
      ${parts === null ? null : html`<${SessionPartsView} session=${parts} />`}
      <${RevisionStrip} revisions=${revisions} changes=${changes} />
      <section aria-labelledby="stored">
        <h2 id="stored">${stored.title}</h2>
        <div class="card">
          <${Figures}
            figures=${[
              { name: sessions.started, value: html`<${When} at=${head.created_at} />` },
              { name: stored.latestEvent, value: html`<${When} at=${head.latest_event_at} />` },
              { name: stored.firstStored, value: html`<${When} at=${head.first_loaded_at} />` },
              { name: stored.lastStored, value: html`<${When} at=${head.loaded_at} />` },
              { name: stored.revisionsAccepted, value: formats.number(head.revision_count) },
            ]}
          />
        </div>
      </section>
      <${Doubts} history=${history} />
      <${Rows} rows=${history.rows} />
      <section aria-labelledby="happened">
        <h2 id="happened">${texts.history.happened}</h2>
        <${Timeline} steps=${inOrder(steps)} />
      </section>
      <${Revisions} revisions=${revisions} />
    </div>
  `
}

/** What cannot be right about its id and times. */
function Doubts({ history }: Pick<Props, 'history'>): View | null {
  const { head, sentUpdatedAt, collisions, hasMoreCollisions } = history
  const { stored, sessions, objects, common } = useTexts()
  const isTrue = sentUpdatedAt === null || sentUpdatedAt.getTime() === head.revision_updated_at.getTime()
  if (isTrue && collisions.length === 0) return null
  const clock = html`<p>${stored.wrongClock(html`<${When} at=${sentUpdatedAt} />`, html`<${When} at=${head.revision_updated_at} />`)}</p>`
  const others = html`<div>
    <p>${stored.sharedId(collisions.length, hasMoreCollisions)}</p>
    <${Table}
      caption=${stored.sharedCaption}
      columns=${[objects.object, sessions.started, 'UUID', stored.lastSeen]}
      rows=${collisions.map((one): Views[] => [
        html`<a href=${historyPath(`s3://${one.bucket}/${one.objectKey}`)}>${one.objectKey}</a>`,
        html`<${When} at=${one.createdAt} />`,
        one.uuid ?? common.none,
        html`<${When} at=${one.lastSeenAt} />`,
      ])}
    />
  </div>`
  return html`
    <section aria-labelledby="doubts">
      <h2 id="doubts">${stored.idAndTimes}</h2>
      ${isTrue ? null : clock} ${collisions.length === 0 ? null : others}
    </section>
  `
}

function Rows({ rows }: Pick<SessionHistory, 'rows'>): View {
  const { stored, formats } = useTexts()
  const filled = rows.filter((one) => one.rows > 0)
  return html`
    <section aria-labelledby="rows">
      <h2 id="rows">${stored.rowsByTable}</h2>
      <div class="card">
        <${Figures} figures=${filled.map((one) => ({ name: html`<span translate="no">${breakable(one.table)}</span>`, value: formats.number(one.rows) }))} />
        <p class="more note">${stored.emptyTables(rows.length - filled.length)}</p>
      </div>
    </section>
  `
}

/** Table names are long; a narrow screen may break them between words. */
function breakable(name: string): Views {
  return name.split('_').map((word, index) => (index === 0 ? word : html`<span>_<wbr />${word}</span>`))
}

function Revisions({ revisions }: Pick<Props, 'revisions'>): View | null {
  const { stored, sessions, objects } = useTexts()
  if (revisions.length === 0) return null
  return html`
    <section aria-labelledby="revisions">
      <h2 id="revisions">${stored.revisions}</h2>
      <${Table}
        caption=${stored.revisionsCaption}
        columns=${[objects.object, stored.updated, stored.latestEvent, sessions.stored, 'SHA-256']}
        rows=${revisions.map((one): Views[] => [
          html`<a href=${historyPath(`s3://${one.bucket}/${one.objectKey}`)}>${one.objectKey}</a>`,
          html`<${When} at=${one.revisionUpdatedAt} />`,
          html`<${When} at=${one.latestEventAt} />`,
          html`<${When} at=${one.loadedAt} />`,
          html`<code class="short">${one.contentSha256.slice(0, 12)}</code>`,
        ])}
      />
    </section>
  `
}
