import type { SourceConfig } from '@aftercall/runtime/config/config'
import { z } from 'zod'
import { readSpan } from '../arguments/read-time.ts'
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
export function createRequest({ dates, order, inventory, ...bounds }: RequestOptions): BackfillRequest {
  const span = readSpan(bounds)
  return {
    since: span.since?.toISOString() ?? null,
    until: span.until?.toISOString() ?? null,
    datesFrom: dates,
    order,
    inventory: inventory ?? null,
  }
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
