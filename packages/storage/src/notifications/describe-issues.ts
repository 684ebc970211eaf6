import type { z } from 'zod'

/** The first problems with their paths. zod names types, not values, so no content gets out (I10). */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join('.') || 'top level'}: ${issue.message}`)
    .join('; ')
}
