import { z } from 'zod'

const id = z.string().regex(/^[1-9]\d{0,17}$/)
const code = z.string().min(1).max(100)
const source = z.string().min(1).max(100)
const empty = z.literal('').transform(() => undefined)
const day = z.union([empty, z.iso.date().transform((text) => new Date(`${text}T00:00:00Z`))]).optional()
const isOn = z.literal('on').optional()

const ids = z.array(id).min(1).max(500)

/** Rejections either by their numbers, or by code and, if given, by source. */
const rejections = z.union([
  z.strictObject({ id: ids }),
  z.strictObject({ code, source: z.union([empty, source]).optional() }),
])

/** What a form asks for, by its field `kind`. All values are texts, and `id` is a list. */
const schemas = {
  replay: rejections,
  'replay-kept': rejections,
  ignore: rejections,
  reopen: rejections,
  reconcile: z.strictObject({ source, since: day, fix: isOn }),
  backfill: z.strictObject({
    source,
    prefix: z.union([empty, z.string().max(1_024)]).optional(),
    since: day,
    until: day,
    maxRate: z.union([empty, z.coerce.number().int().min(1).max(100_000)]).optional(),
    /** Only count, and say what it costs. */
    dryRun: isOn,
    /** What the dry run found. */
    expected: z.coerce.number().int().min(0).max(1e15).optional(),
  }),
  pause: z.strictObject({ run: id }),
  resume: z.strictObject({ run: id }),
  maintain: z.strictObject({}),
}

type Kind = keyof typeof schemas

export type AskedAction = { [K in Kind]: { kind: K; fields: z.output<(typeof schemas)[K]> } }[Kind]

/** The fields of a form by name, each with all its values. */
export type FormFields = ReadonlyMap<string, readonly string[]>

/** The fields that a confirmation adds to those of the action. */
export const confirmationFields = ['key', 'count', 'typed'] as const

/** Undefined if the form is none of ours: people cannot make one that is not valid but in its texts, which `problems` names. */
export function readAsked(form: FormFields): AskedAction | { problems: z.core.$ZodIssue[] } {
  const kind = form.get('kind')?.[0]
  if (kind === undefined || !Object.hasOwn(schemas, kind)) return { problems: [] }
  const known = kind as Kind
  const own = [...form].filter(
    ([name]) => name !== 'kind' && !confirmationFields.some((field) => field === name),
  )
  const plain = Object.fromEntries(own.map(([name, values]) => [name, name === 'id' ? values : values[0]]))
  const parsed = schemas[known].safeParse(plain)
  if (!parsed.success) return { problems: parsed.error.issues }
  // The schema of a kind parses the fields of that kind; the compiler cannot follow the index.
  return { kind: known, fields: parsed.data } as AskedAction
}

/** The fields of the action as they were sent, for the form that confirms it. */
export function fieldsOf(form: FormFields): [name: string, value: string][] {
  return [...form].flatMap(([name, values]) =>
    confirmationFields.some((field) => field === name)
      ? []
      : values.map((value): [string, string] => [name, value]),
  )
}
