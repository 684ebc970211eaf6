import type { z } from 'zod'
import type { QueryProblem } from './failure-reason.ts'

/** What is wrong with a parameter, without its value. */
export function readQueryProblem(issue: z.core.$ZodIssue): QueryProblem {
  if (issue.code === 'unrecognized_keys') return { kind: 'unknown', names: issue.keys }
  const name = issue.path.join('.')
  switch (issue.code) {
    case 'invalid_type':
      return { kind: issue.expected === 'string' ? 'not_text' : 'not_a_number', name }
    case 'too_small':
      return { kind: 'too_small', name, least: String(issue.minimum) }
    case 'too_big':
      return { kind: 'too_big', name, most: String(issue.maximum), isLength: issue.origin === 'string' }
    case 'invalid_value':
      return { kind: 'not_one_of', name, values: issue.values.map(String) }
    default:
      return { kind: 'unknown_format', name }
  }
}
