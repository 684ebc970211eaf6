import type { Overview } from '@aftercall/warehouse/console/overview-types'
import { formatSpan } from './format/duration.ts'
import { formatCount } from './format/plural.ts'
import type { Problem } from './problems/problem.ts'

export type OverallStatus = { state: 'flowing' | 'attention' | 'stopped' | 'waiting'; sentence: string }

/** One sentence for readers who have two seconds. */
export function overallStatus(overview: Overview, problems: readonly Problem[]): OverallStatus {
  const { sources, workers } = overview
  if (sources.length === 0)
    return { state: 'waiting', sentence: 'No source is known yet. Start a worker, and its sources appear.' }
  const critical = problems.filter((one) => one.severity === 'critical')
  const [worst] = critical
  if (worst !== undefined) {
    const others = critical.length === 1 ? '' : ` And ${formatCount(critical.length - 1, 'more problem')}.`
    return { state: 'stopped', sentence: `${worst.what}${others}` }
  }
  const known = sources.flatMap((one) => one.minutesSinceSettled ?? [])
  const ago = known.length === 0 ? null : formatMinutes(Math.min(...known))
  const last = ago === null ? '' : ` The last object was processed ${ago}.`
  const warnings = problems.filter((one) => one.severity === 'warning').length
  if (warnings > 0) {
    const need = formatCount(warnings, 'problem needs', 'problems need')
    return { state: 'attention', sentence: `Data is flowing, but ${need} attention.${last}` }
  }
  if (ago === null) return { state: 'waiting', sentence: 'Nothing has arrived yet.' }
  // Only a worker knows whether messages wait. AWS starts the Lambda function if some do.
  if (workers === null)
    return { state: 'waiting', sentence: `The reports of workers could not be read.${last}` }
  if (workers.last === null && workers.lambda === null)
    return { state: 'waiting', sentence: `No worker is known.${last}` }
  return { state: 'flowing', sentence: `Data is flowing: the last object was processed ${ago}.` }
}

function formatMinutes(minutes: number): string {
  return minutes < 1 ? 'just now' : `${formatSpan(minutes)} ago`
}
