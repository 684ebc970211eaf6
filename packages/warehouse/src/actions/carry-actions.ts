import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { Action } from './action.ts'

/** The updates of the worker that carries an action out. It holds the action's lease, so no other one writes this row but a person who cancels. */

/** Records who carries it out now. False if it has ended meanwhile. */
export async function startAction(db: Database, id: string, host: string): Promise<boolean> {
  const answer = await sql`
    update ingest.action set
      state = 'running', taken_by = left(${host}, 500), take_count = take_count + 1,
      started_at = coalesce(started_at, now()), updated_at = now()
    where action_id = ${id}::bigint and state in ('waiting', 'running')
  `.execute(db)
  return answer.numAffectedRows === 1n
}

/** Writes the counts so far. Returns whether someone has cancelled it. */
export async function noteProgress(db: Database, id: string, counts: Action['counts']): Promise<boolean> {
  const answer = await sql<{ isCancelled: boolean }>`
    update ingest.action set counts = ${JSON.stringify(counts)}::jsonb, updated_at = now()
    where action_id = ${id}::bigint and state = 'running'
    returning cancel_asked_by is not null as "isCancelled"
  `.execute(db)
  return answer.rows[0]?.isCancelled === true
}

export type ActionEnd = {
  state: 'done' | 'failed' | 'cancelled'
  counts: Action['counts']
  error: string | null
}

export async function endAction(
  db: Database,
  id: string,
  { state, counts, error }: ActionEnd,
): Promise<void> {
  await sql`
    update ingest.action set
      state = ${state}, counts = ${JSON.stringify(counts)}::jsonb, error = left(${error}, 1000), updated_at = now(),
      ended_at = now()
    where action_id = ${id}::bigint and state = 'running'
  `.execute(db)
}
