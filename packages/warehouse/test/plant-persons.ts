import { sql } from 'kysely'
import type { Database } from '../src/connection/database.ts'

/** What every text with personal data holds. No reader of analytics may ever see it. */
export const mark = 'MARK-person'
/** What every id of a person is. */
export const markedId = '987654321000001'

/** Any trace of a planted value. */
export function findMarks(text: string): string[] {
  return [...text.matchAll(/MARK-person[\w.-]*|987654321000001/g)].map(([found]) => found)
}

/**
 * Rows in every table of warehouse that holds a source, with a mark in every column whose comment says that it holds
 * personal data, and rows that the views show in all others. Session 1 has them all; its handle rows are of every kind.
 */
export async function plantPersons(db: Database): Promise<void> {
  await sql`select ingest.create_month('2026-03-01')`.execute(db)
  const tables = await sql<{ name: string; columns: { name: string; type: string; personal: boolean }[] }>`
    select c.relname::text as name, json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, -1),
             'personal', col_description(c.oid, a.attnum) like '%Personal data: yes.') order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relnamespace = 'warehouse'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and exists (select from pg_attribute own where own.attrelid = c.oid and own.attname = 'source')
    group by c.oid, c.relname
  `.execute(db)
  for (const { name, columns } of tables.rows) {
    const kinds = name === 'handle_duration' ? ['talk', 'wrap_up', 'attempt', 'barge'] : ['talk']
    for (const [number, kind] of kinds.entries()) {
      const values = columns.map((column) => plantedValue(column, { kind, number: String(number + 1) }))
      await sql`
        insert into ${sql.id('warehouse', name)} (${sql.join(columns.map((column) => sql.id(column.name)))})
        overriding system value values (${sql.join(values)})
      `.execute(db)
    }
  }
  await sql`insert into ingest.source (name, bucket) values ('acme', 'files')`.execute(db)
  await sql`analyze`.execute(db)
}

const words: Record<string, string> = {
  source: 'acme',
  channel: 'call',
  direction: 'inbound',
  // A direct line of an agent, which no view may show.
  session_type: 'Voice Inbound (Direct)',
  media_type: 'photo',
  phase: 'in_call',
}

function plantedValue(
  { name, type, personal }: { name: string; type: string; personal: boolean },
  row: { kind: string; number: string },
) {
  if (name === 'kind') return row.kind
  if (name === 'counts_as_handled') return row.kind === 'talk'
  if (name === 'handle_duration_id') return row.number
  switch (type) {
    case 'text':
      return words[name] ?? (personal ? `${mark}-${name}` : 'word')
    case 'jsonb':
      return JSON.stringify(personal ? { [`${mark}-${name}`]: `${mark}-${name}` } : {})
    case 'bigint':
      return personal ? markedId : '1'
    case 'boolean':
      return true
    case 'bytea':
      return Buffer.from(personal ? mark : 'word')
    case 'date':
      return '2026-03-01'
    case 'timestamp with time zone':
      return '2026-03-05T17:00:00Z'
    case 'timestamp without time zone':
      return '2026-03-05 10:00:00'
    case 'uuid':
      return '00000000-0000-4000-8000-000000000001'
    case 'bigint[]':
      return '{1}'
    default:
      return '1'
  }
}
