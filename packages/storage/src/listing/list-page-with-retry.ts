import { type Backoff, retryWithBackoff } from '@aftercall/runtime/limits/backoff'
import type { S3Client } from '@aws-sdk/client-s3'
import { errorClassOf } from '../aws/error-class.ts'
import { ObjectListError } from '../objects/object-errors.ts'
import { type ListedPage, listPage, type PageRequest } from './list-page.ts'

export type ListRetry = { error: unknown; attempt: number; waitMs: number }

export type ListRetryOptions = {
  /** Tries of one page in a row before the listing is given up; 8 by default. The SDK's own come within each. */
  attemptsMax?: number | undefined
  /** Half a second at first, half a minute at most by default. */
  backoff?: Backoff | undefined
  /** Before each wait, so that a caller can slow down. `attempt` is the one that failed, from 1. */
  onRetry?: ((retry: ListRetry) => void) | undefined
}

const backoffDefault: Backoff = { baseMs: 500, capMs: 30_000 }

/** `listPage`, tried again while the failure is one that passes by itself. Rejects with `ObjectListError`. */
export async function listPageWithRetry(
  client: S3Client,
  request: PageRequest,
  options: ListRetryOptions,
): Promise<ListedPage> {
  const signal = request.signal ?? new AbortController().signal
  try {
    return await retryWithBackoff(
      // A token may be what the store cannot answer to (any more); the last key always holds.
      (attempt) => listPage(client, attempt === 1 ? request : { ...request, continuationToken: undefined }),
      {
        ...(options.backoff ?? backoffDefault),
        attemptsMax: options.attemptsMax ?? 8,
        retryable: passesByItself,
        onRetry: (retry) => options.onRetry?.(retry),
        signal,
      },
    )
  } catch (error) {
    if (error instanceof ObjectListError || !signal.aborted) throw error
    throw new ObjectListError(request, error, errorClassOf('aborted'))
  }
}

function passesByItself(error: unknown): boolean {
  if (!(error instanceof ObjectListError) || !error.retryable) return false
  // XML that ends in the middle comes as an error without a name of its own, with the status 200.
  if (error.code === 'unknown') return !isRefusal(error.httpStatusCode)
  return errorClassOf(error.code).transient
}

function isRefusal(httpStatusCode: number | undefined): boolean {
  return httpStatusCode !== undefined && httpStatusCode >= 400 && httpStatusCode < 500
}
