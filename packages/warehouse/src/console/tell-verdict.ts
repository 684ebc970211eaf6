import type { Overview } from './overview.ts'
import type { Problem } from './problems.ts'
import { counted, formatSpan } from './tell-amount.ts'

export type OverallStatus = { state: 'flowing' | 'attention' | 'stopped' | 'waiting'; sentence: string }

/** One sentence for who has two seconds. */
export function overallStatus(overview: Overview, problems: readonly Problem[]): OverallStatus {
  const { sources } = overview
  if (sources.length === 0) {
    return { state: 'waiting', sentence: 'No source is known yet: start a worker, and its sources appear.' }
  }
  const critical = problems.filter((one) => one.severity === 'critical')
  const [worst] = critical
  if (worst !== undefined) {
    const others = critical.length === 1 ? '' : ` And ${counted(critical.length - 1, 'more problem')}.`
    return { state: 'stopped', sentence: `${worst.what}${others}` }
  }
  const known = sources.flatMap((one) => one.minutesSinceSettled ?? [])
  const ago = known.length === 0 ? null : formatMinutes(Math.min(...known))
  const warnings = problems.filter((one) => one.severity === 'warning').length
  if (warnings > 0) {
    const last = ago === null ? '' : ` The last object was settled ${ago}.`
    const wait = warnings === 1 ? 'something needs' : `${warnings} things need`
    return { state: 'attention', sentence: `Data flows, but ${wait} a look.${last}` }
  }
  if (ago === null) return { state: 'waiting', sentence: 'Nothing has come yet.' }
  // What is settled was taken by something; whether anything waits, only a worker knows. Lambda is started for what waits.
  if (overview.workers === null || (overview.workers.last === null && overview.workers.lambda === null)) {
    const unknown = overview.workers === null ? 'What workers report could not be read' : 'No worker is known'
    return { state: 'waiting', sentence: `${unknown}. The last object was settled ${ago}.` }
  }
  return { state: 'flowing', sentence: `Data flows: the last object was settled ${ago}.` }
}

function formatMinutes(minutes: number): string {
  return minutes < 1 ? 'just now' : `${formatSpan(minutes)} ago`
}
