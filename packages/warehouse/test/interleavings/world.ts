import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '../../src/connection/database.ts'
import { writeRejections } from '../../src/ledger/rejections.ts'
import { checkDay } from '../../src/rollups/check-rollups.ts'
import { refreshAllRollups } from '../../src/rollups/refresh-rollups.ts'
import { settlementOfSource, store } from '../maintenance-fixture.ts'
import { draftOf } from '../retention-fixture.ts'

/** A month that retention may remove, and one that it keeps. */
export const oldMonth = '2025-01'
export const nextMonth = '2025-02'
export const source = 'acme'
export const sessionIds = [1, 2, 3, 4].map((id) => draftOf(oldMonth, id).id ?? 0)
export const rejectionCode = 'not_json'
const days = ['2025-01-02', '2025-02-03']

const kinds = ['session', 'queue', 'agent', 'virtual_agent', 'transfer', 'disposition', 'arrival']
const rollups = kinds.flatMap((kind) => [`rollup.${kind}_hour`, `rollup.${kind}_day`])
const besideFacts = [
  'ingest.session_head',
  'ingest.object',
  'ingest.rejection',
  'ingest.action',
  'ingest.changed_hour',
  'rollup.frozen_month',
  'ingest.erased',
  'ingest.erasure',
]

export type World = {
  db: Database
  /** Three sessions of the old month, counted; a revision of the third that is not counted yet; an open rejection of the first one's object; an action. */
  begin(): Promise<void>
  /** What the tables hold once nothing waits for a refresh, without times of the clock, numbers of sequences, and what they determine. */
  rest(): Promise<string>
  /** Rows of rollups that differ from the facts. */
  differences(): Promise<unknown[]>
}

export async function openWorld(db: Database): Promise<World> {
  const facts = await sql<{
    name: string
  }>`select 'warehouse.' || name as name from ingest.fact_tables()`.execute(db)
  const tables = [...facts.rows.map(({ name }) => name), ...besideFacts, ...rollups]
  await sql`insert into ingest.source (name, bucket, prefix) values (${source}, 'files', 'a/')`.execute(db)
  await sql`select ingest.create_month(${`${nextMonth}-01`}::date)`.execute(db)
  const clear = sql.raw(tables.map((name) => `delete from ${name}`).join(';'))
  const compared = tables.filter((name) => !/arrival|changed_hour|erasure/.test(name))
  const read = sql.raw(compared.map((name) => rowsOf(name)).join(' union all '))
  return {
    db,
    begin: async () => {
      await clear.execute(db)
      await sql`select ingest.create_month(${`${oldMonth}-01`}::date)`.execute(db)
      await store(
        db,
        [1, 2, 3].map((id) => settlementOfSource(source, draftOf(oldMonth, id))),
      )
      await refreshAllRollups(db, { quietMs: 0, patienceMs: 0 })
      const third = { ...draftOf(oldMonth, 3), updatedAt: '2025-01-10T00:00:00Z', rating: 3 }
      await store(db, [settlementOfSource(source, third)])
      // Rules of an earlier release made its rows, so that a replay writes them again.
      await sql`update ingest.session_head set mapping_version = mapping_version - 1 where session_id = ${sessionIds[2]}`.execute(
        db,
      )
      await writeRejections(db, [
        {
          ...{ source, bucket: 'files', objectKey: `${source}-${sessionIds[0]}.json` },
          ...{ versionId: null, messageId: null, code: rejectionCode, detail: 'at 27', content: null },
        },
      ])
      await sql`
        insert into ingest.action (kind, source, arguments, form_key, asked_by, asked_login)
        values ('ignore', ${source}, '{}', ${randomUUID()}, 'ana', 'ana')`.execute(db)
    },
    rest: async () => {
      await refreshAllRollups(db, { quietMs: 0, patienceMs: 0 })
      const answer = await sql<{ name: string; row: string }>`
        select name, row::text from (${read}) own order by 1, 2`.execute(db)
      return answer.rows.map(({ name, row }) => `${name} ${row}`).join('\n')
    },
    differences: async () => {
      const found: unknown[] = []
      for (const day of days) found.push(...(await checkDay(db, source, day)))
      return found
    },
  }
}

/** Columns that depend on the clock, on sequences, or on how often a transaction was tried. */
const left = [
  ...[
    'loaded_at',
    'first_loaded_at',
    'settled_at',
    'settled_by',
    'first_seen_at',
    'last_seen_at',
    'frozen_at',
    'lag_ms',
  ],
  ...['erasure_id', 'settle_count', 'action_id', 'rejection_id', 'form_key'],
]
const leftOfActions = [...left, 'asked_at', 'started_at', 'updated_at', 'ended_at']

function rowsOf(table: string): string {
  const columns = table === 'ingest.action' ? leftOfActions : left
  return `select '${table}' as name, to_jsonb(own) - '{${columns.join(',')}}'::text[] as row from ${table} own`
}
