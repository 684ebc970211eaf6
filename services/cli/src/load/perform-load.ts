import { loadListed } from '@aftercall/ingest/bulk/load-listed'
import { loadFolder } from '@aftercall/ingest/local/load-folder'
import { loadOneFile } from '@aftercall/ingest/local/load-one-file'
import type { LocalLoad } from '@aftercall/ingest/local/local-load'
import { localBucket } from '@aftercall/ingest/local/local-source'
import { type WatchTimes, watchFolder } from '@aftercall/ingest/local/watch-folder'
import type { SourceConfig } from '@aftercall/runtime/config/config'
import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import type { Database } from '@aftercall/warehouse/connection/database'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { readMigrations, requireMigrated } from '@aftercall/warehouse/schema/migrate'
import type { CliContext } from '../cli-context.ts'
import { findMigrationsDir } from '../migrations-dir.ts'
import { createLoadCounter, type LoadReport } from './load-counts.ts'
import type { LoadPlace } from './load-place.ts'
import { type LocalLoadConfig, type OpenLocalLoad, openLocalLoad } from './open-local-load.ts'
import { readStdin } from './read-stdin.ts'
import { showLoadProgress } from './show-progress.ts'

export type LoadRequest = {
  config: LocalLoadConfig
  source: SourceConfig
  db: Database
  place: LoadPlace
  /** Undefined loads once; otherwise it watches the folder until it is stopped. */
  watch: WatchTimes | undefined
}

/** `gaveUp`: the database did not answer within the grace period, so its connections are still busy. */
export type LoadEnd = { report: LoadReport; gaveUp: boolean }

/** Loads local files. On a stop signal it finishes the files in flight; a second signal ends the process. */
export async function performLoad(context: CliContext, request: LoadRequest): Promise<LoadEnd> {
  const { config, source, db, place, watch } = request
  await requireMigrated(db, await readMigrations(findMigrationsDir()))
  await recordSources(db, [source])
  const counter = createLoadCounter()
  const stop = listenForStop(context, config.worker.graceSeconds)
  const { events, noticed: onNotice } = counter
  const load = openLocalLoad(context, { config, source, db, events, onNotice, ...stop })
  const progress = showLoadProgress(context, counter)
  let isWhole = true
  try {
    const loading = loadFrom(context, load, place, watch, config.worker.objectBytesMax)
    await Promise.race([loading, stop.gaveUp])
  } catch (error) {
    if (!stop.stopping.aborted) throw error
    isWhole = watch !== undefined
  } finally {
    await progress.stop()
    stop.end()
  }
  const gaveUp = stop.givingUp.aborted
  if (!gaveUp) await closeLoad(context, load)
  const report = {
    source: source.name,
    place: place.kind === 'stdin' ? 'standard input' : place.path,
    counts: counter.counts(),
    troubles: counter.problems(),
    isWhole,
  }
  return { report, gaveUp }
}

async function closeLoad({ stderr }: CliContext, load: OpenLocalLoad): Promise<void> {
  await load.close().catch((error: unknown) => {
    stderr.write(`warning: could not record schema drift: ${describeError(error)}\n`)
  })
}

/** `stopping`: start no further file. `givingUp`: also abandon files that wait for an unreachable database. */
function listenForStop(context: CliContext, graceSeconds: number) {
  const stopping = new AbortController()
  const givingUp = new AbortController()
  const gaveUp = Promise.withResolvers<never>()
  // A load that ends by itself never awaits this promise.
  gaveUp.promise.catch(() => {})
  let timer: NodeJS.Timeout | undefined
  const giveUp = (): void => {
    const reason = new Error('the grace period is over')
    givingUp.abort(reason)
    gaveUp.reject(reason)
  }
  const signals = onStopSignals({
    signals: context.signals,
    onFirst: () => {
      context.stderr.write('Stopping. A second signal stops it immediately.\n')
      stopping.abort(new Error('stopped'))
      timer = setTimeout(giveUp, graceSeconds * 1_000)
    },
    onSecond: (code) => context.exitNow(code),
  })
  return {
    stopping: stopping.signal,
    givingUp: givingUp.signal,
    gaveUp: gaveUp.promise,
    end() {
      clearTimeout(timer)
      signals.remove()
    },
  }
}

async function loadFrom(
  context: CliContext,
  load: LocalLoad,
  place: LoadPlace,
  watch: WatchTimes | undefined,
  bytesMax: number,
): Promise<void> {
  if (place.kind === 'stdin') return loadPiped(context, load, bytesMax)
  if (place.kind === 'file') return loadOneFile(load, place.path)
  if (watch === undefined) return loadFolder(load, place.path)
  context.stderr.write(`Watching ${visibleText(place.path)}. Press Ctrl-C to stop.\n`)
  return watchFolder(load, place.path, watch)
}

async function loadPiped({ stdin }: CliContext, load: LocalLoad, bytesMax: number): Promise<void> {
  const { limit, events, stopping } = load
  const { key, fetched } = await readStdin(stdin, bytesMax, stopping)
  const ingest = { ...load.ingest, fetchObject: async () => fetched }
  events.ended(
    key,
    await loadListed({ ingest, limit, origin: 'Load' }, { bucket: localBucket, key }, stopping),
  )
}
