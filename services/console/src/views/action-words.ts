import type { Action } from '@aftercall/warehouse/actions/action'
import type { Texts } from '../texts/en.ts'
import type { Tone } from './tone.ts'

export const actionTone: Record<Action['state'], Tone> = {
  waiting: 'plain',
  running: 'plain',
  done: 'good',
  failed: 'bad',
  cancelled: 'warn',
}

/** Only the page of an estimate shows these. */
const ofEstimates = ['bytes', 'microdollars', 'secondsLow', 'secondsHigh']

/** `2 stored, 1 rejected`; empty if nothing was counted. */
export function formatActionCounts(counts: Action['counts'], { outcomes, formats }: Texts): string {
  return Object.entries(counts)
    .filter(([name, number]) => number > 0 && !ofEstimates.includes(name))
    .map(([name, number]) => outcomes.count(number, name))
    .join(formats.comma)
}
