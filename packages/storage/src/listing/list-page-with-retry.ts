import { type Backoff, retryWithBackoff } from '@aftercall/runtime/limits/backoff'
import type { S3Client } from '@aws-sdk/client-s3'
import { errorClassOf, type FailureCode } from '../aws/error-class.ts'
import { ObjectListError } from '../objects/object-errors.ts'
import { type ListedPage, listPage, type PageRequest } from './list-page.ts'

export type ListRetry = { error: unknown; attempt: number; waitMs: number }

export type ListRetryOptions = {
  /** The most attempts for one page before the listing fails. 8 by default. Each includes the SDK's own retries. */
  attemptsMax?: number | undefined
  /** By default from half a second to half a minute. */
  backoff?: Backoff | undefined
  /** Called before each wait, so that a caller can slow down. `attempt` is the failed one, counted from 1. */
  onRetry?: ((retry: ListRetry) => void) | undefined
}

const backoffDefault: Backoff = { baseMs: 500, capMs: 30_000 }

/** Failures that pass with time alone. The other retryable codes need an operator, who should learn of them at once. */
const temporaryCodes: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'body_cut',
  'connection_lost',
  'connection_refused',
  'host_unreachable',
  'internal_error',
  'no_answer',
  'service_unavailable',
  'throttled',
  'timeout',
  'too_slow',
  'unreadable_answer',
])

/** `listPage`, repeated while the failure is temporary. Rejects with `ObjectListError`. */
export async function listPageWithRetry(
  client: S3Client,
  request: PageRequest,
  options: ListRetryOptions,
): Promise<ListedPage> {
  const signal = request.signal ?? new AbortController().signal
  try {
    return await retryWithBackoff(
      // The store may not accept a token any more. The last key always works.
      (attempt) => listPage(client, attempt === 1 ? request : { ...request, continuationToken: undefined }),
      {
        ...(options.backoff ?? backoffDefault),
        attemptsMax: options.attemptsMax ?? 8,
        retryable: isTemporary,
        onRetry: (retry) => options.onRetry?.(retry),
        signal,
      },
    )
  } catch (error) {
    if (error instanceof ObjectListError || !signal.aborted) throw error
    throw new ObjectListError(request, error, errorClassOf('aborted'))
  }
}

function isTemporary(error: unknown): boolean {
  if (!(error instanceof ObjectListError) || !error.retryable) return false
  // Truncated XML is an error without a name of its own, with the status 200.
  if (error.code === 'unknown') return !isRefusal(error.httpStatusCode)
  return temporaryCodes.has(error.code)
}

function isRefusal(httpStatusCode: number | undefined): boolean {
  return httpStatusCode !== undefined && httpStatusCode >= 400 && httpStatusCode < 500
}
