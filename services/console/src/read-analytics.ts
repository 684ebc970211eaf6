import type { Database } from '@aftercall/warehouse/connection/database'
import {
  type ChartFilter,
  readHandleSplits,
  readHourVolume,
  readQueueLevels,
  readTransferFlows,
  readWeekHours,
} from '@aftercall/warehouse/console/analytics-charts'
import type { AnalyticsAnswer } from './analytics-answer.ts'
import type { ConsoleFailure } from './answers.ts'
import { readPlaces } from './read-places.ts'
import { FailedRequest } from './route.ts'

export type AnalyticsQuery = {
  source: string | null
  channel: 'call' | 'chat' | null
  /** By default the last seven days. */
  from: string | null
  to: string | null
}

const dayMs = 86_400_000
const daysMax = 92

/** Five charts from the rollups, as many at a time as there are connections. */
export async function readAnalytics(
  db: Database,
  { source, channel, from, to }: AnalyticsQuery,
  now = new Date(),
): Promise<AnalyticsAnswer> {
  const sources = (await readPlaces(db)).map(({ name }) => name)
  if (source !== null && !sources.includes(source)) throw new FailedRequest(unknownSource)
  const until = to ?? now.toISOString().slice(0, 10)
  const since = from ?? new Date(Date.parse(until) - 6 * dayMs).toISOString().slice(0, 10)
  const days = (Date.parse(until) - Date.parse(since)) / dayMs + 1
  if (days < 1 || days > daysMax) throw new FailedRequest(badSpan)
  const filter: ChartFilter = { source, channel, from: since, to: until }
  const [volume, levels, week, transfers, handling] = await Promise.all([
    readHourVolume(db, filter),
    readQueueLevels(db, filter),
    readWeekHours(db, filter),
    readTransferFlows(db, filter),
    readHandleSplits(db, filter),
  ])
  return { filter, sources, charts: { volume, levels, week, transfers, handling } }
}

const unknownSource: ConsoleFailure = {
  ...{ status: 400, code: 'bad_request', reason: { kind: 'not_a_source' } },
}

const badSpan: ConsoleFailure = {
  status: 400,
  code: 'bad_request',
  reason: { kind: 'bad_span', daysMax },
}
