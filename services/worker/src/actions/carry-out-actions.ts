import { pause } from '@aftercall/runtime/limits/abortable-wait'
import { thisProcess } from '@aftercall/runtime/process/process-identity'
import { describeError } from '@aftercall/runtime/text/describe-error'
import type { Action } from '@aftercall/warehouse/actions/action'
import { endAction, noteProgress, startAction } from '@aftercall/warehouse/actions/carry-actions'
import { readOpenActions } from '@aftercall/warehouse/actions/read-actions'
import { openDatabase } from '@aftercall/warehouse/connection/database'
import { isOutage } from '@aftercall/warehouse/connection/error-class'
import { leased } from '@aftercall/warehouse/leases/leases'
import { type Lease, LeaseLostError, withLease } from '@aftercall/warehouse/leases/with-lease'
import type { WorkerTools } from '../worker-tools.ts'
import { chooseActions } from './choose-actions.ts'
import { performAction } from './perform-action.ts'

export type CarryOutOptions = Omit<WorkerTools, 'db' | 'host'> & {
  /** Fires when the worker is stopped. What it carries out then waits for another worker. */
  signal: AbortSignal
  /** How often to look for actions; 5 s by default. */
  lookMs?: number
}

/** Actions of one process at the same time, and the connections that each of them uses. */
const actionsMax = 4
const connectionsPerAction = 5
/** For leases, progress, and the look for actions. */
const connectionsBeside = 2

const openMax = 1_000
const lookMsDefault = 5_000
const progressMs = 2_000
/** After so many workers, the action itself is the trouble. */
const takesMax = 20

class ActionCancelledError extends Error {
  override readonly name = 'ActionCancelledError'
  readonly code = 'action_cancelled'
  readonly retryable = false
}

/**
 * Looks for actions that people have asked for, and carries them out (ADR 47). Any number of workers may do this: one of them
 * has the lease of an action, and when it dies the next one takes the action over. Returns a function that waits for the end,
 * once the signal has fired.
 */
export function carryOutActions(options: CarryOutOptions): () => Promise<void> {
  const { config, logger, signal, lookMs = lookMsDefault } = options
  const database = openDatabase({
    ...config.database,
    // Connections open when they are needed, and close when they are idle.
    poolMax: actionsMax * connectionsPerAction + connectionsBeside,
    applicationName: 'aftercall-actions',
    onIdleError: (error) => logger.warn({ error }, 'an idle database connection broke; the pool replaces it'),
  })
  const tools = { ...options, db: database.db, host: thisProcess() }
  const sources = config.sources.map(({ name }) => name)
  const running = new Map<string, Promise<void>>()
  let isFailing = false

  async function look(): Promise<void> {
    const open = await readOpenActions(database.db, openMax)
    for (const action of chooseActions(open, sources)) {
      if (running.has(action.id)) continue
      if (running.size >= actionsMax || signal.aborted) return
      const ended = carryOut(tools, action)
        .catch((error: unknown) => {
          if (!signal.aborted)
            logger.warn(
              { error, action: action.id, kind: action.kind },
              'an action did not end; trying again',
            )
        })
        .finally(() => running.delete(action.id))
      running.set(action.id, ended)
    }
  }

  async function lookAgainAndAgain(): Promise<void> {
    while (!signal.aborted) {
      await look().then(
        () => {
          isFailing = false
        },
        (error: unknown) => {
          if (!isFailing && !signal.aborted) logger.warn({ error }, 'actions could not be read; trying again')
          isFailing = true
        },
      )
      await pause(lookMs, signal)
    }
  }

  const looking = lookAgainAndAgain()
  return async () => {
    await looking
    await Promise.all(running.values())
    await database.close()
  }
}

type Tools = WorkerTools & { signal: AbortSignal }

async function carryOut(tools: Tools, action: Action): Promise<void> {
  const { db, host } = tools
  await withLease(db, { name: leased.action + action.id, host }, async (lease) => {
    if (await startAction(db, action.id, host)) await underLease(tools, action, lease)
  })
}

async function underLease(tools: Tools, action: Action, lease: Lease): Promise<void> {
  const { db, logger } = tools
  const cancelled = new AbortController()
  const over = new AbortController()
  const signal = AbortSignal.any([tools.signal, lease.signal, cancelled.signal])
  let counts: Action['counts'] = {}
  const watching = watchProgress(tools, action, over.signal, {
    counts: () => counts,
    onCancel: () => cancelled.abort(new ActionCancelledError('cancelled')),
  })
  const noteCounts = (now: Action['counts']): void => {
    counts = now
  }
  const line = { action: action.id, kind: action.kind, source: action.source, by: action.askedLogin }
  logger.info(line, 'carrying out an action')
  try {
    if (action.takeCount >= takesMax)
      throw new Error(`${takesMax} workers have begun it, and none has ended it; see their logs`)
    await performAction({ ...tools, action, signal, noteCounts })
    logger.info(line, 'the action has ended')
  } catch (error) {
    if (cancelled.signal.aborted)
      return await endAction(db, action.id, { state: 'cancelled', counts, error: null })
    if (tools.signal.aborted || lease.signal.aborted || error instanceof LeaseLostError || isOutage(error))
      throw error
    logger.error({ ...line, error }, 'the action failed')
    await endAction(db, action.id, { state: 'failed', counts, error: describeError(error) })
  } finally {
    over.abort()
    await watching
  }
}

async function watchProgress(
  { db }: Tools,
  { id }: Action,
  isOver: AbortSignal,
  { counts, onCancel }: { counts(): Action['counts']; onCancel(): void },
): Promise<void> {
  while (!isOver.aborted) {
    await pause(progressMs, isOver)
    if (isOver.aborted) return
    // While the database is away, the next one comes soon.
    if (await noteProgress(db, id, counts()).catch(() => false)) return onCancel()
  }
}
