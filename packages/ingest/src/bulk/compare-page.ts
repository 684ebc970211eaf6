import type { Database } from '@aftercall/warehouse/connection/database'
import type { Counts } from '@aftercall/warehouse/ledger/backfill-runs'
import { lookUpObjects, type SourceOfObjects } from '@aftercall/warehouse/ledger/ledger-lookup'
import { type Choice, choose } from './choose-objects.ts'
import { type Listed, needsLoading, syncStatusOf } from './sync-status.ts'

export type ListedObject = Listed & { key: string }

/** The objects of a page to load, and the counts of the others by reason. */
export type ComparedPage = { toLoad: ListedObject[]; counts: Counts }

/** Leaves out objects outside the choice, and then those that ended with this very content. Neither are fetched. */
export async function comparePage(
  { db, source, choice }: { db: Database; source: SourceOfObjects; choice: Choice },
  objects: readonly ListedObject[],
): Promise<ComparedPage> {
  const counts: Counts = { listed: objects.length }
  const count = (name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1
  }
  const wanted = objects.filter((object) => {
    const chosen = choose(choice, object)
    if (chosen !== 'wanted') count(chosen)
    return chosen === 'wanted'
  })
  const keys = wanted.map(({ key }) => key)
  const known = await lookUpObjects(db, source, keys)
  const toLoad = wanted.filter((object) => {
    const status = syncStatusOf(object, known.get(object.key))
    if (!needsLoading(status)) count(status === 'rejected' ? 'rejected before' : status)
    return needsLoading(status)
  })
  return { toLoad, counts }
}
