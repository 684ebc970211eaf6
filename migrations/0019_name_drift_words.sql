-- Which word of which column no vocabulary holds, beside the fields that no column takes.
--
-- The primary key stays: workers of the release before count by it until they are replaced. So json_type holds the word, too.

alter table ingest.schema_drift
  add column vocabulary  text,
  add column column_name text,
  add column word        text check (length(word) <= 64);

-- A few hundred rows at the most. What they are about is known no more precisely than that.
update ingest.schema_drift set vocabulary = substring(json_type from '^word unknown to ([a-z_]+)$')
where json_type like 'word unknown to %';

comment on column ingest.schema_drift.json_path is
  'Where in the document, [] for any element of an array; * for the whole document; of a word the column that it is in. A name that is no identifier is told by length and digest. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.json_type is
  'string, number, boolean or object, or what else was odd about the document. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.vocabulary is
  'The vocabulary that does not hold the word. Null for a field without a column. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.column_name is
  'Table and column that the word is in. Null for a field without a column. Source: pipeline. Personal data: no.';
comment on column ingest.schema_drift.word is
  'The word, at most 64 characters. Null when it is not known any more, or is one of more words than are kept. Source: pipeline. Personal data: no.';
comment on table ingest.schema_drift is
  'Paths of documents that no column takes and words that no vocabulary holds, with how many documents held them. Their values are in extra, words stay as sent. At most 2,000 paths and 50 words of a vocabulary are kept of each source, the rest is counted together.';

-- Operators may be granted columns by name, so new ones have to be.
select ingest.grant_access();
