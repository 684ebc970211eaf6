import { mappingVersion } from '@aftercall/metadata/map/map-session'
import { cutText } from '@aftercall/runtime/text/cut-text'
import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { CommittedOutcome } from './outcome.ts'

/** The column `outcome` of the ledger. */
export type LedgerOutcome = CommittedOutcome['kind']

/** An announced object, as described by the announcement and the fetch. */
export type AnnouncedObject = {
  bucket: string
  key: string
  source: string | null
  etag?: string | undefined
  versionId?: string | undefined
  sequencer?: string | undefined
  sizeBytes?: number | undefined
  lastModified?: Date | undefined
  /** Lower-case hex. */
  contentSha256?: string | undefined
  eventName?: string | undefined
  eventTime?: Date | undefined
  receiveCount: number
}

export type LedgerEntry = {
  /**
   * What the delivery was about: `content`, that the object has new content; `removal`, that it is gone; `note`, anything
   * else; `failure`, that it could not be read this time. Only the first changes how an object ended.
   */
  about: 'content' | 'removal' | 'note' | 'failure'
  object: AnnouncedObject
  outcome: CommittedOutcome
  /** Set when the object holds exactly one session. */
  session: { channel: string; sessionId: string } | null
  documentCount: number
}

/** Codes of objects that are in the ledger only because of a removal, or of another event. */
export const removedCode = 'object_removed'
export const otherEventCode = 'not_a_creation'

/**
 * One row per object, in key order. An event that is older than the one on record (S3's sequencer, compared with padding
 * on the right: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html) changes
 * nothing. A repeated delivery of stored content leaves the outcome `stored`. An object that is gone keeps its outcome.
 */
export async function writeLedger(db: Database, entries: readonly LedgerEntry[]): Promise<void> {
  const { content, others } = mergeByKey(entries.filter((one) => one.about !== 'failure'))
  const gone = [
    ...content.filter((one) => one.outcome.kind === 'missing'),
    ...others.filter((one) => one.about === 'removal'),
  ]
  await Promise.all([
    upsertContent(db, content.map(rowOf)),
    insertOthers(db, others.map(rowOf)),
    noteRemovals(db, gone.filter(hasTime).map(rowOf), sql`excluded.event_time`),
    noteRemovals(db, gone.filter((one) => !hasTime(one)).map(rowOf), sql`now()`),
    noteFailures(
      db,
      entries.filter((one) => one.about === 'failure'),
    ),
  ])
}

/**
 * Merges several deliveries of one key in one batch: the newest one about content decides how the object ended, and the
 * newest other one is noted after it.
 */
function mergeByKey(entries: readonly LedgerEntry[]): { content: LedgerEntry[]; others: LedgerEntry[] } {
  const byKey = Map.groupBy(entries, ({ object }) => JSON.stringify([object.bucket, object.key]))
  const newest = [...byKey.keys()].sort().map((key) => {
    const ofKey = (byKey.get(key) ?? []).toSorted((one, other) => (weight(one) < weight(other) ? -1 : 1))
    const contents = ofKey.filter((one) => one.about === 'content')
    const content = contents.length === 0 ? undefined : contents.reduce(laterContent)
    const removal = ofKey.findLast((one) => one.about === 'removal')
    return { content, other: removal ?? ofKey.findLast((one) => one.about === 'note') }
  })
  return {
    content: newest.flatMap(({ content }) => content ?? []),
    others: newest.flatMap(({ other }) => other ?? []),
  }
}

/** As the statement does across batches: a newer event that found only what the older one had stored ends as `stored`. */
function laterContent(older: LedgerEntry, newer: LedgerEntry): LedgerEntry {
  if (newer.outcome.kind !== 'duplicate' || older.outcome.kind !== 'stored') return newer
  const { contentSha256, etag } = newer.object
  const sameContent = contentSha256 !== undefined && contentSha256 === older.object.contentSha256
  // An object of several documents has a hash for each, and none of its own.
  const sameObject = etag !== undefined && etag === older.object.etag
  return sameContent || sameObject ? { ...newer, outcome: { kind: 'stored' } } : newer
}

/** By the order of events. Among deliveries of the same event, the one that stored the content comes last. */
function weight({ object, outcome }: LedgerEntry): string {
  return `${(object.sequencer ?? '').toUpperCase().padEnd(64, '0')}${outcome.kind === 'stored' ? 1 : 0}`
}

const notOlder = sql`coalesce(rpad(upper(ledger.sequencer), 64, '0') collate "C"
                <= rpad(upper(excluded.sequencer), 64, '0') collate "C", true)`

/** A row that was only a note is replaced regardless of the order: how the object ended matters more. */
async function upsertContent(db: Database, rows: readonly LedgerRow[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into ingest.object as ledger ${columns}
    select ${values} from json_to_recordset(${JSON.stringify(rows)}::json) as ${settled}
    on conflict (bucket, object_key) do update set
      source          = excluded.source,
      outcome         = case when excluded.outcome = 'duplicate' and ledger.outcome = 'stored'
                              and (ledger.content_sha256 = excluded.content_sha256 or ledger.etag = excluded.etag)
                             then 'stored' else excluded.outcome end,
      code            = excluded.code,
      channel         = coalesce(excluded.channel, ledger.channel),
      session_id      = coalesce(excluded.session_id, ledger.session_id),
      document_count  = excluded.document_count,
      etag            = excluded.etag,
      version_id      = excluded.version_id,
      lag_ms          = case when ledger.sequencer = excluded.sequencer then ledger.lag_ms else excluded.lag_ms end,
      sequencer       = case when ${notOlder} then coalesce(excluded.sequencer, ledger.sequencer) else ledger.sequencer end,
      size_bytes      = excluded.size_bytes,
      last_modified   = excluded.last_modified,
      content_sha256  = excluded.content_sha256,
      event_name      = excluded.event_name,
      event_time      = excluded.event_time,
      settled_at      = excluded.settled_at,
      settle_count    = ledger.settle_count + 1,
      receive_count   = excluded.receive_count,
      mapping_version = excluded.mapping_version,
      removed_at      = case when ${notOlder} then null else ledger.removed_at end
    where (${notOlder} or ledger.outcome = 'failed' or ledger.code in (${sql.lit(removedCode)}, ${sql.lit(otherEventCode)})
           or (ledger.outcome = 'missing' and excluded.outcome in ('stored', 'superseded', 'duplicate')))
      and not (excluded.outcome = 'missing' and ledger.outcome in ('stored', 'superseded', 'duplicate'))
  `.execute(db)
}

/** Adds objects that were only announced as removed, or by another event. */
async function insertOthers(db: Database, rows: readonly LedgerRow[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into ingest.object as ledger ${columns}
    select ${values} from json_to_recordset(${JSON.stringify(rows)}::json) as ${settled}
    on conflict (bucket, object_key) do nothing
  `.execute(db)
}

/**
 * An object that is gone keeps its outcome and its rows. Even if it was never found, a removal records its position in
 * the order of events, so that an older read that is committed later does not make the object seem present. Removals with
 * and without a time of their own are two statements, because a distributed table takes no `coalesce` with `now()` here.
 */
async function noteRemovals(
  db: Database,
  rows: readonly LedgerRow[],
  removedAt: RawBuilder<unknown>,
): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update ingest.object as ledger set
      removed_at   = ${removedAt},
      sequencer    = coalesce(excluded.sequencer, ledger.sequencer),
      settle_count = ledger.settle_count + 1
    from json_to_recordset(${JSON.stringify(rows)}::json) as excluded
      (about text, bucket text, object_key text, sequencer text, event_time timestamptz)
    where ledger.bucket = excluded.bucket and ledger.object_key = excluded.object_key
      and ledger.removed_at is null and (ledger.outcome <> 'missing' or excluded.about = 'removal')
      and ledger.code is distinct from ${sql.lit(removedCode)} and ${notOlder}
  `.execute(db)
}

function hasTime({ object }: LedgerEntry): boolean {
  return object.eventTime !== undefined
}

/** Records objects that are tried again, with the number of tries, but never over how an object ended. */
async function noteFailures(db: Database, entries: readonly LedgerEntry[]): Promise<void> {
  if (entries.length === 0) return
  const byKey = new Map(entries.map((one) => [JSON.stringify([one.object.bucket, one.object.key]), one]))
  const rows = [...byKey.keys()].sort().flatMap((key) => byKey.get(key) ?? [])
  await sql`
    insert into ingest.object as ledger ${columns}
    select ${values} from json_to_recordset(${JSON.stringify(rows.map(rowOf))}::json) as ${settled}
    on conflict (bucket, object_key) do update set
      code          = excluded.code,
      settled_at    = excluded.settled_at,
      settle_count  = ledger.settle_count + 1,
      receive_count = excluded.receive_count
    where ledger.outcome = 'failed'
  `.execute(db)
}

const columns = sql`
  (bucket, object_key, source, outcome, code, channel, session_id, document_count, etag, version_id, sequencer,
   size_bytes, last_modified, content_sha256, event_name, event_time, receive_count, lag_ms, mapping_version, removed_at)`

const values = sql`
  bucket, object_key, source, outcome, code, channel, session_id, document_count, etag, version_id, sequencer,
  size_bytes, last_modified, decode(content_sha256, 'hex'), event_name, event_time, receive_count,
  case when event_time is not null then greatest(0, extract(epoch from clock_timestamp() - event_time) * 1000) end,
  ${sql.lit(mappingVersion)}::integer,
  case when about = 'removal' then coalesce(event_time, now()) end`

const settled = sql`settled
  (about text, bucket text, object_key text, source text, outcome text, code text, channel text, session_id bigint,
   document_count integer, etag text, version_id text, sequencer text, size_bytes bigint, last_modified timestamptz,
   content_sha256 text, event_name text, event_time timestamptz, receive_count integer)`

type LedgerRow = ReturnType<typeof rowOf>

/** S3's longest identifier is a version id of 1,024 bytes, and its longest event name has about 40 characters. */
const identifierLengthMax = 1_024
const eventNameLengthMax = 200

/**
 * A store's identifiers serve to compare and to fetch: cut, they would mean another object, so a bad one is left out
 * whole.
 */
function identifier(text: string | undefined): string | undefined {
  if (text === undefined || text.length > identifierLengthMax) return undefined
  return text.isWellFormed() && !text.includes('\0') ? text : undefined
}

function rowOf({ about, object, outcome, session, documentCount }: LedgerEntry) {
  return {
    about,
    bucket: object.bucket,
    object_key: object.key,
    source: object.source,
    outcome: outcome.kind,
    code: 'code' in outcome ? outcome.code : null,
    channel: session?.channel,
    session_id: session?.sessionId,
    document_count: documentCount,
    etag: identifier(object.etag),
    version_id: identifier(object.versionId),
    sequencer: identifier(object.sequencer),
    size_bytes: object.sizeBytes,
    last_modified: object.lastModified,
    content_sha256: object.contentSha256,
    event_name: object.eventName === undefined ? undefined : cutText(object.eventName, eventNameLengthMax),
    event_time: object.eventTime,
    receive_count: object.receiveCount,
  }
}
