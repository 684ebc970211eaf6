-- What maintenance removed, so that a run that would remove far more can be held back; and lists of keys that a comparison
-- keeps while it runs, in place of temporary tables: the right to make those is no longer given to anyone.

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
  'Months that retention removed of the source that lost most. The next run may remove one more. Source: pipeline. Personal data: no.';
comment on column ingest.maintenance_run.sessions_removed is
  'Sessions that retention removed. Source: pipeline. Personal data: no.';
comment on column ingest.maintenance_run.halted is
  'Why retention removed nothing: clock_disagrees or retention_too_large. Null when it was not held back. Source: pipeline. Personal data: no.';

-- Unlogged, because a list is of use only to the process that fills it. After a crash of the server, or on a standby that
-- was promoted, both tables are empty: a list without its row here was lost, and is never read as an empty one.
create unlogged table ingest.object_list (
  list_id bigint      generated always as identity primary key,
  purpose text        not null,
  host    text        not null,
  used_at timestamptz not null default now()
);

create unlogged table ingest.listed_object (
  list_id       bigint not null references ingest.object_list on delete cascade,
  object_key    text   collate "C" not null,
  etag          text,
  last_modified timestamptz,
  size_bytes    bigint,
  primary key (list_id, object_key)
);

comment on table ingest.object_list is
  'One row per list of objects that a comparison keeps while it runs: the objects of an inventory, or those that are gone.';
comment on column ingest.object_list.list_id is 'Number of the list. Source: pipeline. Personal data: no.';
comment on column ingest.object_list.purpose is 'inventory_object or gone_object. Source: pipeline. Personal data: no.';
comment on column ingest.object_list.host is 'Machine and process that fills it. Source: pipeline. Personal data: no.';
comment on column ingest.object_list.used_at is
  'When it was last written or read. Lists that were not used for a day are deleted. Source: pipeline. Personal data: no.';

comment on table ingest.listed_object is 'One row per object of a list.';
comment on column ingest.listed_object.list_id is 'The list. Source: pipeline. Personal data: no.';
comment on column ingest.listed_object.object_key is 'Key of the object. Source: pipeline. Personal data: no.';
comment on column ingest.listed_object.etag is 'Its ETag, where the listing has it. Source: pipeline. Personal data: no.';
comment on column ingest.listed_object.last_modified is
  'When it was last modified, where the listing has it. Source: pipeline. Personal data: no.';
comment on column ingest.listed_object.size_bytes is
  'Its size, where the listing has it. Unit: bytes. Source: pipeline. Personal data: no.';

select ingest.grant_access();
