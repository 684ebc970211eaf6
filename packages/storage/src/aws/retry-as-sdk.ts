import type { S3Client } from '@aws-sdk/client-s3'
import { BodyLostError } from '../objects/read-body.ts'
import { classifyError, type FailureCode } from './error-class.ts'

type RetryStrategy = Awaited<ReturnType<S3Client['config']['retryStrategy']>>
type TokenStrategy = Extract<RetryStrategy, { acquireInitialRetryToken: unknown }>
type ErrorType = Parameters<TokenStrategy['refreshRetryTokenForRetry']>[1]['errorType']

/** What passes by itself, as the SDK sees it (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html). */
const errorTypes: { readonly [Code in FailureCode]?: ErrorType } = {
  throttled: 'THROTTLING',
  connection_lost: 'TRANSIENT',
  connection_refused: 'TRANSIENT',
  host_unreachable: 'TRANSIENT',
  internal_error: 'TRANSIENT',
  service_unavailable: 'TRANSIENT',
  timeout: 'TRANSIENT',
}

/**
 * Makes a call of our own as often as the SDK would make one of its: `AWS_MAX_ATTEMPTS` times, three by default, with
 * its waits between, and out of the client's one budget of retries, so that a store which is down is not asked thrice
 * for everything. A body that breaks off is left to the caller, as the SDK leaves it. Rejects with the last try's error.
 */
export async function retryAsSdk<Answer>(
  client: S3Client,
  signal: AbortSignal | undefined,
  call: () => Promise<Answer>,
): Promise<Answer> {
  const strategy = await client.config.retryStrategy()
  if (!hasTokens(strategy)) return call()
  let token = await strategy.acquireInitialRetryToken('')
  for (;;) {
    try {
      const answer = await call()
      strategy.recordSuccess(token)
      return answer
    } catch (error) {
      const errorType = error instanceof BodyLostError ? undefined : errorTypes[classifyError(error).code]
      if (errorType === undefined || signal?.aborted) throw error
      // It waits in there, and refuses when the tries or the budget are used up.
      const next = strategy.refreshRetryTokenForRetry(token, { errorType })
      token = await orAborted(next, signal).catch(() => {
        throw error
      })
    }
  }
}

/** All strategies of today's SDK have; its oldest interface did not. */
function hasTokens(strategy: RetryStrategy): strategy is TokenStrategy {
  return 'acquireInitialRetryToken' in strategy
}

function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
