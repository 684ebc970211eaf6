-- How far the page is that a backfill loads now: up to a thousand objects, which the counts of its shard contain only when all
-- of them have ended.
alter table ingest.backfill_shard
  add column page_objects bigint not null default 0 check (page_objects >= 0),
  add column page_ended   bigint not null default 0 check (page_ended between 0 and page_objects);

comment on column ingest.backfill_shard.page_objects is
  'Objects of the page that is loaded now; not in counts yet. Source: pipeline. Personal data: no.';
comment on column ingest.backfill_shard.page_ended is
  'Those of page_objects that have ended, written every two seconds. Source: pipeline. Personal data: no.';
