import type { Action, ActionKind } from '@aftercall/warehouse/actions/action'

/** What was asked for. */
export type ActionFacts = {
  kind: ActionKind
  source: string | null
  /** How many rejections, where they were chosen by their numbers. */
  ids: number | null
  code: string | null
  run: string
  fix: boolean
  dryRun: boolean
  fromKept: boolean
  prefix: string | null
}

/** Only to be shown: the worker checks what it carries out. */
export function factsOfAction({ kind, source, arguments: given }: Action): ActionFacts {
  const { ids, code, run, fix, dryRun, fromKept, prefix } = readGiven(given)
  return {
    ...{ kind, source, run: String(run) },
    ids: Array.isArray(ids) ? ids.length : null,
    code: typeof code === 'string' ? code : null,
    prefix: typeof prefix === 'string' ? prefix : null,
    ...{ fix: fix === true, dryRun: dryRun === true, fromKept: fromKept === true },
  }
}

/** Only to be shown. */
export function readGiven(given: unknown): Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null ? { ...given } : {}
}
