import { sql } from 'kysely'
import type { Database } from './database.ts'

export type Election<Answer> = { kind: 'elected'; answer: Answer } | { kind: 'taken' }

/**
 * Runs the work unless another process is at the work of this name. The election is a session's advisory lock on a
 * connection of its own (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS): it ends with the
 * process, whatever ends that. If only the connection is lost, another may be elected meanwhile, so the work has to be
 * safe to be done twice.
 */
export async function whenElected<Answer>(
  db: Database,
  name: string,
  work: () => Promise<Answer>,
): Promise<Election<Answer>> {
  return db.connection().execute(async (connection) => {
    const answer = await sql<{ elected: boolean }>`
      select pg_try_advisory_lock(hashtextextended(${name}, 0)) as elected
    `.execute(connection)
    if (answer.rows[0]?.elected !== true) return { kind: 'taken' }
    try {
      return { kind: 'elected', answer: await work() }
    } finally {
      await sql`select pg_advisory_unlock(hashtextextended(${name}, 0))`.execute(connection).catch(() => {
        // The connection is lost, and the lock with it.
      })
    }
  })
}
