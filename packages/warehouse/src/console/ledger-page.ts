import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { LedgerOutcome } from '../ledger/ledger.ts'

/** One object as the ledger knows it. */
export type LedgerEntry = {
  bucket: string
  objectKey: string
  source: string | null
  outcome: LedgerOutcome
  code: string | null
  /** Of the session that it holds; null if it holds none, or several. */
  channel: string | null
  sessionId: string | null
  sizeBytes: number | null
  eventTime: Date | null
  settledAt: Date
  settleCount: number
}

/** Only these have an index (`object_by_trouble`); most objects are stored. */
export const troubleOutcomes = ['rejected', 'failed', 'missing'] as const
export type TroubleOutcome = (typeof troubleOutcomes)[number]

export type LedgerPageOptions = {
  /** Only objects of this bucket whose key begins with this. */
  place: { bucket: string; prefix: string } | null
  outcome: TroubleOutcome | null
  /** The last object of the page before. */
  after: { bucket: string; key: string } | null
  limit: number
}

/** In the order of bucket and key. */
export type LedgerPage = { objects: LedgerEntry[]; hasMore: boolean }

/** Greater than every character that follows in a key, in the order of their bytes. */
const behindAll = '\u{10ffff}'

/**
 * A page of the ledger by key: a range of the primary key, or with an outcome of `object_by_trouble`. There is no filter by
 * time: an index by `settled_at` would take the cheap updates (HOT) from the loader.
 */
export async function readLedgerPage(
  db: Database,
  { place, outcome, after, limit }: LedgerPageOptions,
): Promise<LedgerPage> {
  const conditions = [
    ...(outcome === null
      ? []
      : // The literal matches the predicate of the partial index in every plan.
        [sql`outcome = ${sql.lit(outcome)} and outcome in ('rejected', 'missing', 'failed')`]),
    ...(place === null
      ? []
      : [
          sql`bucket = ${place.bucket} and object_key >= ${place.prefix} and object_key < ${place.prefix + behindAll}`,
        ]),
    ...(after === null ? [] : [sql`(bucket, object_key) > (${after.bucket}, ${after.key})`]),
  ]
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)
  const answer = await sql<LedgerEntry>`
    select bucket, object_key as "objectKey", source, outcome, code, channel, session_id::text as "sessionId",
           size_bytes::float8 as "sizeBytes", event_time as "eventTime", settled_at as "settledAt",
           settle_count as "settleCount"
    from ingest.object
    where ${where}
    order by bucket, object_key limit ${limit + 1}
  `.execute(db)
  return { objects: answer.rows.slice(0, limit), hasMore: answer.rows.length > limit }
}
