import type { KeyObject } from 'node:crypto'
import { erasedKeyOf, erasedKeyPrefix, erasureDigest } from '@aftercall/metadata/erasure/erasure-digest'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { objectNamed } from '../erasure/named-values.ts'
import type { LedgerOutcome } from './ledger.ts'

/** What the ledger knows about an object, as far as a comparison with a listing needs it. */
export type KnownObject = {
  key: string
  outcome: LedgerOutcome
  code: string | null
  etag: string | null
  sizeBytes: number | null
  lastModified: Date | null
  settledAt: Date
  /** How often a delivery about the object ended, failures included. */
  settleCount: number
  removedAt: Date | null
}

const columns = sql`
  object_key as key, outcome, code, etag, size_bytes::float8 as "sizeBytes", last_modified as "lastModified",
  settled_at as "settledAt", settle_count as "settleCount", removed_at as "removedAt"`

/** Whose objects are looked up. Without the identity key, those whose keys were erased are not found. */
export type SourceOfObjects = {
  name: string
  bucket: string
  settings: { identityKey: KeyObject | undefined } | undefined
}

/**
 * The given keys that the ledger has, in any order; an object whose key was erased is found by its digest, and returned under its
 * own key. Reads a page of a listing by the primary key.
 */
export async function lookUpObjects(
  db: Database,
  { name, bucket, settings }: SourceOfObjects,
  keys: readonly string[],
): Promise<Map<string, KnownObject>> {
  const known = await readKeys(db, bucket, keys)
  const identityKey = settings?.identityKey
  const unknown = keys.filter((key) => !known.has(key))
  if (identityKey === undefined || unknown.length === 0 || !(await hasErasedObjects(db))) return known
  const newKeys = new Map(
    unknown.map((key) => [erasedKeyOf(erasureDigest(identityKey, objectNamed(name, bucket, key))), key]),
  )
  for (const [newKey, row] of await readKeys(db, bucket, [...newKeys.keys()])) {
    const key = newKeys.get(newKey)
    if (key !== undefined) known.set(key, { ...row, key })
  }
  return known
}

async function readKeys(
  db: Database,
  bucket: string,
  keys: readonly string[],
): Promise<Map<string, KnownObject>> {
  if (keys.length === 0) return new Map()
  const answer = await sql<KnownObject>`
    select ${columns} from ingest.object where bucket = ${bucket} and object_key = any(${keys}::text[])
  `.execute(db)
  return new Map(answer.rows.map((row) => [row.key, row]))
}

type HasRow = { has: boolean }

async function hasErasedObjects(db: Database): Promise<boolean> {
  const answer =
    await sql<HasRow>`select exists (select from ingest.erased where kind = 'object') as has`.execute(db)
  return answer.rows[0]?.has === true
}

export type LedgerRange = {
  bucket: string
  prefix: string
  /** Only keys after this one. */
  startAfter?: string | undefined
}

/** The last possible key with this prefix: S3 allows 1,024 bytes. As a bound, it ends the walk through the index. */
function lastWith(prefix: string): string {
  return prefix + '\u{10ffff}'.repeat(256)
}

/**
 * All objects of the ledger under a prefix, in the order of a listing, a page at a time: memory stays constant. Objects whose keys
 * were erased are left out: a listing has them under their own keys.
 */
export async function* readLedgerPages(
  db: Database,
  { bucket, prefix, startAfter }: LedgerRange,
  pageSize = 1_000,
): AsyncGenerator<KnownObject[]> {
  let after = startAfter ?? null
  for (;;) {
    const answer = await sql<KnownObject>`
      select ${columns} from ingest.object
      where bucket = ${bucket} and object_key >= ${prefix} and object_key <= ${lastWith(prefix)}
        and (${after}::text is null or object_key > ${after}) and not starts_with(object_key, ${erasedKeyPrefix})
      order by object_key
      limit ${pageSize}
    `.execute(db)
    if (answer.rows.length > 0) yield answer.rows
    const last = answer.rows.at(-1)
    if (last === undefined || answer.rows.length < pageSize) return
    after = last.key
  }
}
