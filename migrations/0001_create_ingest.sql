-- What the pipeline did: the sources, the head of every session, the ledger of every object, what could not be used, and
-- the runs of the commands.
--
-- Every comment on a column has one form: meaning, unit where it has one, source, personal data. The data dictionary
-- (docs/data-dictionary.md, docs/dbt/sources.yml) is made from these comments.

create schema if not exists ingest;
create schema if not exists warehouse;
create schema if not exists analytics;

comment on schema ingest is 'What the pipeline did with every object: ledger, rejections, heads.';
comment on schema warehouse is 'Facts, exactly as the newest revision of each session states them. Holds personal data.';
comment on schema analytics is 'Views and rollups without personal data.';

-- The migration runner creates this table before the first migration.
comment on table ingest.migration is 'One row per migration that was applied.';
comment on column ingest.migration.name is 'File name of the migration. Source: pipeline. Personal data: no.';
comment on column ingest.migration.content_sha256 is
  'SHA-256 of the file when it was applied; an applied migration must never change. Source: pipeline. '
  'Personal data: no.';
comment on column ingest.migration.applied_at is 'When it was applied. Source: pipeline. Personal data: no.';

create table ingest.source (
  name          text        primary key check (name ~ '^[a-z][a-z0-9_]{0,31}$'),
  bucket        text        not null,
  prefix        text        not null default '',
  time_zone     text,
  first_seen_at timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);

comment on table ingest.source is 'One row per source that was ever configured: which bucket and prefix a name stands for.';
comment on column ingest.source.name is
  'Configured name; the value of source everywhere else. Source: pipeline. Personal data: no.';
comment on column ingest.source.bucket is 'Bucket that the source reads. Source: pipeline. Personal data: no.';
comment on column ingest.source.prefix is
  'Prefix of the keys that the source reads; empty for the whole bucket. Source: pipeline. Personal data: no.';
comment on column ingest.source.time_zone is
  'IANA time zone for times without an offset; null means UTC. Source: pipeline. Personal data: no.';
comment on column ingest.source.first_seen_at is
  'When a worker first started with this source. Source: pipeline. Personal data: no.';
comment on column ingest.source.updated_at is
  'When a worker last started with this source. Source: pipeline. Personal data: no.';

-- One slim row per session, never partitioned: the lock, the order guard, and the duplicate check. It is updated with each
-- revision and shortly after it was written: half of each page is left free, so that updates stay on their page (HOT) and
-- write no index entry. So each byte counts twice here, and what the session's own row has is not repeated.
create table ingest.session_head (
  source               text        not null,
  channel              text        not null,
  session_id           bigint      not null,
  created_at           timestamptz not null,
  previous_created_at  timestamptz,
  revision_updated_at  timestamptz not null,
  latest_event_at      timestamptz not null,
  object_last_modified timestamptz not null,
  first_loaded_at      timestamptz not null default now(),
  loaded_at            timestamptz not null default now(),
  revision_count       integer     not null default 1,
  mapping_version      integer     not null,
  content_changed      boolean     not null default true,
  content_sha256       bytea       not null,
  row_digests          bytea,
  changed_tables       integer     not null default -1,
  uuid                 text,
  replaced             jsonb,
  primary key (source, channel, session_id)
) with (fillfactor = 50);

comment on table ingest.session_head is
  'One slim row per session, never partitioned: the lock, the order guard and the duplicate check.';
comment on column ingest.session_head.source is 'Configured name of the tenant. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.channel is 'call or chat. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.session_id is
  'Id of the session, unique only within source and channel. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.created_at is
  'created_at of the stored revision; tells which partitions hold the rows of the session. Source: pipeline. '
  'Personal data: no.';
comment on column ingest.session_head.previous_created_at is
  'created_at of the revision that the stored one replaced; tells the loader which partitions held it. Null for the '
  'first. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.revision_updated_at is
  'When the stored revision was exported: its updated_at, or its latest event where it had none. Where updated_at '
  'cannot be true, the object''s time or the latest event counts in its place. First part of the revision order. '
  'Source: pipeline. Personal data: no.';
comment on column ingest.session_head.latest_event_at is
  'Greatest past-tense time within the stored revision that is not more than a day later than its object; the second '
  'part of the revision order. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.object_last_modified is
  'Last-Modified of the object that held the stored revision, or its latest event where that time does not fit the '
  'session; the third part of the revision order. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.first_loaded_at is
  'When the first revision of the session was stored. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.loaded_at is
  'When the stored content was committed. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.revision_count is
  'Accepted revisions, those with the content of the one before not counted. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.mapping_version is
  'Version of the mapping rules that made the rows. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.content_changed is
  'False when the last accepted object held the very same content, mapped by the same rules, as the one before it. '
  'Source: pipeline. Personal data: no.';
comment on column ingest.session_head.content_sha256 is
  'SHA-256 of the stored document; the last part of the revision order and the duplicate check. Source: pipeline. '
  'Personal data: no.';
comment on column ingest.session_head.row_digests is
  'Hashes by which the next revision finds the tables whose rows it repeats, one for some tables together, behind the '
  'beginning of the content''s own hash. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.changed_tables is
  'One bit for each hash in row_digests that the stored revision changed; -1 for all. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.uuid is
  'call_uuid or chat_uuid of the stored revision, in lower case; null where it has none. It never changes: with another '
  'one a document is of another session. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.replaced is
  'Of the last accepted revision: what it replaced, where that was another session under the same id. Tells the loader '
  'which document to keep. Null otherwise. Source: pipeline. Personal data: no.';

-- Keys are compared by their bytes, in the order of a listing. The primary key can so be walked beside a listing
-- (reconcile) and looked up a page at a time (backfill). Half of each page is left
-- free, as in session_head. object_by_time holds one small entry for 64 pages: it finds what was settled lately in a ledger
-- of any size and costs a loader next to nothing. It is on settled_by, which revisions within an hour leave as it is: before
-- Postgres 16, an update that changes a column with any index writes an entry into all of them (not HOT).
create table ingest.object (
  bucket          text        collate "C" not null,
  object_key      text        collate "C" not null,
  source          text,
  outcome         text        not null,
  code            text,
  channel         text,
  session_id      bigint,
  document_count  integer,
  etag            text,
  version_id      text,
  sequencer       text,
  size_bytes      bigint,
  last_modified   timestamptz,
  content_sha256  bytea,
  event_name      text,
  event_time      timestamptz,
  first_seen_at   timestamptz not null default now(),
  settled_at      timestamptz not null default now(),
  settled_by      timestamptz not null generated always as
    ((date_bin('1 hour', settled_at, first_seen_at) at time zone 'UTC' + interval '1 hour') at time zone 'UTC') stored,
  settle_count    integer     not null default 1,
  receive_count   integer     not null default 1,
  lag_ms          bigint,
  mapping_version integer,
  removed_at      timestamptz,
  primary key (bucket, object_key)
) with (fillfactor = 50);

create index object_by_session on ingest.object (session_id, source, channel) where session_id is not null;
create index object_by_time on ingest.object using brin (settled_by) with (pages_per_range = 64, autosummarize = on);
create index object_by_trouble on ingest.object (outcome) where outcome in ('rejected', 'missing', 'failed');

comment on table ingest.object is 'The ledger: one row per object that was announced, with what became of it.';
comment on column ingest.object.bucket is 'Bucket of the object. Source: pipeline. Personal data: no.';
comment on column ingest.object.object_key is
  'Key of the object; holds whatever the tenant puts into file names. Source: pipeline. Personal data: no.';
comment on column ingest.object.source is
  'Source that owns the place; null for objects outside every source, which are never read. Source: pipeline. '
  'Personal data: no.';
comment on column ingest.object.outcome is
  'How the object ended: stored, superseded, duplicate, missing, ignored or rejected; failed while it is tried again. '
  'Source: pipeline. Personal data: no.';
comment on column ingest.object.code is 'Why, for the outcomes ignored and rejected. Source: pipeline. Personal data: no.';
comment on column ingest.object.channel is
  'call or chat, when the object holds, or last held, exactly one session. Source: pipeline. Personal data: no.';
comment on column ingest.object.session_id is
  'Id of the session, when the object holds, or last held, exactly one. Source: pipeline. Personal data: no.';
comment on column ingest.object.document_count is
  'Session documents that were read from the object. Source: pipeline. Personal data: no.';
comment on column ingest.object.etag is 'ETag of the object, as read. Source: pipeline. Personal data: no.';
comment on column ingest.object.version_id is
  'Version of the object in a versioned bucket, as read. Source: pipeline. Personal data: no.';
comment on column ingest.object.sequencer is
  'S3''s order of events on this one key (hex; compare padded on the right with zeros). Source: pipeline. '
  'Personal data: no.';
comment on column ingest.object.size_bytes is 'Size of the object. Unit: bytes. Source: pipeline. Personal data: no.';
comment on column ingest.object.last_modified is
  'Last-Modified of the object; not the time of the export. Source: pipeline. Personal data: no.';
comment on column ingest.object.content_sha256 is
  'SHA-256 of the document, when the object holds exactly one. Source: pipeline. Personal data: no.';
comment on column ingest.object.event_name is
  'Event that announced it, such as ObjectCreated:Put. Source: pipeline. Personal data: no.';
comment on column ingest.object.event_time is 'When S3 says that the event happened. Source: pipeline. Personal data: no.';
comment on column ingest.object.first_seen_at is
  'When a delivery about this key first ended here. Source: pipeline. Personal data: no.';
comment on column ingest.object.settled_at is 'When the outcome was last written. Source: pipeline. Personal data: no.';
comment on column ingest.object.settled_by is
  'settled_at rounded up to whole hours since first_seen_at. It has the index: to find what was settled since a time, ask '
  'for this as well. Source: pipeline. Personal data: no.';
comment on column ingest.object.settle_count is
  'How often a delivery about this key ended here. Source: pipeline. Personal data: no.';
comment on column ingest.object.receive_count is
  'SQS receive count of the delivery that settled it last. Source: pipeline. Personal data: no.';
comment on column ingest.object.lag_ms is
  'From the event to the commit, of the first delivery of the newest event. Unit: milliseconds. Source: pipeline. '
  'Personal data: no.';
comment on column ingest.object.mapping_version is
  'Version of the mapping rules that read it. Source: pipeline. Personal data: no.';
comment on column ingest.object.removed_at is
  'When its removal was announced, or it was found gone. The rows it became stay. Source: pipeline. Personal data: no.';

-- Order of locks: a loader takes contents by hash, then rejections by fingerprint. The foreign key's lock on a content
-- conflicts only with its deletion.
create table ingest.rejected_content (
  content_sha256 bytea       primary key check (octet_length(content_sha256) = 32),
  content        bytea       not null check (octet_length(content) <= 1048576),
  first_seen_at  timestamptz not null default now(),
  last_seen_at   timestamptz not null default now()
);

comment on table ingest.rejected_content is
  'The kept bytes of rejected objects and messages, each content once. Rejections refer to them; what none refers to is '
  'deleted by maintenance.';
comment on column ingest.rejected_content.content_sha256 is
  'SHA-256 of the bytes in content. Source: pipeline. Personal data: no.';
comment on column ingest.rejected_content.content is
  'The bytes as they came, at most the first MiB. Source: pipeline. Personal data: yes.';
comment on column ingest.rejected_content.first_seen_at is
  'When they were first kept. Source: pipeline. Personal data: no.';
comment on column ingest.rejected_content.last_seen_at is
  'When a rejection last came with them. Source: pipeline. Personal data: no.';

create table ingest.rejection (
  rejection_id   bigint      generated always as identity primary key,
  fingerprint    bytea       not null unique,
  source         text,
  bucket         text,
  object_key     text,
  version_id     text,
  message_id     text,
  code           text        not null,
  detail         text        not null,
  content_sha256 bytea       references ingest.rejected_content,
  content_bytes  bigint,
  content_is_cut boolean     not null default false,
  state          text        not null default 'open' check (state in ('open', 'replayed', 'ignored')),
  first_seen_at  timestamptz not null default now(),
  last_seen_at   timestamptz not null default now(),
  seen_count     integer     not null default 1,
  constraint rejection_detail_is_bounded check (length(detail) <= 500)
);

create index rejection_by_object on ingest.rejection (bucket, object_key);
create index rejection_by_state on ingest.rejection (state, code, last_seen_at);
create index rejection_by_content on ingest.rejection (content_sha256) where content_sha256 is not null;

comment on table ingest.rejection is 'Objects and messages that retrying cannot help, with the reason and the bytes.';
comment on column ingest.rejection.rejection_id is 'Number of the rejection. Source: pipeline. Personal data: no.';
comment on column ingest.rejection.fingerprint is
  'SHA-256 of place, code, detail and content: the same trouble twice is one row, counted. Source: pipeline. '
  'Personal data: no.';
comment on column ingest.rejection.source is
  'Source that owns the object; null for a message that names none. Source: pipeline. Personal data: no.';
comment on column ingest.rejection.bucket is
  'Bucket of the object; null for a message. Source: pipeline. Personal data: no.';
comment on column ingest.rejection.object_key is
  'Key of the object; null for a message. Holds whatever the tenant puts into file names. Source: pipeline. '
  'Personal data: no.';
comment on column ingest.rejection.version_id is
  'Version of the object in a versioned bucket. Source: pipeline. Personal data: no.';
comment on column ingest.rejection.message_id is
  'SQS id of the message; null for an object. Source: pipeline. Personal data: no.';
comment on column ingest.rejection.code is 'Reason, as one word. Source: pipeline. Personal data: no.';
comment on column ingest.rejection.detail is
  'What is wrong and where, at most 500 characters; never content. Source: pipeline. Personal data: no.';
comment on column ingest.rejection.content_bytes is
  'Size of the content before it was cut. Unit: bytes. Source: pipeline. Personal data: no.';
comment on column ingest.rejection.content_is_cut is
  'True when only the beginning of the content was kept. Source: pipeline. Personal data: no.';
comment on column ingest.rejection.state is 'open, replayed or ignored. Source: pipeline. Personal data: no.';
comment on column ingest.rejection.first_seen_at is 'When it was first rejected. Source: pipeline. Personal data: no.';
comment on column ingest.rejection.last_seen_at is 'When it was last rejected. Source: pipeline. Personal data: no.';
comment on column ingest.rejection.seen_count is 'How often it was rejected. Source: pipeline. Personal data: no.';
comment on column ingest.rejection.content_sha256 is
  'The kept bytes in rejected_content. Null when none are kept. Source: pipeline. Personal data: no.';

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
  vocabulary     text,
  column_name    text,
  word           text        check (length(word) <= 64),
  primary key (source, channel, json_path, json_type)
);

comment on table ingest.schema_drift is
  'Paths of documents that no column takes and words that no vocabulary holds, with how many documents held them. Their '
  'values are in extra, words stay as sent. At most 2,000 paths and 50 words of a vocabulary are kept of each source, '
  'the rest is counted together.';
comment on column ingest.schema_drift.source is 'Configured source. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.channel is 'call or chat. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.json_path is
  'Where in the document, [] for any element of an array; * for the whole document; of a word the column that it is in. '
  'A name that is no identifier is told by length and digest. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.json_type is
  'string, number, boolean or object, or what else was odd about the document. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.document_count is
  'Stored documents that held it, about: a crash may lose or repeat a few seconds of counting. Source: pipeline. '
  'Personal data: no.';
comment on column ingest.schema_drift.first_seen_at is 'First seen. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.last_seen_at is 'Last seen. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.example_bucket is
  'Bucket of the first object that held it. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.example_key is
  'Key of the first object that held it. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.vocabulary is
  'The vocabulary that does not hold the word. Null for a field without a column. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.column_name is
  'Table and column that the word is in. Null for a field without a column. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.word is
  'The word, at most 64 characters. Null when it is not known any more, or is one of more words than are kept. Source: '
  'pipeline. Personal data: no.';

create table ingest.backfill_run (
  run_id     bigint      generated always as identity primary key,
  source     text        not null,
  bucket     text        not null,
  prefix     text        not null,
  via        text        not null check (via in ('direct', 'queue')),
  request    jsonb       not null,
  state      text        not null default 'open' check (state in ('open', 'done')),
  host       text        not null,
  counts     jsonb       not null default '{}',
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at   timestamptz
);

comment on table ingest.backfill_run is 'One row per bulk load (aftercall backfill): what was asked for, and how it ended.';
comment on column ingest.backfill_run.run_id is 'The number to resume it with. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.source is
  'Configured name of the bucket and prefix: the tenant. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.bucket is 'Bucket that is loaded. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.prefix is 'Only keys that begin so are loaded. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.via is
  'direct: fetched and loaded by the process itself; queue: announced to queues.backfill for the workers. Source: '
  'pipeline. Personal data: no.';
comment on column ingest.backfill_run.request is
  'What was asked for: dates, order, inventory, limit. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.state is
  'open: can be resumed; done: every shard is. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.host is
  'Machine and process that worked on it last. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.counts is
  'Objects by what became of them, over all shards and resumptions. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.started_at is 'When it was first started. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.updated_at is
  'When its position was last written. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.ended_at is
  'When the last shard was done. Null while open. Source: pipeline. Personal data: no.';

create table ingest.backfill_shard (
  run_id     bigint      not null references ingest.backfill_run on delete cascade,
  shard      integer     not null,
  after_key  text        collate "C",
  up_to_key  text        collate "C",
  file_key   text        collate "C",
  done_key   text        collate "C",
  done_rows  bigint      not null default 0,
  state      text        not null default 'open' check (state in ('open', 'done')),
  counts     jsonb       not null default '{}',
  updated_at timestamptz not null default now(),
  primary key (run_id, shard)
);

comment on table ingest.backfill_shard is
  'One row per part of a bulk load, with its resumable position. The parts cover the whole prefix, whatever they hold.';
comment on column ingest.backfill_shard.run_id is 'The bulk load. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_shard.shard is
  'Number of the part, from 0, in the order in which parts are taken up. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_shard.after_key is
  'The part begins after this key. Null: with the first. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_shard.up_to_key is
  'The part ends with this key. Null: with the last. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_shard.file_key is
  'Key of the inventory file that is the part, in place of a range of keys. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_shard.done_key is
  'Everything of the part up to this key is done. Null: nothing yet. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_shard.done_rows is
  'Rows of the inventory file that are done. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_shard.state is 'open or done. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_shard.counts is
  'Objects of the part by what became of them. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_shard.updated_at is
  'When the position was last written. Source: pipeline. Personal data: no.';

create table ingest.reconcile_run (
  run_id     bigint      generated always as identity primary key,
  source     text        not null,
  purpose    text        not null check (purpose in ('command', 'schedule', 'poll')),
  host       text        not null,
  started_at timestamptz not null default now(),
  ended_at   timestamptz,
  counts     jsonb       not null default '{}',
  by_day     jsonb       not null default '[]',
  examples   jsonb       not null default '{}',
  error      text
);

create index reconcile_run_by_source on ingest.reconcile_run (source, started_at desc);

comment on table ingest.reconcile_run is
  'One row per comparison of a source''s bucket with the ledger: what was missing, outdated or gone.';
comment on column ingest.reconcile_run.run_id is 'Number of the comparison. Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.source is
  'Configured name of the bucket and prefix: the tenant. Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.purpose is
  'command: run by a person; schedule: reconcile.every; poll: a source without notifications. Source: pipeline. '
  'Personal data: no.';
comment on column ingest.reconcile_run.host is 'Machine and process that compared. Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.started_at is 'When it began. Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.ended_at is
  'When it ended. Null: it is under way, or its process is gone. Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.counts is
  'Objects by class: current, missing, outdated, failed, rejected, gone, recent, other; and fixed. Source: pipeline. '
  'Personal data: no.';
comment on column ingest.reconcile_run.by_day is
  'The same by day of the object''s last modification (UTC). Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.examples is
  'Some keys of each class that is not current; keys hold whatever the tenant puts into file names. Source: pipeline. '
  'Personal data: no.';
comment on column ingest.reconcile_run.error is
  'Why it did not come to its end, if it did not. Source: pipeline. Personal data: no.';

-- Unlogged, because only the process that fills a list uses it. After a crash of the server, or on a promoted standby, both
-- tables are empty: a list without its row here was lost, and is never read as an empty list.
create unlogged table ingest.object_list (
  list_id bigint      generated always as identity primary key,
  purpose text        not null,
  host    text        not null,
  used_at timestamptz not null default now()
);

comment on table ingest.object_list is
  'One row per list of objects that a comparison keeps while it runs: the objects of an inventory, or those that are '
  'gone.';
comment on column ingest.object_list.list_id is 'Number of the list. Source: pipeline. Personal data: no.';
comment on column ingest.object_list.purpose is 'inventory_object or gone_object. Source: pipeline. Personal data: no.';
comment on column ingest.object_list.host is 'Machine and process that fills it. Source: pipeline. Personal data: no.';
comment on column ingest.object_list.used_at is
  'When it was last written or read. Lists that were not used for a day are deleted. Source: pipeline. '
  'Personal data: no.';

create unlogged table ingest.listed_object (
  list_id       bigint      not null references ingest.object_list on delete cascade,
  object_key    text        collate "C" not null,
  etag          text,
  last_modified timestamptz,
  size_bytes    bigint,
  primary key (list_id, object_key)
);

comment on table ingest.listed_object is 'One row per object of a list.';
comment on column ingest.listed_object.list_id is 'The list. Source: pipeline. Personal data: no.';
comment on column ingest.listed_object.object_key is 'Key of the object. Source: pipeline. Personal data: no.';
comment on column ingest.listed_object.etag is 'Its ETag, where the listing has it. Source: pipeline. Personal data: no.';
comment on column ingest.listed_object.last_modified is
  'When it was last modified, where the listing has it. Source: pipeline. Personal data: no.';
comment on column ingest.listed_object.size_bytes is
  'Its size, where the listing has it. Unit: bytes. Source: pipeline. Personal data: no.';

create table ingest.maintenance_run (
  run_id           bigint      generated always as identity primary key,
  host             text        not null,
  started_at       timestamptz not null default now(),
  ended_at         timestamptz,
  months_removed   integer     not null default 0,
  sessions_removed bigint      not null default 0,
  halted           text
);

comment on table ingest.maintenance_run is 'One row per run of aftercall maintain: how much retention removed.';
comment on column ingest.maintenance_run.run_id is 'Number of the run. Source: pipeline. Personal data: no.';
comment on column ingest.maintenance_run.host is 'Machine and process that ran it. Source: pipeline. Personal data: no.';
comment on column ingest.maintenance_run.started_at is 'When it began. Source: pipeline. Personal data: no.';
comment on column ingest.maintenance_run.ended_at is
  'When it ended. Null: it is under way, or its process is gone. Source: pipeline. Personal data: no.';
comment on column ingest.maintenance_run.months_removed is
  'Months that retention removed of the source that lost most. The next run may remove one more. Source: pipeline. '
  'Personal data: no.';
comment on column ingest.maintenance_run.sessions_removed is
  'Sessions that retention removed. Source: pipeline. Personal data: no.';
comment on column ingest.maintenance_run.halted is
  'Why retention removed nothing: clock_disagrees or retention_too_large. Null when it was not held back. Source: '
  'pipeline. Personal data: no.';

create table ingest.made_month (
  month   date        primary key,
  made_at timestamptz not null
);

comment on table ingest.made_month is
  'When the partitions of a month were last made. Its lock is held by whatever changes the set of partitions.';
comment on column ingest.made_month.month is 'First day of the month. Source: pipeline. Personal data: no.';
comment on column ingest.made_month.made_at is
  'When, by the database''s clock. Bounds how many months workers make in an hour. Source: pipeline. Personal data: no.';

-- A row, not an advisory lock: every login can take advisory locks, and they need a transaction that stays open for as long
-- as the work. Only the database's clock is used.
create table ingest.lease (
  name       text        primary key,
  holder     text        not null,
  host       text        not null,
  taken_at   timestamptz not null default clock_timestamp(),
  renewed_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
) with (fillfactor = 50);

comment on table ingest.lease is
  'Who is doing what only one process does at a time. A process renews its lease every few seconds; one that has '
  'expired can be taken by another process.';
comment on column ingest.lease.name is
  'What is leased: "reconcile SOURCE", "reconcile-run RUN" or "backfill RUN". Source: pipeline. Personal data: no.';
comment on column ingest.lease.holder is
  'Made up when the lease is taken, with what tells other processes of the same machine whether this one still runs. '
  'Source: pipeline. Personal data: no.';
comment on column ingest.lease.host is 'Machine and process. Source: pipeline. Personal data: no.';
comment on column ingest.lease.taken_at is
  'When it was taken, by the database''s clock. Source: pipeline. Personal data: no.';
comment on column ingest.lease.renewed_at is
  'When it was last renewed, by the database''s clock. Source: pipeline. Personal data: no.';
comment on column ingest.lease.expires_at is
  'Until when it is held unless it is renewed, by the database''s clock. Source: pipeline. Personal data: no.';

-- No batch writes this table: a worker that cannot write it goes on loading.
create table ingest.worker (
  worker_id       uuid        primary key,
  host            text        not null,
  version         text        not null,
  started_at      timestamptz not null default now(),
  beat_at         timestamptz not null default now(),
  stopped_at      timestamptz,
  receiving       boolean     not null,
  in_flight       integer     not null,
  queues          jsonb       not null default '[]',
  last_error_code text,
  last_error_at   timestamptz
) with (fillfactor = 50);

comment on table ingest.worker is
  'One row per worker process that reported within a day: whether it lives and receives, and how its queues stand. The '
  'row of one that is gone for longer is taken by the next.';
comment on column ingest.worker.worker_id is 'Made up when the process starts. Source: pipeline. Personal data: no.';
comment on column ingest.worker.host is 'Machine and process. Source: pipeline. Personal data: no.';
comment on column ingest.worker.version is 'Version of the release. Source: pipeline. Personal data: no.';
comment on column ingest.worker.started_at is
  'When it first reported, by the database''s clock. Source: pipeline. Personal data: no.';
comment on column ingest.worker.beat_at is
  'When it last reported, by the database''s clock. Source: pipeline. Personal data: no.';
comment on column ingest.worker.stopped_at is
  'When it was stopped. Null: it runs, or it was killed. Source: pipeline. Personal data: no.';
comment on column ingest.worker.receiving is
  'Whether it takes messages: it has started, and the last receive of its live queue did not fail. Source: pipeline. '
  'Personal data: no.';
comment on column ingest.worker.in_flight is 'Messages that it holds. Source: pipeline. Personal data: no.';
comment on column ingest.worker.queues is
  'Of each of its queues: name, url, waiting, in flight, delayed, dead letters, age of the oldest in seconds (about), '
  'as last read. Source: pipeline. Personal data: no.';
comment on column ingest.worker.last_error_code is
  'Code of the last failure, of an object or of a receive. Source: pipeline. Personal data: no.';
comment on column ingest.worker.last_error_at is 'When that was. Source: pipeline. Personal data: no.';
