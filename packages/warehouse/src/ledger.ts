import { mappingVersion } from '@aftercall/metadata/map-session'
import { sql } from 'kysely'
import type { Database } from './database.ts'

/** How an object ended, as the ledger states it. */
export type LedgerOutcome = 'stored' | 'superseded' | 'duplicate' | 'missing' | 'ignored' | 'rejected'

/** An announced object with what the announcement and the fetch told about it. */
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
   * What the delivery told: `content`, that the object has new content; `removal`, that it is gone; `note`, anything
   * else. Only the first changes how an object ended.
   */
  about: 'content' | 'removal' | 'note'
  object: AnnouncedObject
  outcome: LedgerOutcome
  code: string | null
  /** Set when the object holds exactly one session. */
  session: { channel: string; sessionId: string } | null
  documentCount: number
}

/**
 * One row per object, in key order. An event that is older than the one on record (S3's sequencer, compared padded on
 * the right: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html) changes
 * nothing; a repeated delivery of stored content leaves the outcome `stored`; a removal leaves how the object ended.
 */
export async function writeLedger(db: Database, entries: readonly LedgerEntry[]): Promise<void> {
  const rows = newestOfEach(entries).map(rowOf)
  if (rows.length === 0) return
  await sql`
    insert into ingest.object as ledger
      (bucket, object_key, source, outcome, code, channel, session_id, document_count, etag, version_id, sequencer,
       size_bytes, last_modified, content_sha256, event_name, event_time, receive_count, lag_ms, mapping_version,
       removed_at)
    select bucket, object_key, source, outcome, code, channel, session_id, document_count, etag, version_id, sequencer,
           size_bytes, last_modified, decode(content_sha256, 'hex'), event_name, event_time, receive_count,
           extract(epoch from clock_timestamp() - event_time) * 1000, ${mappingVersion}::integer,
           case when about = 'removal' then coalesce(event_time, now()) end
    from json_to_recordset(${JSON.stringify(rows)}::json) as settled
      (about text, bucket text, object_key text, source text, outcome text, code text, channel text, session_id bigint,
       document_count integer, etag text, version_id text, sequencer text, size_bytes bigint, last_modified timestamptz,
       content_sha256 text, event_name text, event_time timestamptz, receive_count integer)
    on conflict (bucket, object_key) do update set
      source          = excluded.source,
      outcome         = case when excluded.outcome = 'duplicate' and ledger.outcome = 'stored'
                              and ledger.content_sha256 = excluded.content_sha256
                             then 'stored' else excluded.outcome end,
      code            = excluded.code,
      channel         = coalesce(excluded.channel, ledger.channel),
      session_id      = coalesce(excluded.session_id, ledger.session_id),
      document_count  = excluded.document_count,
      etag            = excluded.etag,
      version_id      = excluded.version_id,
      lag_ms          = case when ledger.sequencer = excluded.sequencer then ledger.lag_ms else excluded.lag_ms end,
      sequencer       = coalesce(excluded.sequencer, ledger.sequencer),
      size_bytes      = excluded.size_bytes,
      last_modified   = excluded.last_modified,
      content_sha256  = excluded.content_sha256,
      event_name      = excluded.event_name,
      event_time      = excluded.event_time,
      settled_at      = excluded.settled_at,
      settle_count    = ledger.settle_count + 1,
      receive_count   = excluded.receive_count,
      mapping_version = excluded.mapping_version,
      removed_at      = excluded.removed_at
    where ${notOlder} and excluded.code is distinct from ${removedCode} and excluded.code is distinct from ${notedCode}
  `.execute(db)
  await noteRemovals(
    db,
    rows.filter((row) => row.about === 'removal'),
  )
}

/** Why an object that was only ever announced as removed, or by another event, is in the ledger at all. */
export const removedCode = 'object_removed'
export const notedCode = 'not_a_creation'

const notOlder = sql`coalesce(rpad(upper(ledger.sequencer), 64, '0') collate "C"
                <= rpad(upper(excluded.sequencer), 64, '0') collate "C", true)`

async function noteRemovals(db: Database, rows: readonly LedgerRow[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update ingest.object as ledger set
      removed_at   = coalesce(excluded.event_time, now()),
      sequencer    = coalesce(excluded.sequencer, ledger.sequencer),
      event_name   = excluded.event_name,
      event_time   = excluded.event_time,
      settle_count = ledger.settle_count + 1
    from json_to_recordset(${JSON.stringify(rows)}::json) as excluded
      (bucket text, object_key text, sequencer text, event_name text, event_time timestamptz)
    where ledger.bucket = excluded.bucket and ledger.object_key = excluded.object_key
      and ledger.removed_at is null and ${notOlder}
  `.execute(db)
}

function newestOfEach(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const newest = new Map<string, LedgerEntry>()
  for (const entry of entries) {
    const key = `${entry.object.bucket}/${entry.object.key}`
    const other = newest.get(key)
    if (other === undefined || weight(entry) >= weight(other)) newest.set(key, entry)
  }
  return [...newest.keys()].sort().flatMap((key) => newest.get(key) ?? [])
}

/** Among deliveries of one key in one batch: the newest event, and of the same event the one that stored it. */
function weight({ object, outcome }: LedgerEntry): string {
  return `${(object.sequencer ?? '').toUpperCase().padEnd(64, '0')}${outcome === 'stored' ? 1 : 0}`
}

type LedgerRow = ReturnType<typeof rowOf>

function rowOf({ about, object, outcome, code, session, documentCount }: LedgerEntry) {
  return {
    about,
    bucket: object.bucket,
    object_key: object.key,
    source: object.source,
    outcome,
    code,
    channel: session?.channel,
    session_id: session?.sessionId,
    document_count: documentCount,
    etag: object.etag,
    version_id: object.versionId,
    sequencer: object.sequencer,
    size_bytes: object.sizeBytes,
    last_modified: object.lastModified,
    content_sha256: object.contentSha256,
    event_name: object.eventName,
    event_time: object.eventTime,
    receive_count: object.receiveCount,
  }
}
