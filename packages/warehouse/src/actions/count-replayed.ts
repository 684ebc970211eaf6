import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { matchesRejection, type RejectionFilter } from '../ledger/read-rejections.ts'

/**
 * How the objects and messages of rejections have ended since an action began, by outcome. Counted from the ledger, so it is right
 * however many workers have replayed them and wherever one of them was killed. A rejection that was not replayed is not
 * counted, and neither is one that came later.
 */
export async function countReplayed(
  db: Database,
  filter: Omit<RejectionFilter, 'state' | 'since' | 'until'>,
  actionId: string,
): Promise<Record<string, number>> {
  const answer = await sql<{ outcome: string; number: number }>`
    select coalesce(object.outcome, case rejection.state when 'replayed' then 'stored' else 'rejected' end) as outcome,
           count(distinct (rejection.bucket, rejection.object_key, rejection.message_id))::float8 as number
    from ingest.action cross join ingest.rejection
    left join ingest.object on object.bucket = rejection.bucket and object.object_key = rejection.object_key
    where action.action_id = ${actionId}::bigint and ${matchesRejection(filter)}
      and rejection.first_seen_at <= action.asked_at
      and coalesce(object.settled_at, rejection.last_seen_at) >= action.started_at
    group by 1 order by 2 desc
  `.execute(db)
  return Object.fromEntries(answer.rows.map(({ outcome, number }) => [outcome, number]))
}
