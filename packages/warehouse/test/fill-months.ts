import { sql } from 'kysely'
import type { Database } from '../src/connection/database.ts'

/** Tables below the views, with the rest of their key, and what the views' conditions ask for. */
const tables: [name: string, id: string, more?: Record<string, string>][] = [
  [
    'queue_duration',
    'queue_duration_id',
    { menu_path_id: '7', outcome: "'answered'", duration_seconds: '9' },
  ],
  ['handle_duration', 'handle_duration_id', { kind: "'talk'", counts_as_handled: 'true', menu_path_id: '7' }],
  ['transfer', 'transfer_id', { status: "'transferred'" }],
  ['virtual_agent_handle_duration', 'virtual_agent_handle_duration_id'],
  ['disposition', 'ordinal'],
  ['escalation', 'escalation_id'],
  ['deflected_escalation', 'deflected_escalation_id'],
  ['deflection', 'deflection_id'],
  ['consumer_event_duration', 'consumer_event_duration_id'],
  ['consumer_in_menu_duration', 'consumer_in_menu_duration_id'],
  ['recording', 'recording_id'],
  ['offer_event', 'ordinal'],
  ['session_message', 'ordinal', { phase: "'in_call'" }],
]

/**
 * As many inbound calls a month as asked for, evenly over 24 months from January 2025, each with one row in every table
 * below a view. The tenant's clock is seven hours behind UTC.
 */
export async function fillMonths(db: Database, callsPerMonth: number): Promise<void> {
  await sql`
    select ingest.create_month(month::date) from generate_series(date '2025-01-01', date '2026-12-01', interval '1 month') month
  `.execute(db)
  const calls = sql`(
    select (extract(epoch from month) / 86400)::bigint * 10000 + number as id,
           (month + number * (month + interval '1 month' - month) / ${callsPerMonth}) at time zone 'UTC' as at
    from generate_series(timestamp '2025-01-01', timestamp '2026-12-01', interval '1 month') month,
         generate_series(0, ${callsPerMonth}::integer - 1) number
  ) call`
  await sql`
    insert into warehouse.session (source, channel, session_id, created_at, local_created_at, direction, outcome, status,
      session_type, customer_key, first_menu_path_id, bucket, object_key)
    select 'acme', 'call', id, at, at at time zone 'UTC' - interval '7 hours', 'inbound', 'handled', 'finished',
           'Voice Inbound (IVR)', gen_random_uuid(), 7, 'files', id::text from ${calls}
  `.execute(db)
  for (const [name, id, more = {}] of tables) {
    const local = sql.raw(await localColumnOf(db, name))
    const names = sql.raw(
      Object.keys(more)
        .map((column) => `, ${column}`)
        .join(''),
    )
    const values = sql.raw(
      Object.values(more)
        .map((value) => `, ${value}`)
        .join(''),
    )
    await sql`
      insert into ${sql.id('warehouse', name)}
        (source, channel, session_id, session_created_at, ${sql.id(id)}, ${local} ${names})
      select 'acme', 'call', id, at, 1, at at time zone 'UTC' - interval '7 hours' + interval '1 minute' ${values} from ${calls}
    `.execute(db)
  }
  await sql`
    insert into ingest.session_head (source, channel, session_id, created_at, revision_updated_at, latest_event_at,
      object_last_modified, mapping_version, content_sha256)
    select 'acme', 'call', id, at, at, at, at, 1, '' from ${calls}
  `.execute(db)
  await sql`analyze`.execute(db)
}

async function localColumnOf(db: Database, table: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select attname::text as name from pg_attribute
    where attrelid = ${`warehouse.${table}`}::regclass and attname like 'local\\_%'
  `.execute(db)
  const [row] = rows
  if (row === undefined || rows.length > 1) throw new Error(`${table} has no single local time`)
  return row.name
}
