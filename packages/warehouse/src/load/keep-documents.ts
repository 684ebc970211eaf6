import { createByteWriter } from '../copy/byte-writer.ts'
import type { RowsToCopy } from '../copy/copy-rows.ts'
import { type FieldKind, type FieldValue, startRow, writeField } from '../copy/write-field.ts'
import { documentOf, nameOfDocument, nameOfOriginal } from '../sealing/content-names.ts'
import { placeOfSession } from '../sealing/key-places.ts'
import { type Keeping, keepsDocument } from './raw-kept.ts'
import { type AcceptedRevision, keyOf, type SessionToStore } from './session-to-store.ts'
import type { Known } from './take-out.ts'

/** The documents of accepted revisions. Those in their place were deleted before: see `takeOut`. */
export function documentRows(
  accepted: readonly AcceptedRevision[],
  known: ReadonlyMap<string, Known>,
  keeping: Keeping,
): RowsToCopy {
  const kept = accepted.filter(({ one }) => keepsDocument(one, keeping.raw))
  // Where nothing was ever sealed, two columns less are sent.
  const hasSealed = keeping.sealer !== undefined || kept.some(({ one }) => isSealed(known.get(keyOf(one))))
  const columns = hasSealed ? [...fields, ...sealedFields] : fields
  const out = createByteWriter(kept.reduce((bytes, { one }) => bytes + bytesOf(one), 0))
  const pieces = kept.map(({ one }) => {
    const from = out.at
    const values = valuesOf(one, known.get(keyOf(one)), keeping)
    startRow(out, columns.length)
    for (const { kind, read } of columns) writeField(out, kind, read(one, values))
    return out.buffer.subarray(from, out.at)
  })
  return { table: 'session_document', columns: columns.map((field) => field.name), pieces }
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

type Values = {
  document: string | Uint8Array | null
  original: Uint8Array | null
  sealedDocument: Uint8Array | null
  sealedOriginal: Uint8Array | null
}

function isSealed(known: Known | undefined): boolean {
  return known !== undefined && (known.sealed_document !== null || known.sealed_original !== null)
}

/** A revision that was known before keeps what is not sent again, as it was sealed. With a sealer, nothing else is plain. */
function valuesOf(one: SessionToStore, known: Known | undefined, { raw, sealer }: Keeping): Values {
  const document = raw === 'none' ? (known?.document ?? null) : one.session.text
  const original = one.originalContent ?? known?.original_content ?? null
  const sealedDocument = raw === 'none' ? (known?.sealed_document ?? null) : null
  const sealedOriginal = one.originalContent === null ? (known?.sealed_original ?? null) : null
  if (sealer === undefined) return { document, original, sealedDocument, sealedOriginal }
  const place = placeOfSession(one)
  const of = documentOf(one)
  return {
    ...{ document: null, original: null },
    sealedDocument:
      document === null ? sealedDocument : sealer.seal(place, nameOfDocument(of), Buffer.from(document)),
    sealedOriginal: original === null ? sealedOriginal : sealer.seal(place, nameOfOriginal(of), original),
  }
}

type Field = { name: string; kind: FieldKind; read(one: SessionToStore, values: Values): FieldValue }

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
  { name: 'document', kind: 'json-text', read: (_, { document }) => document },
  { name: 'original_content', kind: 'bytea', read: (_, { original }) => original },
]

const sealedFields: readonly Field[] = [
  { name: 'sealed_document', kind: 'bytea', read: (_, { sealedDocument }) => sealedDocument },
  { name: 'sealed_original', kind: 'bytea', read: (_, { sealedOriginal }) => sealedOriginal },
]

/** A document's text, and about 200 bytes beside it. */
function bytesOf({ session, originalContent }: SessionToStore): number {
  return session.text.length + (originalContent?.length ?? 0) + 256
}
