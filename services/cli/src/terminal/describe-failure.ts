import { visibleLines, visibleText } from '@aftercall/runtime/text/visible-text'

/**
 * One or a few lines for a person, with the prefix that commander uses. Only an unexpected error, which is a defect, shows its
 * stack.
 */
export function describeFailure(error: unknown): string {
  return visibleLines(`error: ${describe(error)}`)
}

function describe(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(describe))].join('\nerror: ')
  }
  if (!(error instanceof Error)) return String(error)
  const isExpected = 'code' in error || 'retryable' in error
  // Their lines are visible text already.
  const hasLines = error.name === 'UsageError' || error.name === 'QueryError'
  if (isExpected) return hasLines ? error.message : visibleText(error.message)
  return `${error.message}\nThis looks like a defect. Please report it with these lines:\n${error.stack ?? ''}`
}
