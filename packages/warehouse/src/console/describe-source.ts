import type { BoundedCount, SourceOverview } from './overview-types.ts'
import type { OpenRejections } from './rejection-groups.ts'
import type { SourceActivity } from './summarize-activity.ts'

/** As a worker has recorded it. */
export type RecordedSource = { name: string; bucket: string; prefix: string }

/** What was read of all sources; null if it took too long. */
export type SourcesRead = {
  readAt: Date
  sessions: ReadonlyMap<string, BoundedCount> | null
  newestStored: ReadonlyMap<string, Date> | null
  failing: ReadonlyMap<string, BoundedCount> | null
  rejections: OpenRejections[] | null
}

export function describeSource(
  { name, bucket, prefix }: RecordedSource,
  activity: SourceActivity,
  read: SourcesRead,
): SourceOverview {
  const { readAt, sessions, newestStored, failing, rejections } = read
  const lastSettledAt = activity.lastSettledAt ?? newestStored?.get(name) ?? null
  const sinceMs = lastSettledAt === null ? null : readAt.getTime() - lastSettledAt.getTime()
  return {
    ...{ source: name, bucket, prefix, ...activity, lastSettledAt },
    minutesSinceSettled: sinceMs === null ? null : Math.max(0, Math.floor(sinceMs / 60_000)),
    sessions: sessions?.get(name) ?? null,
    failing: failing === null ? null : (failing.get(name) ?? { count: 0, about: false }),
    openRejections: rejections === null ? null : sumCounts(rejections.map((one) => one.bySource.get(name))),
  }
}

function sumCounts(counts: readonly (BoundedCount | undefined)[]): BoundedCount {
  const found = counts.filter((one) => one !== undefined)
  return {
    count: found.reduce((sum, one) => sum + one.count, 0),
    about: found.some((one) => one.about),
  }
}
