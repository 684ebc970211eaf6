import { tables } from '@aftercall/metadata/tables'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { ReplacedRevision } from '../load/session-heads.ts'
import { keyOf, type SessionToStore } from '../load/session-to-store.ts'
import { documentOf, nameOfDocument, nameOfOriginal } from '../sealing/content-names.ts'
import type { Sealer } from '../sealing/create-sealing.ts'
import { placeOfSession } from '../sealing/key-places.ts'
import { type CollisionChanges, foldCollisions, type LosingSession } from './fold-collisions.ts'
import { type KnownCollision, type MetIdentity, readKnownCollisions } from './read-known-collisions.ts'
import { identityOf, type SessionIdentity } from './session-identity.ts'
import type { ObjectPlace } from './stored-places.ts'

/** The session that the tables held until now, and the object that it was last read from. */
export type ReplacedSession = ReplacedRevision & ObjectPlace

/** An id that several sessions share: the stored session, and the others of this batch. */
export type Collision = {
  /** Any document with the id, for its key. */
  of: SessionToStore
  stored: SessionIdentity
  /** Documents of this batch that are not stored. */
  losing: readonly SessionToStore[]
  /** Its rows are still there. */
  replaced: ReplacedSession | null
}

type Met = LosingSession & { bucket: string; objectKey: string; from: SessionToStore | 'tables' }

/**
 * Keeps the newest document of every session that shares its id with the stored one. Runs under the heads' locks, before
 * anything of a replaced session is deleted. There is one row for each session, however often the two change places.
 */
export async function keepCollisions(
  db: Database,
  collisions: readonly Collision[],
  sealer?: Sealer,
): Promise<void> {
  if (collisions.length === 0) return
  const known = await readKnownCollisions(db, collisions.flatMap(identitiesOf))
  const ofKey = Map.groupBy(known, (row) => `${row.source}/${row.channel}/${row.session_id}`)
  const changes = collisions.map((collision) => ({
    collision,
    ...foldCollisions(ofKey.get(keyOf(collision.of)) ?? [], collision.stored, metIn(collision)),
  }))
  await Promise.all([
    deleteRows(
      db,
      changes.flatMap(({ gone }) => gone),
    ),
    countAgain(
      db,
      changes.flatMap(({ again }) => again),
    ),
  ])
  await keepDocuments(
    db,
    changes.flatMap(({ collision: { of }, kept }) => kept.map((one) => ({ of, ...one }))),
    sealer,
  )
}

function identitiesOf(collision: Collision): MetIdentity[] {
  const { key } = collision.of.session
  return [
    { key, ...collision.stored, isStored: true },
    ...metIn(collision).map(({ createdAt, uuid }) => ({ key, createdAt, uuid, isStored: false })),
  ]
}

function metIn({ losing, replaced }: Collision): Met[] {
  const came = losing.map((one): Met => {
    const { bucket, objectKey, session } = one
    return { ...identityOf(one), revision: session.revision, bucket, objectKey, from: one }
  })
  return replaced === null ? came : [...came, { ...replaced, from: 'tables' }]
}

function placeOf({ source, channel, session_id, createdAt, revision }: KnownCollision): object {
  return { source, channel, session_id, created_at: createdAt, content_sha256: revision.contentSha256 }
}

async function deleteRows(db: Database, gone: readonly KnownCollision[]): Promise<void> {
  if (gone.length === 0) return
  await sql`
    delete from warehouse.session_collision as kept
    using json_to_recordset(${JSON.stringify(gone.map(placeOf))}::json) as gone
      (source text, channel text, session_id bigint, created_at timestamptz, content_sha256 text)
    where (kept.source, kept.channel, kept.session_id, kept.session_created_at, kept.content_sha256)
      = (gone.source, gone.channel, gone.session_id, gone.created_at, decode(gone.content_sha256, 'hex'))
  `.execute(db)
}

type Again = CollisionChanges<KnownCollision, Met>['again'][number]

async function countAgain(db: Database, again: readonly Again[]): Promise<void> {
  if (again.length === 0) return
  const rows = again.map(({ row, times }) => ({ ...placeOf(row), times }))
  await sql`
    update warehouse.session_collision as kept
    set last_seen_at = now(), seen_count = kept.seen_count + again.times
    from json_to_recordset(${JSON.stringify(rows)}::json) as again
      (source text, channel text, session_id bigint, created_at timestamptz, content_sha256 text, times integer)
    where (kept.source, kept.channel, kept.session_id, kept.session_created_at, kept.content_sha256)
      = (again.source, again.channel, again.session_id, again.created_at, decode(again.content_sha256, 'hex'))
  `.execute(db)
}

type Kept = CollisionChanges<KnownCollision, Met>['kept'][number]

/** All rows of a session by table, as they are now. */
const rowsByTable = sql`jsonb_strip_nulls(jsonb_build_object(${sql.join(
  tables.map(({ name }) => {
    const created = sql.ref(name === 'session' ? 'row.created_at' : 'row.session_created_at')
    return sql`${sql.lit(name)}, (
      select jsonb_agg(to_jsonb(row)) from ${sql.table(`warehouse.${name}`)} as row
      where (row.source, row.channel, row.session_id, ${created})
        = (gone.source, gone.channel, gone.session_id, gone.created_at))`
  }),
)}))`

/**
 * A session from this batch has its document. A session that is replaced now has the document that was kept, or else all
 * its rows, which hold every field of it (I6).
 */
async function keepDocuments(
  db: Database,
  kept: readonly (Kept & { of: SessionToStore })[],
  sealer: Sealer | undefined,
): Promise<void> {
  if (kept.length === 0) return
  await sql`
    insert into warehouse.session_collision
      (source, channel, session_id, session_created_at, content_sha256, uuid, revision_updated_at, latest_event_at,
       object_last_modified, bucket, object_key, first_seen_at, seen_count, document, original_content,
       sealed_document, sealed_original, stored_rows)
    select gone.source, gone.channel, gone.session_id, gone.created_at, decode(gone."contentSha256", 'hex'), gone.uuid,
           gone."updatedAt", gone."latestEventAt", gone."objectLastModified", gone.bucket, gone."objectKey",
           coalesce(gone."firstSeenAt", now()), gone."seenCount", 
           coalesce(gone.document::json, case when gone."sealedDocument" is null then former.document end),
           coalesce(decode(gone.original, 'base64'),
                    case when gone."sealedOriginal" is null then former.original_content end),
           coalesce(decode(gone."sealedDocument", 'base64'), former.sealed_document),
           coalesce(decode(gone."sealedOriginal", 'base64'), former.sealed_original),
           case when coalesce(gone.document::json, former.document) is null
                  and coalesce(decode(gone."sealedDocument", 'base64'), former.sealed_document) is null
                then ${rowsByTable} end
    from json_to_recordset(${JSON.stringify(kept.map((one) => rowOf(one, sealer)))}::json) as gone
      (source text, channel text, session_id bigint, created_at timestamptz, "contentSha256" text, uuid text,
       "updatedAt" timestamptz, "latestEventAt" timestamptz, "objectLastModified" timestamptz, bucket text,
       "objectKey" text, "firstSeenAt" timestamptz, "seenCount" integer, document text, original text, "sealedDocument" text, "sealedOriginal" text)
    left join warehouse.session_document as former
      on (former.source, former.channel, former.session_id, former.session_created_at, former.content_sha256)
       = (gone.source, gone.channel, gone.session_id, gone.created_at, decode(gone."contentSha256", 'hex'))
  `.execute(db)
}

function rowOf(
  { of: { session }, one, times, before }: Kept & { of: SessionToStore },
  sealer: Sealer | undefined,
): object {
  const came = one.from === 'tables' ? undefined : one.from
  return {
    source: session.key.source,
    channel: session.key.channel,
    session_id: session.key.sessionId,
    created_at: one.createdAt,
    ...one.revision,
    uuid: one.uuid,
    bucket: one.bucket,
    objectKey: one.objectKey,
    firstSeenAt: before?.firstSeenAt,
    seenCount: (before?.seenCount ?? 0) + times,
    ...(came === undefined ? {} : contentsOf(came, sealer)),
  }
}

function contentsOf(came: SessionToStore, sealer: Sealer | undefined): object {
  const { text } = came.session
  const { originalContent } = came
  if (sealer === undefined) {
    return {
      document: text instanceof Uint8Array ? Buffer.from(text).toString() : text,
      original: originalContent && Buffer.from(originalContent).toString('base64'),
    }
  }
  const place = placeOfSession(came)
  const of = documentOf(came)
  const original = originalContent && sealer.seal(place, nameOfOriginal(of), originalContent)
  return {
    sealedDocument: sealer.seal(place, nameOfDocument(of), Buffer.from(text)).toString('base64'),
    sealedOriginal: original?.toString('base64'),
  }
}
