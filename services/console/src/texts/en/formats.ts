import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatDuration, formatSpan } from '@aftercall/operator/format/duration'
import { formatBounded, formatNumber, formatShare, formatShort } from '@aftercall/operator/format/number'
import { formatAgo } from '@aftercall/operator/format/time'
import type { Formats } from '../formats.ts'

/** As the commands write them. */
export const formats: Formats = {
  number: formatNumber,
  short: formatShort,
  share: formatShare,
  bounded: formatBounded,
  bytes: formatBytes,
  duration: formatDuration,
  span: formatSpan,
  ago: formatAgo,
  month: (day) => day.toLocaleString('en-US', { month: 'short', timeZone: 'UTC' }),
  weekdays: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
  comma: ', ',
  clause: ', ',
}
