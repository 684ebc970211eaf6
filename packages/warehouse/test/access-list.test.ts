import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'

/**
 * Every right of each role, written down a second time: what a migration adds to `ingest.access_rule` is added here by
 * hand, after checking that the role should have it.
 */
const facts = [
  ...['call_participant', 'consumer_event_duration', 'consumer_handle_duration', 'consumer_in_menu_duration'],
  ...[
    'deflected_escalation',
    'deflection',
    'disposition',
    'escalation',
    'handle_duration',
    'media',
    'offer_event',
  ],
  ...['queue_duration', 'recording', 'recording_redaction', 'session', 'session_document', 'session_message'],
  'session_revision',
  ...['transfer', 'virtual_agent_handle_duration', 'wait_time_virtual_agent'],
]
const words = [
  ...[
    'answer_type',
    'answer_type_path',
    'consumer_event',
    'deflection_kind',
    'disconnected_by',
    'entry_type',
  ],
  ...['escalation_reason', 'escalation_status', 'fail_reason', 'finish_reason', 'initiated_by', 'menu_type'],
  ...[
    'offer_type',
    'participant_status',
    'participant_type',
    'photo_type',
    'provider_type',
    'recording_permission',
  ],
  ...[
    'recording_type',
    'service_level_event',
    'session_type',
    'status',
    'transfer_fail_reason',
    'transfer_status',
  ],
  ...['virtual_agent_finish_reason', 'voicemail_reason'],
]
/** Agents, queues and virtual agents by their ids. */
const dimensions = ['agent', 'queue', 'virtual_agent']
/** What every reader of analytics may read. */
const reports = [
  ...['completeness_daily', 'object_outcome_daily', 'freshness', 'restatement_daily', 'metric'],
  ...['session', 'queue_entry', 'handled_interaction', 'agent_attempt', 'barge', 'transfer', 'disposition'],
  ...['virtual_agent_interaction', 'escalation', 'deflected_escalation', 'deflection', 'survey', 'menu_stay'],
  ...['recording', 'sms', 'offer', 'segment'],
  ...['source', 'queue', 'agent', 'virtual_agent', 'calendar', 'half_hour', 'word'],
  ...words.map((word) => `${word}_word`),
  ...['session', 'queue', 'agent', 'virtual_agent', 'transfer', 'disposition'].flatMap((kind) => [
    `${kind}_daily`,
    `${kind}_hourly`,
  ]),
].map((name) => `analytics.${name}`)
const questions = [
  ...['abandons', 'completeness', 'concurrency', 'csat', 'customers', 'interval_feed', 'percentile'],
  ...['repeat_contacts', 'service_level', 'sum_histogram', 'timeline'],
].map((name) => `analytics.${name}`)
const inWarehouse = (names: string[]) => names.map((name) => `warehouse.${name}`)

type Rights = Record<string, string>
const rightsOf = (relations: string[], rights: string): Rights =>
  Object.fromEntries(relations.map((relation) => [relation, rights]))

const factKeys = 'select(channel, session_created_at, session_id, source)'
const expected: Record<string, Rights> = {
  public: {},
  aftercall_analyst: rightsOf(reports, 'select'),
  aftercall_supervisor: { ...rightsOf(reports, 'select'), 'people.agent': 'select' },
  aftercall_cleared: {
    ...rightsOf(reports, 'select'),
    ...rightsOf(
      inWarehouse([...facts, ...words, ...dimensions, 'session_change', 'session_collision', 'data_key']),
      'select',
    ),
  },
  aftercall_operator: {
    ...rightsOf(reports, 'select'),
    ...rightsOf(inWarehouse(facts), factKeys),
    'warehouse.session':
      'select(bucket, channel, created_at, ended_at, object_key, session_id, source, updated_at)',
    'warehouse.session_collision':
      'select(bucket, channel, content_sha256, first_seen_at, last_seen_at, latest_event_at, object_key, ' +
      'object_last_modified, revision_updated_at, seen_count, session_created_at, session_id, source, uuid)',
    'warehouse.session_revision':
      'select(bucket, channel, content_sha256, latest_event_at, loaded_at, object_key, object_last_modified, ' +
      'revision_updated_at, session_created_at, session_id, source)',
    'ingest.action': 'select',
    'ingest.erasure': 'select',
    'ingest.source': 'select',
    'ingest.session_head': 'select',
    'ingest.object': 'select',
    'ingest.schema_drift': 'select',
    'ingest.backfill_run': 'select',
    'ingest.backfill_shard': 'select',
    'ingest.reconcile_run': 'select',
    'ingest.worker': 'select',
    'ingest.lease': 'select',
    'ingest.maintenance_run': 'select',
    'ingest.retention': 'select',
    'ingest.migration': 'select',
    'ingest.setting': 'select',
    'ingest.rejected_content': 'select(content_sha256, first_seen_at, last_seen_at)',
    'ingest.rejection':
      'select(bucket, code, content_bytes, content_is_cut, content_sha256, detail, fingerprint, first_seen_at, last_seen_at, message_id, ' +
      'object_key, rejection_id, seen_count, source, state, version_id)',
  },
  aftercall_actor: { 'ingest.action': 'select' },
  aftercall_loader: {
    ...rightsOf(inWarehouse([...facts, 'session_collision']), 'select insert update delete'),
    ...rightsOf(inWarehouse([...words, 'session_change']), 'select'),
    ...rightsOf(inWarehouse([...dimensions, 'data_key']), 'select insert update'),
    'ingest.setting': 'select',
    'ingest.changed_hour': 'insert',
    'ingest.source': 'select insert update',
    'ingest.session_head': 'select insert update',
    'ingest.object': 'select insert update',
    'ingest.rejected_content': 'select insert update delete',
    'ingest.rejection': 'select insert update delete',
    'ingest.schema_drift': 'select insert update',
    'ingest.backfill_run': 'select insert update',
    'ingest.backfill_shard': 'select insert update',
    'ingest.reconcile_run': 'select insert update delete',
    'ingest.worker': 'select insert update',
    'ingest.lease': 'select insert update delete',
    'ingest.maintenance_run': 'select insert update',
    'ingest.action': 'select update',
    'ingest.retention': 'select insert update delete',
    'ingest.object_list': 'select insert update delete',
    'ingest.listed_object': 'select insert delete',
    'ingest.erased': 'select',
    'ingest.migration': 'select',
  },
  aftercall_publisher: {
    'lake.place': 'select update delete',
    'lake.day': 'select update',
    'lake.file': 'select insert update',
    'lake.lease': 'select insert update delete',
  },
}

/** An actor has a login that is an operator, too. */
const asking = [
  ...[
    'ingest.ask_backfill',
    'ingest.ask_ignore',
    'ingest.ask_maintain',
    'ingest.ask_pause',
    'ingest.ask_reconcile',
  ],
  ...['ingest.ask_replay', 'ingest.ask_resume', 'ingest.cancel_action'],
]

const expectedRoutines: Record<string, string[]> = {
  public: [],
  aftercall_analyst: [...questions, 'ingest.session_months'],
  aftercall_supervisor: [...questions, 'ingest.session_months'],
  aftercall_cleared: [...questions, 'ingest.session_months', 'warehouse.data_key_of'],
  aftercall_operator: [
    ...questions,
    ...['ingest.fact_tables', 'ingest.month_partitions', 'ingest.rejected_content'],
    ...['ingest.session_changes', 'ingest.session_months', 'ingest.session_parts', 'ingest.waiting_rows'],
    ...['lake.waiting', 'rollup.checked', 'rollup.waiting'],
  ],
  aftercall_actor: asking,
  aftercall_loader: [
    ...asking,
    ...['ingest.count_kept', 'ingest.create_month', 'ingest.default_rows', 'ingest.delete_from_month'],
    ...['ingest.drain_month', 'ingest.drop_month', 'ingest.empty_month', 'ingest.ensure_month'],
    ...['ingest.fact_tables', 'ingest.month_partitions'],
    ...['ingest.month_sources', 'ingest.months_of_kind', 'ingest.rejected_content', 'ingest.retention_rules'],
    ...['ingest.tidy', 'ingest.waiting_rows', 'lake.waiting'],
    ...['rollup.checked', 'rollup.day_to_check', 'rollup.differences', 'rollup.freeze_month'],
    ...['rollup.mark_changed', 'rollup.record_check', 'rollup.refresh', 'rollup.sum_days', 'rollup.waiting'],
    'warehouse.data_key_of',
  ],
  aftercall_publisher: [
    ...[
      'lake.add_place',
      'lake.find_days',
      'lake.is_closed',
      'lake.note_waiting',
      'lake.removed_months',
      'lake.shape',
      'lake.waiting',
    ],
  ],
}

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  // A month, so that its partitions are checked, too.
  await sql`select ingest.create_month('2026-03-01')`.execute(database.db)
})
afterAll(() => database.drop())

/** For every relation in every schema except the catalogs, partitions and sequences included. */
async function readRights(role: string): Promise<Rights> {
  const answer = await sql<{ relation: string; rights: string }>`
    with relation as (
      select c.oid, c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    ),
    privilege (name, place) as (
      values ('select', 1), ('insert', 2), ('update', 3), ('delete', 4), ('truncate', 5), ('references', 6), ('trigger', 7)
    ),
    whole as (
      select r.oid, string_agg(p.name, ' ' order by p.place) as rights from relation r, privilege p
      where has_table_privilege(${role}, r.oid, p.name) group by r.oid
    ),
    single as (
      select r.oid, format('%s(%s)', p.name, string_agg(a.attname, ', ' order by a.attname)) as rights
      from relation r
      join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
      cross join privilege p
      where p.name in ('select', 'insert', 'update', 'references')
        and not has_table_privilege(${role}, r.oid, p.name) and has_column_privilege(${role}, r.oid, a.attnum, p.name)
      group by r.oid, p.name
    )
    select r.name as relation, concat_ws(' ', whole.rights, single.rights) as rights
    from relation r left join whole using (oid) left join single using (oid)
    where whole.rights is not null or single.rights is not null
  `.execute(database.db)
  return Object.fromEntries(answer.rows.map((row) => [row.relation, row.rights]))
}

test.each(Object.keys(expected))('I10 %s has exactly the rights listed here', async (role) => {
  expect(await readRights(role)).toEqual(expected[role])
})

test.each(Object.keys(expectedRoutines))('%s may call exactly these functions', async (role) => {
  const answer = await sql<{ name: string }>`
    select format('%I.%I', n.nspname, p.proname) as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and has_function_privilege(${role}, p.oid, 'execute')
    order by 1
  `.execute(database.db)
  expect(answer.rows.map((row) => row.name)).toEqual(expectedRoutines[role])
})

test('no rights are granted in advance on objects made later', async () => {
  const granted = await sql`
    select acl.defaclobjtype, acl.defaclnamespace::regnamespace, one.grantee::regrole from pg_default_acl acl
    cross join lateral aclexplode(acl.defaclacl) one where one.grantee <> acl.defaclrole
  `.execute(database.db)
  expect(granted.rows).toEqual([])
})

test('no role may create objects, schemas, or temporary tables, or is a member of another', async () => {
  const roles = Object.keys(expected)
  const found = await sql<{ what: string }>`
    select role || ' creates in ' || nspname as what from unnest(${roles}::text[]) role, pg_namespace
    where nspname !~ '^pg_toast' and has_schema_privilege(role, oid, 'create')
    union all
    select role || ' may ' || privilege from unnest(${roles}::text[]) role, unnest(array['create', 'temporary']) privilege
    where has_database_privilege(role, current_database(), privilege)
    union all
    select member::regrole || ' is in ' || roleid::regrole from pg_auth_members
    join pg_roles on pg_roles.oid = member
    where rolname = any(${roles}) or roleid::regrole::text = any(${roles}) and rolname ~ '^aftercall_' and not rolcanlogin
  `.execute(database.db)
  expect(found.rows).toEqual([])
})

test('rights granted by hand are revoked by the next migration', async () => {
  await sql`grant select on warehouse.session_2026_03, ingest.rejection to aftercall_analyst`.execute(
    database.db,
  )
  await sql`grant insert (extra) on warehouse.session to aftercall_cleared`.execute(database.db)
  await sql`select ingest.grant_access()`.execute(database.db)
  expect(await readRights('aftercall_analyst')).toEqual(expected.aftercall_analyst)
  expect(await readRights('aftercall_cleared')).toEqual(expected.aftercall_cleared)
})
