-- Who may do what only one process does at a time: compare a source, work on a backfill run. An advisory lock could be taken by
-- every login, and needed a transaction that stays open for as long as the work. Only the database's clock is used.
create table ingest.lease (
  name       text        primary key,
  holder     text        not null,
  host       text        not null,
  taken_at   timestamptz not null default clock_timestamp(),
  renewed_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
) with (fillfactor = 50);

comment on table ingest.lease is
  'Who is doing what only one process does at a time. A process renews its lease every few seconds; one that has expired can be taken by another process.';
comment on column ingest.lease.name is
  'What is leased: "reconcile SOURCE", "reconcile-run RUN" or "backfill RUN". Source: pipeline. Personal data: no.';
comment on column ingest.lease.holder is
  'Made up when the lease is taken, with what tells other processes of the same machine whether this one still runs. Source: pipeline. Personal data: no.';
comment on column ingest.lease.host is
  'Machine and process. Source: pipeline. Personal data: no.';
comment on column ingest.lease.taken_at is
  'When it was taken, by the database''s clock. Source: pipeline. Personal data: no.';
comment on column ingest.lease.renewed_at is
  'When it was last renewed, by the database''s clock. Source: pipeline. Personal data: no.';
comment on column ingest.lease.expires_at is
  'Until when it is held unless it is renewed, by the database''s clock. Source: pipeline. Personal data: no.';

insert into ingest.access_rule (role_name, object_kind, object_name, privileges) values
  ('aftercall_loader', 'table', 'ingest.lease', 'select, insert, update, delete'),
  ('aftercall_operator', 'table', 'ingest.lease', 'select');

select ingest.grant_access();
