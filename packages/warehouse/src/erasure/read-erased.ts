import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** A row of `ingest.erased`. */
export type Erased = {
  kind: 'customer' | 'contact' | 'agent' | 'session' | 'mention' | 'key' | 'object' | 'content'
  /** A uuid. */
  replacement: string | null
  replacementId: string | null
}

type ErasedRow = {
  isEmpty: boolean
  keyVersion: number | null
  digest: string | null
  kind: string | null
  replacement: string | null
  replacementId: string | null
}

export type ErasedAnswer = {
  /** Nothing was ever erased. */
  isEmpty: boolean
  /** Of the newest erasure. */
  keyVersion: number | null
  /** By digest, in hex. */
  found: ReadonlyMap<string, Erased>
}

/**
 * Which of these digests were erased. In a loader's transaction it comes before all that is written: the table stays locked
 * against new rows (migration 0021) until the transaction ends, and the statement sees all that were added before.
 */
export async function readErased(db: Database, digests: readonly string[]): Promise<ErasedAnswer> {
  const answer = await sql<ErasedRow>`
    select own.key_version is null as "isEmpty", own.key_version as "keyVersion", encode(found.digest, 'hex') as digest,
           found.kind, found.replacement::text, found.replacement_id::text as "replacementId"
    from (select (select key_version from ingest.erased limit 1) as key_version) own
    left join (
      unnest(${[...digests]}::text[]) given (digest)
      join ingest.erased found on found.digest = decode(given.digest, 'hex')) on true
  `.execute(db)
  const found = new Map<string, Erased>()
  for (const { digest, kind, replacement, replacementId } of answer.rows) {
    if (digest !== null) found.set(digest, { kind: kind as Erased['kind'], replacement, replacementId })
  }
  const [first] = answer.rows
  return { isEmpty: first?.isEmpty ?? true, keyVersion: first?.keyVersion ?? null, found }
}
