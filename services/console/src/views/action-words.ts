import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import type { Action } from '@aftercall/warehouse/actions/action'
import type { Tone } from './tone.ts'

export const actionTone: Record<Action['state'], Tone> = {
  waiting: 'plain',
  running: 'plain',
  done: 'good',
  failed: 'bad',
  cancelled: 'warn',
}

/** What was asked for, in a few words. */
export function describeAction({ kind, source, arguments: given }: Action): string {
  const { ids, code, run, fix, dryRun, fromKept, prefix } = readGiven(given)
  const of = source === null ? '' : ` of ${source}`
  const which = Array.isArray(ids) ? formatCount(ids.length, 'rejection') : `rejections${of}`
  const why = typeof code === 'string' ? `, ${code}` : ''
  switch (kind) {
    case 'replay':
      return `Replay ${which}${why}${fromKept === true ? ', from the kept bytes' : ''}`
    case 'ignore':
      return `Ignore ${which}${why}`
    case 'reopen':
      return `Reopen ${which}${why}`
    case 'backfill':
      return `${dryRun === true ? 'Estimate a backfill' : 'Backfill'}${of}${typeof prefix === 'string' ? `, ${prefix}` : ''}`
    case 'pause':
      return `Pause run ${String(run)}${of}`
    case 'resume':
      return `Resume run ${String(run)}${of}`
    case 'reconcile':
      return `Reconcile ${source ?? ''}${fix === true ? ' and fix' : ''}`
    case 'maintain':
      return 'Maintain'
  }
}

/** Only to be shown: the worker checks what it carries out. */
export function readGiven(given: unknown): Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null ? { ...given } : {}
}

/** Only the page of an estimate shows these. */
const ofEstimates = ['bytes', 'microdollars', 'secondsLow', 'secondsHigh']

/** `2 stored, 1 rejected`; empty if nothing was counted. */
export function formatActionCounts(counts: Action['counts']): string {
  return Object.entries(counts)
    .filter(([name, number]) => number > 0 && !ofEstimates.includes(name))
    .map(([name, number]) => `${formatNumber(number)} ${name === 'toLoad' ? 'to load' : name}`)
    .join(', ')
}
