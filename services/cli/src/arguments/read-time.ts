import { readDate } from '@aftercall/runtime/text/read-time'
import { UsageError } from '../cli-context.ts'

/**
 * Reads an option's value as a time. A month or a date means its first instant. Without an offset it is UTC, never the
 * time zone of this machine. Throws a `UsageError` that names the option.
 */
export function readTime(option: string, text: string): Date {
  const day = /^(\d{4}-\d{2})(-\d{2})?$/.exec(text.trim())
  const time = readDate(day === null ? text : `${day[1]}${day[2] ?? '-01'}T00:00Z`)
  if (time === undefined) throw new UsageError(`${option} must be an ISO date or time, not ${text}`)
  return time
}

/** Reads `--since` and `--until`, both optional. */
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
