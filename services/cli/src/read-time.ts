import { UsageError } from './cli-context.ts'

/** An option's value as a time, or a `UsageError` that names the option. A date is its first instant in UTC. */
export function readTime(option: string, text: string): Date {
  const time = /^\d{4}-\d{2}(-\d{2})?/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (Number.isNaN(time.getTime())) throw new UsageError(`${option} must be an ISO date or time, not ${text}`)
  return time
}

/** Both ends of a span, of which either may be left out. */
export function readSpan(options: { since?: string; until?: string }): {
  since: Date | undefined
  until: Date | undefined
} {
  const since = options.since === undefined ? undefined : readTime('--since', options.since)
  const until = options.until === undefined ? undefined : readTime('--until', options.until)
  if (since !== undefined && until !== undefined && since >= until)
    throw new UsageError('--since must be before --until')
  return { since, until }
}
