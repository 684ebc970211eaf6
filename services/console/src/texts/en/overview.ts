import { formatDuration, formatSpan } from '@aftercall/operator/format/duration'
import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import type { OverallStatus } from '@aftercall/operator/overall-status'
import type { FoundProblem, ProblemSeverity } from '@aftercall/operator/problems/found-problem'
import { wordProblem } from '@aftercall/operator/problems/word-problem'
import { wordStatus } from '@aftercall/operator/word-status'
import type { QueueState } from '@aftercall/warehouse/console/read-worker-state'
import type { ChartSpan } from '../../chart-columns.ts'
import { code, type Words } from '../marked.ts'

export const overview = {
  title: 'Overview',
  states: {
    flowing: 'All well',
    attention: 'Needs attention',
    stopped: 'Stopped',
    waiting: 'Waiting',
  } satisfies Record<OverallStatus['state'], string>,
  status: (status: OverallStatus): Words => wordStatus(status),
  sources: (count: number): string => (count === 0 ? 'Sources' : formatCount(count, 'source')),
  noSource: 'No source has been seen yet',
  noSourceText: [
    'A source appears here when a worker has started that loads it: ',
    code('aftercall worker'),
    '.',
  ] as Words,
  sessionsByDay: 'Sessions by day',
  objectsByTime: 'Objects by time',
  span: 'Span',
  nothingInSpan: 'Nothing in this span',
  nothingInSpanText: 'What comes appears here.',
}

/** The words of a problem; its command and its place in the runbook are the same in every language. */
export const problems = {
  words: (found: FoundProblem): { what: Words; whatToDo: Words } => wordProblem(found),
  severities: {
    critical: 'critical',
    warning: 'warning',
    notice: 'notice',
  } satisfies Record<ProblemSeverity, string>,
  count: (others: number, notices: number): string =>
    [
      ...(others === 0 ? [] : [formatCount(others, 'problem')]),
      ...(notices === 0 ? [] : [formatCount(notices, 'notice')]),
    ].join(', '),
  runbook: 'More in the runbook',
}

export const workers = {
  label: 'Workers and queues',
  workers: 'Workers',
  lambda: 'Lambda function',
  ran: (silentSeconds: number): string =>
    silentSeconds < 60 ? 'ran within a minute' : `ran ${formatSpan(Math.floor(silentSeconds / 60))} ago`,
  queue: (name: QueueState['name'], isOnly: boolean): string =>
    isOnly ? 'Queue' : name === 'live' ? 'Live queue' : 'Backfill queue',
  state: ({ waiting, inFlight, delayed, oldestSeconds, deadLetters }: QueueState): string => {
    const oldest = oldestSeconds === null ? '' : `, oldest about ${formatDuration(oldestSeconds * 1_000)}`
    const dead = deadLetters === null ? '' : ` · ${formatCount(deadLetters, 'dead letter')}`
    const held = ` · ${formatNumber((inFlight ?? 0) + (delayed ?? 0))} in flight or delayed`
    return `${formatNumber(waiting ?? 0)} waiting${oldest}${held}${dead}`
  },
}

export const sourceCard = {
  lastData: 'Last data',
  processed: 'Processed in 24 h',
  dayBefore: (objects: number): string => `${formatNumber(objects)} in the 24 h before`,
  lag: 'Lag',
  freshness: 'Freshness',
  within: (p95: string, isLastHour: boolean): string =>
    `95 % within ${p95}, last ${isLastHour ? 'hour' : '24 h'}`,
  sessionsStored: 'Sessions stored',
  openRejections: 'Open rejections',
  waiting: 'waiting',
  healthy: 'healthy',
  nothingAnnounced: 'nothing announced in 48 h',
  announced: (ago: Words): Words => ['announced ', ago],
}

export const sourcePage = {
  lastHours: 'Objects of the last 48 hours',
  lookCloser: 'Look closer',
  sessions: 'Sessions',
  objects: 'Objects',
  byKey: 'by key',
  failing: 'Failing',
  days: 'Days',
  completeness: 'completeness',
  drift: 'Drift',
  unknownFields: 'unknown fields',
}

type SpanWords = { name: string; unit: string; first: string; middle: string; last: string }

export const chart = {
  spans: {
    '1h': { name: '1h', unit: 'Minute', first: '60 min ago', middle: '30 min ago', last: 'now' },
    '24h': { name: '24h', unit: 'Hour', first: '24 h ago', middle: '12 h ago', last: 'now' },
    '48h': { name: '48h', unit: 'Hour', first: '48 h ago', middle: '24 h ago', last: 'now' },
    '60d': { name: '60d', unit: 'Day', first: '60 days ago', middle: '30 days ago', last: 'today' },
  } satisfies Record<ChartSpan, SpanWords>,
  label: (span: ChartSpan, count: number): string => {
    const spans = { '1h': 'the last hour', '24h': '24 hours', '48h': '48 hours', '60d': '60 days' }
    const things = formatCount(count, span === '60d' ? 'session' : 'object')
    return `${things} in ${spans[span]}, by outcome; the table below has the numbers`
  },
  nothing: 'nothing',
  unknown: 'unknown, took too long to read',
  rejected: (share: string): string => ` (${share} rejected)`,
  lag: (p50: string, p95: string): string => `; lag ${p50}, 95 % within ${p95}`,
  lagUpTo: (most: string): string => `Lag, up to ${most}`,
  lagLegend: 'dark: median, light: 95 % within',
  rejectedUpTo: (most: string): string => `Rejected share, up to ${most}`,
  asTable: 'Show as a table',
  caption: (span: ChartSpan): string =>
    span === '60d'
      ? 'Stored sessions by local day, from the rollups; days without any are left out'
      : `Objects by the ${span === '1h' ? 'minute' : 'hour'} of their last outcome; those without objects are left out`,
  lagP50: 'lag p50',
  lagP95: 'lag p95',
}
