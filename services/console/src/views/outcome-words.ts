import type { OutcomeCounts } from '@aftercall/warehouse/console/overview-types'
import type { LedgerOutcome } from '@aftercall/warehouse/ledger/ledger'
import type { Tone } from './tone.ts'

/** From good to bad: the order of every bar, legend, and table. */
export const outcomes = [
  'stored',
  'superseded',
  'duplicate',
  'ignored',
  'missing',
  'rejected',
  'failed',
] as const satisfies readonly LedgerOutcome[]

export const outcomeTone: Record<LedgerOutcome, Tone> = {
  stored: 'good',
  superseded: 'plain',
  duplicate: 'plain',
  ignored: 'plain',
  missing: 'warn',
  rejected: 'bad',
  failed: 'bad',
}

export function countObjects(counts: OutcomeCounts): number {
  return outcomes.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0)
}
