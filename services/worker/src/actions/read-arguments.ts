import type { ActionKind } from '@aftercall/warehouse/actions/action'
import { z } from 'zod'

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

const rejections = z.object({
  ids: z.array(z.string()).optional(),
  code: z.string().optional(),
  since: time.optional(),
  until: time.optional(),
})
const run = z.object({ run: z.string() })

/** The arguments of an action, as the functions of migration 0015 write them. */
const schemas = {
  replay: rejections.extend({ fromKept: z.boolean() }),
  ignore: rejections,
  reopen: rejections,
  backfill: z.object({
    prefix: z.string().optional(),
    since: time.optional(),
    until: time.optional(),
    maxRate: z.number().optional(),
    dryRun: z.boolean(),
  }),
  pause: run,
  resume: run,
  reconcile: z.object({ since: time.optional(), fix: z.boolean() }),
  maintain: z.object({}),
}

export type ActionArguments<Kind extends ActionKind> = z.output<(typeof schemas)[Kind]>

/** Throws a `ZodError` for what only another release can have written. */
export function readArguments<Kind extends ActionKind>(kind: Kind, stored: unknown): ActionArguments<Kind> {
  // The schema of a kind parses the arguments of that kind; the compiler cannot follow the index.
  return schemas[kind].parse(stored) as ActionArguments<Kind>
}
