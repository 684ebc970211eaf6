import type { Outcome } from '../outcome.ts'

/** How the replayed objects have ended so far. */
export type ReplayCounts = {
  /** By outcome, or by the reason why an object was not replayed. */
  counts: Record<string, number>
  /** Rejected and failed objects by code. */
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

/** Whether nothing needs attention. */
export function isAllWell({ counts }: ReplayCounts): boolean {
  return problems.every((name) => (counts[name] ?? 0) === 0)
}

/** `elsewhere`: in no configured source; `notKept`, `cut`, `changed`: see `UnusableContents`; `unreadable`: encrypted, and its key is not there. */
const problems = ['rejected', 'failed', 'missing', 'elsewhere', 'notKept', 'cut', 'changed', 'unreadable']
