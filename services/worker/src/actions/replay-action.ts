import { openReplay } from '@aftercall/ingest/replay/open-replay'
import { createReplayCounts } from '@aftercall/ingest/replay/replay-counts'
import { replaySelected } from '@aftercall/ingest/replay/replay-selected'
import { createAdaptiveLimit } from '@aftercall/runtime/limits/adaptive-limit'
import type { Action } from '@aftercall/warehouse/actions/action'
import { countReplayed } from '@aftercall/warehouse/actions/count-replayed'
import { actionInFlightMax, bulkOptionsOf, type Carrying } from './carrying.ts'
import { readArguments } from './read-arguments.ts'

/** What a replay skips; the ledger cannot tell, because nothing ended. */
const skipped = ['elsewhere', 'notKept', 'cut', 'changed', 'unreadable']

/** Replays open rejections, as `aftercall replay --rejected` does. */
export async function replayAction(carrying: Carrying): Promise<Action['counts']> {
  const { action, config, db, signal, noteCounts } = carrying
  const { fromKept, ...which } = readArguments('replay', action.arguments)
  const source = action.source ?? undefined
  const rejections = { ...which, source, state: 'open' as const }
  const replayCounts = createReplayCounts()
  const inFlightMax = Math.min(actionInFlightMax, config.worker.inFlight)
  const replay = openReplay({
    ...bulkOptionsOf(carrying),
    ...{ replayCounts, inFlightMax },
    createLimit: () => createAdaptiveLimit({ inFlightMax }),
    stopping: { stop: signal, breakOff: signal },
  })
  noteCounts(replayCounts.counts)
  try {
    await replaySelected(
      replay,
      fromKept ? { kind: 'kept', rejections } : { kind: 'selected', rejections, ledger: undefined },
    )
    signal.throwIfAborted()
  } finally {
    await replay.close()
  }
  const ended = await countReplayed(db, { ids: which.ids, code: which.code, source }, action.id)
  const unread = Object.entries(replayCounts.counts).filter(([name]) => skipped.includes(name))
  return { ...ended, ...Object.fromEntries(unread) }
}
