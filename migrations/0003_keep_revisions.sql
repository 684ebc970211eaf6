-- Accepted revisions, their raw documents, what changed between them, and sessions that share an id.

-- Written once and never updated.
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
  primary key (source, channel, session_id, session_created_at, content_sha256)
) partition by range (session_created_at);

create table warehouse.session_revision_default partition of warehouse.session_revision default;

comment on table warehouse.session_revision is
  'One row per accepted revision of a session, with its object. Revisions that arrived too late to be accepted have no '
  'row. session_document has the documents that are kept.';
comment on column warehouse.session_revision.source is
  'Configured name of the bucket and prefix: the tenant. Source: configuration. Personal data: no.';
comment on column warehouse.session_revision.channel is
  'call or chat. Source: computed: from the shape of the document. Personal data: no.';
comment on column warehouse.session_revision.session_id is
  'Id of the session within source and channel. Source: id. Personal data: no.';
comment on column warehouse.session_revision.session_created_at is
  'created_at of this revision; the partition key. Source: created_at. Personal data: no.';
comment on column warehouse.session_revision.content_sha256 is
  'SHA-256 of the document; tells revisions apart. Source: computed: from the object. Personal data: no.';
comment on column warehouse.session_revision.revision_updated_at is
  'First part of the revision order: updated_at, or what counts in its place where it cannot be true. Source: '
  'updated_at. Personal data: no.';
comment on column warehouse.session_revision.latest_event_at is
  'Second part of the revision order: the greatest past-tense time in the document that is not more than a day later '
  'than its object. Source: computed: over the whole document. Personal data: no.';
comment on column warehouse.session_revision.object_last_modified is
  'Third part of the revision order: the object''s Last-Modified, or the latest event where that time does not fit the '
  'session. Source: computed: the object''s Last-Modified. Personal data: no.';
comment on column warehouse.session_revision.bucket is
  'Bucket of the object it was read from. Source: computed: the announcement. Personal data: no.';
comment on column warehouse.session_revision.object_key is
  'Key of the object it was read from. Source: computed: the announcement. Personal data: no.';
comment on column warehouse.session_revision.loaded_at is
  'When it was committed. Source: computed: the database''s clock. Personal data: no.';

-- A table of its own: a document that a newer revision replaces is deleted with a row that holds little else, and the rows
-- of revisions and their index stay as they are. A document is always in the month of its revision, with the same key.
create table warehouse.session_document (
  source             text        not null,
  channel            text        not null,
  session_id         bigint      not null,
  session_created_at timestamptz not null,
  content_sha256     bytea       not null,
  document           json,
  original_content   bytea,
  primary key (session_id, session_created_at, source, channel, content_sha256)
) partition by range (session_created_at);

-- lz4 takes a fraction of pglz's CPU, and makes almost every document fit into a page with two others. There it is written
-- and deleted as one row, where chunks out of line would take as much again. The key stays in the row, too: it is what else
-- would be moved out of a row this large. On a server without lz4, compressing a document takes longer than writing all its
-- rows, so it is stored as it is, out of line. Partitions inherit the settings.
do $$
begin
  alter table warehouse.session_document alter column source set storage main, alter column channel set storage main,
    alter column content_sha256 set storage main;
  alter table warehouse.session_document alter column document set compression lz4,
    alter column document set storage main;
exception when feature_not_supported then
  alter table warehouse.session_document alter column document set storage external;
end
$$;

create table warehouse.session_document_default partition of warehouse.session_document default;

comment on table warehouse.session_document is
  'The raw documents that are kept, as configured (raw: latest, all, none): one row per revision in session_revision '
  'that has one.';
comment on column warehouse.session_document.source is
  'Configured name of the bucket and prefix: the tenant. Source: configuration. Personal data: no.';
comment on column warehouse.session_document.channel is
  'call or chat. Source: computed: from the shape of the document. Personal data: no.';
comment on column warehouse.session_document.session_id is
  'Id of the session within source and channel. Source: id. Personal data: no.';
comment on column warehouse.session_document.session_created_at is
  'created_at of this revision; the partition key. Source: created_at. Personal data: no.';
comment on column warehouse.session_document.content_sha256 is
  'SHA-256 of the document; joins session_revision. Source: computed: from the object. Personal data: no.';
comment on column warehouse.session_document.document is
  'The document as it was sent; null where only the bytes are kept (raw: none). Source: computed: the whole document. '
  'Personal data: yes.';
comment on column warehouse.session_document.original_content is
  'The bytes as they came, only for a document with characters that Postgres cannot store, with any setting of raw; of '
  'an object with several documents with the first of them. With raw: latest they go when a newer revision of that '
  'first session comes, also for the others. Source: computed: the object. Personal data: yes.';

-- What changed from one revision to the next, by top-level key of the document. Needs raw: all.
create view warehouse.session_change as
select later.source, later.channel, later.session_id, later.session_created_at,
       later.previous_updated_at, later.revision_updated_at, later.loaded_at,
       change.key as column_name, change.old_value, change.new_value
from (
  select source, channel, session_id, session_created_at, revision_updated_at, loaded_at,
         kept.document::jsonb as document, lag(kept.document::jsonb) over revisions as previous_document,
         lag(revision_updated_at) over revisions as previous_updated_at
  from warehouse.session_revision
  join warehouse.session_document as kept using (source, channel, session_id, session_created_at, content_sha256)
  where kept.document is not null
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
  'What changed from one kept revision of a session to the next: key of the document, old value, new value. Complete '
  'where raw is "all".';
comment on column warehouse.session_change.source is
  'Configured name of the bucket and prefix: the tenant. Source: configuration. Personal data: no.';
comment on column warehouse.session_change.channel is
  'call or chat. Source: computed: from session_revision. Personal data: no.';
comment on column warehouse.session_change.session_id is
  'Id of the session within source and channel. Source: computed: from session_revision. Personal data: no.';
comment on column warehouse.session_change.session_created_at is
  'created_at of the later revision. Source: computed: from session_revision. Personal data: no.';
comment on column warehouse.session_change.previous_updated_at is
  'updated_at of the earlier revision. Source: computed: from session_revision. Personal data: no.';
comment on column warehouse.session_change.revision_updated_at is
  'updated_at of the later revision. Source: computed: from session_revision. Personal data: no.';
comment on column warehouse.session_change.loaded_at is
  'When the later revision was committed. Source: computed: from session_revision. Personal data: no.';
comment on column warehouse.session_change.column_name is
  'Key at the top of the document that changed. Source: computed: from session_revision. Personal data: no.';
comment on column warehouse.session_change.old_value is
  'Its value in the revision before; null when it had none. Source: computed: from session_document.document. '
  'Personal data: yes.';
comment on column warehouse.session_change.new_value is
  'Its value in this revision; null when it has none. Source: computed: from session_document.document. '
  'Personal data: yes.';

-- In warehouse and by month: the documents go with the months that retention drops, and only readers of raw documents see
-- them. Written under the lock of the session's head. session_collision_by_uuid finds the rows of one session among all that
-- share its id; it hashes the uuid, because a document can hold one that is too long for an index.
create table warehouse.session_collision (
  source               text        not null,
  channel              text        not null,
  session_id           bigint      not null,
  session_created_at   timestamptz not null,
  content_sha256       bytea       not null,
  uuid                 text,
  revision_updated_at  timestamptz not null,
  latest_event_at      timestamptz not null,
  object_last_modified timestamptz not null,
  bucket               text        not null,
  object_key           text        not null,
  first_seen_at        timestamptz not null default now(),
  last_seen_at         timestamptz not null default now(),
  seen_count           integer     not null default 1,
  document             json,
  original_content     bytea,
  stored_rows          jsonb,
  primary key (source, channel, session_id, session_created_at, content_sha256)
) partition by range (session_created_at);

create table warehouse.session_collision_default partition of warehouse.session_collision default;

create index session_collision_by_time on warehouse.session_collision (last_seen_at);
create index session_collision_by_uuid on warehouse.session_collision (source, channel, session_id, hashtextextended(uuid, 0));

comment on table warehouse.session_collision is
  'Sessions that came under the id of another session of the same source and channel, with another created_at, '
  'call_uuid or chat_uuid. The one with the newest revision is in the tables; of each other one its newest document is '
  'kept here, whatever "raw" says.';
comment on column warehouse.session_collision.source is
  'Configured name of the bucket and prefix: the tenant. Source: configuration. Personal data: no.';
comment on column warehouse.session_collision.channel is
  'call or chat. Source: computed: from the shape of the document. Personal data: no.';
comment on column warehouse.session_collision.session_id is
  'The id that several sessions share. Source: id. Personal data: no.';
comment on column warehouse.session_collision.session_created_at is
  'created_at of this session; the partition key. Source: created_at. Personal data: no.';
comment on column warehouse.session_collision.content_sha256 is
  'SHA-256 of its newest document. Source: computed: from the object. Personal data: no.';
comment on column warehouse.session_collision.uuid is
  'Of this document, in lower case; null where it has none. Source: call_uuid, chat_uuid. Personal data: no.';
comment on column warehouse.session_collision.revision_updated_at is
  'First part of its place in the revision order. Source: updated_at. Personal data: no.';
comment on column warehouse.session_collision.latest_event_at is
  'Second part of its place in the revision order. Source: computed: over the whole document. Personal data: no.';
comment on column warehouse.session_collision.object_last_modified is
  'Third part of its place in the revision order. Source: computed: the object''s Last-Modified. Personal data: no.';
comment on column warehouse.session_collision.bucket is
  'Bucket of the object it was read from. Source: computed: the announcement. Personal data: no.';
comment on column warehouse.session_collision.object_key is
  'Key of the object it was read from. Source: computed: the announcement. Personal data: no.';
comment on column warehouse.session_collision.first_seen_at is
  'When it first met the other session. Source: computed: the database''s clock. Personal data: no.';
comment on column warehouse.session_collision.last_seen_at is
  'When a document of it met the other session last. Source: computed: the database''s clock. Personal data: no.';
comment on column warehouse.session_collision.seen_count is
  'How often that happened. Source: computed: by counting. Personal data: no.';
comment on column warehouse.session_collision.document is
  'Its newest document as it was sent. Null where only its rows were left: see stored_rows. Source: computed: the whole '
  'document. Personal data: yes.';
comment on column warehouse.session_collision.original_content is
  'The bytes as they came, only for a document with characters that Postgres cannot store. Source: computed: the '
  'object. Personal data: yes.';
comment on column warehouse.session_collision.stored_rows is
  'Its rows by table as they were stored, where its document was not kept. Source: computed: the tables. '
  'Personal data: yes.';
