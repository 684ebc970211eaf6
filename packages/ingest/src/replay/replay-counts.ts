import type { Outcome } from '../outcome.ts'

/** How what was taken again has ended until now. */
export type ReplayCounts = {
  /** By outcome, and what was not taken by its reason. */
  counts: Record<string, number>
  /** Of those that were rejected or failed: by code. */
  codes: Record<string, number>
}

export function createReplayCounts(): ReplayCounts {
  return { counts: {}, codes: {} }
}

export function countOutcome({ counts, codes }: ReplayCounts, outcome: Outcome): void {
  addTo(counts, outcome.kind)
  if (outcome.kind === 'rejected' || outcome.kind === 'failed')
    addTo(codes, `${outcome.kind} ${outcome.code}`)
}

export function addTo(counts: Record<string, number>, name: string, number = 1): void {
  counts[name] = (counts[name] ?? 0) + number
}

/** Whether everything ended as one would like it to. */
export function isAllWell({ counts }: ReplayCounts): boolean {
  return troubles.every((name) => (counts[name] ?? 0) === 0)
}

/** `elsewhere`: of no configured source; `notKept`, `cut`, `changed`: see `UnusableContents`. */
const troubles = ['rejected', 'failed', 'missing', 'elsewhere', 'notKept', 'cut', 'changed']
