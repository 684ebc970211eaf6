import { visibleLines, visibleText } from '@aftercall/runtime/text/visible-text'

/** One or a few lines for a person. Only an unexpected error, which is a defect, shows its stack. */
export function describeFailure(error: unknown): string {
  return visibleLines(describe(error))
}

function describe(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(describe))].join('\n')
  }
  if (!(error instanceof Error)) return `aftercall: ${String(error)}`
  const isExpected = 'code' in error || 'retryable' in error
  if (isExpected)
    return error.name === 'UsageError' ? error.message : `aftercall: ${visibleText(error.message)}`
  return `aftercall: ${error.message}\nThis looks like a defect. Please report it with these lines:\n${error.stack ?? ''}`
}
