import { createByteWriter } from '../copy/byte-writer.ts'
import type { RowsToCopy } from '../copy/copy-rows.ts'
import { type FieldKind, type FieldValue, startRow, writeField } from '../copy/write-field.ts'
import { type AcceptedRevision, keyOf, type SessionToStore } from './session-to-store.ts'
import type { Known } from './take-out.ts'

/** The rows of accepted revisions. A revision that was known before keeps values from its old row: see `takeOut`. */
export function revisionRows(
  accepted: readonly AcceptedRevision[],
  known: ReadonlyMap<string, Known>,
): RowsToCopy {
  const out = createByteWriter(accepted.length * rowBytes)
  const pieces = accepted.map((revision) => {
    const from = out.at
    startRow(out, fields.length)
    for (const { kind, read } of fields) writeField(out, kind, read(revision, known.get(keyOf(revision.one))))
    return out.buffer.subarray(from, out.at)
  })
  return { table: 'session_revision', columns: fields.map((one) => one.name), pieces }
}

const rowBytes = 512

type Field = {
  name: string
  kind: FieldKind
  read(revision: AcceptedRevision, known: Known | undefined): FieldValue
}

/** A revision that was known before keeps its load time. */
const fields: readonly Field[] = [
  { name: 'source', kind: 'text', read: ({ one }) => one.session.key.source },
  { name: 'channel', kind: 'text', read: ({ one }) => one.session.key.channel },
  { name: 'session_id', kind: 'id', read: ({ one }) => one.session.key.sessionId },
  { name: 'session_created_at', kind: 'time', read: ({ one }) => one.session.createdAt },
  { name: 'content_sha256', kind: 'bytea', read: ({ one }) => contentHash(one) },
  { name: 'revision_updated_at', kind: 'time', read: ({ one }) => one.session.revision.updatedAt },
  { name: 'latest_event_at', kind: 'time', read: ({ one }) => one.session.revision.latestEventAt },
  {
    name: 'object_last_modified',
    kind: 'time',
    read: ({ one }, known) => later(one.session.revision.objectLastModified, known?.object_last_modified),
  },
  { name: 'bucket', kind: 'text', read: ({ one }) => one.bucket },
  { name: 'object_key', kind: 'text', read: ({ one }) => one.objectKey },
  { name: 'loaded_at', kind: 'time', read: ({ loadedAt }, known) => known?.loaded_at ?? loadedAt },
]

function contentHash({ session }: SessionToStore): Buffer {
  return Buffer.from(session.revision.contentSha256, 'hex')
}

/** Instants are texts of fixed width, so that text order is time order. */
function later(one: string, other: string | null | undefined): string {
  return typeof other === 'string' && other > one ? other : one
}
