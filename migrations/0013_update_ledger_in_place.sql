-- A new version of a ledger row stays on its page, and no index has to hear of it, as long as no indexed column changes. This
-- one held settled_at, which changes with every delivery. What it is asked for is the few objects that ended badly; their
-- times are read from the rows.
drop index ingest.object_by_trouble;
create index object_by_trouble on ingest.object (outcome) where outcome in ('rejected', 'missing', 'failed');
