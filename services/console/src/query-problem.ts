import type { z } from 'zod'

/** What is wrong with a part of an address, in a sentence without its value. */
export function describeQueryProblem(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `This page takes no ${issue.keys.join(', ')}.`
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
      return 'is not in a form that this page knows'
  }
}
