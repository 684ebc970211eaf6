import { readAction, readActions, readActionTimes } from '@aftercall/warehouse/actions/read-actions'
import type { Database } from '@aftercall/warehouse/connection/database'
import type { Answers } from './answers.ts'
import { shareByKey } from './share-by-key.ts'

export type ActionReads = {
  /** `before`: the number of the last action of the page before. */
  page(before: string | null): Promise<Answers['actions']>
  /** Undefined if there is no action with this number. */
  one(id: string): Promise<Answers['action'] | undefined>
  /** Another text after each change. What was read before is then read again. */
  state(): Promise<string>
  /** Reads everything again: for a change that was made here. */
  forget(): void
}

const actionsShown = 50

/** Actions, read once for all viewers until one changes. */
export function openActionReads(db: Database): ActionReads {
  let shared = share(db)
  let last = ''
  return {
    page: (before) => shared.page(before),
    one: (id) => shared.one(id),
    state: async () => {
      const found = JSON.stringify(await readActionTimes(db, actionsShown))
      if (found !== last) shared = share(db)
      last = found
      return found
    },
    forget: () => {
      shared = share(db)
    },
  }
}

function share(db: Database): Pick<ActionReads, 'page' | 'one'> {
  return {
    page: shareByKey(async (before: string | null) => {
      const actions = await readActions(db, { before, limit: actionsShown + 1 })
      const shown = actions.slice(0, actionsShown)
      return { actions: shown, next: actions.length > actionsShown ? (shown.at(-1)?.id ?? null) : null }
    }),
    one: shareByKey((id: string) => readAction(db, id)),
  }
}
