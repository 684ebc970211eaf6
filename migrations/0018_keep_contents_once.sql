-- The bytes of rejected objects and messages, kept once however many rejections are about them, and texts with a bound.
--
-- Workers of the release before go on while this runs and afterwards: they write `rejection.content`, which stays. New ones
-- write `rejected_content`, everything reads both, and `aftercall maintain` moves what is old, a few rows to a transaction.
-- Adding the column, the constraints and the index reads the table once without its bytes, so loaders wait only briefly.
--
-- Order of locks: a loader takes contents by hash, then rejections by fingerprint. The foreign key takes a lock on a
-- content that conflicts with its deletion alone.

create table ingest.rejected_content (
  content_sha256 bytea       primary key check (octet_length(content_sha256) = 32),
  content        bytea       not null check (octet_length(content) <= 1048576),
  first_seen_at  timestamptz not null default now(),
  last_seen_at   timestamptz not null default now()
);

comment on table ingest.rejected_content is
  'The kept bytes of rejected objects and messages, each content once. Rejections refer to them; what none refers to is deleted by maintenance.';
comment on column ingest.rejected_content.content_sha256 is
  'SHA-256 of the bytes in content. Source: pipeline. Personal data: no.';
comment on column ingest.rejected_content.content is
  'The bytes as they came, at most the first MiB. Source: pipeline. Personal data: yes.';
comment on column ingest.rejected_content.first_seen_at is
  'When they were first kept. Source: pipeline. Personal data: no.';
comment on column ingest.rejected_content.last_seen_at is
  'When a rejection last came with them. Source: pipeline. Personal data: no.';

-- A text of an older release can be as long as a message.
update ingest.rejection set detail = left(detail, 497) || '...' where length(detail) > 500;

alter table ingest.rejection
  add column content_sha256 bytea references ingest.rejected_content,
  add constraint rejection_detail_is_bounded check (length(detail) <= 500);

create index rejection_by_content on ingest.rejection (content_sha256) where content_sha256 is not null;

comment on column ingest.rejection.content_sha256 is
  'The kept bytes in rejected_content. Null when none are kept. Source: pipeline. Personal data: no.';
comment on column ingest.rejection.content is
  'The bytes as a release before this column kept them; maintenance moves them to rejected_content. Source: pipeline. Personal data: yes.';
comment on column ingest.rejection.detail is
  'What is wrong and where, at most 500 characters; never content. Source: pipeline. Personal data: no.';

comment on column warehouse.session_revision.original_content is
  'The bytes as they came, only for a document with characters that Postgres cannot store; of an object with several documents with the first of them. Source: computed: the object. Personal data: yes.';

create or replace function ingest.rejected_content(of_rejection bigint)
returns table (kept_bytes bigint, content_sha256 text)
language sql stable strict
security definer
set search_path = pg_catalog, pg_temp
as $$
  select octet_length(coalesce(kept.content, rejection.content)),
         encode(coalesce(kept.content_sha256, sha256(rejection.content)), 'hex')
  from ingest.rejection left join ingest.rejected_content as kept on kept.content_sha256 = rejection.content_sha256
  where rejection.rejection_id = of_rejection
$$;

-- Loaders delete from this table, and operators do not see the bytes.
insert into ingest.access_rule (role_name, object_kind, object_name, privileges, column_names) values
  ('aftercall_loader', 'table', 'ingest.rejected_content', 'select, insert, update, delete', null),
  ('aftercall_operator', 'table', 'ingest.rejected_content', 'select',
   array['content_sha256', 'first_seen_at', 'last_seen_at']);
update ingest.access_rule set column_names = column_names || 'content_sha256'::text
where (role_name, object_name) = ('aftercall_operator', 'ingest.rejection');

select ingest.grant_access();
