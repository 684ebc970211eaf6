-- The right to erasure (docs/adr/0050-the-erased-are-known-by-digest.md): who was erased, and what loaders must not store again.
--
-- A loader reads ingest.erased in its own transaction before it writes anything, and so holds ACCESS SHARE on it until it
-- ends. Who adds rows takes ACCESS EXCLUSIVE first, in a transaction of its own that holds nothing else: it waits for every
-- loader that has read the list without these rows, and each later one reads them. So what was mapped before is either
-- committed before the rows are, and then found by the erasure, or is blanked.

create table ingest.erasure (
  erasure_id  bigint      generated always as identity primary key,
  source      text        not null,
  kind        text        not null check (kind in ('end_user', 'phone', 'email', 'session', 'agent')),
  digest      bytea       not null check (octet_length(digest) = 32),
  key_version integer     not null,
  asked_by    text        not null check (length(asked_by) between 1 and 200),
  asked_login text        not null default session_user,
  reason      text        check (length(reason) <= 500),
  asked_at    timestamptz not null default now(),
  ended_at    timestamptz,
  counts      jsonb       not null default '{}'
);

comment on table ingest.erasure is
  'One row per run of aftercall erase: who asked, when, and how much was erased. The person is a digest.';
comment on column ingest.erasure.erasure_id is 'Number of the erasure. Source: pipeline. Personal data: no.';
comment on column ingest.erasure.source is
  'Configured name of the bucket and prefix: the tenant. Source: pipeline. Personal data: no.';
comment on column ingest.erasure.kind is
  'What the person was named by: end_user, phone, email, session or agent. Source: pipeline. Personal data: no.';
comment on column ingest.erasure.digest is
  'Keyed digest of what the person was named by. Source: pipeline. Personal data: no.';
comment on column ingest.erasure.key_version is
  'Stands for the identity.key that the digests are made with. Source: pipeline. Personal data: no.';
comment on column ingest.erasure.asked_by is
  'The user of the operating system who ran it. Source: pipeline. Personal data: yes.';
comment on column ingest.erasure.asked_login is 'The database login that ran it. Source: pipeline. Personal data: no.';
comment on column ingest.erasure.reason is
  'What --reason said, such as the number of a request, without names. Source: pipeline. Personal data: no.';
comment on column ingest.erasure.asked_at is 'When it began. Source: pipeline. Personal data: no.';
comment on column ingest.erasure.ended_at is
  'When it ended. Null: it is under way, or was stopped; run it again. Source: pipeline. Personal data: no.';
comment on column ingest.erasure.counts is 'What was erased, by kind. Source: pipeline. Personal data: no.';

create table ingest.erased (
  digest         bytea   primary key check (octet_length(digest) = 32),
  kind           text    not null check (kind in (
    'customer', 'contact', 'agent', 'session', 'mention', 'key', 'object', 'content')),
  key_version    integer not null,
  replacement    uuid,
  replacement_id bigint,
  erasure_id     bigint  not null references ingest.erasure
);

create index erased_objects on ingest.erased (kind) where kind = 'object';

comment on table ingest.erased is
  'What must not be stored again, by keyed digest: loaders blank it before they write. Rows stay for as long as the files do.';
comment on column ingest.erased.digest is
  'HMAC-SHA-256 with identity.key of the value with its kind and source. Source: pipeline. Personal data: no.';
comment on column ingest.erased.kind is
  'customer (end_user.id), contact (number, address, identifier) or agent: of the person; session: all its personal values '
  'are blanked; mention: its free texts are; key: a customer_key or contact_key; object: a key that named the person; '
  'content: bytes of a rejection. Source: pipeline. Personal data: no.';
comment on column ingest.erased.key_version is
  'Stands for the identity.key that the digest is made with. Source: pipeline. Personal data: no.';
comment on column ingest.erased.replacement is
  'Of a key: the random key in its place, so that distinct consumers stay as many. Source: pipeline. Personal data: no.';
comment on column ingest.erased.replacement_id is
  'Of an agent: the random negative id in its place. Source: pipeline. Personal data: no.';
comment on column ingest.erased.erasure_id is 'The erasure that added it first. Source: pipeline. Personal data: no.';

-- Erasing itself is the owner's: no other role may change either table.
insert into ingest.access_rule (role_name, object_kind, object_name, privileges) values
  ('aftercall_loader', 'table', 'ingest.erased', 'select'),
  ('aftercall_operator', 'table', 'ingest.erasure', 'select');

select ingest.grant_access();
