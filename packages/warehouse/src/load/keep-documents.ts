import { createByteWriter } from '../copy/byte-writer.ts'
import type { RowsToCopy } from '../copy/copy-rows.ts'
import { type FieldKind, type FieldValue, startRow, writeField } from '../copy/write-field.ts'
import { keepsDocument, type RawKept } from './raw-kept.ts'
import { type AcceptedRevision, keyOf, type SessionToStore } from './session-to-store.ts'
import type { Known } from './take-out.ts'

/** The documents of accepted revisions. Those in their place were deleted before: see `takeOut`. */
export function documentRows(
  accepted: readonly AcceptedRevision[],
  known: ReadonlyMap<string, Known>,
  raw: RawKept,
): RowsToCopy {
  const kept = accepted.filter(({ one }) => keepsDocument(one, raw))
  const out = createByteWriter(kept.reduce((bytes, { one }) => bytes + bytesOf(one), 0))
  const pieces = kept.map(({ one }) => {
    const from = out.at
    startRow(out, fields.length)
    for (const { kind, read } of fields) writeField(out, kind, read(one, known.get(keyOf(one)), raw))
    return out.buffer.subarray(from, out.at)
  })
  return { table: 'session_document', columns: fields.map((field) => field.name), pieces }
}

/**
 * An object of thousands of documents is kept with the first of them, not with each, so that it takes space in proportion
 * to its bytes.
 */
export function withOriginalsOnce<One extends AcceptedRevision>(accepted: readonly One[]): One[] {
  const seen = new Set<Uint8Array>()
  return accepted.map((revision) => {
    const { originalContent } = revision.one
    if (originalContent === null) return revision
    if (seen.has(originalContent)) return { ...revision, one: { ...revision.one, originalContent: null } }
    seen.add(originalContent)
    return revision
  })
}

type Field = {
  name: string
  kind: FieldKind
  read(one: SessionToStore, known: Known | undefined, raw: RawKept): FieldValue
}

/** A revision that was known before keeps what is not sent again. */
const fields: readonly Field[] = [
  { name: 'source', kind: 'text', read: ({ session }) => session.key.source },
  { name: 'channel', kind: 'text', read: ({ session }) => session.key.channel },
  { name: 'session_id', kind: 'id', read: ({ session }) => session.key.sessionId },
  { name: 'session_created_at', kind: 'time', read: ({ session }) => session.createdAt },
  {
    name: 'content_sha256',
    kind: 'bytea',
    read: ({ session }) => Buffer.from(session.revision.contentSha256, 'hex'),
  },
  {
    name: 'document',
    kind: 'json-text',
    read: ({ session }, known, raw) => (raw === 'none' ? known?.document : session.text),
  },
  {
    name: 'original_content',
    kind: 'bytea',
    read: ({ originalContent }, known) => originalContent ?? known?.original_content,
  },
]

/** A document's text, and about 200 bytes beside it. */
function bytesOf({ session, originalContent }: SessionToStore): number {
  return session.text.length + (originalContent?.length ?? 0) + 256
}
