import type { Config } from '@aftercall/runtime/config/config'

/** Rows that are removed by a time of their own: `ingest.retention_rules()` knows their tables. */
export const datedKinds = [
  'ledger',
  'rejection',
  'rejection_content',
  'drift',
  'action',
  'backfill_run',
  'reconcile_run',
  'maintenance_run',
  'worker',
] as const
/** Removed by whole months of their sessions, for all sources: `ingest.tables_of_kind` knows their tables. */
export const monthlyKinds = ['document', 'revision'] as const

export type DatedKind = (typeof datedKinds)[number]
export type MonthlyKind = (typeof monthlyKinds)[number]
/** Every kind of data that is kept for a time. Sessions go with all rows of their months, each source by its own period. */
export const retentionKinds = ['session', ...monthlyKinds, ...datedKinds] as const
export type RetentionKind = (typeof retentionKinds)[number]

/** Months are whole and come beside the current one. */
export type Period = { count: number; unit: 'days' | 'months' }

export type RetentionSettings = Config['retention']
export type MonthlySettings = Pick<RetentionSettings, 'documentMonths' | 'revisionMonths'>

/** Null: everything is kept. */
export function daysOf(kind: DatedKind, settings: RetentionSettings): number | null {
  switch (kind) {
    case 'ledger':
      return settings.ledgerDays ?? null
    case 'rejection':
      return settings.rejectionDays
    case 'rejection_content':
      return settings.rejectionContentDays
    case 'drift':
      return settings.driftDays
    case 'action':
      return settings.actionDays
    case 'backfill_run':
    case 'reconcile_run':
    case 'maintenance_run':
      return settings.runDays
    case 'worker':
      return settings.workerDays
  }
}

/** Null: as long as the sessions. A document is found by its revision, so it is kept no longer than that. */
export function monthsOfKind(kind: MonthlyKind, settings: MonthlySettings): number | null {
  const { documentMonths = null, revisionMonths = null } = settings
  if (kind === 'revision') return revisionMonths
  if (documentMonths === null || revisionMonths === null) return documentMonths ?? revisionMonths
  return Math.min(documentMonths, revisionMonths)
}
