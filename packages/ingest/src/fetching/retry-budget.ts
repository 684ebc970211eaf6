/** Bounds how many requests are sent again, so that a store that is down does not get each request three times. */
export type RetryBudget = {
  /** False when the budget is used up: the request is not sent again. */
  take(): boolean
  /** A request has succeeded. */
  succeeded(): void
}

/** As in the SDK: a hundred retries at once, and after that one for every five requests that succeed. */
const tokensMax = 500
const tokensPerRetry = 5

export function createRetryBudget(): RetryBudget {
  let tokens = tokensMax
  return {
    take() {
      if (tokens < tokensPerRetry) return false
      tokens -= tokensPerRetry
      return true
    },
    succeeded() {
      tokens = Math.min(tokensMax, tokens + 1)
    },
  }
}
