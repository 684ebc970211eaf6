import type { BackfillEstimate } from '@aftercall/operator/estimate-backfill'
import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import { visibleText } from '@aftercall/runtime/text/visible-text'

const reasons: Record<string, string> = {
  elsewhere: 'under other prefixes (the inventory lists the whole bucket)',
  'too-early': 'before --since',
  'too-late': 'not before --until',
  undated: 'without a day in the key or a modification time for --since and --until',
  current: 'already loaded with the same content; they are not fetched',
  'rejected before': 'already rejected with the same content; for the reasons: aftercall rejections list',
}

/** The counts before and after each filter, the estimated time and the estimated bill. */
export function formatDryRun(dryRun: BackfillEstimate, bucket: string, prefix: string): string {
  const { counts, toLoad, bytes } = dryRun
  return [
    `${formatNumber(counts.listed ?? 0)} objects under ${visibleText(`s3://${bucket}/${prefix}`)}`,
    ...Object.entries(reasons).flatMap(([name, reason]) =>
      counts[name] === undefined ? [] : [`  − ${formatNumber(counts[name])} ${reason}`],
    ),
    `= ${formatNumber(toLoad)} objects to load, ${formatBytes(bytes)}`,
    ...formatTime(dryRun),
    ...formatBill(dryRun),
    'Nothing was loaded. To load, leave out --dry-run.',
  ].join('\n')
}

function formatTime({ measured, secondsLow, secondsHigh }: BackfillEstimate): string[] {
  if (measured === undefined || secondsLow === undefined || secondsHigh === undefined) return []
  const rate = `${formatNumber(measured.perSecondLow)} to ${formatNumber(measured.perSecondHigh)}`
  const useless = Math.round(measured.uselessShare * 100)
  return [
    `Time: ${formatDuration(secondsLow * 1_000)} to ${formatDuration(secondsHigh * 1_000)} with one process on this machine (${rate} files/s, measured on a sample of ${measured.objects})`,
    ...(useless === 0
      ? []
      : [`About ${useless} % of the objects have no session and will be ignored or rejected.`]),
  ]
}

function formatBill({ bill, dollars }: BackfillEstimate): string[] {
  if (bill.length === 0) return []
  const kms = bill.some(({ item }) => item.startsWith('KMS'))
  return [
    `AWS cost at list prices of us-east-1: $${dollars.toFixed(2)}`,
    ...bill.map(
      (line) => `  $${line.dollars.toFixed(4).padStart(9)}  ${line.item}, ${formatCount(line.calls, 'call')}`,
    ),
    ...(kms ? ['  To avoid the KMS requests, turn on the S3 Bucket Key for the bucket.'] : []),
  ]
}
