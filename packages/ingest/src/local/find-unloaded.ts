import { retryWithBackoff } from '@aftercall/runtime/limits/backoff'
import { isOutage } from '@aftercall/warehouse/connection/error-class'
import { type KnownObject, lookUpObjects } from '@aftercall/warehouse/ledger/ledger-lookup'
import { syncStatusOf } from '../bulk/sync-status.ts'
import type { Source } from '../sources/find-source.ts'
import { etagOf, type LocalFile } from './local-file.ts'
import type { LocalLoad } from './local-load.ts'

/**
 * The files of a page that the ledger does not know as they are now; the others are reported as unchanged. It waits while the
 * database is out of reach, as the loader does, and only the stop signal ends the wait.
 */
export async function findUnloaded(load: LocalLoad, files: readonly LocalFile[]): Promise<LocalFile[]> {
  const { db, source, events, stopping } = load
  const backoff = { baseMs: 200, capMs: 10_000, retryable: isOutage, onRetry: events.databaseAway }
  const paths = files.map((file) => file.path)
  const ask = () => lookUpObjects(db, { ...source, settings: source.settings }, paths)
  const known = await retryWithBackoff(ask, { ...backoff, signal: stopping })
  return files.filter((file) => {
    const found = known.get(file.path)
    if (found === undefined || !isLoaded(source, file, found)) return true
    events.unchanged(file.path, found)
    return false
  })
}

/**
 * A rejected file is read again, because the user asks for it, and a newer release or another limit may accept it. Times are
 * not compared, because a file may well be replaced by an older one.
 */
function isLoaded(source: Source, { version }: LocalFile, known: KnownObject): boolean {
  if (known.outcome === 'ignored' && known.code === 'media') return true
  return syncStatusOf({ etag: etagOf(source, version) }, known) === 'current'
}
