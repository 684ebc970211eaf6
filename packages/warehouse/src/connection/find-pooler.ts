import { sql } from 'kysely'
import type { Database } from './database.ts'
import { QueryUnansweredError } from './pooled-connection.ts'

/**
 * Whether a pooler gives each transaction another session, like pgbouncer with `pool_mode = transaction`. Asks one
 * connection for its session several times: a pooler that rotates gives it another one each time. A pooler that gives the
 * last used one is asked again while a second connection holds that; so `db` needs two.
 */
export async function hasTransactionPooler(db: Database): Promise<boolean> {
  try {
    return await db.connection().execute(async (connection) => {
      const before = await readPids(connection)
      return db.transaction().execute(async (other) => {
        await readPids(other)
        return new Set([...before, ...(await readPids(connection))]).size > 1
      })
    })
  } catch (error) {
    // The pooler has a single session, which the second connection keeps from the first.
    if (error instanceof QueryUnansweredError) return true
    throw error
  }
}

/** One query after another: each may get another session. */
async function readPids(db: Database): Promise<number[]> {
  const pids: number[] = []
  for (let time = 0; time < 3; time += 1) {
    const answer = await sql<{ pid: number }>`select pg_catalog.pg_backend_pid() as pid`.execute(db)
    pids.push(...answer.rows.map(({ pid }) => pid))
  }
  return pids
}
