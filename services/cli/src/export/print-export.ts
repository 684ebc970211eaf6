import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatCount } from '@aftercall/operator/format/plural'
import type { ExportedView, ExportReport } from './export-report.ts'

export function formatView({ view, days, rows, bytes, keptDays }: ExportedView): string {
  const kept =
    keptDays === 0
      ? ''
      : `; kept ${formatCount(keptDays, 'day')} without rows in the database (to empty them: --empty-days)`
  return `${view}: ${formatCount(rows, 'row')} on ${formatCount(days, 'day')} (${formatBytes(bytes)})${kept}`
}

export function formatReport({ rows, bytes, seconds }: ExportReport, place: string): string {
  const rate = seconds > 0 ? `, ${formatCount(Math.round(rows / seconds), 'row')} a second` : ''
  return `Exported ${formatCount(rows, 'row')} (${formatBytes(bytes)}) to ${place} in ${formatDuration(seconds * 1_000)}${rate}.`
}
