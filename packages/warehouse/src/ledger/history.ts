import { tables } from '@aftercall/metadata/tables'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { unlessPending } from '../connection/unless-pending.ts'
import { type DriftRow, readDriftOf } from '../load/drift-recorder.ts'

/** What the ledger knows about one object. */
export type ObjectHistory = {
  object: LedgerRow
  /** The newest, in the order of their numbers. */
  rejections: RejectionRow[]
  /** Sessions that share the id of its session and are not stored: those seen last. */
  collisions: CollidingSession[]
  hasMoreCollisions: boolean
  /** There are older rejections. */
  hasMore: boolean
  /** Fields without a column and unknown words that were first seen in this object. */
  drift: DriftRow[]
}

/** One stored session, and every object that ever held it. */
export type SessionHistory = {
  head: HeadRow
  /** As in the stored document, whether or not it can be true. */
  sentUpdatedAt: Date | null
  /** Other sessions with its id: those seen last. */
  collisions: CollidingSession[]
  hasMoreCollisions: boolean
  rows: { table: string; rows: number }[]
  /** The newest, in the order in which they were first seen. */
  objects: LedgerRow[]
  /** There are older objects. */
  hasMore: boolean
}

/** A session that shares its id with another one, by its newest document. */
export type CollidingSession = {
  createdAt: Date
  uuid: string | null
  bucket: string
  objectKey: string
  seenCount: number
  lastSeenAt: Date
}

/** As much as a person can read, of a place that is rewritten again and again. */
const historyRowsMax = 100

export async function readObjectHistory(
  db: Database,
  place: { bucket: string; key: string },
): Promise<ObjectHistory | undefined> {
  const object = await selectLedger(db)
    .where('bucket', '=', place.bucket)
    .where('object_key', '=', place.key)
    .executeTakeFirst()
  if (object === undefined) return undefined
  const rejections = await db
    .selectFrom('ingest.rejection')
    .select([
      'rejection_id',
      'code',
      'detail',
      'state',
      'first_seen_at',
      'last_seen_at',
      'seen_count',
      'content_bytes',
    ])
    .where('bucket', '=', place.bucket)
    .where('object_key', '=', place.key)
    .orderBy('rejection_id', 'desc')
    .limit(historyRowsMax + 1)
    .execute()
  const { source, channel, session_id: sessionId } = object
  const isOfOne = source !== null && channel !== null && sessionId !== null
  const colliding = isOfOne
    ? await unlessPending(readColliding(db, { source, channel, sessionId }), noCollisions)
    : noCollisions
  const shown = rejections.slice(0, historyRowsMax).reverse()
  const drift = await readDriftOf(db, place)
  return { object, rejections: shown, hasMore: rejections.length > shown.length, drift, ...colliding }
}

export type SessionId = { source: string; channel: string; sessionId: string }

/**
 * When a session was created: the key of its partitions. As text, because a JavaScript date would lose microseconds. A query
 * that has it as a parameter is planned for one partition of each table, and not for those of all months, which would take
 * longer than the reading. Undefined if the session is not stored.
 */
export async function readCreatedAt(db: Database, session: SessionId): Promise<string | undefined> {
  const answer = await sql<{ at: string }>`
    select created_at::text as at from ingest.session_head
    where source = ${session.source} and channel = ${session.channel} and session_id = ${session.sessionId}::bigint
  `.execute(db)
  return answer.rows[0]?.at
}

export async function readSessionHistory(
  db: Database,
  session: SessionId,
): Promise<SessionHistory | undefined> {
  const createdAt = await readCreatedAt(db, session)
  if (createdAt === undefined) return undefined
  const [found, objects, rows, colliding] = await Promise.all([
    selectHead(db, session, createdAt).executeTakeFirst(),
    selectLedger(db)
      .where('source', '=', session.source)
      .where('channel', '=', session.channel)
      .where('session_id', '=', session.sessionId)
      .orderBy('first_seen_at', 'desc')
      .limit(historyRowsMax + 1)
      .execute(),
    countRows(db, session, createdAt),
    unlessPending(readColliding(db, session), noCollisions),
  ])
  if (found === undefined) return undefined
  const { sentUpdatedAt, ...head } = found
  const shown = objects.slice(0, historyRowsMax).reverse()
  const hasMore = objects.length > shown.length
  return { head, sentUpdatedAt, ...colliding, rows, objects: shown, hasMore }
}

type Colliding = Pick<SessionHistory, 'collisions' | 'hasMoreCollisions'>

const noCollisions: Colliding = { collisions: [], hasMoreCollisions: false }

/** In the order in which the sessions began. */
async function readColliding(db: Database, session: SessionId): Promise<Colliding> {
  const answer = await sql<CollidingSession>`
    select session_created_at as "createdAt", uuid, bucket, object_key as "objectKey", seen_count as "seenCount",
           last_seen_at as "lastSeenAt"
    from warehouse.session_collision
    where source = ${session.source} and channel = ${session.channel} and session_id = ${session.sessionId}::bigint
    order by last_seen_at desc, session_created_at desc, content_sha256 limit ${historyRowsMax + 1}
  `.execute(db)
  const collisions = answer.rows
    .slice(0, historyRowsMax)
    .sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
  return { collisions, hasMoreCollisions: answer.rows.length > historyRowsMax }
}

async function countRows(
  db: Database,
  session: SessionId,
  createdAt: string,
): Promise<SessionHistory['rows']> {
  const counts = tables.map(({ name }) => {
    const created = sql.ref(name === 'session' ? 'row.created_at' : 'row.session_created_at')
    return sql`
      select ${sql.lit(name)} as "table", count(*)::float8 as rows
      from ${sql.table(`warehouse.${name}`)} as row
      where row.source = ${session.source} and row.channel = ${session.channel}
        and row.session_id = ${session.sessionId}::bigint and ${created} = ${createdAt}::timestamptz`
  })
  const answer = await sql<{ table: string; rows: number }>`
    select counted.table, counted.rows from (${sql.join(counts, sql` union all `)}) as counted
  `.execute(db)
  return answer.rows
}

type LedgerRow = Awaited<ReturnType<ReturnType<typeof selectLedger>['executeTakeFirstOrThrow']>>
type HeadRow = Omit<
  Awaited<ReturnType<ReturnType<typeof selectHead>['executeTakeFirstOrThrow']>>,
  'sentUpdatedAt'
>
type RejectionRow = {
  rejection_id: string
  code: string
  detail: string
  state: string
  first_seen_at: Date
  last_seen_at: Date
  seen_count: number
  content_bytes: string | null
}

function selectLedger(db: Database) {
  return db
    .selectFrom('ingest.object')
    .select([
      ...([
        'bucket',
        'object_key',
        'source',
        'outcome',
        'code',
        'channel',
        'session_id',
        'document_count',
      ] as const),
      ...(['etag', 'version_id', 'sequencer', 'size_bytes', 'last_modified', 'event_time'] as const),
      ...(['first_seen_at', 'settled_at', 'settle_count', 'receive_count', 'lag_ms', 'removed_at'] as const),
      'event_name',
    ])
}

function selectHead(db: Database, session: SessionId, createdAt: string) {
  return db
    .selectFrom('ingest.session_head as head')
    .innerJoin('warehouse.session as row', (join) =>
      join
        .onRef('row.source', '=', 'head.source')
        .onRef('row.channel', '=', 'head.channel')
        .onRef('row.session_id', '=', 'head.session_id')
        .onRef('row.created_at', '=', 'head.created_at'),
    )
    .select([
      ...(['head.source', 'head.channel', 'head.session_id', 'head.created_at'] as const),
      ...(['head.revision_updated_at', 'head.latest_event_at', 'head.object_last_modified'] as const),
      ...(['head.first_loaded_at', 'head.loaded_at', 'head.revision_count'] as const),
      ...(['row.bucket', 'row.object_key', 'row.updated_at as sentUpdatedAt'] as const),
    ])
    .where('row.created_at', '=', sql<Date>`${createdAt}::timestamptz`)
    .where('head.source', '=', session.source)
    .where('head.channel', '=', session.channel)
    .where('head.session_id', '=', session.sessionId)
}
