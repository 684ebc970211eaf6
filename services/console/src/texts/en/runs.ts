import { formatDuration } from '@aftercall/operator/format/duration'
import { formatNumber, formatShare } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import type { BackfillProgress, ReconcileProgress } from '@aftercall/warehouse/console/runs'
import { code, type Words } from '../marked.ts'

export const runs = {
  title: 'Runs',
  retention: 'What maintenance keeps, and for how long',
  backfills: 'Backfills',
  newBackfill: 'New backfill…',
  noBackfill: 'No backfill yet',
  noBackfillText: [
    'Backfills appear here while they run and afterwards: ',
    code('aftercall backfill --source NAME'),
  ] as Words,
  reconciles: 'Reconcile runs',
  noReconcile: 'No reconcile run yet',
  noReconcileText: [
    'Reconcile runs appear here, both scheduled ones and those of ',
    code('aftercall reconcile --source NAME'),
    '.',
  ] as Words,
  heading: (id: string, source: Words): Words => [`Run ${id}: `, source],
  states: {
    running: 'running',
    paused: 'paused',
    done: 'done',
    stopped: 'stopped',
    failed: 'failed',
  } satisfies Record<BackfillProgress['state'] | ReconcileProgress['state'], string>,
  place: (address: string, via: BackfillProgress['via'], host: string): string =>
    `${address}, ${via === 'queue' ? 'through the queue' : 'directly'}, on ${host}`,
  progressOf: (id: string): string => `Progress of run ${id}`,
  soFar: ({ objects, listed, partsDone, parts }: BackfillProgress, share: number): string =>
    `${formatShare(share)}: ${formatNumber(objects)} of ${formatCount(listed, 'listed object')}, ${formatNumber(partsDone)} of ${formatCount(parts, 'shard')}`,
  left: (ms: number): string => `, about ${formatDuration(ms)} left of what is listed`,
  objects: 'Objects',
  rate: 'Rate',
  perSecond: (objects: number): string => `${formatNumber(objects)} per second`,
  runningFor: 'Running for',
  took: 'Took',
  lastProgress: 'Last progress',
  noProcess: 'No process works on it. To continue where it stopped:',
  pausedBy: (name: string): string => `Paused by ${name}.`,
  resume: 'Resume…',
  pause: 'Pause…',
  newestFirst: 'The newest are first',
  state: 'State',
  found: 'Found',
  started: 'Started',
  purpose: (purpose: ReconcileProgress['purpose'], host: string): string =>
    `${purpose === 'poll' ? 'polling' : purpose}, on ${host}`,
  nothingYet: 'nothing yet',
}

export const newBackfill = {
  title: 'New backfill',
  lead: 'First a worker counts what there is to load and estimates what it costs. You decide then.',
  mayOnlyRead: 'You may only read here',
  whoMayAct: 'The bottom of the page says who may act.',
  prefix: 'Only keys that begin with (empty: the prefix of the source)',
  since: 'From this day on',
  until: 'Before this day',
  maxRate: 'Objects per second at most (empty: as many as the store and live traffic allow)',
  estimate: 'Estimate',
}

export const days = {
  title: 'Days',
  count: 'Days',
  titleOf: (source: string): string => `Days of ${source}`,
  lead: 'Whether all sessions have arrived. The platform numbers calls and chats, so an id that no stored session has is missing. Days are local days of the sessions. Yesterday and today are never final.',
  counting: 'Still counting',
  countingText: 'This takes longer than a page may take. The result appears here when it is ready.',
  tooSlow: 'Counting took too long',
  tooSlowText: 'The days could not be counted in time. A single day can be counted with a command:',
  none: 'No session began on these days',
  noneText: 'Days with sessions appear here, by source.',
  legend: {
    good: '✓ complete',
    warn: '2% missing, more than usual',
    bad: '5% missing or more',
    plain: '· no sessions, ? nothing to compare with yet, … not final yet',
  },
  missing: 'When ids are missing',
  missingText: [
    'Compare the bucket with the ledger. ',
    code('--fix'),
    ' loads what is in the bucket but not stored. What is not in the bucket was never exported.',
  ] as Words,
  reconcile: (source: string): string => `Reconcile ${source}…`,
  calendarCaption: (source: string): string => `Sessions of ${source} by day; columns are weeks`,
  weekday: 'Weekday',
  weekOf: (day: string): string => `week of ${day}`,
  noSessions: (day: string): string => `${day}: no sessions`,
  notFinal: ', not final yet',
  /** `beyond`: how many more are missing than usual; null if there is nothing to compare with. */
  day: (day: string, found: { sessions: number; missing: number; beyond: number | null }): string => {
    const { sessions, missing, beyond } = found
    const more = beyond === null ? 'nothing to compare with yet' : `${formatNumber(beyond)} more than usual`
    return `${day}: ${formatCount(sessions, 'session')}, ${formatCount(missing, 'id')} missing, ${more}`
  },
  /** `complete`: share of the ids; null if there is nothing to compare with. */
  sum: (sessions: number, complete: number | null): string => {
    if (sessions === 0) return 'no sessions'
    const share = complete === null ? 'nothing to compare with yet' : `${formatShare(complete)} complete`
    return `${formatCount(sessions, 'session')}, ${share}`
  },
}

export const analytics = {
  title: 'Analytics',
  lead: "Days and hours are those of each source's clock. The numbers come from the rollups, which follow the sessions within minutes.",
  channel: 'Channel',
  bothChannels: 'calls and chats',
  fromDay: 'From day',
  toDay: 'To day',
  charts: {
    volume: {
      title: 'Volume and abandonment by hour',
      lead: 'Entries into queues, and in red those that were abandoned.',
    },
    levels: {
      title: 'Service level by queue',
      lead: 'Share of the measured entries that were answered within the target of their queue.',
    },
    week: { title: 'Sessions by weekday and hour', lead: 'When sessions begin.' },
    transfers: { title: 'Transfers', lead: 'From the queue on the left to where they went.' },
    handling: { title: 'Handle time by queue', lead: 'The sum over all handled interactions.' },
  },
  nothing: 'Nothing was counted on these days',
  nothingText: 'The chart appears here when sessions of these days are stored.',
  drawing: (title: string): string => `Drawing: ${title}`,
  showRows: 'Show the rows and their query',
  columns: {
    hour: 'hour',
    entries: 'entries',
    abandoned: 'abandoned',
    queue: 'queue',
    serviceLevel: 'serviceLevel',
    weekday: 'weekday',
    sessions: 'sessions',
    from: 'from',
    to: 'to',
    transfers: 'transfers',
    talk: 'talk',
    hold: 'hold',
    wrapUp: 'wrapUp',
    beforeCall: 'beforeCall',
  },
  notMeasured: 'not measured',
  entries: (share: string, entries: number): string =>
    `${share}, ${formatCount(entries, 'entry', 'entries')}`,
  shareOf: (queue: string, share: string, entries: number): string =>
    `${queue}: ${share} of ${formatCount(entries, 'entry', 'entries')}`,
  talk: 'talk',
  hold: 'hold',
  wrapUp: 'wrap-up',
  beforeCall: 'before the call',
  partOf: (name: string, ms: number): string => `${name} ${formatDuration(ms)}`,
  volumeLabel: (entries: number): string =>
    `${formatCount(entries, 'entry', 'entries')} by hour of the day; the table has the numbers`,
  hour: (clock: string, entries: number, abandoned: string | null): string =>
    `${clock}, ${formatCount(entries, 'entry', 'entries')}${abandoned === null ? '' : `, ${abandoned} abandoned`}`,
  transfersLabel: 'Transfers from queues to where they went; the table has the numbers',
  transfersOf: (name: string, count: number): string => `${name}: ${formatCount(count, 'transfer')}`,
  fromTo: (from: string, to: string): string => `${from} to ${to}`,
  weekLabel: 'Sessions by weekday and hour; the table has the numbers',
  weekHour: (weekday: string, clock: string, sessions: number): string =>
    `${weekday} ${clock}, ${formatCount(sessions, 'session')}`,
}
