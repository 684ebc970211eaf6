import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { Action } from './action.ts'

const columns = sql`
  action_id::text as id, kind, source, arguments, asked_by as "askedBy", asked_login as "askedLogin",
  asked_at as "askedAt", confirmed_count::float8 as "confirmedCount", state, cancel_asked_by as "cancelAskedBy",
  taken_by as "takenBy", take_count as "takeCount", run_id::text as "runId", counts, error,
  started_at as "startedAt", updated_at as "updatedAt", ended_at as "endedAt"`

/** The newest first, after the one with the number `before`. */
export async function readActions(
  db: Database,
  { before, limit }: { before: string | null; limit: number },
): Promise<Action[]> {
  const answer = await sql<Action>`
    select ${columns} from ingest.action
    where ${before}::bigint is null or action_id < ${before}::bigint
    order by action_id desc limit ${limit}
  `.execute(db)
  return answer.rows
}

export async function readAction(db: Database, id: string): Promise<Action | undefined> {
  const answer = await sql<Action>`
    select ${columns} from ingest.action where action_id = ${id}::bigint
  `.execute(db)
  return answer.rows[0]
}

/** Those that wait or run, the oldest first. */
export async function readOpenActions(db: Database, limit: number): Promise<Action[]> {
  const answer = await sql<Action>`
    select ${columns} from ingest.action where state in ('waiting', 'running') order by action_id limit ${limit}
  `.execute(db)
  return answer.rows
}

/** Whether this login may ask for actions. False while the migration is pending. */
export async function mayAct(db: Database): Promise<boolean> {
  const answer = await sql<{ may: boolean }>`
    select coalesce(has_function_privilege(to_regprocedure('ingest.cancel_action(bigint,text)'), 'execute'), false) as may
  `.execute(db)
  return answer.rows[0]?.may === true
}

export type ActionTime = { id: string; updatedAt: Date }

/** When the newest actions, and those that wait or run, last changed: both by an index. */
export async function readActionTimes(db: Database, limit: number): Promise<ActionTime[]> {
  const answer = await sql<ActionTime>`
    select action_id::text as id, updated_at as "updatedAt" from (
      (select action_id, updated_at from ingest.action order by action_id desc limit ${limit})
      union
      (select action_id, updated_at from ingest.action where state in ('waiting', 'running')
       order by action_id limit ${limit})
    ) as watched
    order by action_id
  `.execute(db)
  return answer.rows
}
