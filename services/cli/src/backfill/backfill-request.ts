import { type BackfillRequest, readRequest } from '@aftercall/ingest/bulk/backfill-request'
import type { SourceConfig } from '@aftercall/runtime/config/config'
import { readSpan } from '../arguments/read-time.ts'
import { UsageError } from '../cli-context.ts'

export type RequestOptions = {
  prefix?: string
  since?: string
  until?: string
  dates: BackfillRequest['datesFrom']
  order: BackfillRequest['order']
  inventory?: string
}

/** From the command line. Throws a `UsageError` that names the option. */
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

/** From a stored run. Throws if another release stored something that this one does not understand. */
export function requireRequest(runId: string, stored: unknown): BackfillRequest {
  const request = readRequest(stored)
  if (request !== undefined) return request
  throw new UsageError(`run ${runId} was started by another release of aftercall; start a new run`)
}

/** The prefix of the source, or one below it (I7). */
export function choosePrefix(source: SourceConfig, prefix: string | undefined): string {
  if (prefix === undefined || prefix.startsWith(source.prefix)) return prefix ?? source.prefix
  throw new UsageError(
    `--prefix must begin with the prefix of source ${source.name}, which is ${source.prefix}`,
  )
}
