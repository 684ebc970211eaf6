import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { AgentIds } from './erase-sessions.ts'
import { retryConflicts } from './retry-conflicts.ts'

/**
 * Takes an agent out of the tables where agents are dimensions. The row stays, without a name and with another id and key, so
 * that figures by agent stay what they were. The row of rollup.state comes first: no refresh counts at the same time.
 */
export async function eraseAgents(db: Database, source: string, agents: AgentIds): Promise<void> {
  const inTransaction = async (transaction: Database): Promise<void> => {
    await sql`update rollup.state set refreshed_at = refreshed_at`.execute(transaction)
    for (const [oldId, newId] of agents) {
      // After a run that was killed, the row may have come again before the list had it.
      await sql`
        delete from warehouse.agent where source = ${source} and agent_id = ${oldId}::bigint
          and exists (select from warehouse.agent a where a.source = ${source} and a.agent_id = ${newId}::bigint)
      `.execute(transaction)
      await sql`
        update warehouse.agent
        set agent_id = ${newId}::bigint, agent_key = gen_random_uuid(), name = null, email = null, number = null, teams = null
        where source = ${source} and agent_id = ${oldId}::bigint
      `.execute(transaction)
      for (const table of ['rollup.agent_hour', 'rollup.agent_day']) {
        await sql`
          update ${sql.table(table)} set agent_id = ${newId}::bigint
          where source = ${source} and agent_id = ${oldId}::bigint
        `.execute(transaction)
      }
    }
  }
  await retryConflicts(() => db.transaction().execute(inTransaction))
}
