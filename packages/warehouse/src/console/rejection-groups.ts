import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import {
  type RejectionHistory,
  type RejectionRow,
  type RejectionState,
  readLedgerRow,
  rejectionColumns,
} from '../ledger/read-rejections.ts'
import type { BoundedCount } from './overview-types.ts'

/** Open rejections with one code. */
export type OpenRejectionGroup = {
  code: string
  open: BoundedCount
  /** Last seen within 24 hours. */
  lastDay: BoundedCount
  /** Among those that were counted. */
  firstSeenAt: Date
  lastSeenAt: Date
  sources: string[]
}

/** The same with a count for each source; those without a source are only in the sum. */
export type OpenRejections = OpenRejectionGroup & {
  bySource: ReadonlyMap<string, BoundedCount>
  /** Of the last day. */
  lastDaySources: string[]
}

/** For each code, the most recent ones. */
const countedMax = 10_000

/** The groups as a list shows them; of one source with its count and its name alone. Times are those of the whole group. */
export function groupsOfSource(
  groups: readonly OpenRejections[],
  source: string | null,
): OpenRejectionGroup[] {
  return groups.flatMap(({ bySource, lastDaySources: _, ...group }) => {
    if (source === null) return [group]
    const open = bySource.get(source)
    return open === undefined ? [] : [{ ...group, open, sources: [source] }]
  })
}

/**
 * Reads the codes one by one from the index `rejection_by_state`, and the newest rejections of each code, so that millions of
 * them cost no more than the bound.
 */
export async function readOpenRejections(db: Database): Promise<OpenRejections[]> {
  const answer = await sql<OpenRow>`
    with recursive found (code) as (
      select min(code) from ingest.rejection where state = 'open'
      union all
      select (select min(code) from ingest.rejection where state = 'open' and code > found.code)
      from found where found.code is not null
    )
    select found.code, newest.source, count(*)::float8 as open,
           count(*) filter (where last_seen_at >= now() - interval '1 day')::float8 as "lastDay",
           min(first_seen_at) as "firstSeenAt", max(last_seen_at) as "lastSeenAt"
    from found
    cross join lateral (
      select source, first_seen_at, last_seen_at from ingest.rejection
      where state = 'open' and code = found.code
      order by last_seen_at desc limit ${countedMax}
    ) as newest
    group by 1, 2
  `.execute(db)
  const groups = [...Map.groupBy(answer.rows, (row) => row.code)].map(foldGroup)
  return groups.sort((one, other) => other.open.count - one.open.count)
}

type OpenRow = {
  code: string
  source: string | null
  open: number
  lastDay: number
  firstSeenAt: Date
  lastSeenAt: Date
}

function foldGroup([code, rows]: [string, OpenRow[]]): OpenRejections {
  const sum = (counts: number[]): number => counts.reduce((total, one) => total + one, 0)
  const open = sum(rows.map((row) => row.open))
  const lastDay = sum(rows.map((row) => row.lastDay))
  const about = open >= countedMax
  const named = rows.flatMap((row) => (row.source === null ? [] : [{ ...row, source: row.source }]))
  return {
    code,
    open: { count: open, about },
    // If some of the counted ones are older than a day, all of the last day were counted.
    lastDay: { count: lastDay, about: about && lastDay === open },
    firstSeenAt: new Date(Math.min(...rows.map((row) => row.firstSeenAt.getTime()))),
    lastSeenAt: new Date(Math.max(...rows.map((row) => row.lastSeenAt.getTime()))),
    sources: named.map((row) => row.source).sort(),
    lastDaySources: named
      .filter((row) => row.lastDay > 0)
      .map((row) => row.source)
      .sort(),
    bySource: new Map(named.map((row) => [row.source, { count: row.open, about }])),
  }
}

/** The most recent come first. */
export type RejectionPage = {
  code: string
  source: string | null
  state: RejectionState
  rejections: RejectionRow[]
  /** Where the next page begins (`after`); null on the last page. */
  next: string | null
}

/** The last rejection of the previous page: when it was last seen, in microseconds, and its id. */
export type RejectionPosition = { lastSeenMicros: string; id: string }

export type RejectionPageOptions = {
  code: string
  /** Of one source; null for all, and for messages that name none. */
  source: string | null
  state: RejectionState
  after: RejectionPosition | null
  limit: number
}

/** Uses the index `rejection_by_state`, or with a source `rejection_by_source`, so that the thousandth page costs as much as the first. */
export async function readRejectionPage(db: Database, options: RejectionPageOptions): Promise<RejectionPage> {
  const { code, source, state, after, limit } = options
  const ofSource = source === null ? sql`` : sql`and source = ${source}`
  const from =
    after === null
      ? sql``
      : sql`and (last_seen_at, rejection_id)
              < (timestamptz 'epoch' + ${after.lastSeenMicros}::bigint * interval '1 microsecond', ${after.id}::bigint)`
  const answer = await sql<RejectionRow & { micros: string }>`
    select ${rejectionColumns}, (extract(epoch from last_seen_at) * 1000000)::bigint::text as micros
    from ingest.rejection where state = ${state} and code = ${code} ${ofSource} ${from}
    order by last_seen_at desc, rejection_id desc limit ${limit + 1}
  `.execute(db)
  const rejections = answer.rows.slice(0, limit).map(({ micros: _, ...row }) => row)
  const last = answer.rows.length > limit ? answer.rows[limit - 1] : undefined
  return { code, source, state, rejections, next: last === undefined ? null : `${last.micros}-${last.id}` }
}

/** Null if the text is not the `next` of a page. */
export function readRejectionPosition(text: string): RejectionPosition | null {
  const [, lastSeenMicros, id] = /^(-?\d{1,18})-(\d{1,18})$/.exec(text) ?? []
  return lastSeenMicros === undefined || id === undefined ? null : { lastSeenMicros, id }
}

/** Everything about one rejection except its content. `contentSha256` is the hash of the kept bytes, in lower-case hex. */
export type RejectionDetails = RejectionHistory & { contentSha256: string | null }

/** Needs no privilege to read the content, unlike `readRejection`. */
export async function readRejectionDetails(db: Database, id: string): Promise<RejectionDetails | undefined> {
  const answer = await sql<Omit<RejectionDetails, 'ledger'>>`
    select ${rejectionColumns}, version_id as "versionId", content_bytes::float8 as "contentBytes",
           kept.kept_bytes::float8 as "keptBytes", kept.content_sha256 as "contentSha256"
    from ingest.rejection left join ingest.rejected_content(rejection_id) as kept on true
    where rejection_id = ${id}::bigint
  `.execute(db)
  const [found] = answer.rows
  return found === undefined ? undefined : { ...found, ledger: await readLedgerRow(db, found) }
}
