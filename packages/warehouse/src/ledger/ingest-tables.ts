import type { Generated } from 'kysely'

/** The `ingest` tables as kysely's query builder sees them. The definitions are in `migrations/`. */
export type IngestTables = {
  'ingest.source': SourceTable
  'ingest.session_head': SessionHeadTable
  'ingest.object': ObjectTable
  'ingest.rejection': RejectionTable
  'ingest.migration': MigrationTable
}

type MigrationTable = {
  name: string
  content_sha256: string
  applied_at: Generated<Date>
}

type SourceTable = {
  name: string
  bucket: string
  prefix: string
  time_zone: string | null
  first_seen_at: Generated<Date>
  updated_at: Generated<Date>
}

type SessionHeadTable = {
  source: string
  channel: string
  session_id: string
  created_at: Date
  previous_created_at: Date | null
  revision_updated_at: Date
  latest_event_at: Date
  object_last_modified: Date
  first_loaded_at: Generated<Date>
  loaded_at: Generated<Date>
  revision_count: Generated<number>
  mapping_version: number
  content_changed: Generated<boolean>
  content_sha256: Buffer
  bucket: string
  object_key: string
}

type ObjectTable = {
  bucket: string
  object_key: string
  source: string | null
  outcome: string
  code: string | null
  channel: string | null
  session_id: string | null
  document_count: number | null
  etag: string | null
  version_id: string | null
  sequencer: string | null
  size_bytes: string | null
  last_modified: Date | null
  content_sha256: Buffer | null
  event_name: string | null
  event_time: Date | null
  first_seen_at: Generated<Date>
  settled_at: Generated<Date>
  settle_count: Generated<number>
  receive_count: Generated<number>
  lag_ms: string | null
  mapping_version: number | null
  removed_at: Date | null
}

type RejectionTable = {
  rejection_id: Generated<string>
  fingerprint: Buffer
  source: string | null
  bucket: string | null
  object_key: string | null
  version_id: string | null
  message_id: string | null
  code: string
  detail: string
  content: Generated<Buffer | null>
  content_sha256: Buffer | null
  content_bytes: string | null
  content_is_cut: Generated<boolean>
  state: Generated<string>
  first_seen_at: Generated<Date>
  last_seen_at: Generated<Date>
  seen_count: Generated<number>
}
