import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { matchesRejection, type RejectionFilter } from './read-rejections.ts'
import { settledSince } from './settled-since.ts'

/** The place of an object to replay. */
export type ReplayPlace = { bucket: string; key: string }

/** Selects objects of the ledger; every filter narrows. */
export type LedgerFilter = {
  outcome?: 'failed' | undefined
  code?: string | undefined
  source?: string | undefined
  /** Ended at or after `since`, and before `until`. */
  since?: Date | undefined
  until?: Date | undefined
}

const pageSizeDefault = 500

/** Objects with a rejection that the filter selects, in key order, a page at a time. */
export function readRejectedPlaces(
  db: Database,
  filter: RejectionFilter,
  pageSize = pageSizeDefault,
): AsyncGenerator<ReplayPlace[]> {
  return readPages(async (after) => {
    const answer = await sql<ReplayPlace>`
        select distinct bucket, object_key as key from ingest.rejection
        where ${matchesRejection(filter)} and bucket is not null and ${isAfter(after)}
        order by bucket, object_key limit ${pageSize}
      `.execute(db)
    return answer.rows
  }, pageSize)
}

/** Objects of the ledger that the filter selects, in key order, a page at a time. */
export function readLedgerPlaces(
  db: Database,
  filter: LedgerFilter,
  pageSize = pageSizeDefault,
): AsyncGenerator<ReplayPlace[]> {
  return readPages(async (after) => {
    const answer = await sql<ReplayPlace>`
        select bucket, object_key as key from ingest.object
        where ${matchesLedger(filter)} and ${isAfter(after)}
        order by bucket, object_key limit ${pageSize}
      `.execute(db)
    return answer.rows
  }, pageSize)
}

/** Every object that ever held only this session, and the object that its stored revision came from. */
export async function readSessionPlaces(
  db: Database,
  { source, channel, sessionId }: { source: string; channel: string; sessionId: string },
): Promise<ReplayPlace[]> {
  const answer = await sql<ReplayPlace>`
    select bucket, object_key as key from ingest.object
    where source = ${source} and channel = ${channel} and session_id = ${sessionId}::bigint
    union
    select bucket, object_key from warehouse.session
    where source = ${source} and channel = ${channel} and session_id = ${sessionId}::bigint
    order by 1, 2
  `.execute(db)
  return answer.rows
}

async function* readPages<Row extends ReplayPlace>(
  readPage: (after: Row | undefined) => Promise<Row[]>,
  pageSize: number,
): AsyncGenerator<Row[]> {
  let after: Row | undefined
  for (;;) {
    const rows = await readPage(after)
    if (rows.length > 0) yield rows
    after = rows.at(-1)
    if (rows.length < pageSize) return
  }
}

function isAfter(after: ReplayPlace | undefined): RawBuilder<unknown> {
  return after === undefined ? sql`true` : sql`(bucket, object_key) > (${after.bucket}, ${after.key})`
}

function matchesLedger({ outcome, code, source, since, until }: LedgerFilter): RawBuilder<unknown> {
  const conditions = [
    // An object that is known to be gone need not be fetched.
    sql`removed_at is null`,
    ...(outcome === undefined ? [] : [sql`outcome = ${sql.lit(outcome)}`]),
    ...(code === undefined ? [] : [sql`code = ${code}`]),
    ...(source === undefined ? [] : [sql`source = ${source}`]),
    ...(since === undefined ? [] : [settledSince(sql`${since}::timestamptz`)]),
    ...(until === undefined ? [] : [sql`settled_at < ${until}`]),
  ]
  return sql.join(conditions, sql` and `)
}
