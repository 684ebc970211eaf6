import type { Database } from '@aftercall/warehouse/connection/database'
import type { Overview } from '@aftercall/warehouse/console/overview-types'
import { readMinutes } from '@aftercall/warehouse/console/read-minutes'
import { readSessionDays } from '@aftercall/warehouse/console/read-session-days'
import {
  type ActivityChart,
  type ChartSpan,
  columnsOfDays,
  columnsOfHours,
  columnsOfMinutes,
  daysShown,
} from './chart-columns.ts'
import { shareByKey } from './share-by-key.ts'

export type ChartQuery = { span: ChartSpan; source: string | null }

/** The columns of a span: hours are in the overview already, minutes and days are read when someone looks at them. */
export function openChart(db: Database): (query: ChartQuery, overview: Overview) => Promise<ActivityChart> {
  const minutesOf = shareByKey((source: string | null) => readMinutes(db, source))
  const daysOf = shareByKey((source: string | null) => readSessionDays(db, { source, days: daysShown }))
  return async (query, overview) => {
    const { span, source } = query
    switch (span) {
      case '1h':
        return { ...query, columns: columnsOfMinutes(await minutesOf(source), overview.readAt) }
      case '24h':
        return { ...query, columns: columnsOfHours(overview, 24, source) }
      case '48h':
        return { ...query, columns: columnsOfHours(overview, 48, source) }
      case '60d':
        return { ...query, columns: columnsOfDays(await daysOf(source), overview.readAt) }
    }
  }
}
