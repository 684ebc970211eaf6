-- What the loader needs to leave alone the rows that a re-export repeats.

alter table ingest.session_head
  add column row_digests    bytea,
  add column changed_tables integer not null default -1;

comment on column ingest.session_head.row_digests is
  'Hashes by which the next revision finds the tables whose rows it repeats, behind the beginning of the content''s own hash. Source: pipeline. Personal data: no.';
comment on column ingest.session_head.changed_tables is
  'One bit for each table whose rows the stored revision changed; -1 for all. Source: pipeline. Personal data: no.';

-- Where the server was built without lz4, compressing a document takes longer than all its rows: it is kept as it is.
do $$
begin
  if not exists (
    select from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)
  ) then
    alter table warehouse.session_revision alter column document set storage external;
  end if;
end
$$;
