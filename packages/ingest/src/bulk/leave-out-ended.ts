import type { Database } from '@aftercall/warehouse/connection/database'
import type { Counts } from '@aftercall/warehouse/ledger/backfill-runs'
import { lookUpObjects, type SourceOfObjects } from '@aftercall/warehouse/ledger/ledger-lookup'
import type { ListedObject } from './compare-page.ts'
import { needsLoading, syncStatusOf } from './sync-status.ts'

/**
 * Splits objects whose loading was cut off: those that ended all the same are counted by their outcome in the ledger, the
 * others are still to load. All of them had to be loaded a moment ago, so what has ended since belongs to the same load.
 */
export async function leaveOutEnded(
  { db, source }: { db: Database; source: SourceOfObjects },
  objects: readonly ListedObject[],
): Promise<{ toLoad: ListedObject[]; counts: Counts }> {
  const keys = objects.map(({ key }) => key)
  const known = await lookUpObjects(db, source, keys)
  const counts: Counts = {}
  const toLoad = objects.filter((object) => {
    const ledger = known.get(object.key)
    if (ledger === undefined || needsLoading(syncStatusOf(object, ledger))) return true
    counts[ledger.outcome] = (counts[ledger.outcome] ?? 0) + 1
    return false
  })
  return { toLoad, counts }
}
