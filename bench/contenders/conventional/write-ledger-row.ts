import { mappingVersion } from '@aftercall/metadata/map/map-session'
import { sql, type Transaction } from 'kysely'
import type { FetchedSession, Tables } from './fetched-session.ts'

/** Writes the outcome of the object; a later event of the same key wins. */
export async function writeLedgerRow(
  db: Transaction<Tables>,
  { session, record, contentSha256, lastModified }: FetchedSession,
  outcome: 'stored' | 'superseded',
): Promise<void> {
  const { key } = session
  const { bucket, object } = record.s3
  await db
    .insertInto('ingest.object')
    .values({
      bucket: bucket.name,
      object_key: object.key,
      source: key.source,
      outcome,
      channel: key.channel,
      session_id: key.sessionId,
      document_count: 1,
      etag: object.eTag,
      version_id: object.versionId,
      sequencer: object.sequencer,
      size_bytes: object.size,
      last_modified: lastModified,
      content_sha256: Buffer.from(contentSha256, 'hex'),
      mapping_version: mappingVersion,
      event_name: record.eventName,
      event_time: record.eventTime,
      lag_ms: Math.max(0, Date.now() - record.eventTime.getTime()),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['bucket', 'object_key'])
        .doUpdateSet(Object.fromEntries(updated.map((name) => [name, sql.ref(`excluded.${name}`)])))
        .where(sql<boolean>`ingest.object.sequencer <= excluded.sequencer`),
    )
    .execute()
}

const updated = [
  'outcome',
  'etag',
  'version_id',
  'sequencer',
  'size_bytes',
  'last_modified',
  'content_sha256',
  'event_name',
  'event_time',
  'settled_at',
  'lag_ms',
  'mapping_version',
]
