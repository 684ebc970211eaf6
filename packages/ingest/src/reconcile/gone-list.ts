import { thisProcess } from '@aftercall/runtime/process/process-identity'
import { recordGone } from '@aftercall/warehouse/ledger/note-gone'
import { openSortedObjects, type SortedObjects } from '@aftercall/warehouse/ledger/sorted-objects'
import type { GoneEnd, ReconcilePass } from './reconcile-types.ts'

/** Collects the objects that are gone until the whole bucket was read. */
export type GoneList = {
  /** One key of the comparison: whether the bucket has it, and whether the ledger does. */
  saw(isListed: boolean, isKnown: boolean): void
  add(keys: readonly string[]): Promise<void>
  /** Records them in the ledger, unless they are so many that a wrong listing is more likely, and the user has not accepted it. */
  record(acceptsGone: boolean): Promise<GoneEnd>
  close(): Promise<void>
}

/** This many objects may be gone at once, and more as long as they are less than half of those in the ledger. */
const goneMax = 1_000

/** The keys may be millions, so Postgres keeps them until the end of the comparison. */
export function openGoneList({ db, source, rules, counter }: ReconcilePass): GoneList {
  let list: SortedObjects | undefined
  const seen = { listed: 0, known: 0, gone: 0 }

  /** An empty listing is what a wrong prefix or a wrong store looks like. */
  function isDoubtful(): boolean {
    return seen.listed === 0 || (seen.gone > goneMax && seen.gone > seen.known / 2)
  }

  return {
    saw(isListed, isKnown) {
      if (isListed) seen.listed += 1
      if (isKnown) seen.known += 1
    },
    async add(keys) {
      if (keys.length === 0) return
      list ??= await openSortedObjects(db, { purpose: 'gone_object', host: thisProcess() })
      await list.add(keys.map((key) => ({ key })))
      seen.gone += keys.length
    },
    async record(acceptsGone) {
      if (list === undefined) return { kind: 'noted', objects: 0 }
      if (isDoubtful() && !acceptsGone) return { kind: 'refused', gone: seen.gone, known: seen.known }
      let objects = 0
      for await (const page of list.pages()) {
        const keys = page.map(({ key }) => key)
        objects += await recordGone(db, { bucket: source.bucket, keys, settledBefore: rules.asOf })
      }
      counter.goneRecorded(objects)
      return { kind: 'noted', objects }
    },
    async close() {
      // If the database is out of reach, a later comparison deletes the list.
      await list?.close().catch(() => {})
    },
  }
}
