import type { SourceConfig } from '@aftercall/runtime/config'
import { z } from 'zod'
import { UsageError } from '../cli-context.ts'

/** What a bulk load was asked for, as it is kept with its run, so that another machine can go on with it. */
const requestSchema = z.object({
  since: z.iso.datetime().nullable(),
  until: z.iso.datetime().nullable(),
  datesFrom: z.enum(['auto', 'key', 'modified']),
  order: z.enum(['newest', 'oldest']),
  inventory: z.string().nullable(),
})

export type BackfillRequest = z.output<typeof requestSchema>

export type RequestOptions = {
  prefix?: string
  since?: string
  until?: string
  dates: BackfillRequest['datesFrom']
  order: BackfillRequest['order']
  inventory?: string
}

/** From what was typed. Throws a `UsageError` that names the option. */
export function createRequest({ since, until, dates, order, inventory }: RequestOptions): BackfillRequest {
  const request = {
    since: since === undefined ? null : readTime('--since', since).toISOString(),
    until: until === undefined ? null : readTime('--until', until).toISOString(),
    datesFrom: dates,
    order,
    inventory: inventory ?? null,
  }
  if (request.since !== null && request.until !== null && request.since >= request.until) {
    throw new UsageError('--since must be before --until')
  }
  return request
}

/** From what was kept. Throws when a newer release kept something that this one does not understand. */
export function readRequest(runId: string, kept: unknown): BackfillRequest {
  const parsed = requestSchema.safeParse(kept)
  if (parsed.success) return parsed.data
  throw new UsageError(`run ${runId} was begun by another release of aftercall; begin a new one`)
}

/** The prefix that is meant: that of the source, or one below it (I7). */
export function choosePrefix(source: SourceConfig, prefix: string | undefined): string {
  if (prefix === undefined || prefix.startsWith(source.prefix)) return prefix ?? source.prefix
  throw new UsageError(
    `--prefix must begin with the prefix of the source ${source.name}, which is ${source.prefix}`,
  )
}

function readTime(option: string, text: string): Date {
  const time = /^\d{4}-\d{2}(-\d{2})?/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (Number.isNaN(time.getTime())) throw new UsageError(`${option} must be an ISO date or time, not ${text}`)
  return time
}
