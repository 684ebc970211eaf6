-- Words that files hold and the lookup tables did not: statuses, events, menus and recordings of newer releases of the
-- platform, and the label of a type on the vendor's page. The rows say the same as packages/metadata/src/vocabulary.

insert into warehouse.status (channel, value, code, label, meaning, certainty, terminal) values
  ('call', 'abandoned', null, 'Abandoned', 'The caller left before an agent answered.', 'inferred: that it is terminal, from its use in metrics', true);

insert into warehouse.consumer_event (channel, value, code, label, meaning) values
  ('any', 'abandoned', null, 'Abandoned', 'The end user left before its end.');

insert into warehouse.recording_type (channel, value, code, label, meaning) values
  ('any', 'virtual_agent', null, 'Virtual agent', 'The recording of the time with a virtual agent.');

insert into warehouse.menu_type (channel, value, code, label, meaning) values
  ('any', 'email_menu', null, 'E-mail', 'Menu of e-mail sessions.');

insert into warehouse.disconnected_by (channel, value, code, label, meaning, certainty) values
  ('any', 'disconnected_by_virtual_agent', null, 'Virtual agent', 'The virtual agent ended it.', 'inferred: files have the word without its prefix');
comment on table warehouse.disconnected_by is 'Who ended the session.';

insert into warehouse.session_type (channel, value, code, label, meaning, certainty, direction) values
  ('call', 'Voice Scheduled', null, 'Scheduled', 'Callback at a set time; by which way it was asked for is not said.', 'unverified: a label of the vendor''s page, not seen in a file', 'inbound');

update warehouse.fail_reason set meaning = 'The end user did not answer any more.'
where channel = 'chat' and value = 'no_response';
