import { z } from 'zod'

const textOrTexts = z.union([z.string().transform((one) => [one]), z.array(z.string())])

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html; what is not read stays out. */
const statementSchema = z.object({
  Effect: z.string(),
  Principal: z
    .union([
      z.literal('*').transform(() => ['*']),
      z.record(z.string(), textOrTexts).transform((by) => Object.values(by).flat()),
    ])
    .optional(),
  Action: textOrTexts.optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
})
const policySchema = z.object({
  Statement: z.union([statementSchema.transform((one) => [one]), z.array(statementSchema)]),
})

type Statement = z.output<typeof statementSchema>

/** Whether a queue policy lets a service send, for a bucket where one is named. Conditions on anything else are taken for met. */
export function mayReceiveFrom(
  policy: string | undefined,
  sender: { service: string; sourceArn: string | undefined },
): boolean {
  const statements = readStatements(policy)
  return statements.some(
    (one) => one.Effect === 'Allow' && allows(one, sender.service) && isFor(one, sender.sourceArn),
  )
}

function readStatements(policy: string | undefined): Statement[] {
  try {
    return policySchema.parse(JSON.parse(policy ?? '{}')).Statement
  } catch {
    // A policy we cannot read lets nobody in, as far as we know; the finding says so.
    return []
  }
}

function allows({ Principal = [], Action = [] }: Statement, service: string): boolean {
  // In China some services are also called by the domain there.
  const isMeant = ['*', service, `${service}.cn`].some((name) => Principal.includes(name))
  return isMeant && Action.some((action) => matches(action.toLowerCase(), 'sqs:sendmessage'))
}

function isFor({ Condition = {} }: Statement, sourceArn: string | undefined): boolean {
  if (sourceArn === undefined) return true
  return Object.values(Condition).every((byKey) =>
    Object.entries(byKey).every(([key, value]) => {
      if (key.toLowerCase() !== 'aws:sourcearn') return true
      const patterns = textOrTexts.safeParse(value)
      return patterns.success && patterns.data.some((pattern) => matches(pattern, sourceArn))
    }),
  )
}

/** `*` any text, `?` any character. */
function matches(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text)
}
