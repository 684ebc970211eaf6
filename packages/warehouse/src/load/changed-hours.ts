import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { SessionToStore } from './session-to-store.ts'

/** Where a session is counted: `home` in migration 0013. */
type Home = { source: string; month: string; hour: string }

/**
 * Lists the hours of the sessions that this transaction settles, so that their rollups are made again: also of duplicates,
 * whose rows stay, but whose ledger row may say another way of arrival. Deleting rows lists those of the rows that go, if
 * they are others (`deleteRows`). Inserts only, so it waits for no other transaction.
 */
export async function noteChangedHours(db: Database, sessions: readonly SessionToStore[]): Promise<void> {
  const homes = homesOf(sessions)
  if (homes.length === 0) return
  await sql`
    insert into ingest.changed_hour (source, home_month, home_hour)
    select source, month, hour
    from json_to_recordset(${JSON.stringify(homes)}::json) as home (source text, month date, hour timestamp)
  `.execute(db)
}

function homesOf(sessions: readonly SessionToStore[]): Home[] {
  const homes = new Map<string, Home>()
  for (const { session } of sessions) {
    const { source } = session.key
    const month = `${new Date(session.createdAt).toISOString().slice(0, 7)}-01`
    if (session.localHour !== null) {
      homes.set(`${source}/${month}/${session.localHour}`, { source, month, hour: session.localHour })
    }
  }
  return [...homes.values()]
}
