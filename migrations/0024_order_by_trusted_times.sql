-- Two things that used to happen without a word: a wrong clock that froze a session, and two sessions under one id of
-- which the newer replaced the other.

alter table ingest.session_head
  add column uuid     text,
  add column replaced jsonb;

comment on column ingest.session_head.uuid is
  'call_uuid or chat_uuid of the stored revision, in lower case; null where it has none. It never changes: with another one a document is of another session. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.replaced is
  'Of the last accepted revision: what it replaced, where that was another session under the same id. Tells the loader which document to keep. Null otherwise. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.revision_updated_at is
  'When the stored revision was exported: its updated_at, or its latest event where it had none. Where updated_at cannot be true, the object''s time or the latest event counts in its place. First part of the revision order. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.latest_event_at is
  'Greatest past-tense time within the stored revision that is not more than a day later than its object; the second part of the revision order. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.object_last_modified is
  'Last-Modified of the object that held the stored revision, or its latest event where that time does not fit the session; the third part of the revision order. Source: pipeline. Personal data: no.';
comment on column warehouse.session_revision.revision_updated_at is
  'First part of the revision order: updated_at, or what counts in its place where it cannot be true. Source: updated_at. Personal data: no.';
comment on column warehouse.session_revision.latest_event_at is
  'Second part of the revision order: the greatest past-tense time in the document that is not more than a day later than its object. Source: computed: over the whole document. Personal data: no.';
comment on column warehouse.session_revision.object_last_modified is
  'Third part of the revision order: the object''s Last-Modified, or the latest event where that time does not fit the session. Source: computed: the object''s Last-Modified. Personal data: no.';

-- In warehouse, and by month, so that the documents go with the months that retention drops, and only those who may read
-- raw documents can read them. Written under the head's lock of the session.
create table warehouse.session_collision (
  source               text        not null,
  channel              text        not null,
  session_id           bigint      not null,
  session_created_at   timestamptz not null,
  content_sha256       bytea       not null,
  uuid                 text,
  revision_updated_at  timestamptz not null,
  latest_event_at      timestamptz not null,
  object_last_modified timestamptz not null,
  bucket               text        not null,
  object_key           text        not null,
  first_seen_at        timestamptz not null default now(),
  last_seen_at         timestamptz not null default now(),
  seen_count           integer     not null default 1,
  document             json,
  original_content     bytea,
  stored_rows          jsonb,
  primary key (source, channel, session_id, session_created_at, content_sha256)
) partition by range (session_created_at);

create table warehouse.session_collision_default partition of warehouse.session_collision default;

-- For the question what collided lately. Inherited by every month.
create index session_collision_by_time on warehouse.session_collision (last_seen_at);

select ingest.make_month(to_date(right(c.relname, 7), 'YYYY_MM'), false)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'warehouse' and c.relkind = 'r' and c.relname ~ '^session_\d{4}_\d{2}$';

comment on table warehouse.session_collision is
  'Sessions that came under the id of another session of the same source and channel, with another created_at, call_uuid or chat_uuid. The one with the newest revision is in the tables; of each other one its newest document is kept here, whatever "raw" says.';
comment on column warehouse.session_collision.source is 'Configured name of the bucket and prefix: the tenant. Source: configuration. Personal data: no.';
comment on column warehouse.session_collision.channel is 'call or chat. Source: computed: from the shape of the document. Personal data: no.';
comment on column warehouse.session_collision.session_id is 'The id that several sessions share. Source: id. Personal data: no.';
comment on column warehouse.session_collision.session_created_at is 'created_at of this session; the partition key. Source: created_at. Personal data: no.';
comment on column warehouse.session_collision.content_sha256 is 'SHA-256 of its newest document. Source: computed: from the object. Personal data: no.';
comment on column warehouse.session_collision.uuid is 'Of this document, in lower case; null where it has none. Source: call_uuid, chat_uuid. Personal data: no.';
comment on column warehouse.session_collision.revision_updated_at is 'First part of its place in the revision order. Source: updated_at. Personal data: no.';
comment on column warehouse.session_collision.latest_event_at is 'Second part of its place in the revision order. Source: computed: over the whole document. Personal data: no.';
comment on column warehouse.session_collision.object_last_modified is 'Third part of its place in the revision order. Source: computed: the object''s Last-Modified. Personal data: no.';
comment on column warehouse.session_collision.bucket is 'Bucket of the object it was read from. Source: computed: the announcement. Personal data: no.';
comment on column warehouse.session_collision.object_key is 'Key of the object it was read from. Source: computed: the announcement. Personal data: no.';
comment on column warehouse.session_collision.first_seen_at is 'When it first met the other session. Source: computed: the database''s clock. Personal data: no.';
comment on column warehouse.session_collision.last_seen_at is 'When a document of it met the other session last. Source: computed: the database''s clock. Personal data: no.';
comment on column warehouse.session_collision.seen_count is 'How often that happened. Source: computed: by counting. Personal data: no.';
comment on column warehouse.session_collision.document is 'Its newest document as it was sent. Null where only its rows were left: see stored_rows. Source: computed: the whole document. Personal data: yes.';
comment on column warehouse.session_collision.original_content is 'The bytes as they came, only for a document with characters that Postgres cannot store. Source: computed: the object. Personal data: yes.';
comment on column warehouse.session_collision.stored_rows is 'Its rows by table as they were stored, where its document was not kept. Source: computed: the tables. Personal data: yes.';

-- Operators see everything of it but what was said, and of a session whether its updated_at is the one that counts.
insert into ingest.access_rule (role_name, object_kind, object_name, privileges, column_names) values
  ('aftercall_loader', 'table', 'warehouse.session_collision', 'select, insert, update, delete', null),
  ('aftercall_cleared', 'table', 'warehouse.session_collision', 'select', null),
  ('aftercall_operator', 'table', 'warehouse.session_collision', 'select', array[
    'source', 'channel', 'session_id', 'session_created_at', 'content_sha256', 'uuid', 'revision_updated_at',
    'latest_event_at', 'object_last_modified', 'bucket', 'object_key', 'first_seen_at', 'last_seen_at', 'seen_count']);
update ingest.access_rule set column_names = column_names || 'updated_at'::text
where (role_name, object_kind, object_name) = ('aftercall_operator', 'table', 'warehouse.session');

-- Heads that an earlier release ordered by a time that cannot be true. The rule is judgeTimes in packages/metadata; of the
-- events, those that are columns of warehouse.session are looked at. By key, one head after the other: they are few, and
-- the partitions are large.
do $$
declare
  day      constant interval := interval '1 day';
  lifetime constant interval := interval '9131 days';
  head     record;
  event_at timestamptz;
  order_at timestamptz;
begin
  for head in
    select judged.*
    from (
      select h.*, h.created_at <= h.object_last_modified + day and h.object_last_modified <= h.created_at + lifetime as fits
      from ingest.session_head h
    ) judged
    where (fits and greatest(revision_updated_at, latest_event_at) > object_last_modified + day)
       or (not fits and greatest(revision_updated_at, latest_event_at) > created_at + lifetime)
       or object_last_modified > created_at + lifetime
       or (revision_updated_at < created_at - day
           and greatest(created_at, revision_updated_at) <= object_last_modified + day)
  loop
    select max(one.at) into event_at
    from warehouse.session s
    cross join lateral unnest(array[s.created_at, s.queued_at, s.assigned_at, s.connected_at, s.ended_at, s.updated_at,
                                    s.first_message_at, s.last_message_at]) as one (at)
    where (s.source, s.channel, s.session_id, s.created_at)
        = (head.source, head.channel, head.session_id, head.created_at)
      and one.at <= case when head.fits then head.object_last_modified + day else head.created_at + lifetime end;
    event_at := coalesce(event_at, head.created_at);
    order_at := case
      when head.revision_updated_at between head.created_at - day and
           case when head.fits then head.object_last_modified + day else head.created_at + lifetime end
        then head.revision_updated_at
      when head.fits and head.object_last_modified between event_at and event_at + day
        then head.object_last_modified
      else event_at
    end;
    update ingest.session_head h
    set revision_updated_at = order_at, latest_event_at = event_at,
        object_last_modified = case when head.fits then head.object_last_modified else event_at end
    where (h.source, h.channel, h.session_id) = (head.source, head.channel, head.session_id);
    update warehouse.session_revision r
    set revision_updated_at = order_at, latest_event_at = event_at
    where (r.source, r.channel, r.session_id, r.session_created_at, r.content_sha256)
        = (head.source, head.channel, head.session_id, head.created_at, head.content_sha256);
  end loop;
end
$$;

select ingest.grant_access();
