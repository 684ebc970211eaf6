import type { Action } from '@aftercall/warehouse/actions/action'
import { type ActionEnd, endAction } from '@aftercall/warehouse/actions/carry-actions'
import { markRejections } from '@aftercall/warehouse/ledger/mark-rejections'
import { RunPausedError, setPause } from '@aftercall/warehouse/ledger/run-lock'
import { backfillAction, resumeAction } from './backfill-action.ts'
import type { Carrying } from './carrying.ts'
import { maintainAction } from './maintain-action.ts'
import { readArguments } from './read-arguments.ts'
import { reconcileAction } from './reconcile-action.ts'
import { replayAction } from './replay-action.ts'

/** Carries an action out and records how it ended. Rejects, and records nothing, if it has to be tried again. */
export async function performAction(carrying: Carrying): Promise<void> {
  const { db, action } = carrying
  switch (action.kind) {
    case 'ignore':
    case 'reopen':
    case 'pause':
      // The change and its record are one transaction, so that a worker that takes over counts right.
      return db.transaction().execute(async (transaction) => {
        const counts = await change({ ...carrying, db: transaction })
        await endAction(transaction, action.id, { state: 'done', counts, error: null })
      })
    default:
      return endAction(db, action.id, await perform(carrying))
  }
}

async function change({ db, action }: Carrying): Promise<Action['counts']> {
  if (action.kind === 'pause') {
    await setPause(db, readArguments('pause', action.arguments).run, action.askedBy)
    return {}
  }
  const isIgnore = action.kind === 'ignore'
  const which = { ...readArguments('ignore', action.arguments), source: action.source ?? undefined }
  const changed = await markRejections(
    db,
    which,
    isIgnore ? { from: 'open', to: 'ignored' } : { from: 'ignored', to: 'open' },
  )
  return { [isIgnore ? 'ignored' : 'reopened']: changed.length }
}

async function perform(carrying: Carrying): Promise<ActionEnd> {
  const { action } = carrying
  switch (action.kind) {
    case 'replay':
      return { state: 'done', counts: await replayAction(carrying), error: null }
    case 'reconcile':
      return { state: 'done', counts: await reconcileAction(carrying), error: null }
    case 'maintain':
      return endOf(await maintainAction(carrying))
    case 'backfill':
      return endOf(await backfillAction(carrying).catch(asPaused))
    case 'resume':
      return endOf(await resumeAction(carrying).catch(asPaused))
    default:
      throw new Error(`unreachable: ${action.kind} is a change`)
  }
}

type Ended = { counts: Action['counts']; error: string | null; isPaused?: true }

function endOf({ counts, error, isPaused }: Ended): ActionEnd {
  return { state: isPaused === true ? 'cancelled' : error === null ? 'done' : 'failed', counts, error }
}

function asPaused(error: unknown): Ended {
  if (!(error instanceof RunPausedError)) throw error
  return { counts: {}, error: error.message, isPaused: true }
}
