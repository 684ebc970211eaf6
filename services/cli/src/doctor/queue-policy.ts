import { z } from 'zod'

const textOrTexts = z.union([z.string().transform((text) => [text]), z.array(z.string())])

/** The parts that are checked of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html. */
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
  Statement: z.union([statementSchema.transform((statement) => [statement]), z.array(statementSchema)]),
})

type Statement = z.output<typeof statementSchema>

/** Whether a queue policy allows a service to send, for a bucket if one is given. Other conditions count as met. */
export function mayReceiveFrom(
  policy: string | undefined,
  sender: { service: string; sourceArn: string | undefined },
): boolean {
  const statements = readStatements(policy)
  return statements.some(
    (statement) =>
      statement.Effect === 'Allow' && allows(statement, sender.service) && isFor(statement, sender.sourceArn),
  )
}

function readStatements(policy: string | undefined): Statement[] {
  try {
    return policySchema.parse(JSON.parse(policy ?? '{}')).Statement
  } catch {
    // A policy that cannot be parsed counts as allowing no sender, which the check reports.
    return []
  }
}

function allows({ Principal = [], Action = [] }: Statement, service: string): boolean {
  // In China some service principals have the suffix .cn.
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

/** `*` matches any text, `?` any character. */
function matches(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text)
}
