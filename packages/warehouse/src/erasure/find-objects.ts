import { erasedKeyPrefix } from '@aftercall/metadata/erasure/erasure-digest'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { type Person, patternOf } from './person.ts'

/** An object whose key names the person. */
export type FoundObject = { bucket: string; key: string }

/** In the ledger, the lineage of sessions, and rejections. Reads the whole ledger of the source; takes no lock. */
export async function findObjects(db: Database, person: Person): Promise<FoundObject[]> {
  const isNamed = sql`object_key ~* ${patternOf(person)} and not starts_with(object_key, ${erasedKeyPrefix})`
  const answer = await sql<FoundObject>`
    select bucket, object_key as key from ingest.object where source = ${person.source} and ${isNamed}
    union select bucket, object_key from warehouse.session where source = ${person.source} and ${isNamed}
    union select bucket, object_key from warehouse.session_revision where source = ${person.source} and ${isNamed}
    union select bucket, object_key from warehouse.session_collision where source = ${person.source} and ${isNamed}
    union select bucket, object_key from ingest.rejection
    where source = ${person.source} and bucket is not null and ${isNamed}
  `.execute(db)
  return answer.rows
}
