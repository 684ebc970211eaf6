import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { keepsDocument, type RawKept } from './raw-kept.ts'
import type { AcceptedRevision } from './session-to-store.ts'
import { inEachMonth, instantText } from './table-statements.ts'

/** What was taken out of a revision's row and of that of its document. */
export type Known = {
  object_last_modified: string | null
  loaded_at: string | null
  document: string | null
  original_content: Buffer | null
  sealed_document: Buffer | null
  sealed_original: Buffer | null
}

type Place = {
  source: string
  channel: string
  session_id: string
  created_at: string
  content_sha256: string
  /** Whether its document is written, so that one with the same key has to go. */
  is_kept: boolean
  /** In the month to search. */
  createdAt: string
}

/** Where a revision is if it was known before, and where the earlier ones are. */
function placesOf({ one, previousCreatedAt }: AcceptedRevision, raw: RawKept): Place[] {
  const { key, createdAt, revision } = one.session
  const place = {
    source: key.source,
    channel: key.channel,
    session_id: key.sessionId,
    created_at: createdAt,
    content_sha256: revision.contentSha256,
    is_kept: keepsDocument(one, raw),
  }
  const isMoved = previousCreatedAt !== null && previousCreatedAt.slice(0, 7) !== createdAt.slice(0, 7)
  return [{ ...place, createdAt }, ...(isMoved ? [{ ...place, createdAt: previousCreatedAt }] : [])]
}

type TakenOut = Known & { source: string; channel: string; session_id: string }

/**
 * A revision may come again, when content changes back and forth or is mapped by newer rules. Its row and its document are
 * deleted here and written again with their old values. If only the latest document is kept, those of all other revisions
 * of these sessions are deleted, too. Under the heads' locks no one else changes them.
 */
export async function takeOut(
  db: Database,
  accepted: readonly AcceptedRevision[],
  raw: RawKept,
): Promise<ReadonlyMap<string, Known>> {
  const replacing = accepted.filter((one) => one.previousCreatedAt !== null)
  const places = replacing.flatMap((one) => placesOf(one, raw))
  const known = new Map<string, Known>()
  await inEachMonth(places, async ({ from, to, ofMonth }) => {
    const answer = await sql<TakenOut>`
      with place as materialized (
        select source, channel, session_id, created_at, decode(content_sha256, 'hex') as content_sha256, is_kept
        from json_to_recordset(${JSON.stringify(ofMonth)}::json) as place
          (source text, channel text, session_id bigint, created_at timestamptz, content_sha256 text, is_kept boolean)
      ), again as (
        delete from warehouse.session_revision as revision using place
        where revision.session_created_at >= ${from}::timestamptz and revision.session_created_at < ${to}::timestamptz
          and (revision.source, revision.channel, revision.session_id, revision.session_created_at,
               revision.content_sha256)
            = (place.source, place.channel, place.session_id, place.created_at, place.content_sha256)
        returning revision.*
      ), gone as (
        delete from warehouse.session_document as kept using place
        where kept.session_created_at >= ${from}::timestamptz and kept.session_created_at < ${to}::timestamptz
          and (kept.source, kept.channel, kept.session_id) = (place.source, place.channel, place.session_id)
          and (${sql.lit(raw === 'latest')} or (place.is_kept
            and (kept.session_created_at, kept.content_sha256) = (place.created_at, place.content_sha256)))
        returning kept.*,
          (kept.session_created_at, kept.content_sha256) = (place.created_at, place.content_sha256) as is_again
      )
      select source, channel, session_id, ${instantText(sql`object_last_modified`)} as object_last_modified,
             ${instantText(sql`loaded_at`)} as loaded_at, null as document, null::bytea as original_content,
             null::bytea as sealed_document, null::bytea as sealed_original
      from again
      union all
      select source, channel, session_id, null, null,
             case when ${sql.lit(raw === 'none')} then document::text end, original_content,
             case when ${sql.lit(raw === 'none')} then sealed_document end, sealed_original
      from gone where is_again
    `.execute(db)
    for (const row of answer.rows) {
      const key = `${row.source}/${row.channel}/${row.session_id}`
      known.set(key, mergeKnown(row, known.get(key)))
    }
  })
  return known
}

/** The row of a revision and the row of its document have different columns. */
function mergeKnown(row: Known, other: Known | undefined): Known {
  return {
    object_last_modified: row.object_last_modified ?? other?.object_last_modified ?? null,
    loaded_at: row.loaded_at ?? other?.loaded_at ?? null,
    document: row.document ?? other?.document ?? null,
    original_content: row.original_content ?? other?.original_content ?? null,
    sealed_document: row.sealed_document ?? other?.sealed_document ?? null,
    sealed_original: row.sealed_original ?? other?.sealed_original ?? null,
  }
}
