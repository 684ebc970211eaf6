import type { StoredRevision } from '@aftercall/warehouse/console/session-history'
import { counted, formatNumber } from '@aftercall/warehouse/console/tell-amount'
import type { SessionHistory } from '@aftercall/warehouse/ledger/history'
import { Figures } from './figures.ts'
import { html, type View, type Views } from './html.ts'
import { objectSteps } from './object-history.ts'
import { storyPath } from './page-paths.ts'
import { Table } from './table.ts'
import { inOrder, Timeline } from './timeline.ts'
import { When } from './when.ts'

type Props = { story: SessionHistory; revisions: readonly StoredRevision[] }

/** How what is stored of one session came to be. */
export function SessionHistoryView({ story, revisions }: Props): View {
  const { head, objects } = story
  const steps = objects.flatMap((object) => {
    const address = `s3://${object.bucket}/${object.object_key}`
    const link = html`<a href=${storyPath(address)} title=${address}>${object.object_key.split('/').at(-1) || address}</a>`
    return objectSteps(object).map((step) => ({ ...step, text: html`<span>${link}: ${step.text}</span>` }))
  })
  return html`
    <div>
      <section aria-labelledby="stored">
        <h2 id="stored">What is stored</h2>
        <div class="card">
          <${Figures}
            figures=${[
              { name: 'Began', value: html`<${When} at=${head.created_at} />` },
              { name: 'Latest event', value: html`<${When} at=${head.latest_event_at} />` },
              { name: 'Stored first', value: html`<${When} at=${head.first_loaded_at} />` },
              { name: 'Stored last', value: html`<${When} at=${head.loaded_at} />` },
              { name: 'Revisions accepted', value: formatNumber(head.revision_count) },
            ]}
          />
        </div>
      </section>
      <${Doubts} story=${story} />
      <${Rows} rows=${story.rows} />
      <section aria-labelledby="happened">
        <h2 id="happened">What happened</h2>
        <${Timeline} steps=${inOrder(steps)} />
      </section>
      <${Revisions} revisions=${revisions} />
    </div>
  `
}

/** What cannot be right about its id and its times. Nothing where all is. */
function Doubts({ story }: Pick<Props, 'story'>): View | null {
  const { head, sentUpdatedAt, collisions, hasMoreCollisions } = story
  const isTrue = sentUpdatedAt === null || sentUpdatedAt.getTime() === head.revision_updated_at.getTime()
  if (isTrue && collisions.length === 0) return null
  const clock = html`<p>
    The document says that it was updated <${When} at=${sentUpdatedAt} />, which cannot be true. In the order of revisions
    <${When} at=${head.revision_updated_at} /> counts.
  </p>`
  const others = html`<div>
    <p>
      ${hasMoreCollisions ? 'More than ' : ''}${counted(collisions.length, 'other session has', 'other sessions have')} the same id. Only the one with the newest
      revision is in the tables; documents of the others are kept in <code>warehouse.session_collision</code>. Make one
      source for each platform instance.
    </p>
    <${Table}
      caption="Sessions with the same id that are not stored"
      columns=${['Object', 'Began', 'UUID', 'Last met']}
      rows=${collisions.map((one): Views[] => [
        html`<a href=${storyPath(`s3://${one.bucket}/${one.objectKey}`)}>${one.objectKey}</a>`,
        html`<${When} at=${one.createdAt} />`,
        one.uuid ?? 'none',
        html`<${When} at=${one.lastSeenAt} />`,
      ])}
    />
  </div>`
  return html`
    <section aria-labelledby="doubts">
      <h2 id="doubts">Id and times</h2>
      ${isTrue ? null : clock} ${collisions.length === 0 ? null : others}
    </section>
  `
}

function Rows({ rows }: Pick<SessionHistory, 'rows'>): View {
  const filled = rows.filter((one) => one.rows > 0)
  return html`
    <section aria-labelledby="rows">
      <h2 id="rows">Rows by table</h2>
      <div class="card">
        <${Figures} figures=${filled.map((one) => ({ name: breakable(one.table), value: formatNumber(one.rows) }))} />
        <p class="more note">${counted(rows.length - filled.length, 'other table has', 'other tables have')} none.</p>
      </div>
    </section>
  `
}

/** Names of tables are long; a narrow screen may break them where a word ends. */
function breakable(name: string): Views {
  return name.split('_').map((word, index) => (index === 0 ? word : html`<span>_<wbr />${word}</span>`))
}

function Revisions({ revisions }: Pick<Props, 'revisions'>): View | null {
  if (revisions.length === 0) return null
  return html`
    <section aria-labelledby="revisions">
      <h2 id="revisions">Revisions</h2>
      <${Table}
        caption="Those that were accepted, in their order; the last is stored"
        columns=${['Object', 'Updated', 'Latest event', 'Stored', 'SHA-256']}
        rows=${revisions.map((one): Views[] => [
          html`<a href=${storyPath(`s3://${one.bucket}/${one.objectKey}`)}>${one.objectKey}</a>`,
          html`<${When} at=${one.revisionUpdatedAt} />`,
          html`<${When} at=${one.latestEventAt} />`,
          html`<${When} at=${one.loadedAt} />`,
          html`<code class="short">${one.contentSha256.slice(0, 12)}</code>`,
        ])}
      />
    </section>
  `
}
