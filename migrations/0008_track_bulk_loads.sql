-- Bulk loads and comparisons of bucket and ledger: what was asked for, how far it is, what it found.

-- Listings come in the order of the keys' bytes. The ledger in the same order can be walked beside them (reconcile), and
-- looked up a page at a time, from the primary key's index. Only the indexes are built again.
alter table ingest.object
  alter column bucket type text collate "C",
  alter column object_key type text collate "C";

create table ingest.backfill_run (
  run_id      bigint      generated always as identity primary key,
  source      text        not null,
  bucket      text        not null,
  prefix      text        not null,
  via         text        not null check (via in ('direct', 'queue')),
  request     jsonb       not null,
  state       text        not null default 'open' check (state in ('open', 'done')),
  host        text        not null,
  counts      jsonb       not null default '{}',
  started_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  ended_at    timestamptz
);

create table ingest.backfill_shard (
  run_id      bigint  not null references ingest.backfill_run on delete cascade,
  shard       integer not null,
  after_key   text    collate "C",
  up_to_key   text    collate "C",
  file_key    text    collate "C",
  done_key    text    collate "C",
  done_rows   bigint  not null default 0,
  state       text    not null default 'open' check (state in ('open', 'done')),
  counts      jsonb   not null default '{}',
  updated_at  timestamptz not null default now(),
  primary key (run_id, shard)
);

create table ingest.reconcile_run (
  run_id      bigint      generated always as identity primary key,
  source      text        not null,
  purpose     text        not null check (purpose in ('command', 'schedule', 'poll')),
  host        text        not null,
  started_at  timestamptz not null default now(),
  ended_at    timestamptz,
  counts      jsonb       not null default '{}',
  by_day      jsonb       not null default '[]',
  examples    jsonb       not null default '{}',
  error       text
);

create index reconcile_run_by_source on ingest.reconcile_run (source, started_at desc);

comment on table ingest.backfill_run is
  'One row per bulk load (aftercall backfill): what was asked for, and how it ended.';
comment on column ingest.backfill_run.run_id is
  'The number to resume it with. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.source is
  'Configured name of the bucket and prefix: the tenant. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.bucket is
  'Bucket that is loaded. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.prefix is
  'Only keys that begin so are loaded. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.via is
  'direct: fetched and loaded by the process itself; queue: announced to queues.backfill for the workers. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.request is
  'What was asked for: dates, order, inventory, limit. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.state is
  'open: can be resumed; done: every shard is. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.host is
  'Machine and process that worked on it last. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.counts is
  'Objects by what became of them, over all shards and resumptions. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.started_at is
  'When it was first started. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.updated_at is
  'When its position was last written. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_run.ended_at is
  'When the last shard was done. Null while open. Source: pipeline. Personal data: no.';

comment on table ingest.backfill_shard is
  'One row per part of a bulk load, with its resumable position. The parts cover the whole prefix, whatever they hold.';
comment on column ingest.backfill_shard.run_id is
  'The bulk load. Source: pipeline. Personal data: no.';
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
  'So many rows of the inventory file are done. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_shard.state is
  'open or done. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_shard.counts is
  'Objects of the part by what became of them. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_shard.updated_at is
  'When the position was last written. Source: pipeline. Personal data: no.';

comment on table ingest.reconcile_run is
  'One row per comparison of a source''s bucket with the ledger: what was missing, outdated or gone.';
comment on column ingest.reconcile_run.run_id is
  'Number of the comparison. Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.source is
  'Configured name of the bucket and prefix: the tenant. Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.purpose is
  'command: somebody asked; schedule: reconcile.every; poll: a source without notifications. Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.host is
  'Machine and process that compared. Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.started_at is
  'When it began. Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.ended_at is
  'When it ended. Null: it is under way, or its process is gone. Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.counts is
  'Objects by class: current, missing, outdated, failed, rejected, gone, recent, other; and fixed. Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.by_day is
  'The same by day of the object''s last modification (UTC). Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.examples is
  'Some keys of each class that is not current; keys hold whatever the tenant puts into file names. Source: pipeline. Personal data: no.';
comment on column ingest.reconcile_run.error is
  'Why it did not come to its end, if it did not. Source: pipeline. Personal data: no.';

comment on column ingest.object.outcome is
  'How the object ended: stored, superseded, duplicate, missing, ignored or rejected; failed while it is tried again. Source: pipeline. Personal data: no.';
