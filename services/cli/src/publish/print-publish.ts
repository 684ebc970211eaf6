import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatCount } from '@aftercall/operator/format/plural'
import type { PublishReport } from './publish-types.ts'

export function formatPublished({
  place,
  days,
  files,
  rows,
  bytes,
  staleDays,
  seconds,
}: PublishReport): string {
  if (days === 0) return `Nothing has changed: ${place} is up to date.`
  const rate = seconds > 0 && rows > 0 ? `, ${formatCount(Math.round(rows / seconds), 'row')} a second` : ''
  const what = `${formatCount(days, 'day')} had changed: wrote ${formatCount(files, 'file')} with ${formatCount(rows, 'row')} (${formatBytes(bytes)})`
  const stale =
    staleDays === 0
      ? ''
      : `\n${formatCount(staleDays, 'day')} had changed that retention has removed: the files stay as they were published.`
  return `${what} to ${place} in ${formatDuration(seconds * 1_000)}${rate}.${stale}`
}
