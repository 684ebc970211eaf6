-- Revisions with their raw documents, and what documents hold that no column takes.

create table warehouse.session_revision (
  source               text        not null,
  channel              text        not null,
  session_id           bigint      not null,
  session_created_at   timestamptz not null,
  content_sha256       bytea       not null,
  revision_updated_at  timestamptz not null,
  latest_event_at      timestamptz not null,
  object_last_modified timestamptz not null,
  bucket               text        not null,
  object_key           text        not null,
  loaded_at            timestamptz not null default now(),
  document             json,
  original_content     bytea,
  primary key (source, channel, session_id, session_created_at, content_sha256)
) partition by range (session_created_at);

-- lz4 costs a fraction of pglz's CPU; a server built without it keeps its default. Partitions inherit the setting.
do $$
begin
  alter table warehouse.session_revision alter column document set compression lz4;
exception when feature_not_supported then
  null;
end
$$;

create table warehouse.session_revision_default partition of warehouse.session_revision default;

select ingest.create_month(to_date(right(c.relname, 7), 'YYYY_MM'))
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'warehouse' and c.relkind = 'r' and c.relname ~ '^session_\d{4}_\d{2}$';

comment on table warehouse.session_revision is
  'One row per accepted revision of a session, with its object and, as configured (raw: latest, all, none), its document. Revisions that arrived too late to be accepted have no row.';
comment on column warehouse.session_revision.source is 'Configured name of the bucket and prefix: the tenant. Source: configuration. Personal data: no.';
comment on column warehouse.session_revision.channel is 'call or chat. Source: computed: from the shape of the document. Personal data: no.';
comment on column warehouse.session_revision.session_id is 'Id of the session within source and channel. Source: id. Personal data: no.';
comment on column warehouse.session_revision.session_created_at is 'created_at of this revision; the partition key. Source: created_at. Personal data: no.';
comment on column warehouse.session_revision.content_sha256 is 'SHA-256 of the document; tells revisions apart. Source: computed: from the object. Personal data: no.';
comment on column warehouse.session_revision.revision_updated_at is 'First part of the revision order. Source: updated_at. Personal data: no.';
comment on column warehouse.session_revision.latest_event_at is 'Second part of the revision order: the greatest past-tense time in the document. Source: computed: over the whole document. Personal data: no.';
comment on column warehouse.session_revision.object_last_modified is 'Third part of the revision order. Source: computed: the object''s Last-Modified. Personal data: no.';
comment on column warehouse.session_revision.bucket is 'Bucket of the object it was read from. Source: computed: the announcement. Personal data: no.';
comment on column warehouse.session_revision.object_key is 'Key of the object it was read from. Source: computed: the announcement. Personal data: no.';
comment on column warehouse.session_revision.loaded_at is 'When it was committed. Source: computed: the database''s clock. Personal data: no.';
comment on column warehouse.session_revision.document is 'The document as it was sent; null when it is not kept. Source: computed: the whole document. Personal data: yes.';
comment on column warehouse.session_revision.original_content is 'The bytes as they came, only for a document with characters that Postgres cannot store. Source: computed: the object. Personal data: yes.';

-- What changed from one revision to the next, by key at the top of the document. Needs raw: all.
create view warehouse.session_change as
select later.source, later.channel, later.session_id, later.session_created_at,
       later.previous_updated_at, later.revision_updated_at, later.loaded_at,
       change.key as column_name, change.old_value, change.new_value
from (
  select source, channel, session_id, session_created_at, revision_updated_at, loaded_at, document::jsonb as document,
         lag(document::jsonb) over revisions as previous_document,
         lag(revision_updated_at) over revisions as previous_updated_at
  from warehouse.session_revision
  where document is not null
  window revisions as (partition by source, channel, session_id
                       order by revision_updated_at, latest_event_at, object_last_modified, content_sha256)
) later
cross join lateral (
  select key, before.value as old_value, after.value as new_value
  from jsonb_each(later.previous_document) before
  full join jsonb_each(later.document) after using (key)
  where before.value is distinct from after.value
) change
where later.previous_document is not null;

comment on view warehouse.session_change is
  'What changed from one kept revision of a session to the next: key of the document, old value, new value. Complete where raw is "all".';

comment on column warehouse.session_change.source is 'Configured name of the bucket and prefix: the tenant. Source: configuration. Personal data: no.';
comment on column warehouse.session_change.channel is 'call or chat. Source: computed: from session_revision. Personal data: no.';
comment on column warehouse.session_change.session_id is 'Id of the session within source and channel. Source: computed: from session_revision. Personal data: no.';
comment on column warehouse.session_change.session_created_at is 'created_at of the later revision. Source: computed: from session_revision. Personal data: no.';
comment on column warehouse.session_change.previous_updated_at is 'updated_at of the earlier revision. Source: computed: from session_revision. Personal data: no.';
comment on column warehouse.session_change.revision_updated_at is 'updated_at of the later revision. Source: computed: from session_revision. Personal data: no.';
comment on column warehouse.session_change.loaded_at is 'When the later revision was committed. Source: computed: from session_revision. Personal data: no.';
comment on column warehouse.session_change.column_name is 'Key at the top of the document that changed. Source: computed: from session_revision. Personal data: no.';
comment on column warehouse.session_change.old_value is 'Its value in the revision before; null when it had none. Source: computed: from session_revision.document. Personal data: yes.';
comment on column warehouse.session_change.new_value is 'Its value in this revision; null when it has none. Source: computed: from session_revision.document. Personal data: yes.';

create table ingest.schema_drift (
  source         text        not null,
  channel        text        not null,
  json_path      text        not null,
  json_type      text        not null,
  document_count bigint      not null,
  first_seen_at  timestamptz not null default now(),
  last_seen_at   timestamptz not null default now(),
  example_bucket text        not null,
  example_key    text        not null,
  primary key (source, channel, json_path, json_type)
);

comment on table ingest.schema_drift is
  'Paths of documents that no column takes, with how many documents held them. Their values are in extra.';
comment on column ingest.schema_drift.source is 'Configured source. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.channel is 'call or chat. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.json_path is 'Where in the document, [] for any element of an array; * for the whole document. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.json_type is 'string, number, boolean or object, or what else was odd about the document. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.document_count is 'Stored documents that held it, about: a crash may lose or repeat a few seconds of counting. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.first_seen_at is 'First seen. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.last_seen_at is 'Last seen. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.example_bucket is 'Bucket of the first object that held it. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.example_key is 'Key of the first object that held it. Source: pipeline. Personal data: no.';

comment on column ingest.session_head.content_changed is
  'False when the last accepted object held the very same content, mapped by the same rules, as the one before it. Source: pipeline. Personal data: no.';
