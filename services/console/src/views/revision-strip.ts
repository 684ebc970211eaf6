import type { StoredRevision } from '@aftercall/warehouse/console/session-history'
import type { RevisionChange } from '@aftercall/warehouse/console/session-parts'
import { html, type View, type Views } from './html.ts'
import { When } from './when.ts'

type Props = { revisions: readonly StoredRevision[]; changes: readonly RevisionChange[] }

const shownMax = 11

/** The newest revisions from left to right, each with the keys of the document that it changed. */
export function RevisionStrip({ revisions, changes }: Props): View | null {
  if (revisions.length < 2) return null
  const found = new Map(changes.map((change) => [change.contentSha256, change]))
  const skipped = Math.max(0, revisions.length - shownMax)
  return html`
    <section aria-labelledby="changes">
      <h2 id="changes">What each revision changed</h2>
      <ol class="revision-strip">
        ${revisions.slice(skipped).map(
          (revision, index) => html`
            <li class="card">
              <strong>${skipped + index === 0 ? 'First export' : `Revision ${skipped + index + 1}`}</strong>
              <span class="note"><${When} at=${revision.revisionUpdatedAt} /></span>
              ${changed(found.get(revision.contentSha256), skipped + index === 0)}
            </li>
          `,
        )}
      </ol>
    </section>
  `
}

function changed(change: RevisionChange | undefined, isFirst: boolean): Views {
  if (isFirst) return null
  if (change === undefined || !change.isKnown)
    return html`<span class="soft">not known: <code>raw</code> does not keep both documents</span>`
  const names = change.columnNames ?? []
  if (names.length === 0) return html`<span class="soft">nothing but its times or its order</span>`
  return html`<span>${names.map((name, index) => html`<span>${index === 0 ? '' : ', '}<code>${name}</code></span>`)}</span>`
}
