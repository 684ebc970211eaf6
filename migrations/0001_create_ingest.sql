-- What the pipeline did: sources, the head of every session, the ledger of every object, the unusable.

create schema if not exists ingest;
create schema if not exists warehouse;
create schema if not exists analytics;

comment on schema warehouse is 'Facts, exactly as the newest revision of each session states them. Holds personal data.';
comment on schema analytics is 'Views and rollups without personal data.';
comment on schema ingest is 'What the pipeline did with every object: ledger, rejections, heads.';

create table ingest.source (
  name        text primary key check (name ~ '^[a-z][a-z0-9_]{0,31}$'),
  bucket      text not null,
  prefix      text not null default '',
  time_zone   text,
  first_seen_at timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);

-- One slim row per session, never partitioned: the lock, the order guard and the duplicate check.
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
  bucket               text        not null,
  object_key           text        not null,
  primary key (source, channel, session_id)
) with (fillfactor = 85);

comment on column ingest.session_head.previous_created_at is
  'created_at of the revision that the stored one replaced; tells the loader which partition held it. Null for the first.';
comment on column ingest.session_head.content_changed is
  'False when the last accepted object held the very same content as the one before it.';

create table ingest.object (
  bucket          text        not null,
  object_key      text        not null,
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
  settle_count    integer     not null default 1,
  receive_count   integer     not null default 1,
  lag_ms          bigint,
  mapping_version integer,
  removed_at      timestamptz,
  primary key (bucket, object_key)
) with (fillfactor = 85);

create index object_by_session on ingest.object (source, channel, session_id) where session_id is not null;
create index object_by_trouble on ingest.object (outcome, settled_at) where outcome in ('rejected', 'missing', 'failed');

comment on table ingest.object is 'The ledger: one row per object that was announced, with what became of it.';
comment on column ingest.object.code is 'Why, for the outcomes ignored, rejected and failed.';
comment on column ingest.object.removed_at is 'When a removal of the object was announced. Its rows stay.';
comment on column ingest.object.sequencer is 'S3''s order of events on this one key (hex; compare padded on the right with zeros).';
comment on column ingest.object.settle_count is 'How often a delivery about this key ended here.';
comment on column ingest.object.receive_count is 'SQS receive count of the delivery that settled it last.';
comment on column ingest.object.lag_ms is 'Announced to committed, in milliseconds, of the first delivery of the newest event.';

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
  content        bytea,
  content_bytes  bigint,
  content_is_cut boolean     not null default false,
  state          text        not null default 'open' check (state in ('open', 'replayed', 'ignored')),
  first_seen_at  timestamptz not null default now(),
  last_seen_at   timestamptz not null default now(),
  seen_count     integer     not null default 1
);

create index rejection_by_object on ingest.rejection (bucket, object_key);
create index rejection_by_state on ingest.rejection (state, code, last_seen_at);

comment on table ingest.rejection is 'Objects and messages that retrying cannot help, with the reason and the bytes.';
comment on column ingest.rejection.fingerprint is 'SHA-256 of place, code and content: the same trouble twice is one row, counted.';
comment on column ingest.rejection.content is 'The bytes as they came, up to a limit. May hold personal data.';
