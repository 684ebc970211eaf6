import type { Config } from '@aftercall/runtime/config/config'
import type { SignalEmitter } from '@aftercall/runtime/process/lifecycle'
import { performBackfill } from '../backfill/perform-backfill.ts'
import type { CliContext } from '../cli-context.ts'
import { withLoadingDatabase } from '../with-database.ts'

/** Loads what is in the bucket as `aftercall backfill` does, source by source. Skips sources whose backfill was done before. */
export async function backfillHistory(
  context: CliContext,
  { config, signal }: { config: Config; signal: AbortSignal },
): Promise<void> {
  const database = { ...config.database, poolMax: config.database.poolMax + 2 }
  await withLoadingDatabase(database, async ({ db }) => {
    const runs = await db.selectFrom('ingest.backfill_run').select(['source', 'state', 'run_id']).execute()
    for (const { name } of config.sources) {
      const own = runs.filter(({ source }) => source === name)
      if (own.some(({ state }) => state === 'done')) continue
      const stopped = own.find(({ state }) => state === 'open')?.run_id
      context.stderr.write(`${context.program ?? 'aftercall'} backfill --source ${name}\n`)
      const { text, exit } = await performBackfill(
        { ...context, signals: signalsOf(signal) },
        {
          options: {
            ...(stopped === undefined ? { source: name } : { resume: stopped }),
            ...{ dates: 'auto', order: 'newest', via: 'direct', workers: '1', listers: '8' },
          },
          ...{ config, db, limit: undefined, maxRate: undefined, listersMax: 8, workers: 1 },
        },
      )
      signal.throwIfAborted()
      if (exit !== 'done') throw new Error(`The history of ${name} could not be loaded: ${text}`)
    }
  })
}

/** A backfill stops on a signal of the process; here the demo decides. */
function signalsOf(stopping: AbortSignal): SignalEmitter {
  return {
    on(signal, listener) {
      if (signal === 'SIGINT') stopping.addEventListener('abort', listener, { once: true })
    },
    off(_signal, listener) {
      stopping.removeEventListener('abort', listener)
    },
  }
}
