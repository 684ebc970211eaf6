import type { Overview } from '@aftercall/warehouse/console/overview-types'
import type { FoundProblem } from './problems/found-problem.ts'
import type { Problem } from './problems/problem.ts'

/** Whether data flows, and why not, as a code with its values. `minutes`: since the last object was processed; null if none was. */
export type OverallStatus =
  /** `worst`: the first critical problem; `others`: how many more there are. */
  | { state: 'stopped'; worst: FoundProblem; others: number }
  /** `warnings`: how many problems someone must act on. */
  | { state: 'attention'; warnings: number; minutes: number | null }
  | { state: 'waiting'; reason: 'no_source' | 'nothing_arrived' }
  | { state: 'waiting'; reason: 'reports_unread' | 'no_worker_known'; minutes: number }
  | { state: 'flowing'; minutes: number }

/** For readers who have two seconds. */
export function overallStatus(overview: Overview, problems: readonly Problem[]): OverallStatus {
  const { sources, workers } = overview
  if (sources.length === 0) return { state: 'waiting', reason: 'no_source' }
  const critical = problems.filter((one) => one.severity === 'critical')
  const [worst] = critical
  if (worst !== undefined) return { state: 'stopped', worst: worst.found, others: critical.length - 1 }
  const known = sources.flatMap((one) => one.minutesSinceSettled ?? [])
  const minutes = known.length === 0 ? null : Math.min(...known)
  const warnings = problems.filter((one) => one.severity === 'warning').length
  if (warnings > 0) return { state: 'attention', warnings, minutes }
  if (minutes === null) return { state: 'waiting', reason: 'nothing_arrived' }
  // Only a worker knows whether messages wait. AWS starts the Lambda function if some do.
  if (workers === null) return { state: 'waiting', reason: 'reports_unread', minutes }
  if (workers.last === null && workers.lambda === null)
    return { state: 'waiting', reason: 'no_worker_known', minutes }
  return { state: 'flowing', minutes }
}
