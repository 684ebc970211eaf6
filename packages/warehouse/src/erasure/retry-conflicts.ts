import { retryWithBackoff } from '@aftercall/runtime/limits/backoff'
import { isConflict, isLockedOut } from '../connection/error-class.ts'

const backoff = { baseMs: 50, capMs: 2_000, attemptsMax: 8 }
const never = new AbortController().signal

/**
 * A transaction of an erasure, which may be repeated: again if the server ended it for the sake of another one, or if it waited
 * too long for a lock. After some seconds the error stands; the command can be run again.
 */
export function retryConflicts<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  return retryWithBackoff(work, {
    ...backoff,
    retryable: (error) => isConflict(error) || isLockedOut(error),
    onRetry() {},
    signal: never,
  })
}
