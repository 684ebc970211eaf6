import type { Logger } from '@aftercall/runtime/telemetry/logger'
import type { Metrics } from '@aftercall/runtime/telemetry/metrics'
import type { LeftOut, MonthsOptions } from '@aftercall/warehouse/maintenance/months'

/** Months without a partition of their own. The default partition takes their rows. */
export type MonthEvents = Pick<MonthsOptions, 'onFailure' | 'onLeftOut'>

const whyLeftOut: Record<LeftOut, string> = {
  outside: 'the month lies outside the span of months.yearsBack and months.ahead',
  too_many: 'months.madePerHourMax months were made within an hour',
}

/** A document can name a month for each of its sessions. */
const linesPerMinuteMax = 10

export function createMonthEvents(
  { logger, metrics }: { logger: Logger; metrics: Metrics },
  nowMs: () => number = () => performance.now(),
): MonthEvents {
  const lines = { sinceMs: Number.NEGATIVE_INFINITY, written: 0 }

  function mayWrite(): boolean {
    if (nowMs() - lines.sinceMs >= 60_000) Object.assign(lines, { sinceMs: nowMs(), written: 0 })
    lines.written += 1
    return lines.written <= linesPerMinuteMax
  }

  return {
    onFailure(month, error) {
      metrics.monthsLeftOut.inc({ reason: 'failed' })
      if (!mayWrite()) return
      logger.warn({ month, error }, 'the month has no partition yet; the default partition takes its rows')
    },
    onLeftOut(month, reason) {
      metrics.monthsLeftOut.inc({ reason })
      if (!mayWrite()) return
      logger.warn({ month, reason }, `${whyLeftOut[reason]}; the default partition takes its rows`)
    },
  }
}
