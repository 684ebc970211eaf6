import { countLeft } from '@aftercall/ingest/reconcile/count-differences'
import type { DifferenceClass } from '@aftercall/ingest/reconcile/difference'
import type { ReconcileReport } from '@aftercall/ingest/reconcile/run-reconcile'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import { printTable } from '../terminal/print-table.ts'

type Counts = Readonly<Record<string, number>>

/** In the order of how much they matter, with what each means. */
const classes: Record<DifferenceClass, string> = {
  missing: 'in the bucket, never ended here',
  outdated: 'rewritten since it ended here',
  failed: 'could not be loaded until now',
  rejected: 'its content cannot be used',
  gone: 'no longer in the bucket',
  recent: 'modified just now, may still be announced',
}

const fixes = {
  fixed: 'loaded',
  stillFailed: 'failed again',
  nowRejected: 'rejected',
  vanished: 'gone meanwhile',
  postponed: 'not tried, because so many failed',
}

const daysShown = 31
const prefixesShown = 20

export function exitOf(report: ReconcileReport): 'done' | 'doneInPart' {
  const isDone =
    countLeft(report.counts) === 0 && countRejected(report) === 0 && report.gone.kind !== 'refused'
  return isDone ? 'done' : 'doneInPart'
}

type Source = { name: string; bucket: string; prefix: string }

/** For people: the sums, the days and folders with findings, the first keys of each class, and what to do. */
export function formatReport(source: Source, isFix: boolean, report: ReconcileReport): string {
  const { counts, examples } = report
  const found = classNames().filter((name) => of(counts, name) > 0)
  const quiet = ['current', 'other'].filter((name) => of(counts, name) > 0)
  const place = visibleText(`s3://${source.bucket}/${source.prefix}`)
  return [
    `${place} and the ledger compared: ${of(counts, 'listed')} objects in the bucket (run ${report.runId})`,
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
  return [printCounts('modified on (UTC)', rows), ...(earlier === 0 ? [] : [`and ${earlier} earlier days`])]
}

function formatPrefixes({ byPrefix }: ReconcileReport): string[] {
  const most = byPrefix.toSorted((one, other) => sumOf(other.counts) - sumOf(one.counts))
  const rows = most
    .slice(0, prefixesShown)
    .map(({ prefix, counts }) => [prefix || '(none)', ...cellsOf(counts)])
  const more = byPrefix.length - rows.length
  return [printCounts('below', rows), ...(more === 0 ? [] : [`and ${more} more folders`])]
}

function printCounts(title: string, rows: string[][]): string {
  const columns = [title, ...classNames(), 'fixed']
  return printTable({ columns, rows, right: columns.map((_, index) => index > 0) })
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
    ...(more === 0 ? [] : [`  and ${more} more (--json tells all)`]),
  ]
}

function formatFixes({ counts, gone }: ReconcileReport): string[] {
  const loaded = Object.entries(fixes)
    .filter(([name]) => of(counts, name) > 0)
    .map(([name, word]) => `${of(counts, name)} ${word}`)
  const noted = gone.kind === 'noted' && gone.objects > 0 ? [`${gone.objects} noted as gone`] : []
  const done = [...loaded, ...noted]
  return [done.length === 0 ? 'nothing was to be fixed' : `fixed: ${done.join(', ')}`]
}

function formatNext({ name }: Source, isFix: boolean, report: ReconcileReport): string[] {
  const left = countLeft(report.counts)
  const rejected = countRejected(report)
  const gone = of(report.counts, 'gone')
  const command = `aftercall reconcile --source ${name} --fix`
  const next = [
    ...(left === 0
      ? []
      : [isFix ? `${left} could not be loaded: run it again` : `load what is missing: ${command}`]),
    ...(rejected === 0 ? [] : [`${rejected} cannot be used as they are: aftercall rejections list`]),
    ...(gone > 0 && !isFix && left === 0 ? [`note what is gone (its rows stay): ${command}`] : []),
    ...(report.gone.kind === 'refused' ? [formatRefusal(report.gone, command)] : []),
  ]
  return next.length === 0 ? ['nothing is missing'] : next
}

function formatRefusal({ gone, known }: { gone: number; known: number }, command: string): string {
  return `${gone} of the ${known} objects that the ledger has are not in the bucket: too many to believe the listing. Nothing was noted as gone. If bucket and prefix are right and they really were deleted: ${command} --accept-gone`
}

function countRejected({ counts }: ReconcileReport): number {
  return of(counts, 'rejected') + of(counts, 'nowRejected')
}

function of(counts: Counts, name: string): number {
  return counts[name] ?? 0
}
