import { retryWithBackoff } from '@aftercall/runtime/limits/backoff'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { AccessError } from '@aftercall/warehouse/schema/access'
import { ServerError } from '@aftercall/warehouse/schema/require-server'

type Waiting = { name: string; logger: Logger; signal: AbortSignal }

/**
 * Tries until it answers, and logs each failed try. Only the signal ends it, or a failure that no wait repairs: a user without
 * the rights to load, a server that cannot hold the tables.
 */
export async function waitForDependency<Answer>(
  waiting: Waiting,
  reach: () => Promise<Answer>,
): Promise<Answer> {
  const { name, logger, signal } = waiting
  return retryWithBackoff(reach, {
    baseMs: 500,
    capMs: 15_000,
    signal,
    retryable: (error) => !(error instanceof AccessError || error instanceof ServerError) || error.retryable,
    onRetry: ({ attempt, waitMs, error }) => {
      const seconds = (waitMs / 1000).toFixed(1)
      logger.warn(
        { attempt },
        `cannot use the ${name} yet: ${describeError(error)}; next try in ${seconds} s`,
      )
    },
  })
}
