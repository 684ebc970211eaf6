import type { Database } from '@aftercall/warehouse/connection/database'
import type { Counts } from '@aftercall/warehouse/ledger/backfill-runs'
import { lookUpObjects } from '@aftercall/warehouse/ledger/ledger-lookup'
import { type Choice, choose } from './choose-objects.ts'
import { type Listed, needsLoading, syncStatusOf } from './sync-status.ts'

export type ListedObject = Listed & { key: string }

/** What of a page has to be loaded, and what became of the rest, by its reason. */
export type ComparedPage = { toLoad: ListedObject[]; counts: Counts }

/** Leaves out what is not meant, then what the ledger says has ended with this very content: neither is fetched. */
export async function comparePage(
  { db, bucket, choice }: { db: Database; bucket: string; choice: Choice },
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
  const known = await lookUpObjects(db, bucket, keys)
  const toLoad = wanted.filter((object) => {
    const status = syncStatusOf(object, known.get(object.key))
    if (!needsLoading(status)) count(status === 'rejected' ? 'rejected before' : status)
    return needsLoading(status)
  })
  return { toLoad, counts }
}
