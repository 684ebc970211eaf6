import { once } from 'node:events'
import { countLeft } from '@aftercall/ingest/reconcile/count-differences'
import type { Difference, DifferenceClass } from '@aftercall/ingest/reconcile/difference'
import type { ReconcileReport } from '@aftercall/ingest/reconcile/run-reconcile'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import type { CliContext } from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import { formatTable } from '../terminal/format-table.ts'

type Counts = Readonly<Record<string, number>>

/** Most important first. */
const classes: Record<DifferenceClass, string> = {
  missing: 'in the bucket but not in the ledger',
  outdated: 'rewritten since the last load',
  failed: 'could not be loaded so far',
  rejected: 'the content cannot be used',
  gone: 'no longer in the bucket',
  recent: 'modified recently and may still be announced',
}

const fixes = {
  fixed: 'loaded',
  stillFailed: 'failed again',
  nowRejected: 'rejected',
  vanished: 'deleted in the meantime',
  postponed: 'not tried because too many failed',
}

const daysShown = 31
const prefixesShown = 20

export function exitOf(report: ReconcileReport): 'done' | 'doneInPart' {
  const isDone =
    countLeft(report.counts) === 0 && countRejected(report) === 0 && report.gone.kind !== 'refused'
  return isDone ? 'done' : 'doneInPart'
}

type Source = { name: string; bucket: string; prefix: string }

/** The totals, the days and folders with differences, the first keys of each class, and what to do next. */
export function formatReport(source: Source, isFix: boolean, report: ReconcileReport): string {
  const { counts, examples } = report
  const found = classNames().filter((name) => of(counts, name) > 0)
  const quiet = ['current', 'other'].filter((name) => of(counts, name) > 0)
  const place = visibleText(`s3://${source.bucket}/${source.prefix}`)
  return [
    `Compared ${place} with the ledger: ${of(counts, 'listed')} objects in the bucket (run ${report.runId})`,
    ...quiet.map((name) => `  ${name} ${of(counts, name)}`),
    ...found.map((name) => `  ${name} ${of(counts, name)}: ${classes[name]}`),
    ...(found.length === 0 ? [] : ['', ...formatDays(report), '', ...formatPrefixes(report)]),
    ...found.flatMap((name) => ['', ...formatKeys(name, examples[name] ?? [], of(counts, name))]),
    ...(isFix ? ['', ...formatFixes(report)] : []),
    '',
    ...formatNext(source, isFix, report),
  ].join('\n')
}

function classNames(): DifferenceClass[] {
  return ['missing', 'outdated', 'failed', 'rejected', 'gone', 'recent']
}

function formatDays({ byDay }: ReconcileReport): string[] {
  const rows = byDay.slice(-daysShown).map(({ day, counts }) => [day ?? 'day unknown', ...cellsOf(counts)])
  const earlier = byDay.length - rows.length
  return [formatCounts('modified on (UTC)', rows), ...(earlier === 0 ? [] : [`and ${earlier} earlier days`])]
}

function formatPrefixes({ byPrefix }: ReconcileReport): string[] {
  const rows = byPrefix
    .toSorted((left, right) => sumOf(right.counts) - sumOf(left.counts))
    .slice(0, prefixesShown)
    .map(({ prefix, counts }) => [prefix || '(none)', ...cellsOf(counts)])
  const more = byPrefix.length - rows.length
  return [formatCounts('prefix', rows), ...(more === 0 ? [] : [`and ${more} more prefixes`])]
}

function formatCounts(title: string, rows: string[][]): string {
  const columns = [title, ...classNames(), 'fixed']
  return formatTable({ columns, rows, right: columns.map((_, index) => index > 0) })
}

function cellsOf(counts: Counts): string[] {
  return [...classNames(), 'fixed'].map((name) => String(counts[name] ?? ''))
}

function sumOf(counts: Counts): number {
  return classNames().reduce((sum, name) => sum + of(counts, name), 0)
}

function formatKeys(name: DifferenceClass, keys: readonly string[], number: number): string[] {
  const more = number - keys.length
  return [
    `${name} (${number}):`,
    ...keys.map((key) => `  ${visibleText(key)}`),
    ...(more === 0 ? [] : [`  and ${more} more (--json prints all)`]),
  ]
}

function formatFixes({ counts, gone }: ReconcileReport): string[] {
  const loaded = Object.entries(fixes)
    .filter(([name]) => of(counts, name) > 0)
    .map(([name, word]) => `${of(counts, name)} ${word}`)
  const recorded = gone.kind === 'noted' && gone.objects > 0 ? [`${gone.objects} recorded as gone`] : []
  const done = [...loaded, ...recorded]
  return [done.length === 0 ? 'Nothing to fix.' : `Fixed: ${done.join(', ')}.`]
}

function formatNext({ name }: Source, isFix: boolean, report: ReconcileReport): string[] {
  const left = countLeft(report.counts)
  const rejected = countRejected(report)
  const gone = of(report.counts, 'gone')
  const command = `aftercall reconcile --source ${name} --fix`
  const next = [
    ...(left === 0
      ? []
      : [isFix ? `${left} could not be loaded: run it again.` : `To load what is missing: ${command}`]),
    ...(rejected === 0 ? [] : ['To see why objects were rejected: aftercall rejections list']),
    ...(gone > 0 && !isFix && left === 0 ? [`To record what is gone (its rows are kept): ${command}`] : []),
    ...(report.gone.kind === 'refused' ? [formatRefusal(report.gone, command)] : []),
  ]
  return next.length === 0 ? ['Nothing is missing.'] : next
}

function formatRefusal({ gone, known }: { gone: number; known: number }, command: string): string {
  return `${gone} of the ${known} objects in the ledger are not in the bucket. That is too many to trust the listing, so nothing was recorded as gone. If bucket and prefix are right and the objects were deleted: ${command} --accept-gone`
}

function countRejected({ counts }: ReconcileReport): number {
  return of(counts, 'rejected') + of(counts, 'nowRejected')
}

function of(counts: Counts, name: string): number {
  return counts[name] ?? 0
}

/** Writes a line of JSON, and waits while a slow reader catches up: there may be millions of differences. */
export async function printDifference(
  { stdout }: CliContext,
  { name, bucket }: { name: string; bucket: string },
  difference: Difference,
): Promise<void> {
  const line = formatJson({ kind: 'finding', source: name, bucket, ...difference })
  if (!stdout.write(`${line}\n`)) await once(stdout, 'drain')
}
