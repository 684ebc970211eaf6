import { formatCount } from '@aftercall/operator/format/plural'
import { formatJson } from '../terminal/format-json.ts'
import type { RollupReport } from './perform-rollup.ts'

export function printRollup(report: RollupReport, json: boolean): string {
  return json ? formatJson(report) : lines(report).join('\n')
}

function lines({ refreshedHours, lag, checkedDays, differences }: RollupReport): string[] {
  return [
    refreshedHours === 0 ? 'no hour has changed' : `made ${formatCount(refreshedHours, 'hour')} again`,
    ...(lag.waitingHours === 0 ? [] : [`${formatCount(lag.waitingHours, 'hour')} changed meanwhile`]),
    ...(checkedDays === 0 ? [] : [`compared ${formatCount(checkedDays, 'day')} with the sessions`]),
    ...differences.map(
      ({ source, day, table, missing, unexpected }) =>
        `${source} ${day}: ${table} lacks ${formatCount(missing, 'row')} and has ${formatCount(unexpected, 'row')} too many; ` +
        `make the day again: aftercall rollup --rebuild --from ${day}`,
    ),
    ...(checkedDays > 0 && differences.length === 0 ? ['all rows are exact'] : []),
  ]
}
