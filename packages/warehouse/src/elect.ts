import { sql } from 'kysely'
import type { Database } from './database.ts'
import { onOpenTransaction } from './on-open-transaction.ts'

export type Election<Answer> = { kind: 'elected'; answer: Answer } | { kind: 'taken' }

/**
 * Runs the work unless another process is at the work of this name. The election is an advisory lock of one transaction
 * that stays open as long as the work takes (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS):
 * it ends with the process, whatever ends that, and behind a pooler, too. A session's lock would stay with a session that
 * the pooler gives to others. The transaction has neither a snapshot nor an id, so vacuum does not wait for it. If only
 * the connection is lost, another may be elected meanwhile, so the work has to be safe to be done twice.
 */
export async function whenElected<Answer>(
  db: Database,
  name: string,
  work: () => Promise<Answer>,
): Promise<Election<Answer>> {
  return onOpenTransaction(db, async (connection) => {
    const answer = await sql<{ elected: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as elected
    `.execute(connection)
    if (answer.rows[0]?.elected !== true) return { kind: 'taken' }
    return { kind: 'elected', answer: await work() }
  })
}
