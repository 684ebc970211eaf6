import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import type { Period, RetentionKind } from '@aftercall/warehouse/maintenance/retention/retention-kinds'
import { code, type Words } from '../marked.ts'

export const retention = {
  title: 'Retention',
  lead: [
    'What is kept, for how long, and how much of it there is. The periods are in the configuration: ',
    code('sources[].retentionMonths'),
    ' for sessions, and ',
    code('retention'),
    ' for everything else.',
  ] as Words,
  caption: 'As the last run of maintenance found it',
  columns: {
    kind: 'What',
    kept: 'Kept for',
    rows: 'Rows',
    oldest: 'Oldest',
    removed: 'Last removed',
    tidied: 'Last tidied',
  },
  always: 'always',
  period: ({ count, unit }: Period): string => formatCount(count, unit === 'days' ? 'day' : 'month'),
  rows: (rows: number, isEstimate: boolean): string =>
    isEstimate ? `about ${formatNumber(rows)}` : formatNumber(rows),
  notCounted: 'not counted',
  unknown: 'unknown',
  none: 'none',
  ofSource: (kind: string, source: Words): Words => [`${kind}: `, source],
  lastRun: (ended: Words, host: string): Words => ['Maintenance last ended ', ended, `, on ${host}.`],
  heldBack: (why: Words): Words => ['It was held back, and removed nothing: ', why],
  emptyTitle: 'Maintenance has not run yet',
  empty: [
    'This page shows what the last run of ',
    code('aftercall maintain'),
    ' found. Run it daily.',
  ] as Words,
  dryRun: 'To see what the next run would remove:',
  act: 'Maintain the database…',
  kinds: {
    session: ['Sessions', 'with everything that is stored of them'],
    document: ['Raw documents', 'and those of sessions that lost their id to another one'],
    revision: ['Revisions', 'which revision came when, in which object'],
    ledger: ['Ledger', 'how each object ended; not while it fails or a rejection of it is open'],
    rejection: ['Rejections', 'after they were closed; open ones stay'],
    rejection_content: ['Bytes of rejections', 'in any state'],
    drift: ['Drift', 'fields and words, after they were last seen'],
    action: ['Actions', 'after their end'],
    backfill_run: ['Backfill runs', 'after they were done'],
    reconcile_run: ['Reconcile runs', 'but for the last good one'],
    maintenance_run: ['Maintenance runs', 'but for the last good one'],
    worker: ['Heartbeats', 'of workers that are gone, and of their queues'],
  } satisfies Record<RetentionKind, [name: string, note: string]>,
}
