import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatNumber } from '@aftercall/operator/format/number'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import type { DryRun } from './dry-run.ts'

const reasons: Record<string, string> = {
  elsewhere: 'below other prefixes (the inventory lists the whole bucket)',
  'too-early': 'before --since',
  'too-late': 'not before --until',
  undated: 'without a day in the key or a time of modification, so --since and --until leave them out',
  current: 'loaded already, with this very content: skipped without a fetch',
  'rejected before': 'rejected before, with this very content: see aftercall rejections list',
}

/** The dry run in words: the counts before and after each filter, the time, the bill. */
export function formatDryRun(dryRun: DryRun, bucket: string, prefix: string): string {
  const { counts, toLoad, bytes } = dryRun
  return [
    `${formatNumber(counts.listed ?? 0)} objects below ${visibleText(`s3://${bucket}/${prefix}`)}`,
    ...Object.entries(reasons).flatMap(([name, reason]) =>
      counts[name] === undefined ? [] : [`  − ${formatNumber(counts[name])} ${reason}`],
    ),
    `= ${formatNumber(toLoad)} objects to load, ${formatBytes(bytes)}`,
    ...formatTime(dryRun),
    ...formatBill(dryRun),
    'Nothing was loaded. Leave out --dry-run to load.',
  ].join('\n')
}

function formatTime({ measured, secondsLow, secondsHigh }: DryRun): string[] {
  if (measured === undefined || secondsLow === undefined || secondsHigh === undefined) return []
  const rate = `${formatNumber(measured.perSecondLow)} to ${formatNumber(measured.perSecondHigh)}`
  const useless = Math.round(measured.uselessShare * 100)
  return [
    `Time: ${formatDuration(secondsLow * 1_000)} to ${formatDuration(secondsHigh * 1_000)} by one process on this machine (${rate} files/s, measured on ${measured.objects} of them)`,
    ...(useless === 0 ? [] : [`About ${useless} % of them hold no session and will be ignored or rejected.`]),
  ]
}

function formatBill({ bill, dollars }: DryRun): string[] {
  if (bill.length === 0) return []
  const kms = bill.some(({ item }) => item.startsWith('KMS'))
  return [
    `AWS, by list prices of us-east-1: $${dollars.toFixed(2)}`,
    ...bill.map(
      (line) => `  $${line.dollars.toFixed(4).padStart(9)}  ${line.item}, ${formatNumber(line.calls)} calls`,
    ),
    ...(kms ? ['  A bucket key would make the KMS requests go away: switch it on for the bucket.'] : []),
  ]
}
