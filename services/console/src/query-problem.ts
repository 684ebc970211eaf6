import type { z } from 'zod'

/** What is wrong with a parameter, in a sentence that does not repeat its value. */
export function describeQueryProblem(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `Unknown parameter: ${issue.keys.join(', ')}.`
  }
  return `${issue.path.join('.')} ${mustBe(issue)}.`
}

function mustBe(issue: Exclude<z.core.$ZodIssue, { code: 'unrecognized_keys' }>): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'string' ? 'must be text' : 'must be a whole number'
    case 'too_small':
      return `must be ${issue.minimum} or more`
    case 'too_big':
      return `must be ${issue.maximum} or less${issue.origin === 'string' ? ' characters long' : ''}`
    case 'invalid_value':
      return `must be one of: ${issue.values.join(', ')}`
    default:
      return 'is not in a known format'
  }
}
