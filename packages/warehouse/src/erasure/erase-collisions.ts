import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { collisionNames } from './find-sessions.ts'
import type { PersonOpener } from './open-once.ts'
import type { Person } from './person.ts'
import { retryConflicts } from './retry-conflicts.ts'
import { type OpenedMatch, searchOpened } from './search-opened.ts'
import { createCountingOpener } from './unreadable.ts'

const withoutContents = sql`document = null, original_content = null, sealed_document = null, sealed_original = null,
  stored_rows = null`

/**
 * Documents of sessions that share an id with a stored one. That they met stays; who they were does not. Those that cannot be
 * read are counted by the search that ends the erasure.
 */
export async function eraseCollisions(db: Database, person: Person, opener: PersonOpener): Promise<number> {
  const done = await retryConflicts(() =>
    sql`
      update warehouse.session_collision set ${withoutContents}
      where source = ${person.source} and (${collisionNames(person)})
    `.execute(db),
  )
  let erased = Number(done.numAffectedRows ?? 0)
  const search = {
    table: 'session_collision',
    opener: createCountingOpener(opener),
    skips: () => false,
  } as const
  for await (const page of searchOpened(db, person, search)) erased += await eraseOpened(db, page)
  return erased
}

async function eraseOpened(db: Database, found: readonly OpenedMatch[]): Promise<number> {
  const erase = sql`
    update warehouse.session_collision as kept set ${withoutContents}
    from json_to_recordset(${JSON.stringify(found)}::json) as found
      (source text, channel text, "sessionId" bigint, "createdAt" timestamptz, "contentSha256" text)
    where (kept.source, kept.channel, kept.session_id, kept.session_created_at, kept.content_sha256)
      = (found.source, found.channel, found."sessionId", found."createdAt", decode(found."contentSha256", 'hex'))`
  const done = await retryConflicts(() => erase.execute(db))
  return Number(done.numAffectedRows ?? 0)
}
