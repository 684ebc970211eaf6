import type { S3Client } from '@aws-sdk/client-s3'
import { BodyLostError } from '../objects/read-body.ts'
import { classifyError, type FailureCode } from './error-class.ts'

type RetryStrategy = Awaited<ReturnType<S3Client['config']['retryStrategy']>>
type TokenStrategy = Extract<RetryStrategy, { acquireInitialRetryToken: unknown }>
type ErrorType = Parameters<TokenStrategy['refreshRetryTokenForRetry']>[1]['errorType']

/** The failures that the SDK retries (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html). */
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
 * Retries our own call like the SDK retries its calls: up to `AWS_MAX_ATTEMPTS` attempts, three by default, with the SDK's
 * waits, and from the client's shared retry budget, so that a store that is down does not get three times the requests. A
 * body that breaks off is not retried here, as in the SDK. Rejects with the error of the last attempt.
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
      // The SDK waits in this call, and rejects when the attempts or the budget are used up.
      const next = strategy.refreshRetryTokenForRetry(token, { errorType })
      token = await orAborted(next, signal).catch(() => {
        throw error
      })
    }
  }
}

/** All current strategies have tokens. The SDK's oldest interface did not. */
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
