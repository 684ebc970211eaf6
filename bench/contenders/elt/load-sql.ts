import { mappingVersion } from '@aftercall/metadata/map/map-session'
import { tables } from '@aftercall/metadata/tables'
import type { ChildTableSpec, TableSpec } from '@aftercall/metadata/tables/table-spec'
import { shredChildren, shredRedactions, shredSession } from './shred-sql.ts'

/** Prepares a connection. Many statements read the documents, so they are not compressed. */
export const prepareSql = `
  create temp table elt_staged (
    bucket text, object_key text, etag text, version_id text, sequencer text, size_bytes bigint,
    last_modified timestamptz, event_name text, event_time timestamptz, content_sha256 bytea, document json
  ) on commit delete rows;
  alter table elt_staged alter column document set storage external;
  create temp table elt_accepted (
    source text, channel text, session_id bigint, created_at timestamptz, updated_at timestamptz,
    latest_event_at timestamptz, last_modified timestamptz, content_sha256 bytea, bucket text, object_key text,
    document jsonb, previous_created_at timestamptz
  ) on commit delete rows;
  alter table elt_accepted alter column document set storage external;`

export const stageSql = 'copy elt_staged from stdin'

/**
 * Loads the staged documents into the tables, in one transaction and one round trip. Only the newest revision of each
 * session continues, if the guard on its head accepts it. Heads come first, in key order, which is the lock order.
 */
export function writeLoadSql(): string {
  return [
    acceptSql,
    'analyze elt_accepted',
    ...tables.map(deleteSql),
    ...tables.map(insertSql),
    dropDocumentsSql,
    revisionSql,
    documentSql,
    ledgerSql,
  ].join(';\n')
}

const identitySql = `
  select staged.*, split_part(object_key, '/', 1) as source,
         case when object_key like '%/chat-%' then 'chat' else 'call' end as channel,
         (document->>'id')::bigint as session_id,
         (document->>'created_at')::timestamptz as created_at,
         (document->>'updated_at')::timestamptz as updated_at,
         greatest((document->>'created_at')::timestamptz, (document->>'updated_at')::timestamptz) as latest_event_at
  from elt_staged staged`

const acceptSql = `
  with newest as materialized (
    select distinct on (source, channel, session_id) * from (${identitySql}) found
    order by source, channel, session_id, updated_at desc, latest_event_at desc, last_modified desc, content_sha256 desc
  ), accepted as (
    insert into ingest.session_head as head
      (source, channel, session_id, created_at, revision_updated_at, latest_event_at, object_last_modified,
       content_sha256, mapping_version)
    select source, channel, session_id, created_at, updated_at, latest_event_at, last_modified,
           content_sha256, ${mappingVersion}
    from newest
    on conflict (source, channel, session_id) do update set
      created_at = excluded.created_at, previous_created_at = head.created_at,
      revision_updated_at = excluded.revision_updated_at, latest_event_at = excluded.latest_event_at,
      object_last_modified = excluded.object_last_modified, content_sha256 = excluded.content_sha256,
      revision_count = head.revision_count + 1, loaded_at = excluded.loaded_at
    where (head.revision_updated_at, head.latest_event_at, head.object_last_modified, head.content_sha256)
        < (excluded.revision_updated_at, excluded.latest_event_at, excluded.object_last_modified, excluded.content_sha256)
    returning source, channel, session_id, previous_created_at
  )
  insert into elt_accepted
  select source, channel, session_id, created_at, updated_at, latest_event_at, last_modified, content_sha256, bucket,
         object_key, document::jsonb, previous_created_at
  from newest join accepted using (source, channel, session_id)`

function deleteSql({ name }: TableSpec): string {
  const createdAt = name === 'session' ? 'created_at' : 'session_created_at'
  return `
    delete from warehouse.${name} gone using elt_accepted a
    where gone.${createdAt} = a.previous_created_at
      and gone.source = a.source and gone.channel = a.channel and gone.session_id = a.session_id`
}

function insertSql(table: TableSpec | ChildTableSpec): string {
  if (!('rowsFrom' in table)) return shredSession(table)
  return table.name === 'recording_redaction' ? shredRedactions(table) : shredChildren(table)
}

const dropDocumentsSql = `
  delete from warehouse.session_document earlier using elt_accepted a
  where earlier.session_created_at = a.previous_created_at
    and earlier.source = a.source and earlier.channel = a.channel and earlier.session_id = a.session_id`

const revisionSql = `
  insert into warehouse.session_revision
    (source, channel, session_id, session_created_at, content_sha256, revision_updated_at, latest_event_at,
     object_last_modified, bucket, object_key)
  select source, channel, session_id, created_at, content_sha256, updated_at, latest_event_at, last_modified, bucket,
         object_key
  from elt_accepted
  on conflict do nothing`

const documentSql = `
  insert into warehouse.session_document
    (source, channel, session_id, session_created_at, content_sha256, document)
  select a.source, a.channel, a.session_id, a.created_at, a.content_sha256, staged.document
  from elt_accepted a join elt_staged staged using (bucket, object_key, content_sha256)
  on conflict do nothing`

const ledgerSql = `
  insert into ingest.object as ledger
    (bucket, object_key, source, outcome, channel, session_id, document_count, etag, version_id, sequencer,
     size_bytes, last_modified, content_sha256, event_name, event_time, lag_ms, mapping_version)
  select distinct on (staged.bucket, staged.object_key)
         staged.bucket, staged.object_key, split_part(staged.object_key, '/', 1),
         case when a.session_id is null then 'superseded' else 'stored' end, a.channel, a.session_id, 1, staged.etag,
         staged.version_id, staged.sequencer, staged.size_bytes, staged.last_modified, staged.content_sha256,
         staged.event_name, staged.event_time,
         greatest(0, extract(epoch from clock_timestamp() - staged.event_time) * 1000), ${mappingVersion}
  from elt_staged staged left join elt_accepted a using (bucket, object_key, content_sha256)
  order by staged.bucket, staged.object_key, staged.sequencer desc
  on conflict (bucket, object_key) do update set
    outcome = excluded.outcome, etag = excluded.etag, version_id = excluded.version_id,
    sequencer = excluded.sequencer, size_bytes = excluded.size_bytes, last_modified = excluded.last_modified,
    content_sha256 = excluded.content_sha256, event_name = excluded.event_name, event_time = excluded.event_time,
    settled_at = excluded.settled_at, settle_count = ledger.settle_count + 1, lag_ms = excluded.lag_ms
  where ledger.sequencer <= excluded.sequencer`
