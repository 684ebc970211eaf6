import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** Whether views may tell one agent from another. */
export type AgentVisibility = 'shown' | 'hidden'

const name = 'analytics.agents'

/** Needs the rights of the owner: a login that loads must not be able to show agents who are hidden. */
export async function setAgentVisibility(db: Database, value: AgentVisibility): Promise<void> {
  await sql`
    insert into ingest.setting as setting (name, value) values (${name}, ${value})
    on conflict on constraint setting_pkey do update set value = excluded.value
    where setting.value <> excluded.value
  `.execute(db)
}

export async function readAgentVisibility(db: Database): Promise<AgentVisibility> {
  const answer = await sql<{ value: string }>`select value from ingest.setting where name = ${name}`.execute(
    db,
  )
  return answer.rows[0]?.value === 'hidden' ? 'hidden' : 'shown'
}
