import type { StoredRevision } from '@aftercall/warehouse/console/session-history'
import type { RevisionChange } from '@aftercall/warehouse/console/session-parts'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View } from './html.ts'
import { When } from './when.ts'

type Props = { revisions: readonly StoredRevision[]; changes: readonly RevisionChange[] }

const shownMax = 11

/** The newest revisions from left to right, each with the keys of the document that it changed. */
export function RevisionStrip({ revisions, changes }: Props): View | null {
  const { stored } = useTexts()
  if (revisions.length < 2) return null
  const found = new Map(changes.map((change) => [change.contentSha256, change]))
  const skipped = Math.max(0, revisions.length - shownMax)
  return html`
    <section aria-labelledby="changes">
      <h2 id="changes">${stored.changes}</h2>
      <ol class="revision-strip">
        ${revisions.slice(skipped).map(
          (revision, index) => html`
            <li class="card">
              <strong>${skipped + index === 0 ? stored.firstExport : stored.revision(skipped + index + 1)}</strong>
              <span class="note"><${When} at=${revision.revisionUpdatedAt} /></span>
              ${html`<${Changed} change=${found.get(revision.contentSha256)} isFirst=${skipped + index === 0} />`}
            </li>
          `,
        )}
      </ol>
    </section>
  `
}

type ChangedProps = { change: RevisionChange | undefined; isFirst: boolean }

function Changed({ change, isFirst }: ChangedProps): View | null {
  const { stored, formats } = useTexts()
  if (isFirst) return null
  if (change === undefined || !change.isKnown) return html`<span class="soft">${stored.changesUnknown}</span>`
  const names = change.columnNames ?? []
  if (names.length === 0) return html`<span class="soft">${stored.onlyTimes}</span>`
  return html`<span>${names.map((name, index) => html`<span>${index === 0 ? '' : formats.comma}<code>${name}</code></span>`)}</span>`
}
