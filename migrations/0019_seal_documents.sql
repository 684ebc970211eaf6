-- Raw documents and the bytes of rejections can be stored encrypted (ADR 57, docs/encryption.md): sealed by a data key of
-- their source and month, which a key of the customer's wraps. That key never reaches the database. Nothing changes while
-- encryption is not configured.

-- In warehouse, beside the documents: those who may read raw documents need it. Loaders lock the rows of a batch FOR KEY
-- SHARE, before the heads: a key that is deleted meanwhile waits for them, so no document is left behind without its key.
create table warehouse.data_key (
  data_key_id bigint      generated always as identity primary key,
  source      text        not null,
  month       date        not null check (extract(day from month) = 1),
  key_id      text        not null,
  wrapped_key bytea       not null,
  made_at     timestamptz not null default now(),
  wrapped_at  timestamptz not null default now(),
  unique (source, month)
);

comment on table warehouse.data_key is
  'The keys that sealed documents are encrypted with, one per source and month, each wrapped by a key of the customer''s. '
  'Deleting a row makes the documents of its source and month unreadable forever.';
comment on column warehouse.data_key.data_key_id is
  'Number of the key; sealed bytes begin with it. Source: computed: when it is made. Personal data: no.';
comment on column warehouse.data_key.source is
  'Source of the documents; empty for messages that name none. Source: configuration. Personal data: no.';
comment on column warehouse.data_key.month is
  'Month of the sessions (UTC); of rejections the month in which they were kept. Source: created_at. Personal data: no.';
comment on column warehouse.data_key.key_id is
  'Id of the customer''s key that wraps it (encryption.keys). Source: configuration. Personal data: no.';
comment on column warehouse.data_key.wrapped_key is
  'The key, encrypted: AES-256-GCM. Source: computed: at random. Personal data: no.';
comment on column warehouse.data_key.made_at is
  'When it was made. Source: computed: the database''s clock. Personal data: no.';
comment on column warehouse.data_key.wrapped_at is
  'When it was last wrapped. Source: computed: the database''s clock. Personal data: no.';

-- A change of these tables goes behind the loaders, which wait at their first statement.
lock table ingest.session_head in share row exclusive mode;
alter table warehouse.session_document add column sealed_document bytea, add column sealed_original bytea;
alter table warehouse.session_collision add column sealed_document bytea, add column sealed_original bytea;

-- Sealed bytes are compressed already. Like documents, they stay in the row where the server has lz4, which gives up on
-- them at once.
do $$
begin
  alter table warehouse.session_document alter column sealed_document set compression lz4,
    alter column sealed_document set storage main;
exception when feature_not_supported then
  alter table warehouse.session_document alter column sealed_document set storage external;
end
$$;

comment on column warehouse.session_document.sealed_document is
  'The document, compressed and encrypted, in place of document where encryption is on. The number of its data key is in '
  'its bytes 2 to 9: warehouse.data_key_of tells it. Source: computed: the whole document. Personal data: yes.';
comment on column warehouse.session_document.sealed_original is
  'The same in place of original_content. Source: computed: the object. Personal data: yes.';
comment on column warehouse.session_collision.sealed_document is
  'The document, compressed and encrypted, in place of document where encryption is on. Source: computed: the whole '
  'document. Personal data: yes.';
comment on column warehouse.session_collision.sealed_original is
  'The same in place of original_content. Source: computed: the object. Personal data: yes.';

alter table ingest.rejected_content
  alter column content drop not null,
  add column sealed_content bytea check (octet_length(sealed_content) <= 1052672),
  add constraint rejected_content_is_kept_once check ((content is null) <> (sealed_content is null));
comment on column ingest.rejected_content.content is
  'The bytes as they came, at most the first MiB. Null where they are sealed. Source: pipeline. Personal data: yes.';
comment on column ingest.rejected_content.sealed_content is
  'The same, compressed and encrypted, where encryption is on. Source: pipeline. Personal data: yes.';

create function warehouse.data_key_of(sealed bytea) returns bigint
language sql immutable strict
set search_path = pg_catalog, pg_temp
as $$
  select ('x' || encode(substr(sealed, 2, 8), 'hex'))::bit(64)::bigint
$$;

comment on function warehouse.data_key_of(bytea) is 'The number of the data key that these bytes are sealed with.';

-- As before, and the size of what is sealed: the length before it was compressed.
create or replace function ingest.rejected_content(of_rejection bigint)
returns table (kept_bytes bigint, content_sha256 text)
language sql stable strict
security definer
set search_path = pg_catalog, pg_temp
as $$
  select case when kept.sealed_content is null then octet_length(kept.content)
              else least(rejection.content_bytes, 1048576) end,
         encode(kept.content_sha256, 'hex')
  from ingest.rejection left join ingest.rejected_content as kept on kept.content_sha256 = rejection.content_sha256
  where rejection.rejection_id = of_rejection
$$;

insert into ingest.access_rule (role_name, object_kind, object_name, privileges) values
  ('aftercall_loader', 'table', 'warehouse.data_key', 'select, insert, update'),
  ('aftercall_loader', 'function', 'warehouse.data_key_of(bytea)', 'execute'),
  ('aftercall_cleared', 'table', 'warehouse.data_key', 'select'),
  ('aftercall_cleared', 'function', 'warehouse.data_key_of(bytea)', 'execute');

select ingest.grant_access();
