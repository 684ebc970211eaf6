import { thisProcess } from '@aftercall/runtime/process/process-identity'
import { recordGone } from '@aftercall/warehouse/ledger/note-gone'
import { openSortedObjects, type SortedObjects } from '@aftercall/warehouse/ledger/sorted-objects'
import type { GoneEnd, ReconcilePass } from './reconcile-source.ts'

/** Keeps which objects are gone until it is sure that they are. */
export type GoneList = {
  /** One key of the comparison: whether the bucket has it, and whether the ledger does. */
  look(isListed: boolean, isKnown: boolean): void
  add(keys: readonly string[]): Promise<void>
  /** Notes them in the ledger, unless they are so many that a wrong listing is likelier and nobody said it is right. */
  note(acceptsGone: boolean): Promise<GoneEnd>
  close(): Promise<void>
}

/** Of the objects that the ledger has, so many may be gone at once, and more if they are less than half of them. */
const goneMax = 1_000

/** The keys may be millions, so Postgres keeps them meanwhile. */
export function openGoneList({ db, source, rules, counter }: ReconcilePass): GoneList {
  let list: SortedObjects | undefined
  const seen = { listed: 0, known: 0, gone: 0 }

  /** An empty listing is what a wrong prefix or a wrong store looks like. */
  function isDoubtful(): boolean {
    return seen.listed === 0 || (seen.gone > goneMax && seen.gone > seen.known / 2)
  }

  return {
    look(isListed, isKnown) {
      if (isListed) seen.listed += 1
      if (isKnown) seen.known += 1
    },
    async add(keys) {
      if (keys.length === 0) return
      list ??= await openSortedObjects(db, { purpose: 'gone_object', host: thisProcess() })
      await list.add(keys.map((key) => ({ key })))
      seen.gone += keys.length
    },
    async note(acceptsGone) {
      if (list === undefined) return { kind: 'noted', objects: 0 }
      if (isDoubtful() && !acceptsGone) return { kind: 'refused', gone: seen.gone, known: seen.known }
      let objects = 0
      for await (const page of list.pages()) {
        const keys = page.map(({ key }) => key)
        objects += await recordGone(db, { bucket: source.bucket, keys, settledBefore: rules.asOf })
      }
      counter.goneNoted(objects)
      return { kind: 'noted', objects }
    },
    async close() {
      // What is left behind, because the database is away, a later comparison deletes.
      await list?.close().catch(() => {})
    },
  }
}
