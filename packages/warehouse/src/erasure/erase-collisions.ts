import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { documentText } from './find-sessions.ts'
import { type Person, patternOf } from './person.ts'

/** Documents of sessions that share an id with a stored one. That they met stays; who they were does not. */
export async function eraseCollisions(db: Database, person: Person): Promise<number> {
  const pattern = patternOf(person)
  const done = await sql`
    update warehouse.session_collision set document = null, original_content = null, stored_rows = null
    where source = ${person.source} and (${documentText} ~* ${pattern} or stored_rows::text ~* ${pattern}
      or document #>> '{end_user,id}' = any(${[...person.consumers]}::text[]))
  `.execute(db)
  return Number(done.numAffectedRows ?? 0)
}
