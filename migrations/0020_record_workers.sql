-- What each worker says of itself and of its queues every few seconds. It stands beside the path: no batch writes it, and a
-- worker that cannot write it goes on loading.
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
  'One row per worker process that reported within a day: whether it lives and receives, and how its queues stand. The row of one that is gone for longer is taken by the next.';
comment on column ingest.worker.worker_id is
  'Made up when the process starts. Source: pipeline. Personal data: no.';
comment on column ingest.worker.host is
  'Machine and process. Source: pipeline. Personal data: no.';
comment on column ingest.worker.version is
  'Version of the release. Source: pipeline. Personal data: no.';
comment on column ingest.worker.started_at is
  'When it first reported, by the database''s clock. Source: pipeline. Personal data: no.';
comment on column ingest.worker.beat_at is
  'When it last reported, by the database''s clock. Source: pipeline. Personal data: no.';
comment on column ingest.worker.stopped_at is
  'When it was stopped. Null: it runs, or it was killed. Source: pipeline. Personal data: no.';
comment on column ingest.worker.receiving is
  'Whether it takes messages: it has started, and the last receive of its live queue did not fail. Source: pipeline. Personal data: no.';
comment on column ingest.worker.in_flight is
  'Messages that it holds. Source: pipeline. Personal data: no.';
comment on column ingest.worker.queues is
  'Of each of its queues: name, url, waiting, in flight, delayed, dead letters, age of the oldest in seconds (about), as last read. Source: pipeline. Personal data: no.';
comment on column ingest.worker.last_error_code is
  'Code of the last failure, of an object or of a receive. Source: pipeline. Personal data: no.';
comment on column ingest.worker.last_error_at is
  'When that was. Source: pipeline. Personal data: no.';

insert into ingest.access_rule (role_name, object_kind, object_name, privileges) values
  ('aftercall_loader', 'table', 'ingest.worker', 'select, insert, update'),
  ('aftercall_operator', 'table', 'ingest.worker', 'select');

select ingest.grant_access();
